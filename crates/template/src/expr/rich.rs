//! Text in runs: accents, marks, boxes, and what lies between them.

use crate::read::Wrong;

/// Text of one look.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Run {
    pub text: String,
    pub style: Style,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    pub accent: bool,
    /// A bit for each of the layer's marks.
    pub marks: u32,
    /// One of the layer's boxes.
    pub inline: Option<u16>,
}

/// What square brackets may say; everything else in them is literal.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tags {
    /// Names with the bits that they set; none where the layer has no look for a mark that the field allows.
    pub marks: Vec<(String, u32)>,
    pub boxes: Vec<String>,
}

impl Tags {
    /// Marks that are read and have no look.
    pub fn bare(marks: &[String]) -> Self {
        Self { marks: marks.iter().map(|name| (name.clone(), 0)).collect(), boxes: Vec::new() }
    }
}

/// Most marks, and most boxes, of a layer or a field.
pub(crate) const MAX_TAGS: usize = 16;
/// Names are names of properties: up to 40 characters, brackets and slash apart.
const LONGEST_TAG: usize = 44;
/// What stands in a text for a box: one character that no line breaks before or after.
const BOX: &str = "\u{a0}";

#[derive(Clone, Copy)]
enum Token<'a> {
    Text(&'a str),
    Mark { at: usize, opens: bool, written: &'a str },
    Box(u16),
}

/// What a person typed: a mark without a partner is literal, and so are `\*` and an asterisk without one.
pub(crate) fn typed(text: &str, tags: &Tags) -> Vec<Run> {
    let mut tokens = tokens(text, tags);
    let mut open = vec![None; tags.marks.len()];
    let mut alone: Vec<usize> = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let Token::Mark { at, opens, .. } = *token else { continue };
        match (opens, open[at]) {
            (true, None) => open[at] = Some(i),
            (false, Some(_)) => open[at] = None,
            (true, Some(_)) | (false, None) => alone.push(i),
        }
    }
    for i in alone.into_iter().chain(open.into_iter().flatten()) {
        if let Token::Mark { written, .. } = tokens[i] {
            tokens[i] = Token::Text(written);
        }
    }
    runs(&tokens, tags, &mut 0)
}

/// A part of a template's own text. `marks` are those that are open before and after it.
pub(crate) fn written(text: &str, tags: &Tags, marks: &mut u32) -> Result<Vec<Run>, Wrong> {
    let tokens = tokens(text, tags);
    let mut open = *marks;
    for token in &tokens {
        let Token::Mark { at, opens, written } = *token else { continue };
        let bit = tags.marks[at].1;
        match (opens, open & bit != 0) {
            (true, true) => return Err(Wrong::new(format!("{written} stands inside {written}"))),
            (false, false) => {
                return Err(Wrong::with(format!("{written} closes nothing"), format!("a literal one is written \\{written}")));
            }
            _ => open ^= bit,
        }
    }
    Ok(runs(&tokens, tags, marks))
}

fn tokens<'a>(text: &'a str, tags: &Tags) -> Vec<Token<'a>> {
    let mut tokens = Vec::new();
    let mut from = 0;
    if !(tags.marks.is_empty() && tags.boxes.is_empty()) {
        for (at, _) in text.match_indices('[') {
            let Some((token, length)) = tag(&text[at..], tags) else { continue };
            if text[from..at].ends_with('\\') {
                tokens.push(Token::Text(&text[from..at - 1]));
                from = at;
            } else {
                tokens.extend([Token::Text(&text[from..at]), token]);
                from = at + length;
            }
        }
    }
    tokens.push(Token::Text(&text[from..]));
    tokens
}

