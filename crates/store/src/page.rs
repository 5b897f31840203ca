//! One page of a list.

/// Rows in the list's order, and the cursor of the next page where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<String>,
}
