//! A sheet as spreadsheets write it: separated by commas, semicolons or tabs, with quoted cells.
//!
//! Read by hand, because a reader of a library takes an open quote or a row that is too long without a word, and a row
//! that moved by one column would become wrong pictures.

/// Bytes of a sheet.
pub const MAX_SHEET: usize = 4 * 1024 * 1024;
/// Rows below the headings.
pub const MAX_ROWS: usize = 5_000;
const MAX_COLUMNS: usize = 100;
/// Characters of a cell.
const MAX_CELL: usize = 10_000;
/// Rows that a message names.
const NAMED: usize = 5;

/// Headings, and the rows that hold anything, each by its number in the spreadsheet: the headings are row 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub columns: Vec<String>,
    /// As many cells as there are columns.
    pub rows: Vec<(u32, Vec<String>)>,
}

/// Reads a file or what was pasted.
///
/// # Errors
/// What is wrong and what to do, for whoever brought it.
pub fn read(bytes: &[u8]) -> Result<Sheet, String> {
    let text = text(bytes)?;
    let (text, separator) = separator(&text);
    let mut records = records(text, separator)?;
    if records.is_empty() || records.iter().all(|cells| is_blank(cells)) {
        return Err("There is nothing in it. Its first row has the headings, each further row makes one set of pictures.".into());
    }
    let columns = headings(records.remove(0))?;
    let (mut rows, mut long) = (Vec::new(), Vec::new());
    for (mut cells, number) in records.into_iter().zip(2_u32..) {
        if is_blank(&cells) {
            continue;
        }
        if cells.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty()) {
            long.push(number);
        }
        cells.resize(columns.len(), String::new());
        rows.push((number, cells));
    }
    if !long.is_empty() {
        let them = if long.len() == 1 { "it" } else { "them" };
        return Err(format!(
            "{} more cells than there are headings ({}). Put cells that hold a separator in quotes, or give every column a heading, and bring {them} again.",
            have(&long),
            columns.len()
        ));
    }
    if rows.is_empty() {
        return Err("It has headings and no rows. Each row below the headings makes one set of pictures.".into());
    }
    if rows.len() > MAX_ROWS {
        return Err(format!("It has {} rows; a run takes {MAX_ROWS}. Split it into several files.", rows.len()));
    }
    Ok(Sheet { columns, rows })
}

/// `Row 7 has`, `Rows 7, 9 and 12 have`.
fn have(rows: &[u32]) -> String {
    match rows {
        [one] => format!("Row {one} has"),
        _ => format!("Rows {} have", listed(rows)),
    }
}

/// `7, 9 and 12`, `7, 9, 12, 13, 20 and 31 more`.
#[must_use]
pub fn listed(rows: &[u32]) -> String {
    let words: Vec<String> = rows.iter().take(NAMED).map(u32::to_string).collect();
    match (words.as_slice(), rows.len().saturating_sub(NAMED)) {
        ([], _) => String::new(),
        ([one], _) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (some, more) => format!("{} and {more} more", some.join(", ")),
    }
}

fn text(bytes: &[u8]) -> Result<String, String> {
    if bytes.len() > MAX_SHEET {
        return Err(format!("It is larger than {}\u{a0}MB. Split it into several files.", MAX_SHEET / 1024 / 1024));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err("This is a workbook. In your spreadsheet, save the sheet as “CSV UTF-8” and choose that file.".into());
    }
    let text = match bytes {
        // What Excel calls Unicode text.
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            String::from_utf8(bytes.to_vec()).map_err(|error| {
                let line = bytes.get(..error.utf8_error().valid_up_to()).unwrap_or_default().split(|byte| *byte == b'\n').count();
                format!(
                    "Line {line} has a character that is not UTF-8. In your spreadsheet, save as “CSV UTF-8” and choose the file again."
                )
            })?
        }
    };
    if let Some(at) = text.find(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        return Err(format!("Line {line} has a control character: this is no text that a spreadsheet wrote."));
    }
    Ok(text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    let broken = || "This text is cut off or damaged. Save it again as “CSV UTF-8”.".to_owned();
    if rest.is_empty() { String::from_utf16(&units).map_err(|_| broken()) } else { Err(broken()) }
}

