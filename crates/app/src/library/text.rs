//! Changes to a document's text that leave the rest of it as somebody wrote it.

use super::lines;

/// The same text under another name. `None` where it has none that can be changed.
pub(super) fn with_name(text: &str, name: &str) -> Option<String> {
    let range = lines::exact(text, "/name")?;
    let quoted = serde_json::to_string(name).ok()?;
    Some(format!("{}{quoted}{}", text.get(..range.start)?, text.get(range.end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_changes() {
        let text = "{\n  \"format\": 1, \"name\" : \"Old \\\"one\\\"\",  \"description\": \"name\"\n}\n";
        assert_eq!(
            with_name(text, "New \"Ü\"").unwrap(),
            "{\n  \"format\": 1, \"name\" : \"New \\\"Ü\\\"\",  \"description\": \"name\"\n}\n"
        );
        assert_eq!(with_name("{\"format\": 1}", "x"), None);
        assert_eq!(with_name("{\"name\": ", "x"), None);
    }
}
