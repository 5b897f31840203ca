//! Python: `urllib`, so that nothing must be installed.

use super::literal::Style;
use super::quote::double;
use super::{Answer, Body, Call};

const STYLE: Style =
    Style { null: "None", yes: "True", no: "False", text: double, map: ("{", "}", ": "), no_members: "{}", indent: "    " };

pub(super) fn write(call: &Call) -> String {
    let mut code = String::from("# Python 3, without packages.\n");
    if matches!(call.body, Body::Json(_)) {
        code += "import json\n";
    }
    code += "import urllib.error\nimport urllib.request\n\n";
    code += &format!("request = urllib.request.Request(\n    {},\n    method={},\n", double(&call.url), double(&call.method));
    let headers = call.all_headers();
    if !headers.is_empty() {
        let lines: String = headers.iter().map(|(name, value)| format!("        {}: {},\n", double(name), double(value))).collect();
        code += &format!("    headers={{\n{lines}    }},\n");
    }
    match &call.body {
        Body::None => {}
        Body::Json(body) => code += &format!("    data=json.dumps({}).encode(),\n", STYLE.write(body, 1)),
        Body::File(name) => code += &format!("    data=open({}, \"rb\").read(),\n", double(name)),
    }
    code += ")\ntry:\n    with urllib.request.urlopen(request) as response:\n";
    code += &match call.answer {
        Answer::Text => "        print(response.status, response.read().decode())\n".to_owned(),
        Answer::File(name) => format!("        open({}, \"wb\").write(response.read())\n", double(name)),
    };
    code += "except urllib.error.HTTPError as error:\n    print(error.code, error.read().decode())\n";
    code
}
