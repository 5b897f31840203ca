//! Japanese lines that end after particles and punctuation, where the box has room for it.
//!
//! The rules of Unicode allow a break between almost any two kana or Han characters, in the middle of a word too. Words
//! begin where the script leaves hiragana (particles and endings are written in it), which finds phrases without a
//! dictionary.

use parley::Layout;

use super::{Ink, lines};

/// Steps of the search for the least width.
const STEPS: usize = 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hiragana,
    Katakana,
    Han,
    /// Full stops, commas, closing brackets, dashes: nothing follows on them.
    Closing,
    Opening,
    Space,
    Other,
}

fn kind(c: char) -> Kind {
    match c {
        '、' | '。' | '，' | '．' | '！' | '？' | '」' | '』' | '）' | '】' | '〉' | '》' | '…' | '―' | '・' | '：' | '；' => {
            Kind::Closing
        }
        '「' | '『' | '（' | '【' | '〈' | '《' => Kind::Opening,
        '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}' => Kind::Hiragana,
        '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' => Kind::Katakana,
        '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' => Kind::Han,
        c if c.is_whitespace() => Kind::Space,
        _ => Kind::Other,
    }
}

/// Whether a new phrase begins between two characters.
fn begins(before: char, after: char) -> bool {
    match (kind(before), kind(after)) {
        (_, Kind::Closing | Kind::Space) | (Kind::Opening, _) => false,
        (Kind::Closing | Kind::Space, _) | (_, Kind::Opening) => true,
        (Kind::Hiragana, after) => after != Kind::Hiragana,
        _ => false,
    }
}

/// Whether the text is Japanese, so that phrases can be told apart.
fn is_japanese(text: &str) -> bool {
    text.chars().any(|c| kind(c) == Kind::Hiragana)
}

/// Phrases in order.
fn phrases(layout: &Layout<Ink>, text: &str) -> Vec<Phrase> {
    let mut found: Vec<Phrase> = Vec::new();
    let mut clusters: Vec<(usize, f32)> = Vec::new();
    for line in layout.lines() {
        for run in line.runs() {
            clusters.extend(run.clusters().map(|cluster| (cluster.text_range().start, cluster.advance())));
        }
    }
    clusters.sort_by_key(|(start, _)| *start);
    let mut previous = None;
    for (start, advance) in clusters {
        let Some(c) = text.get(start..).and_then(|rest| rest.chars().next()) else { continue };
        if previous.is_none_or(|previous| begins(previous, c)) {
            found.push(Phrase { width: 0.0, space: 0.0 });
        }
        if let Some(phrase) = found.last_mut() {
            if c.is_whitespace() {
                phrase.space += advance;
            } else {
                phrase.width += phrase.space + advance;
                phrase.space = 0.0;
            }
        }
        previous = Some(c);
    }
    found
}

#[derive(Clone, Copy)]
struct Phrase {
    /// Without trailing space.
    width: f32,
    /// Trailing space, which counts only where another phrase follows on the line.
    space: f32,
}

/// Widths of the lines that phrases make at `limit`, the most on each; `None` where a phrase alone is wider.
fn fill(phrases: &[Phrase], limit: f32) -> Option<Vec<f32>> {
    let mut filled = Vec::new();
    let mut current: Option<(f32, f32)> = None;
    for phrase in phrases {
        if phrase.width > limit {
            return None;
        }
        current = match current {
            Some((width, space)) if width + space + phrase.width <= limit => Some((width + space + phrase.width, phrase.space)),
            Some((width, _)) => {
                filled.push(width);
                Some((phrase.width, phrase.space))
            }
            None => Some((phrase.width, phrase.space)),
        };
    }
    filled.extend(current.map(|(width, _)| width));
    Some(filled)
}

/// Re-breaks Japanese lines between phrases, as even as that allows, where their number stays the same within `width`;
/// where it would not, they stay as they are.
pub fn keep_phrases(layout: &mut Layout<Ink>, text: &str, width: f32, tracking: f32) {
    let count = layout.len();
    if count < 2 || width >= f32::MAX / 2.0 || text.contains('\n') || !is_japanese(text) {
        return;
    }
    let phrases = phrases(layout, text);
    let fits = |limit: f32| fill(&phrases, limit).filter(|filled| filled.len() <= count);
    let Some(mut best) = fits(width) else { return };
    let (mut low, mut high) = (width * 0.4, width);
    for _ in 0..STEPS {
        let middle = (low + high) / 2.0;
        match fits(middle) {
            Some(filled) => (best, high) = (filled, middle),
            None => low = middle,
        }
    }
    if best.len() != count {
        return;
    }
    let before = layout.lines().map(|line| line.metrics().advance).fold(0.0, f32::max);
    // Just wide enough for its phrases: the next character does not fit.
    if !lines::break_to(layout, &best, tracking) {
        lines::break_at(layout, before.min(width) * 1.0005, tracking);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        let mut previous = None;
        for c in text.chars() {
            if previous.is_none_or(|previous| begins(previous, c)) {
                parts.push(String::new());
            }
            parts.last_mut().expect("a part").push(c);
            previous = Some(c);
        }
        parts
    }

    #[test]
    fn phrases_end_after_particles_and_punctuation() {
        assert_eq!(
            split("よいデザインとは、どの大きさでも守れる約束です。"),
            ["よい", "デザインとは、", "どの", "大きさでも", "守れる", "約束です。"]
        );
        assert_eq!(split("夏のクリアランス、4日間限り"), ["夏の", "クリアランス、", "4日間限り"]);
        assert_eq!(split("琥珀の水出しトニック 500ml"), ["琥珀の", "水出し", "トニック ", "500ml"]);
        assert_eq!(split("「守れる」約束"), ["「守れる」", "約束"]);
    }

    #[test]
    fn lines_are_filled_to_a_limit_and_a_phrase_is_never_cut() {
        let phrases: Vec<Phrase> = [30.0, 40.0, 20.0].map(|width| Phrase { width, space: 5.0 }).to_vec();
        assert_eq!(fill(&phrases, 75.0), Some(vec![75.0, 20.0]));
        assert_eq!(fill(&phrases, 65.0), Some(vec![30.0, 65.0]));
        assert_eq!(fill(&phrases, 39.0), None);
    }
}
