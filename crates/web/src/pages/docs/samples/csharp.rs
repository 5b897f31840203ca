//! C#: `HttpClient`, as top-level statements.

use super::quote::{csharp_lines, double};
use super::{Answer, Body, Call, pretty};

pub(super) fn write(call: &Call) -> String {
    let mut code = String::from("// .NET 7 or newer, as Program.cs of a console project.\n");
    if matches!(call.body, Body::Json(_)) {
        code += "using System.Text;\n";
    }
    let method = match call.method.as_str() {
        "POST" => "Post",
        "DELETE" => "Delete",
        _ => "Get",
    };
    code += "\nusing var client = new HttpClient();\n";
    code += &format!("using var request = new HttpRequestMessage(HttpMethod.{method}, {});\n", double(&call.url));
    for (name, value) in &call.headers {
        code += &format!("request.Headers.Add({}, {});\n", double(name), double(value));
    }
    match &call.body {
        Body::None => {}
        Body::Json(body) => {
            code += &format!(
                "request.Content = new StringContent({}, Encoding.UTF8, \"application/json\");\n",
                csharp_lines(&pretty(body), "    ")
            );
        }
        Body::File(name) => {
            code += &format!("request.Content = new ByteArrayContent(File.ReadAllBytes({}));\n", double(name));
            code += "request.Content.Headers.ContentType = new(\"application/octet-stream\");\n";
        }
    }
    code += "using var response = await client.SendAsync(request);\n";
    code += &match call.answer {
        Answer::Text => "Console.WriteLine($\"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}\");\n".to_owned(),
        Answer::File(name) => format!("await File.WriteAllBytesAsync({}, await response.Content.ReadAsByteArrayAsync());\n", double(name)),
    };
    code
}
