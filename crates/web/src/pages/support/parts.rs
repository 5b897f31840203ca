//! An article's HTML in parts, one for each heading, with an anchor and its plain text for the search.

use crate::page::Safe;

/// A heading and what stands below it, up to the next one.
pub(super) struct Part {
    /// 2 or 3; 0 where nothing stands above it.
    pub level: u8,
    /// The heading's id; empty where there is none.
    pub anchor: String,
    pub heading: String,
    pub html: Safe,
    /// What `html` says, in one line.
    pub text: String,
}

/// Splits at every `<h2>` and `<h3>`.
pub(super) fn parts(html: &str) -> Vec<Part> {
    let mut all = Vec::new();
    let mut rest = html;
    let (mut level, mut heading) = (0, String::new());
    loop {
        let next = [(2, "<h2>"), (3, "<h3>")].into_iter().filter_map(|(level, tag)| Some((rest.find(tag)?, level))).min();
        let (here, after) = match next {
            Some((at, _)) => rest.split_at(at),
            None => (rest, ""),
        };
        let anchor = anchor(&heading);
        if level > 0 || !here.trim().is_empty() {
            all.push(Part { level, anchor, heading: std::mem::take(&mut heading), html: Safe(here.trim().to_owned()), text: plain(here) });
        }
        let Some((_, next)) = next else { return all };
        level = next;
        let inner = after.get("<h2>".len()..).unwrap_or_default();
        let (words, below) = inner.split_once(if level == 2 { "</h2>" } else { "</h3>" }).unwrap_or((inner, ""));
        heading = plain(words);
        rest = below;
    }
}

/// `Get a key` → `get-a-key`; `low_contrast` stays.
fn anchor(heading: &str) -> String {
    let mut id = String::new();
    for character in heading.to_lowercase().chars() {
        if character.is_ascii_alphanumeric() || character == '_' {
            id.push(character);
        } else if !id.is_empty() && !id.ends_with('-') && character != '’' {
            id.push('-');
        }
    }
    id.trim_end_matches('-').to_owned()
}

/// The words without markup. A tag parts words unless it stands inside a line.
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tagged)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = tagged.split_once('>').unwrap_or((tagged, ""));
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default();
        if !matches!(name, "a" | "b" | "code" | "em" | "strong") {
            text.push(' ');
        }
        rest = after;
    }
    text.push_str(rest);
    for (entity, character) in
        [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
    {
        text = text.replace(entity, character);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_a_heading_and_what_is_below_it() {
        let all = parts(
            "<p>First &#38; <b>last</b>.</p>\n<h2>Get a key</h2><p>One.</p><p>Two.</p><h3><code>low_contrast</code></h3>\n<h2>What’s next?</h2>end",
        );
        let found: Vec<_> = all.iter().map(|part| (part.level, part.anchor.as_str(), part.heading.as_str(), part.text.as_str())).collect();
        assert_eq!(
            found,
            [
                (0, "", "", "First & last."),
                (2, "get-a-key", "Get a key", "One. Two."),
                (3, "low_contrast", "low_contrast", ""),
                (2, "whats-next", "What’s next?", "end"),
            ]
        );
    }
}
