//! Rust: reqwest, blocking; the standard library has no HTTP.

use super::quote::rust_raw;
use super::{Answer, Body, Call, pretty};

pub(super) fn write(call: &Call) -> String {
    let mut code = String::from("// cargo add reqwest --features blocking\nfn main() -> Result<(), Box<dyn std::error::Error>> {\n");
    if let Body::Json(body) = &call.body {
        code += &format!("    let body = {};\n", rust_raw(&pretty(body)));
    }
    let method = match call.method.as_str() {
        "POST" => "post",
        "DELETE" => "delete",
        _ => "get",
    };
    code += &format!("    let response = reqwest::blocking::Client::new()\n        .{method}({:?})\n", call.url);
    for (name, value) in call.all_headers() {
        code += &format!("        .header({name:?}, {value:?})\n");
    }
    match &call.body {
        Body::None => {}
        Body::Json(_) => code += "        .body(body)\n",
        Body::File(name) => code += &format!("        .body(std::fs::read({name:?})?)\n"),
    }
    code += "        .send()?;\n";
    code += &match call.answer {
        Answer::Text => "    println!(\"{} {}\", response.status(), response.text()?);\n".to_owned(),
        Answer::File(name) => format!("    std::fs::write({name:?}, response.bytes()?)?;\n"),
    };
    code + "    Ok(())\n}\n"
}