/// The text without Excel's line about it, and what separates cells: a tab where the headings have one, else whichever
/// of `;` and `,` they have more of.
fn separator(text: &str) -> (&str, char) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(named) = first.trim_end().strip_prefix("sep=").filter(|named| matches!(*named, "," | ";" | "|"))
        && let Some(named) = named.chars().next()
    {
        return (rest, named);
    }
    let (mut commas, mut semicolons, mut quoted) = (0, 0, false);
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            '\n' if !quoted => break,
            '\t' if !quoted => return (text, '\t'),
            ',' if !quoted => commas += 1,
            ';' if !quoted => semicolons += 1,
            _ => {}
        }
    }
    (text, if semicolons > commas { ';' } else { ',' })
}

/// Every record's cells. A record ends with its line, unless a quote is open.
fn records(text: &str, separator: char) -> Result<Vec<Vec<String>>, String> {
    let mut records = Vec::new();
    let (mut cells, mut line) = (Vec::new(), 1);
    let mut rest = text;
    while !rest.is_empty() {
        let opened = line;
        let (cell, after) = match rest.strip_prefix('"') {
            Some(inner) => {
                let (cell, after) = quoted(inner).ok_or_else(|| format!("Line {opened} opens a quote that is never closed."))?;
                line += cell.matches('\n').count();
                if !(after.is_empty() || after.starts_with([separator, '\n', '\r'])) {
                    return Err(format!(
                        "Line {line} goes on after a closing quote. Inside a quoted cell, a quote is written twice: \"\"."
                    ));
                }
                (cell, after)
            }
            None => {
                let (cell, after) = rest.split_at(rest.find([separator, '\n', '\r']).unwrap_or(rest.len()));
                (cell.to_owned(), after)
            }
        };
        if cell.chars().count() > MAX_CELL {
            return Err(format!("Line {opened} has a cell of more than {MAX_CELL} characters."));
        }
        cells.push(unguarded(cell));
        if cells.len() > 2 * MAX_COLUMNS {
            return Err(format!("Line {opened} has more than {} cells; a sheet has at most {MAX_COLUMNS} columns.", 2 * MAX_COLUMNS));
        }
        match after.strip_prefix(separator) {
            // A separator at the very end: one more, empty cell.
            Some("") => {
                cells.push(String::new());
                rest = "";
            }
            Some(more) => {
                rest = more;
                continue;
            }
            None => {
                rest = after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\n', '\r'])).unwrap_or(after);
                line += 1;
            }
        }
        records.push(std::mem::take(&mut cells));
        // Empty rows are counted, but a file of nothing else must end.
        if records.len() > 4 * MAX_ROWS {
            return Err(format!("It has more than {} rows; a run takes {MAX_ROWS}. Split it into several files.", 4 * MAX_ROWS));
        }
    }
    Ok(records)
}

/// A cell's text from behind its opening quote, and what follows the closing one.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut cell = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"')?;
        cell.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                cell.push('"');
                rest = more;
            }
            None => return Some((cell.replace("\r\n", "\n"), after)),
        }
    }
}

/// Our own downloads put an apostrophe before what a spreadsheet would take for a formula.
fn unguarded(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
        _ => cell,
    }
}

fn headings(cells: Vec<String>) -> Result<Vec<String>, String> {
    let mut columns: Vec<String> = Vec::new();
    let last = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    if last == 0 {
        return Err("Its first row is empty. The first row has the headings, such as Title or Price.".into());
    }
    if last > MAX_COLUMNS {
        return Err(format!("It has {last} columns; a sheet has at most {MAX_COLUMNS}."));
    }
    for (cell, place) in cells.into_iter().take(last).zip(1..) {
        let cell = cell.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = if cell.is_empty() { format!("Column {place}") } else { cell.chars().take(80).collect() };
        let taken = columns.iter().filter(|other| **other == name).count();
        columns.push(if taken == 0 { name } else { format!("{name} ({place})") });
    }
    Ok(columns)
}

