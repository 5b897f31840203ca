//! JavaScript: `fetch`, as Node.js has it.

use super::literal::Style;
use super::quote::double;
use super::{Answer, Body, Call};

const STYLE: Style = Style { null: "null", yes: "true", no: "false", text: double, map: ("{", "}", ": "), no_members: "{}", indent: "  " };

pub(super) fn write(call: &Call) -> String {
    let mut code = String::from("// Node.js 18 or newer. Save it as call.mjs; run: node call.mjs\n");
    if matches!(call.body, Body::File(_)) {
        code += "import { readFile } from \"node:fs/promises\";\n\n";
    }
    if call.answer != Answer::Text {
        code += "import { writeFile } from \"node:fs/promises\";\n\n";
    }
    code += &format!("const response = await fetch({}, {{\n  method: {},\n", double(&call.url), double(&call.method));
    let headers = call.all_headers();
    if !headers.is_empty() {
        let lines: String = headers.iter().map(|(name, value)| format!("    {}: {},\n", double(name), double(value))).collect();
        code += &format!("  headers: {{\n{lines}  }},\n");
    }
    match &call.body {
        Body::None => {}
        Body::Json(body) => code += &format!("  body: JSON.stringify({}),\n", STYLE.write(body, 1)),
        Body::File(name) => code += &format!("  body: await readFile({}),\n", double(name)),
    }
    code += "});\n";
    code += &match call.answer {
        Answer::Text => "console.log(response.status, await response.text());\n".to_owned(),
        Answer::File(name) => format!("await writeFile({}, Buffer.from(await response.arrayBuffer()));\n", double(name)),
    };
    code
}
