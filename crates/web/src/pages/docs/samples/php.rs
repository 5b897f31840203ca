//! PHP: the curl extension.

use super::literal::Style;
use super::quote::php;
use super::{Answer, Body, Call};

/// An empty array would become `[]`.
const STYLE: Style =
    Style { null: "null", yes: "true", no: "false", text: php, map: ("[", "]", " => "), no_members: "new stdClass()", indent: "    " };

pub(super) fn write(call: &Call) -> String {
    let mut code = format!("<?php\n// PHP 8 with the curl extension.\n$curl = curl_init({});\n", php(&call.url));
    code += "curl_setopt_array($curl, [\n    CURLOPT_RETURNTRANSFER => true,\n";
    code += &format!("    CURLOPT_CUSTOMREQUEST => {},\n", php(&call.method));
    let headers = call.all_headers();
    if !headers.is_empty() {
        let lines: String = headers.iter().map(|(name, value)| format!("        {},\n", php(&format!("{name}: {value}")))).collect();
        code += &format!("    CURLOPT_HTTPHEADER => [\n{lines}    ],\n");
    }
    match &call.body {
        Body::None => {}
        Body::Json(body) => code += &format!("    CURLOPT_POSTFIELDS => json_encode({}),\n", STYLE.write(body, 1)),
        Body::File(name) => code += &format!("    CURLOPT_POSTFIELDS => file_get_contents({}),\n", php(name)),
    }
    code += "]);\n$answer = curl_exec($curl);\n";
    code += &match call.answer {
        Answer::Text => "echo curl_getinfo($curl, CURLINFO_RESPONSE_CODE), ' ', $answer, \"\\n\";\n".to_owned(),
        Answer::File(name) => format!("file_put_contents({}, $answer);\n", php(name)),
    };
    code
}