fn is_blank(cells: &[String]) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}")).rows
    }

    fn refused(bytes: &[u8]) -> String {
        read(bytes).expect_err("a refusal")
    }

    #[test]
    fn commas_semicolons_and_tabs_are_told_apart_by_the_headings() {
        for text in ["a,b\n1;2,3", "a;b\r\n1;2,3\r\n", "sep=;\na;b\n1;2,3", "\u{feff}a\tb\n1;2\t3"] {
            let sheet = read(text.as_bytes()).unwrap();
            assert_eq!(sheet.columns, ["a", "b"], "{text:?}");
            assert_eq!((sheet.rows.len(), sheet.rows[0].0), (1, 2), "{text:?}");
        }
        assert_eq!(read(b"\"a,b\";c\n1;2").unwrap().columns, ["a,b", "c"], "a quoted comma separates nothing");
        assert_eq!(read(b"only\none").unwrap().rows, [(2, vec!["one".to_owned()])]);
    }

    #[test]
    fn quoted_cells_hold_separators_quotes_and_lines() {
        let found = rows("a,b\r\n\"say \"\"hi\"\", then\r\nleave\",2\r\n");
        assert_eq!(found, [(2, vec!["say \"hi\", then\nleave".to_owned(), "2".to_owned()])]);
        assert_eq!(rows("a\n5\" screen")[0].1, ["5\" screen"], "a quote inside a plain cell is a character");
    }

    #[test]
    fn rows_keep_the_numbers_that_a_spreadsheet_shows() {
        let found = rows("a,b\n1,2\n\n,\n\"x\ny\",3\nlast");
        let shown: Vec<_> = found.iter().map(|(number, cells)| (*number, cells.len())).collect();
        assert_eq!(shown, [(2, 2), (5, 2), (6, 2)], "short rows are filled up, empty ones counted");
    }

    #[test]
    fn headings_are_trimmed_named_and_told_apart() {
        assert_eq!(read(b" Title ,,Title,\n1,2,3,").unwrap().columns, ["Title", "Column 2", "Title (3)"]);
        assert!(refused(b",,\n1,2").contains("first row is empty"));
    }

    #[test]
    fn a_file_that_is_not_what_it_should_be_says_so_with_its_line() {
        assert!(refused(b"Name\nG\xfcnther").starts_with("Line 2 has a character that is not UTF-8."));
        assert!(refused(b"PK\x03\x04rest").contains("workbook"));
        assert!(refused(b"a,b\n1,\"open\n2,3").starts_with("Line 2 opens a quote"));
        assert!(refused(b"a,b\n\"x\ny\"z,3").starts_with("Line 3 goes on after a closing quote."));
        assert!(refused(b"a\nx\0y").starts_with("Line 2 has a control character"));
        assert!(refused(b"").contains("nothing in it") && refused(b" \n\n").contains("nothing in it"));
        assert!(refused(b"a,b\n").contains("no rows"));
        assert_eq!(refused(b"a\n1,2\n1\n1,2,3").split(" more").next(), Some("Rows 2 and 4 have"));
        assert!(refused(format!("a\n{}", "x\n".repeat(MAX_ROWS + 1)).as_bytes()).contains("a run takes 5000"));
        assert!(refused(format!("a\n{}", "\n".repeat(100_000)).as_bytes()).contains("more than"));
        assert!(refused(&vec![b'a'; MAX_SHEET + 1]).contains("larger than"));
        assert!(refused(format!("a\n{}", "x".repeat(MAX_CELL + 1)).as_bytes()).contains("Line 2 has a cell"));
        assert!(refused(",".repeat(1_000_000).as_bytes()).contains("more than 200 cells"));
    }

    #[test]
    fn unicode_text_of_excel_is_read() {
        let bytes: Vec<u8> = "\u{feff}Title\tPrice\r\nÖl\t1".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&bytes).unwrap().rows, [(2, vec!["Öl".to_owned(), "1".to_owned()])]);
        assert!(refused(&[0xff, 0xfe, 0x41]).contains("damaged"));
    }

    #[test]
    fn our_own_guard_against_formulas_is_taken_off() {
        assert_eq!(rows("a\n'-40 %\n'quoted'")[0].1, ["-40 %"]);
        assert_eq!(rows("a\n'quoted'")[0].1, ["'quoted'"]);
    }

    #[test]
    fn rows_are_listed_shortly() {
        assert_eq!([listed(&[7]), listed(&[7, 9]), listed(&[1, 2, 3, 4, 5, 6, 7])], ["7", "7 and 9", "1, 2, 3, 4, 5 and 2 more"]);
    }
}
