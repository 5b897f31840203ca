//! What commands say: one JSON document with `--json`, else lines for a person. Standard output only; faults go to standard error.

use std::io::Write;

use serde::Serialize;

/// Where a command's result goes.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub json: bool,
}

impl Output {
    /// The whole result of a command: `value` for programs, `text` for people.
    pub fn result(self, value: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json {
            line(&serde_json::to_string(value).unwrap_or_else(|e| format!("{{\"error\":\"{e}\"}}")));
        } else {
            line(text().trim_end());
        }
    }
}

/// One line on standard output. A reader that went away is no reason to fail.
pub fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// One line on standard error.
pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Columns as wide as their widest cell.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let format = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells.zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        padded.join("  ").trim_end().to_owned() + "\n"
    };
    let mut text = format(&mut head.iter().copied());
    for row in rows {
        text.push_str(&format(&mut row.iter().map(String::as_str)));
    }
    text
}
