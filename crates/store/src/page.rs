//! One page of a list.

use domain::{Cursor, Timestamp};

use crate::{Error, Result};

/// Rows in the list's order, and the cursor of the next page where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<String>,
}

/// The most rows of one page.
pub const MOST_ROWS: u32 = 100;

/// Where a page of a list "newest first" starts: strictly after this row. Without a cursor, after no row.
pub(crate) struct Start {
    pub at: i64,
    pub id: String,
}

impl Start {
    pub fn of(list: &str, cursor: Option<&str>) -> Result<Self> {
        match cursor {
            // Above every id: `~` sorts after all that ids are made of.
            None => Ok(Self { at: i64::MAX, id: "~".into() }),
            Some(text) => {
                let Cursor { at, id } = Cursor::decode(list, text).map_err(|_| Error::Cursor)?;
                Ok(Self { at: at.as_micros(), id })
            }
        }
    }
}

/// How many rows to ask for: one more than the page has shows whether there is a next one.
pub(crate) fn ask(limit: u32) -> i64 {
    i64::from(limit.clamp(1, MOST_ROWS)) + 1
}

impl<T> Page<T> {
    /// Cuts the extra row off; `place` gives a row's time and id.
    pub(crate) fn cut(list: &str, mut rows: Vec<T>, limit: u32, place: impl Fn(&T) -> (Timestamp, String)) -> Self {
        let full = limit.clamp(1, MOST_ROWS) as usize;
        let more = rows.len() > full;
        rows.truncate(full);
        let next = rows.last().filter(|_| more).map(|row| {
            let (at, id) = place(row);
            Cursor { at, id }.encode(list)
        });
        Self { rows, next }
    }
}

/// A pattern that finds `text` anywhere in a lower-case column, with no character of it special.
pub(crate) fn like(text: &str) -> String {
    containing(&text.to_lowercase())
}

/// The same for a column that is kept as it came.
pub(crate) fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_of_a_search_is_special() {
        assert_eq!(like("50% Off_!"), "%50!% off!_!!%");
        assert_eq!(like(""), "%%");
    }
}
