//! A new entry of `templates` in a document's own text: nothing else of it changes, spaces and lines included.

use serde_json::Value;

/// `None` for a text whose `templates` are no list, or that is no document.
pub fn insert(text: &str, size: &Value) -> Option<String> {
    let before: Value = serde_json::from_str(text).ok()?;
    let end = end_of_sizes(text)?;
    let head = text[..end].trim_end();
    let entry = written(size);
    let comma = if before["templates"].as_array()?.is_empty() { "" } else { "," };
    let new = format!("{head}{comma}\n    {entry}\n  {}", &text[end..]);
    let after: Value = serde_json::from_str(&new).ok()?;
    let whole = after["templates"].as_array()?.last() == Some(size);
    whole.then_some(new)
}

/// One line of what the size is, one each of what it overrides.
fn written(size: &Value) -> String {
    let mut text = String::from("{");
    for (name, value) in size.as_object().into_iter().flatten() {
        let lines = matches!(name.as_str(), "vars" | "overrides" | "layers");
        let gap = match (text.len(), lines) {
            (1, _) => "",
            (_, true) => ",\n      ",
            (_, false) => ", ",
        };
        let one = value.as_object().filter(|_| name == "overrides").map_or_else(
            || spaced(value),
            |layers| {
                let each = layers.iter().map(|(id, patch)| format!("\n        {}: {}", Value::from(id.as_str()), spaced(patch)));
                format!("{{{}\n      }}", each.collect::<Vec<_>>().join(","))
            },
        );
        text.push_str(&format!("{gap}{}: {one}", Value::from(name.as_str())));
    }
    text + "}"
}

/// On one line, with a space behind each colon and comma.
fn spaced(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let each = members.iter().map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), spaced(value)));
            format!("{{{}}}", each.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        plain => plain.to_string(),
    }
}

/// Where the bracket stands that closes the list of the document's own `templates`.
fn end_of_sizes(text: &str) -> Option<usize> {
    let (mut depth, mut at, mut inside) = (0_usize, 0, false);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = string_end(bytes, at)?;
                let is_key = bytes[end..].trim_ascii_start().starts_with(b":");
                if depth == 1 && is_key {
                    inside = &text[at..end] == "\"templates\"";
                }
                at = end;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b']' if inside && depth == 2 => return Some(at),
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Behind the quote that closes the string at `start`.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}