/// The tag that a text begins with, and its length.
fn tag<'a>(text: &'a str, tags: &Tags) -> Option<(Token<'a>, usize)> {
    let end = text.bytes().take(LONGEST_TAG).position(|byte| byte == b']')?;
    let (inside, written) = (&text[1..end], &text[..=end]);
    let token = match inside.strip_suffix('/') {
        Some(name) => Token::Box(tags.boxes.iter().position(|known| known == name)? as u16),
        None => {
            let (opens, name) = inside.strip_prefix('/').map_or((true, inside), |name| (false, name));
            Token::Mark { at: tags.marks.iter().position(|(known, _)| known == name)?, opens, written }
        }
    };
    Some((token, end + 1))
}

fn runs(tokens: &[Token<'_>], tags: &Tags, marks: &mut u32) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut turns = accents(tokens).into_iter().peekable();
    let mut accent = false;
    for (i, token) in tokens.iter().enumerate() {
        match *token {
            Token::Text(text) => {
                let mut from = 0;
                while let Some((_, at)) = turns.next_if(|(token, _)| *token == i) {
                    push(&mut runs, unescaped(&text[from..at]), Style { accent, marks: *marks, inline: None });
                    accent = !accent;
                    from = at + 1;
                }
                push(&mut runs, unescaped(&text[from..]), Style { accent, marks: *marks, inline: None });
            }
            Token::Mark { at, opens: true, .. } => *marks |= tags.marks[at].1,
            Token::Mark { at, opens: false, .. } => *marks &= !tags.marks[at].1,
            Token::Box(inline) => push(&mut runs, BOX.to_owned(), Style { accent: false, marks: 0, inline: Some(inline) }),
        }
    }
    runs
}

/// Tokens and byte positions of the asterisks that begin and end accents, in turn.
fn accents(tokens: &[Token<'_>]) -> Vec<(usize, usize)> {
    let mut stars = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let Token::Text(text) = token else { continue };
        let bytes = text.as_bytes();
        stars.extend((0..bytes.len()).filter(|at| bytes[*at] == b'*' && (*at == 0 || bytes[at - 1] != b'\\')).map(|at| (i, at)));
    }
    let mut turns = Vec::new();
    let mut next = 0;
    while let [open, close, ..] = stars[next..] {
        // `**` is no empty accent: the first asterisk is literal.
        if close == (open.0, open.1 + 1) {
            next += 1;
        } else {
            turns.extend([open, close]);
            next += 2;
        }
    }
    turns
}

fn unescaped(text: &str) -> String {
    text.replace("\\*", "*")
}

/// Plain text as one run.
pub(crate) fn of(text: &str) -> Vec<Run> {
    if text.is_empty() { Vec::new() } else { vec![Run { text: text.to_owned(), style: Style::default() }] }
}

/// Adds text at the end; neighbours of one style become one run.
fn push(runs: &mut Vec<Run>, text: String, style: Style) {
    match runs.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.style == style && style.inline.is_none() => last.text.push_str(&text),
        _ => runs.push(Run { text, style }),
    }
}

/// Adds runs at the end.
pub(crate) fn append(runs: &mut Vec<Run>, more: Vec<Run>) {
    for run in more {
        push(runs, run.text, run.style);
    }
}

/// All text without looks and boxes.
pub(crate) fn plain(runs: Vec<Run>) -> String {
    runs.into_iter().filter(|run| run.style.inline.is_none()).map(|run| run.text).collect()
}

pub(crate) fn around(before: &str, runs: Vec<Run>, after: &str) -> Vec<Run> {
    let mut all = of(before);
    append(&mut all, runs);
    append(&mut all, of(after));
    all
}

pub(crate) fn map(runs: &mut [Run], change: impl Fn(&str) -> String) {
    for run in runs {
        run.text = change(&run.text);
    }
}

