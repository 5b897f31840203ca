//! A page that is one form in one column: getting in, and changes of one's own account.

use askama::Template;

use crate::field::Field;
use crate::form::Problems;
use crate::page::Page;

#[derive(Template)]
#[template(path = "form-page.html")]
pub(crate) struct FormPage {
    page: Page,
    action: String,
    button: &'static str,
    is_danger: bool,
    lead: String,
    fields: Vec<Field>,
    problems: Problems,
    /// Where to go on afterwards; empty for the usual place.
    next: String,
    links: Vec<Link>,
}

/// A line under the form: a question and where it leads.
struct Link {
    before: &'static str,
    href: String,
    label: &'static str,
}

impl FormPage {
    /// `action` is where the form posts to.
    pub(crate) fn new(page: Page, action: impl Into<String>, button: &'static str) -> Self {
        Self {
            page,
            action: action.into(),
            button,
            is_danger: false,
            lead: String::new(),
            fields: Vec::new(),
            problems: Problems::default(),
            next: String::new(),
            links: Vec::new(),
        }
    }

    /// For what can't be undone.
    pub(crate) fn danger(mut self) -> Self {
        self.is_danger = true;
        self
    }

    pub(crate) fn lead(mut self, text: impl Into<String>) -> Self {
        self.lead = text.into();
        self
    }

    pub(crate) fn next(mut self, path: &str) -> Self {
        path.clone_into(&mut self.next);
        self
    }

    pub(crate) fn link(mut self, before: &'static str, href: impl Into<String>, label: &'static str) -> Self {
        self.links.push(Link { before, href: href.into(), label });
        self
    }

    /// The fields, each with its own of the faults.
    pub(crate) fn fields(mut self, fields: impl IntoIterator<Item = Field>, problems: Problems) -> Self {
        self.fields = fields.into_iter().map(|field| field.checked_by(&problems)).collect();
        self.problems = problems;
        self
    }
}
