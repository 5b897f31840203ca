//! The page that asks before something that can't be taken back.

use askama::Template;

use crate::field::Field;
use crate::form::Problems;
use crate::page::Page;

#[derive(Template)]
#[template(path = "settings/sure.html")]
pub(super) struct Sure {
    pub page: Page,
    /// What happens, a paragraph each.
    pub lines: Vec<String>,
    /// Typed to go on, where something breaks by it.
    pub typed: Option<Field>,
    /// The button that does it: `Remove Bo`.
    pub act: String,
    /// The one that doesn't: `Keep`.
    pub keep: &'static str,
    /// Where the form posts to.
    pub action: String,
    pub back: String,
    pub problems: Problems,
}
