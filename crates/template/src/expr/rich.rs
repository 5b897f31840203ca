//! Text in spans: accents and what lies between them.

use crate::bound::Span;

/// `*accent*` spans of a text; `\*` and an asterisk without a partner are literal.
pub(crate) fn spans(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut push = |text: String, accent: bool| append(&mut spans, vec![Span { text, accent }]);
    let bytes = text.as_bytes();
    // Byte positions of asterisks that are not escaped.
    let stars: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i] == b'*' && (*i == 0 || bytes[i - 1] != b'\\')).collect();
    let mut at = 0;
    let mut next = 0;
    while next < stars.len() {
        let open = stars[next];
        // `**` is no empty accent: the first asterisk is literal.
        match stars.get(next + 1) {
            Some(close) if *close > open + 1 => {
                push(unescaped(&text[at..open]), false);
                push(unescaped(&text[open + 1..*close]), true);
                at = close + 1;
                next += 2;
            }
            _ => next += 1,
        }
    }
    push(unescaped(&text[at..]), false);
    spans
}

fn unescaped(text: &str) -> String {
    text.replace("\\*", "*")
}

/// Plain text as one span.
pub(crate) fn of(text: &str) -> Vec<Span> {
    if text.is_empty() { Vec::new() } else { vec![Span { text: text.to_owned(), accent: false }] }
}

/// Adds spans at the end; neighbours of one kind become one.
pub(crate) fn append(spans: &mut Vec<Span>, more: Vec<Span>) {
    for span in more {
        match spans.last_mut() {
            _ if span.text.is_empty() => {}
            Some(last) if last.accent == span.accent => last.text.push_str(&span.text),
            _ => spans.push(span),
        }
    }
}

/// All text without accents.
pub(crate) fn plain(spans: Vec<Span>) -> String {
    spans.into_iter().map(|span| span.text).collect()
}

pub(crate) fn around(before: &str, spans: Vec<Span>, after: &str) -> Vec<Span> {
    let mut all = of(before);
    append(&mut all, spans);
    append(&mut all, of(after));
    all
}

pub(crate) fn map(spans: &mut [Span], change: impl Fn(&str) -> String) {
    for span in spans {
        span.text = change(&span.text);
    }
}

/// At most `length` characters, the last one an ellipsis where there were more.
pub(crate) fn truncate(spans: &mut Vec<Span>, length: usize) {
    if spans.iter().map(|span| span.text.chars().count()).sum::<usize>() <= length {
        return;
    }
    let mut left = length.saturating_sub(1);
    for span in spans.iter_mut() {
        let end = span.text.char_indices().nth(left).map_or(span.text.len(), |(end, _)| end);
        left -= span.text[..end].chars().count();
        span.text.truncate(end);
    }
    spans.retain(|span| !span.text.is_empty());
    match spans.last_mut() {
        Some(last) => {
            last.text.truncate(last.text.trim_end().len());
            last.text.push('…');
        }
        None => spans.push(Span { text: "…".to_owned(), accent: false }),
    }
}

#[cfg(test)]
mod tests {
    use super::spans;

    fn shown(text: &str) -> String {
        spans(text).iter().map(|span| if span.accent { format!("[{}]", span.text) } else { span.text.clone() }).collect()
    }

    #[test]
    fn asterisks_in_pairs_are_accents_and_others_are_literal() {
        for (text, expected) in [
            ("Hello *world*", "Hello [world]"),
            ("*a* b *c*", "[a] b [c]"),
            ("5 * 3", "5 * 3"),
            ("5 \\* 3 \\* 2", "5 * 3 * 2"),
            ("*a\\*b*", "[a*b]"),
            ("one * two *three*", "one [ two ]three*"),
            ("**", "**"),
            ("**bold**", "*[bold]*"),
            ("*", "*"),
            ("", ""),
            ("كل *مقاس*", "كل [مقاس]"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_spans_panic_or_lose_letters(text in "[a*\\\\ é\n]{0,40}") {
            let letters = |text: &str| text.chars().filter(|c| !matches!(c, '*' | '\\')).collect::<String>();
            let all: String = spans(&text).iter().map(|span| span.text.clone()).collect();
            proptest::prop_assert_eq!(letters(&all), letters(&text));
        }
    }
}
