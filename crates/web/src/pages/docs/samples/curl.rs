//! One command for a shell.

use super::quote::shell;
use super::{Answer, Body, Call, pretty};

pub(super) fn write(call: &Call) -> String {
    let mut parts = vec![format!("curl {}", shell(&call.url))];
    let posts = call.method == "POST" && !matches!(call.body, Body::None);
    if call.method != "GET" && !posts {
        parts.push(format!("-X {}", call.method));
    }
    for (name, value) in call.all_headers() {
        parts.push(format!("-H {}", shell(&format!("{name}: {value}"))));
    }
    match &call.body {
        Body::None => {}
        // A body that starts with @ would be the name of a file; JSON starts with a brace.
        Body::Json(body) => parts.push(format!("-d {}", shell(&pretty(body)))),
        Body::File(name) => parts.push(format!("--data-binary {}", shell(&format!("@{name}")))),
    }
    if let Answer::File(name) = call.answer {
        parts.push(format!("-o {name}"));
    }
    format!("{}\n", parts.join(" \\\n  "))
}
