//! Spans whose letters are set apart: small capitals and fractions.

use crate::bound::{Span, SpanStyle};

/// Small letters become capitals that the engine draws smaller.
pub(super) fn small_caps(spans: Vec<Span>, upper: impl Fn(&str) -> String) -> Vec<Span> {
    apart(spans, |text| {
        let mut parts: Vec<(usize, bool)> = Vec::new();
        for (at, c) in text.char_indices() {
            let small = c.is_lowercase();
            match parts.last() {
                Some((_, last)) if *last == small => {}
                _ => parts.push((at, small)),
            }
        }
        parts
    })
    .into_iter()
    .map(|(span, small)| {
        if !small {
            return span;
        }
        Span { text: upper(&span.text), style: SpanStyle { small: true, ..span.style } }
    })
    .collect()
}

/// Digits, a slash and digits are one fraction: `1/2`, and not `1/2/2026`.
pub(super) fn fractions(spans: Vec<Span>) -> Vec<Span> {
    let parts = |text: &str| {
        let mut parts = vec![(0, false)];
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            // Digits and slashes without a break are a fraction as a whole or not at all.
            let word = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'/').count();
            if word == 0 {
                at += 1;
                continue;
            }
            let inside = &text[at..at + word];
            let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if inside.split_once('/').is_some_and(|(over, under)| digits(over) && digits(under)) {
                parts.extend([(at, true), (at + word, false)]);
            }
            at += word;
        }
        parts
    };
    apart(spans, parts).into_iter().map(|(span, fraction)| Span { style: SpanStyle { fraction, ..span.style }, ..span }).collect()
}

/// Cuts spans where `parts` says that something begins, and keeps what it says of each part. Boxes stay whole.
fn apart(spans: Vec<Span>, parts: impl Fn(&str) -> Vec<(usize, bool)>) -> Vec<(Span, bool)> {
    let mut out = Vec::with_capacity(spans.len());
    for span in spans {
        if span.style.inline.is_some() {
            out.push((span, false));
            continue;
        }
        let parts = parts(&span.text);
        for (i, (from, flag)) in parts.iter().enumerate() {
            let to = parts.get(i + 1).map_or(span.text.len(), |(next, _)| *next);
            if to > *from {
                out.push((Span { text: span.text[*from..to].to_owned(), style: span.style }, *flag));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(spans: &[Span], flag: impl Fn(SpanStyle) -> bool) -> String {
        spans.iter().map(|span| if flag(span.style) { format!("<{}>", span.text) } else { span.text.clone() }).collect()
    }

    #[test]
    fn small_letters_become_small_capitals_and_nothing_else_does() {
        let spans = small_caps(vec![Span::plain("Été 2026, à l’Île")], str::to_uppercase);
        assert_eq!(shown(&spans, |style| style.small), "É<TÉ> 2026, <À> <L>’Î<LE>");
    }

    #[test]
    fn digits_around_one_slash_are_fractions() {
        let spans = fractions(vec![Span::plain("1 1/2 cups, 12/25, 1/2/2026, a/b, 3/ and /4 é 1/3")]);
        assert_eq!(shown(&spans, |style| style.fraction), "1 <1/2> cups, <12/25>, 1/2/2026, a/b, 3/ and /4 é <1/3>");
    }
}
