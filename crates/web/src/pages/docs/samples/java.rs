//! Java: `java.net.http`, as one file.

use super::quote::{double, java_lines};
use super::{Answer, Body, Call, pretty};

/// Compilers before Java 18 read files in the system's encoding: what is not ASCII is escaped.
pub(super) fn write(call: &Call) -> String {
    let mut escaped = String::new();
    for c in plain(call).chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            escaped.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    escaped
}

fn plain(call: &Call) -> String {
    let indent = " ".repeat(16);
    let publisher = match &call.body {
        Body::None => "HttpRequest.BodyPublishers.noBody()".to_owned(),
        Body::Json(body) => format!("HttpRequest.BodyPublishers.ofString({})", java_lines(&pretty(body), &indent)),
        Body::File(name) => format!("HttpRequest.BodyPublishers.ofFile(Path.of({}))", double(name)),
    };
    let headers: String =
        call.all_headers().iter().map(|(name, value)| format!("            .header({}, {})\n", double(name), double(value))).collect();
    let needs_path = call.answer != Answer::Text || matches!(call.body, Body::File(_));
    let path = if needs_path { "import java.nio.file.Path;\n" } else { "" };
    let (kind, handler, after) = match call.answer {
        Answer::Text => (
            "String",
            "HttpResponse.BodyHandlers.ofString()".to_owned(),
            "        System.out.println(response.statusCode() + \" \" + response.body());\n",
        ),
        Answer::File(name) => ("Path", format!("HttpResponse.BodyHandlers.ofFile(Path.of({}))", double(name)), ""),
    };
    format!(
        "// Java 15 or newer. Save it as Call.java; run: java Call.java\nimport java.net.URI;\nimport java.net.http.HttpClient;\n\
         import java.net.http.HttpRequest;\nimport java.net.http.HttpResponse;\n{path}\npublic class Call {{\n    \
         public static void main(String[] args) throws Exception {{\n        \
         HttpRequest request = HttpRequest.newBuilder(URI.create({}))\n{headers}            \
         .method({}, {publisher})\n            .build();\n        \
         HttpResponse<{kind}> response = HttpClient.newHttpClient().send(request, {handler});\n{after}    }}\n}}\n",
        double(&call.url),
        double(&call.method),
    )
}
