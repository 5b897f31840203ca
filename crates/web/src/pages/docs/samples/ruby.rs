//! Ruby: `net/http`.

use super::literal::Style;
use super::quote::ruby;
use super::{Answer, Body, Call};

const STYLE: Style = Style { null: "nil", yes: "true", no: "false", text: ruby, map: ("{", "}", " => "), no_members: "{}", indent: "  " };

pub(super) fn write(call: &Call) -> String {
    let mut code = String::from("# Ruby 3, without gems.\n");
    if matches!(call.body, Body::Json(_)) {
        code += "require \"json\"\n";
    }
    code += &format!("require \"net/http\"\n\nuri = URI({})\n", ruby(&call.url));
    let class = match call.method.as_str() {
        "POST" => "Post",
        "DELETE" => "Delete",
        _ => "Get",
    };
    code += &format!("request = Net::HTTP::{class}.new(uri)\n");
    for (name, value) in call.all_headers() {
        code += &format!("request[{}] = {}\n", ruby(name), ruby(value));
    }
    match &call.body {
        Body::None => {}
        Body::Json(body) => code += &format!("request.body = JSON.generate({})\n", STYLE.write(body, 0)),
        Body::File(name) => code += &format!("request.body = File.binread({})\n", ruby(name)),
    }
    code += "response = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == \"https\") { |http| http.request(request) }\n";
    code += &match call.answer {
        Answer::Text => "puts response.code, response.body\n".to_owned(),
        Answer::File(name) => format!("File.binwrite({}, response.body)\n", ruby(name)),
    };
    code
}
