//! Where a JSON pointer leads in the text of a document: faults are shown at their line, and a name is changed without
//! touching anything else of what somebody wrote.

use std::ops::Range;

/// The bytes of the value that `pointer` names, or of its nearest ancestor where it is not there. `text` is valid JSON;
/// in anything else the answer is some range of it.
pub(super) fn span(text: &str, pointer: &str) -> Range<usize> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    scan.space();
    let mut start = scan.at;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        if !scan.enter(text, &step) {
            break;
        }
        start = scan.at;
    }
    scan.at = start;
    scan.value();
    start.min(text.len())..scan.at.min(text.len())
}

/// Whether the pointer names a value of the text.
pub(super) fn exact(text: &str, pointer: &str) -> Option<Range<usize>> {
    let range = span(text, pointer);
    serde_json::from_str::<serde_json::Value>(text).ok()?.pointer(pointer)?;
    Some(range)
}

/// Line and column of a byte, both from 1; columns count characters.
pub(super) fn place(text: &str, at: usize) -> (u32, u32) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while self.peek().is_ascii_whitespace() {
            self.at += 1;
        }
    }

    /// From a container's first byte to the first byte of what `step` names in it.
    fn enter(&mut self, text: &str, step: &str) -> bool {
        let object = match self.peek() {
            b'{' => true,
            b'[' => false,
            _ => return false,
        };
        self.at += 1;
        let mut index = 0usize;
        loop {
            self.space();
            if matches!(self.peek(), b'}' | b']' | 0) {
                return false;
            }
            let found = if object {
                let key = self.at;
                self.value();
                let name: String = text.get(key..self.at).and_then(|raw| serde_json::from_str(raw).ok()).unwrap_or_default();
                self.space();
                self.at += 1;
                name == step
            } else {
                index.to_string() == step
            };
            self.space();
            if found {
                return true;
            }
            self.value();
            self.space();
            if self.peek() == b',' {
                self.at += 1;
            }
            index += 1;
        }
    }

    /// Behind the value that begins here.
    fn value(&mut self) {
        let mut depth = 0usize;
        loop {
            match self.peek() {
                0 => return,
                b'"' => self.string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                b',' | b':' => self.at += 1,
                byte if byte.is_ascii_whitespace() => self.at += 1,
                _ => {
                    while !matches!(self.peek(), b',' | b':' | b'}' | b']' | b'"' | b'{' | b'[' | 0) && !self.peek().is_ascii_whitespace() {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.at += 1;
        while !matches!(self.peek(), b'"' | 0) {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at = (self.at + 1).min(self.bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "{\n  \"name\": \"Ünder, {x}\",\n  \"layers\": [\n    {\"id\": \"a/b\", \"size\": 12.5},\n    [true, \"\\\"]\"]\n  ]\n}\n";

    fn at(pointer: &str) -> &'static str {
        &TEXT[span(TEXT, pointer)]
    }

    #[test]
    fn a_pointer_leads_to_its_value() {
        assert_eq!(at("/name"), "\"Ünder, {x}\"");
        assert_eq!(at("/layers/0/size"), "12.5");
        assert_eq!(at("/layers/1/1"), "\"\\\"]\"");
        assert_eq!(at("/layers/1"), "[true, \"\\\"]\"]");
        assert_eq!(at(""), TEXT.trim_end());
        assert_eq!(place(TEXT, span(TEXT, "/layers/0/size").start), (4, 27));
    }

    #[test]
    fn what_is_not_there_is_shown_at_its_nearest_ancestor() {
        assert_eq!(at("/layers/0/color"), at("/layers/0"));
        assert_eq!(at("/layers/7/id"), at("/layers"));
        assert_eq!(at("/name/deeper"), at("/name"));
        assert_eq!(exact(TEXT, "/layers/0/color"), None);
        assert!(exact(TEXT, "/layers/0/id").is_some());
    }

    #[test]
    fn broken_text_gives_some_range_and_no_panic() {
        for end in 0..TEXT.len() {
            let Some(text) = TEXT.get(..end) else { continue };
            for pointer in ["", "/name", "/layers/0/size", "/layers/1/1", "/nothing"] {
                let range = span(text, pointer);
                assert!(range.start <= range.end && range.end <= text.len(), "{end} {pointer} {range:?}");
            }
        }
    }
}
