//! A chapter as both frames show it: for everybody, and inside a team.

use askama::Template;

use super::console::Gate;
use super::markdown::Heading;
use super::samples::Block;
use crate::page::Safe;

pub(super) struct View {
    pub(super) title: String,
    pub(super) nav: Vec<Entry>,
    pub(super) lead: Safe,
    /// Sections behind the operations.
    pub(super) about: Safe,
    /// Calls of other chapters that show this one.
    pub(super) shown: Vec<Block>,
    pub(super) parts: Vec<Part>,
    pub(super) objects: Vec<ObjectView>,
    pub(super) tables: Vec<Table>,
    pub(super) before: Option<Entry>,
    pub(super) after: Option<Entry>,
    /// The page as Markdown.
    pub(super) markdown: String,
    pub(super) openapi: String,
    pub(super) gate: Gate,
}

/// A chapter in the navigation.
pub(super) struct Entry {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) is_current: bool,
    pub(super) parts: Vec<Heading>,
}

/// An operation.
pub(super) struct Part {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) about: Safe,
    pub(super) scope: Option<String>,
    pub(super) parameters: Vec<MemberView>,
    pub(super) body: Option<BodyView>,
    pub(super) answers: Vec<AnswerView>,
    pub(super) errors: Vec<(String, Vec<CodeLink>)>,
    pub(super) sample: Block,
    /// Status and JSON of the recorded answer.
    pub(super) recorded: Option<(String, String)>,
    pub(super) console: Option<Console>,
}

pub(super) struct BodyView {
    pub(super) kinds: String,
    pub(super) about: Safe,
    pub(super) members: Vec<MemberView>,
}

pub(super) struct AnswerView {
    pub(super) status: String,
    pub(super) about: Safe,
    pub(super) links: Vec<CodeLink>,
    pub(super) kinds: String,
    pub(super) headers: Vec<CodeLink>,
}

pub(super) struct CodeLink {
    pub(super) code: String,
    pub(super) href: String,
}

/// What the form of a request holds.
pub(super) struct Console {
    pub(super) fields: Vec<ConsoleField>,
    pub(super) body: Option<String>,
}

pub(super) struct ConsoleField {
    pub(super) name: String,
    pub(super) place: String,
    pub(super) value: String,
}

pub(super) struct ObjectView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) about: Safe,
    pub(super) members: Vec<MemberView>,
}

#[derive(Template)]
#[template(path = "docs/member.html")]
pub(super) struct MemberView {
    pub(super) name: String,
    /// Where it stands, of a parameter.
    pub(super) place: &'static str,
    pub(super) kind: String,
    pub(super) link: Option<CodeLink>,
    pub(super) or_null: bool,
    /// "required" of a request, "optional" of an answer; what goes without saying is not said.
    pub(super) badge: &'static str,
    pub(super) default: Option<String>,
    pub(super) limits: Safe,
    pub(super) about: Safe,
    pub(super) members: Vec<MemberView>,
}

impl askama::filters::HtmlSafe for MemberView {}

/// A table of codes, headers or plans.
pub(super) struct Table {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    /// The anchor.
    pub(super) id: String,
    pub(super) code: String,
    pub(super) cells: Vec<Safe>,
}
