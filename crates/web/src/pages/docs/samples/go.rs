//! Go: `net/http`.

use super::quote::{double, go_lines};
use super::{Answer, Body, Call, pretty};

const STOP: &str = "\tif err != nil {\n\t\tpanic(err)\n\t}\n";

pub(super) fn write(call: &Call) -> String {
    let mut packages = vec!["io", "net/http"];
    let (before, body) = match &call.body {
        Body::None => (String::new(), "nil"),
        Body::Json(body) => {
            packages.push("strings");
            (format!("\tbody := strings.NewReader({})\n", go_lines(&pretty(body))), "body")
        }
        Body::File(name) => {
            packages.push("os");
            (format!("\tbody, err := os.Open({})\n{STOP}", double(name)), "body")
        }
    };
    let after = match call.answer {
        Answer::Text => {
            packages.push("fmt");
            "\tfmt.Println(response.StatusCode, string(answer))\n".to_owned()
        }
        Answer::File(name) => {
            packages.push("os");
            format!("\tif err := os.WriteFile({}, answer, 0o644); err != nil {{\n\t\tpanic(err)\n\t}}\n", double(name))
        }
    };
    packages.sort_unstable();
    packages.dedup();
    let imports: String = packages.iter().map(|package| format!("\t\"{package}\"\n")).collect();
    let headers: String =
        call.all_headers().iter().map(|(name, value)| format!("\trequest.Header.Set({}, {})\n", double(name), double(value))).collect();
    format!(
        "// Save it as call.go; run: go run call.go\npackage main\n\nimport (\n{imports})\n\nfunc main() {{\n{before}\
         \trequest, err := http.NewRequest({}, {}, {body})\n{STOP}{headers}\
         \tresponse, err := http.DefaultClient.Do(request)\n{STOP}\tdefer response.Body.Close()\n\
         \tanswer, err := io.ReadAll(response.Body)\n{STOP}{after}}}\n",
        double(&call.method),
        double(&call.url),
    )
}
