//! Texts as literals of each language.

/// `"…"` with JSON's escapes, which JavaScript, Python, Go, Java and C# read alike.
pub(super) fn double(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The same for Ruby, where `#{`, `#$` and `#@` would be filled in.
pub(super) fn ruby(text: &str) -> String {
    ["#{", "#$", "#@"].iter().fold(double(text), |quoted, sign| quoted.replace(sign, &format!("\\{sign}")))
}

/// `'…'` for PHP; a text with control characters as `"…"`.
pub(super) fn php(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\\' | '"' | '$' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted += &format!("\\u{{{:x}}}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// One argument for a shell.
pub(super) fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A raw string of Go, or where it has a backtick, a plain one.
pub(super) fn go_lines(text: &str) -> String {
    if text.contains(['`', '\r']) { double(text) } else { format!("`{text}`") }
}

/// A text block of Java with `indent` before each line, without a line break at its end.
pub(super) fn java_lines(text: &str, indent: &str) -> String {
    let text = text.replace('\\', "\\\\").replace("\"\"\"", "\"\"\\\"");
    let lines: String = text.lines().map(|line| format!("\n{indent}{line}")).collect();
    format!("\"\"\"{lines}\"\"\"")
}

/// A raw string of C#. JSON never has three quotes in a row.
pub(super) fn csharp_lines(text: &str, indent: &str) -> String {
    let lines: String = text.lines().map(|line| format!("{indent}{line}\n")).collect();
    format!("\"\"\"\n{lines}{indent}\"\"\"")
}

/// A raw string of Rust, with as many signs as it needs.
pub(super) fn rust_raw(text: &str) -> String {
    let needed = text.split('"').skip(1).map(|rest| 1 + rest.chars().take_while(|c| *c == '#').count()).max().unwrap_or(0);
    let signs = "#".repeat(needed);
    format!("r{signs}\"{text}\"{signs}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARD: &str = "It's \"$HOME\" #{x} \\n\n`é` 😀";

    #[test]
    fn nothing_in_a_text_ends_its_literal_or_is_filled_in() {
        assert_eq!(double(HARD), r##""It's \"$HOME\" #{x} \\n\n`é` 😀""##);
        assert_eq!(ruby(HARD), r##""It's \"$HOME\" \#{x} \\n\n`é` 😀""##);
        assert_eq!(php("It's $x \\"), r"'It\'s $x \\'");
        assert_eq!(php(HARD), r##""It's \"\$HOME\" #{x} \\n\n`é` 😀""##);
        assert_eq!(php("\u{1}"), "\"\\u{1}\"");
        assert_eq!(shell(HARD), format!("'{}'", HARD.replace('\'', "'\\''")));
        assert_eq!(go_lines("a`b"), "\"a`b\"");
        assert_eq!(go_lines("a\"b\\"), "`a\"b\\`");
        assert_eq!(java_lines("{\"a\": \"\\n\"}", "  "), "\"\"\"\n  {\"a\": \"\\\\n\"}\"\"\"");
        assert_eq!(rust_raw("plain"), "r\"plain\"");
        assert_eq!(rust_raw("\"#e4002b\""), "r##\"\"#e4002b\"\"##");
        assert_eq!(ruby("#$x #@y # z"), r##""\#$x \#@y # z""##);
    }
}
