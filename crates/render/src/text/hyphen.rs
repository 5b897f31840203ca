//! The last resort for a word wider than its line: break it with a hyphen, between syllables by the language's patterns,
//! else where they seem to be.

use template::bound::{Span, SpanStyle};

use super::{fit::Task, script::Script};

/// Letters on each side of a break.
const LEAST: usize = 3;

/// Inserts hyphens and line breaks into words that are wider than `width` at `size`; `None` if there are none.
pub fn break_words(task: &mut Task, spans: &[Span], size: f32, width: f32) -> Option<Vec<Span>> {
    let mut changed = false;
    let mut result = Vec::with_capacity(spans.len());
    for Span { text, style } in spans {
        let mut out = String::with_capacity(text.len() + 8);
        for word in text.split_inclusive(char::is_whitespace) {
            let bare = word.trim_end();
            if bare.chars().count() > 2 * LEAST && bare.chars().all(breakable) && task.width(bare, *style, size) > width {
                break_word(task, bare, *style, size, width, &mut out);
                out.push_str(&word[bare.len()..]);
                changed = true;
            } else {
                out.push_str(word);
            }
        }
        result.push(Span { text: out, style: *style });
    }
    changed.then_some(result)
}

/// Joined and complex scripts are never torn apart; Chinese and Japanese break by themselves.
fn breakable(c: char) -> bool {
    matches!(Script::of(c), Script::Other | Script::Hebrew)
}

fn break_word(task: &mut Task, word: &str, style: SpanStyle, size: f32, width: f32, out: &mut String) {
    let mut rest: Vec<char> = word.chars().collect();
    let cuts = syllables(word, task.locale);
    let length = rest.len();
    while rest.len() > LEAST {
        let whole: String = rest.iter().collect();
        if task.width(&whole, style, size) <= width {
            break;
        }
        // The longest beginning that fits together with its hyphen.
        let (mut low, mut high) = (1, rest.len() - 1);
        while low < high {
            let middle = (low + high).div_ceil(2);
            let mut part: String = rest[..middle].iter().collect();
            part.push('-');
            if task.width(&part, style, size) <= width { low = middle } else { high = middle - 1 }
        }
        let done = length - rest.len();
        let fits = |cut: &&usize| (done + LEAST..=done + low).contains(*cut) && length - **cut >= LEAST;
        let cut = cuts.iter().rev().find(fits).map_or_else(|| guessed(&rest, low), |cut| cut - done);
        out.extend(rest.drain(..cut));
        if out.chars().next_back().is_some_and(|c| !"-/_.@".contains(c)) {
            out.push('-');
        }
        out.push('\n');
    }
    out.extend(rest);
}

/// Where the language divides a word, in characters from its beginning; nothing for languages without patterns.
fn syllables(word: &str, locale: &str) -> Vec<usize> {
    let code = locale.as_bytes().first_chunk::<2>().filter(|_| !locale.as_bytes().get(2).is_some_and(u8::is_ascii_alphanumeric));
    let Some(language) = code.and_then(|code| hypher::Lang::from_iso(code.map(|byte| byte.to_ascii_lowercase()))) else {
        return Vec::new();
    };
    let mut at = 0;
    let mut cuts: Vec<usize> = hypher::hyphenate(word, language)
        .map(|part| {
            at += part.chars().count();
            at
        })
        .collect();
    // Behind the last part the word is over.
    cuts.pop();
    cuts
}

/// A place at or before `most` where a syllable seems to begin: before a consonant that a vowel follows.
fn guessed(word: &[char], most: usize) -> usize {
    let vowel = |c: char| "aeiouyäöüáéíóúàèìòùâêîôûåæøœ".contains(c.to_lowercase().next().unwrap_or(c));
    let most = most.min(word.len().saturating_sub(LEAST)).max(1);
    let least = (most * 6 / 10).max(LEAST.min(most));
    let begins = |at: &usize| {
        let at = *at;
        // Digraphs stay whole.
        let pair: String = word[at - 1..=at].iter().collect::<String>().to_lowercase();
        let glued = ["ch", "ck", "ph", "sh", "th", "sp", "st", "qu", "gr", "tr", "pr", "br", "dr", "kr", "fr"];
        at + 1 < word.len() && !vowel(word[at]) && vowel(word[at + 1]) && !glued.contains(&pair.as_str())
    };
    (least..=most).rev().find(begins).unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divided(word: &str, locale: &str) -> String {
        let mut cuts = syllables(word, locale).into_iter().peekable();
        word.chars().enumerate().flat_map(|(i, c)| cuts.next_if_eq(&i).map(|_| '-').into_iter().chain([c])).collect()
    }

    #[test]
    fn words_are_divided_by_the_patterns_of_their_language() {
        assert_eq!(divided("Donaudampfschifffahrt", "de"), "Do-nau-dampf-schiff-fahrt");
        assert_eq!(divided("extraordinary", "en-GB"), "ex-tra-or-di-nary");
        assert_eq!(divided("responsabilidad", "es"), "res-pon-sa-bi-li-dad");
        assert_eq!(divided("anything", "tlh"), "anything");
        assert_eq!(divided("anything", ""), "anything");
    }
}
