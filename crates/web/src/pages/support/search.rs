//! The search: parts of articles that have at least half of the asked words, the best first.

use super::articles::Article;
use super::parts::Part;

/// Results at most, and of one article.
const MOST: usize = 12;
const OF_ONE: usize = 3;
/// Words of a query that are looked for.
const WORDS: usize = 8;
/// Characters of a snippet, about.
const SNIPPET: usize = 180;

/// What one word is worth for being there at all, and in each place; in the text it counts up to three times.
const THERE: usize = 8;
const IN_TITLE: usize = 6;
const IN_HEADING: usize = 12;
const IN_TEXT: usize = 1;

/// Words that say nothing about what is wanted.
const SMALL: [&str; 24] = [
    "a", "an", "and", "are", "can", "do", "does", "for", "how", "i", "in", "is", "it", "me", "my", "of", "on", "or", "the", "to", "what",
    "when", "where", "with",
];

/// A part that was found.
pub(super) struct Hit<'a> {
    pub article: &'a Article,
    pub part: &'a Part,
    /// Pieces of its text; true: one of the asked words.
    pub snippet: Vec<(bool, &'a str)>,
}

impl Hit<'_> {
    /// `/support/api-access#get-a-key`.
    pub fn href(&self) -> String {
        let hash = if self.part.anchor.is_empty() { "" } else { "#" };
        format!("/support/{}{hash}{}", self.article.slug, self.part.anchor)
    }
}

pub(super) fn search<'a>(articles: &'a [Article], query: &str) -> Vec<Hit<'a>> {
    let asked = asked(query);
    let mut found: Vec<(usize, &Article, &Part)> = Vec::new();
    for article in articles {
        for part in &article.parts {
            let (words, score) = score(article, part, &asked);
            if words > 0 && words * 2 >= asked.len() {
                found.push((score, article, part));
            }
        }
    }
    // The sort is stable: of equals the one that stands first.
    found.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    let mut hits: Vec<Hit<'a>> = Vec::new();
    for (_, article, part) in found {
        let of_one = hits.iter().filter(|hit| hit.article.slug == article.slug).count();
        if of_one < OF_ONE && hits.len() < MOST {
            hits.push(Hit { article, part, snippet: snippet(&part.text, &asked) });
        }
    }
    hits
}

/// The words of a query in small letters, without small words where others are left, and without a plural's `s`.
fn asked(query: &str) -> Vec<String> {
    let query = query.to_lowercase();
    let all: Vec<&str> = words(&query).map(|(_, word)| word).collect();
    let telling: Vec<&str> = all.iter().copied().filter(|word| !SMALL.contains(word)).collect();
    let mut asked: Vec<String> = Vec::new();
    for word in if telling.is_empty() { all } else { telling } {
        let word = word.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with('s')).unwrap_or(word).to_owned();
        if asked.len() < WORDS && !asked.contains(&word) {
            asked.push(word);
        }
    }
    asked
}

/// The words of a text, each with where it begins.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_gap = |character: char| !character.is_alphanumeric() && character != '_';
    let mut next = 0;
    text.split_inclusive(is_gap)
        .map(move |piece| {
            let at = next;
            next += piece.len();
            (at, piece.trim_end_matches(is_gap))
        })
        .filter(|(_, word)| !word.is_empty())
}

fn matches(word: &str, asked: &str) -> bool {
    word.to_lowercase().starts_with(asked)
}

/// How many of the words a part has, and what they are worth together.
fn score(article: &Article, part: &Part, asked: &[String]) -> (usize, usize) {
    let count = |text: &str, word: &str| words(text).filter(|(_, found)| matches(found, word)).count();
    let mut all = (0, 0);
    for word in asked {
        let worth = count(article.title, word).min(1) * IN_TITLE
            + count(&part.heading, word).min(1) * IN_HEADING
            + count(&part.text, word).min(3) * IN_TEXT;
        if worth > 0 {
            all = (all.0 + 1, all.1 + THERE + worth);
        }
    }
    all
}

/// The text around the first word that was asked for, with all of them marked.
fn snippet<'a>(text: &'a str, asked: &[String]) -> Vec<(bool, &'a str)> {
    let hit = |word: &str| asked.iter().any(|asked| matches(word, asked));
    let first = words(text).find(|(_, word)| hit(word)).map_or(0, |(at, _)| at);
    let start = words(text).map(|(at, _)| at).filter(|at| at + SNIPPET / 3 >= first).min().unwrap_or(0);
    let end = words(text).map(|(at, word)| at + word.len()).take_while(|end| *end <= start + SNIPPET).last().unwrap_or(text.len());
    let mut pieces = Vec::new();
    if start > 0 {
        pieces.push((false, "… "));
    }
    let mut done = start;
    for (at, word) in words(text).filter(|(at, word)| *at >= start && at + word.len() <= end && hit(word)) {
        pieces.push((false, text.get(done..at).unwrap_or_default()));
        pieces.push((true, word));
        done = at + word.len();
    }
    pieces.push((false, text.get(done..end).unwrap_or_default()));
    if end < text.len() {
        pieces.push((false, " …"));
    }
    pieces.retain(|(_, piece)| !piece.is_empty());
    pieces
}