/// At most `length` characters, the last one an ellipsis where there were more.
pub(crate) fn truncate(runs: &mut Vec<Run>, length: usize) {
    if runs.iter().map(|run| run.text.chars().count()).sum::<usize>() <= length {
        return;
    }
    let mut left = length.saturating_sub(1);
    for run in runs.iter_mut() {
        let end = run.text.char_indices().nth(left).map_or(run.text.len(), |(end, _)| end);
        left -= run.text[..end].chars().count();
        run.text.truncate(end);
    }
    runs.retain(|run| !run.text.is_empty());
    match runs.last_mut() {
        Some(last) => {
            last.text.truncate(last.text.trim_end().len());
            last.text.push('…');
        }
        None => *runs = of("…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let run = |run: &Run| if run.style.accent { format!("[{}]", run.text) } else { run.text.clone() };
        typed(text, &Tags::default()).iter().map(run).collect()
    }

    fn tags() -> Tags {
        Tags { marks: vec![("b".to_owned(), 1), ("i".to_owned(), 2), ("plain".to_owned(), 0)], boxes: vec!["pill".to_owned()] }
    }

    /// Runs as text, each with its marks and `*` for an accent.
    fn marked(runs: &[Run]) -> String {
        let run = |run: &Run| match run.style {
            Style { inline: Some(inline), .. } => format!("<box {inline}>"),
            Style { accent, marks, .. } => format!("<{marks}{}>{}", if accent { "*" } else { "" }, run.text),
        };
        runs.iter().map(run).collect()
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

    #[test]
    fn marks_nest_cross_and_hold_accents() {
        for (text, expected) in [
            ("[b]bold[/b] plain", "<1>bold<0> plain"),
            ("[b]a[i]b[/i][/b]c", "<1>a<3>b<0>c"),
            ("[b]a[i]b[/b]c[/i]", "<1>a<3>b<2>c"),
            ("*a [b]c[/b]* d", "<0*>a <1*>c<0> d"),
            ("x\u{a0}[pill/] y", "<0>x\u{a0}<box 0><0> y"),
        ] {
            assert_eq!(marked(&typed(text, &tags())), expected, "{text}");
            assert_eq!(marked(&written(text, &tags(), &mut 0).unwrap()), expected, "{text}");
        }
        assert_eq!(marked(&typed("[plain]a[/plain]b", &tags())), "<0>ab");
    }

    #[test]
    fn brackets_that_say_nothing_are_literal() {
        for text in ["[x]", "[b", "[]", "[/]", "a[1]b", "[b]", "[/b]", "[B]a[/B]", "[pill]"] {
            assert_eq!(marked(&typed(text, &tags())), format!("<0>{text}"));
        }
        assert_eq!(marked(&typed("\\[b]a[/b]", &tags())), "<0>[b]a[/b]");
        assert_eq!(marked(&typed("[b]a[b]b[/b]", &tags())), "<1>a[b]b");
        assert_eq!(marked(&typed("[b]a[/b]", &Tags::default())), "<0>[b]a[/b]");
    }

    #[test]
    fn a_templates_own_marks_close_and_may_go_on_behind_a_value() {
        let mut open = 0;
        assert_eq!(marked(&written("a[b]b", &tags(), &mut open).unwrap()), "<0>a<1>b");
        assert_eq!(open, 1);
        assert_eq!(marked(&written("c[/b]d", &tags(), &mut open).unwrap()), "<1>c<0>d");
        assert!(written("[b]a[b]", &tags(), &mut 0).is_err());
        assert!(written("a[/i]", &tags(), &mut 0).is_err());
        assert!(written("\\[/i]", &tags(), &mut 0).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn no_tags_make_the_runs_panic(text in "(\\[/?(b|i|plain|pill)/?\\]|[*\\\\\\[ é\\n]){0,30}") {
            let _ = typed(&text, &tags());
            let _ = written(&text, &tags(), &mut 0);
        }

        #[test]
        fn no_text_makes_the_spans_panic_or_lose_letters(text in "[a*\\\\ é\n]{0,40}") {
            let letters = |text: &str| text.chars().filter(|c| !matches!(c, '*' | '\\')).collect::<String>();
            let all: String = typed(&text, &Tags::default()).iter().map(|run| run.text.clone()).collect();
            proptest::prop_assert_eq!(letters(&all), letters(&text));
        }
    }
}
