//! Tables as files of comma-separated values.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A table that grows by rows, with a name for its file.
pub(crate) struct Csv(String);

impl Csv {
    pub(crate) fn new(head: &[&str]) -> Self {
        let mut csv = Self(String::new());
        csv.row(head);
        csv
    }

    pub(crate) fn row(&mut self, cells: &[impl AsRef<str>]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            push(&mut self.0, cell.as_ref());
        }
        self.0.push_str("\r\n");
    }

    /// A download of this name, which has letters, digits, hyphens and a dot only.
    pub(crate) fn answer(self, name: &str) -> Response {
        let disposition = format!("attachment; filename=\"{name}\"");
        ([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)], self.0).into_response()
    }
}

/// In quotes where it needs them. What a spreadsheet would take for a formula gets an apostrophe in front.
fn push(text: &mut String, cell: &str) {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = cell.contains(['"', ',', '\n', '\r']) || is_formula;
    if !quoted {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if is_formula {
        text.push('\'');
    }
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_can_neither_end_its_row_nor_be_a_formula() {
        let mut csv = Csv::new(&["a", "b"]);
        csv.row(&["say \"hi\", then\nleave", "=1+1"]);
        assert_eq!(csv.0, "a,b\r\n\"say \"\"hi\"\", then\nleave\",\"'=1+1\"\r\n");
    }
}
