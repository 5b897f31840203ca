//! From the reference to what pages show: examples with the reader's ids, links between chapters, tables.

use super::console::Gate;
use super::facts::Facts;
use super::markdown::{self, Heading};
use super::reference::{Answer, Chapter, Code, Member, Operation, Parameter, Reference};
use super::samples::{Block, Body, Call, Language, pretty};
use super::view::{AnswerView, BodyView, CodeLink, Console, ConsoleField, Entry, MemberView, ObjectView, Part, Row, Table, View};

/// What an idempotent call carries besides.
const ONCE: (&str, &str) = ("Idempotency-Key", "order-42");

/// What a chapter is shown with.
pub(super) struct Setting<'a> {
    pub reference: &'a Reference,
    pub facts: &'a Facts,
    /// Where the chapters are, without a slash at its end.
    pub base: String,
    pub language: Language,
    /// The page's path and query.
    pub target: &'a str,
    pub gate: Gate,
    /// Plans with the API: name and requests a minute.
    pub plans: Vec<(String, u32)>,
}

impl Setting<'_> {
    fn href(&self, chapter: &str) -> String {
        format!("{}/{chapter}", self.base)
    }

    fn code(&self, chapter: &str, code: &str) -> CodeLink {
        CodeLink { code: code.to_owned(), href: format!("{}#{code}", self.href(chapter)) }
    }

    /// Where a schema is described.
    fn schema(&self, name: &str) -> CodeLink {
        let home = self.reference.home(name).map_or("", |chapter| &chapter.name);
        CodeLink { code: name.to_owned(), href: format!("{}#{}", self.href(home), object_id(name)) }
    }

    pub(super) fn call(&self, chapter: &str, operation: &Operation) -> Call {
        let headers: &[(&str, &str)] = if chapter == "idempotency" { &[ONCE] } else { &[] };
        self.facts.call(self.reference, operation, headers)
    }

    /// A member of a request, or of an answer.
    fn member(&self, member: &Member, is_answer: bool) -> MemberView {
        MemberView {
            name: member.name.clone(),
            place: "",
            kind: member.kind.clone(),
            link: member.link.as_ref().map(|link| self.schema(&link.name)),
            or_null: member.or_null,
            badge: match (is_answer, member.required) {
                (false, true) => "required",
                (true, false) => "optional",
                _ => "",
            },
            default: member.default.clone(),
            limits: markdown::line(&capital(&member.limits.join(", "))),
            about: markdown::line(&member.about),
            members: member.members.iter().map(|member| self.member(member, is_answer)).collect(),
        }
    }

    fn block(&self, chapter: &str, operation: &Operation) -> Block {
        let call = self.call(chapter, operation);
        Block::new(format!("code-{}", operation.id), &operation.summary, &call, self.language, self.target)
    }

    fn part(&self, chapter: &str, operation: &Operation) -> Part {
        let parameter = |parameter: &Parameter| {
            let place = match parameter.place.as_str() {
                "path" => "path",
                "query" => "query",
                _ => "header",
            };
            MemberView { place, ..self.member(&parameter.member, false) }
        };
        let answer = |answer: &Answer| AnswerView {
            status: answer.status.clone(),
            about: markdown::line(&answer.about),
            links: answer.links.iter().map(|link| self.schema(&link.name)).collect(),
            kinds: answer.kinds.join(", "),
            headers: answer.headers.iter().map(|name| self.code("limits", name)).collect(),
        };
        let errors = operation.errors.iter().map(|(status, codes)| {
            let links = codes.iter().map(|code| self.code("errors", code));
            (status.clone(), links.collect())
        });
        let recorded = operation.answers.iter().find_map(|answer| Some((answer.status.clone(), pretty(answer.example.as_ref()?))));
        Part {
            id: operation.id.clone(),
            method: operation.method.clone(),
            path: operation.path.clone(),
            summary: operation.summary.clone(),
            about: markdown::blocks(&operation.about),
            scope: operation.scope.clone(),
            parameters: operation.parameters.iter().map(parameter).collect(),
            body: operation.body.as_ref().map(|body| BodyView {
                kinds: body.kinds.join(", "),
                about: markdown::line(&body.about),
                members: body.members.iter().map(|member| self.member(member, false)).collect(),
            }),
            answers: operation.answers.iter().map(answer).collect(),
            errors: errors.collect(),
            sample: self.block(chapter, operation),
            recorded,
            console: self.console(chapter, operation),
        }
    }

    /// Requests that the console can send: JSON, with a scope that its key has.
    fn console(&self, chapter: &str, operation: &Operation) -> Option<Console> {
        let scope = operation.scope.as_deref()?;
        app::people::CONSOLE_SCOPES.iter().find(|allowed| allowed.as_str() == scope)?;
        let fields = operation.parameters.iter().filter(|parameter| parameter.place != "header");
        let body = match self.call(chapter, operation).body {
            Body::Json(body) => Some(pretty(&body)),
            _ => None,
        };
        let field = |parameter: &Parameter| ConsoleField {
            name: parameter.member.name.clone(),
            place: parameter.place.clone(),
            value: parameter.example.as_deref().map_or_else(String::new, |example| match parameter.place.as_str() {
                "path" => self.facts.id(operation, example),
                _ => example.to_owned(),
            }),
        };
        Some(Console { fields: fields.map(field).collect(), body })
    }

    fn table(&self, name: &str) -> Option<Table> {
        let line = markdown::line;
        let codes = |id, title, codes: &[Code], prefix: &str| Table {
            id,
            title,
            columns: vec!["Code", "Meaning", "What to do"],
            rows: codes
                .iter()
                .map(|code| Row {
                    id: format!("{prefix}{}", code.code),
                    code: code.code.clone(),
                    cells: vec![line(&code.meaning), line(&code.remedy)],
                })
                .collect(),
        };
        let with = |mut table: Table, column: &'static str, codes: &[Code], cell: fn(&Code) -> String| {
            table.columns.insert(1, column);
            for (row, code) in table.rows.iter_mut().zip(codes) {
                row.cells.insert(0, line(&cell(code)));
            }
            table
        };
        let reference = self.reference;
        Some(match name {
            "errors" => {
                let table = codes("codes", "Codes", &reference.errors, "");
                with(table, "Status", &reference.errors, |code| code.status.map_or_else(String::new, |status| status.to_string()))
            }
            "details" => codes("details", "Codes in details", &reference.details, "detail-"),
            "failures" => codes("image-errors", "Errors of images", &reference.failures, ""),
            "warnings" => {
                let table = codes("codes", "Codes", &reference.warnings, "");
                with(table, "Severity", &reference.warnings, |code| code.severity.clone())
            }
            "headers" => {
                let row = |(name, about): &(String, String)| Row { id: name.clone(), code: name.clone(), cells: vec![line(about)] };
                Table {
                    id: "headers",
                    title: "Headers of answers",
                    columns: vec!["Header", "What it says"],
                    rows: reference.headers.iter().map(row).collect(),
                }
            }
            "plans" => {
                let row = |(name, limit): &(String, u32)| Row {
                    id: format!("plan-{}", name.to_lowercase().replace(' ', "-")),
                    code: name.clone(),
                    cells: vec![line(&format!("{} requests a minute", crate::text::number(i64::from(*limit))))],
                };
                Table { id: "plans", title: "By plan", columns: vec!["Plan", "Limit"], rows: self.plans.iter().map(row).collect() }
            }
            _ => return None,
        })
    }

    /// What a table is called.
    pub(super) fn title(&self, table: &str) -> &'static str {
        self.table(table).map_or("", |table| table.title)
    }

    fn entry(&self, chapter: &Chapter, current: &str) -> Entry {
        let is_current = chapter.name == current;
        Entry {
            title: chapter.title.clone(),
            href: self.href(&chapter.name),
            is_current,
            parts: if is_current { self.headings(chapter) } else { Vec::new() },
        }
    }

    /// What stands on a chapter's page.
    fn headings(&self, chapter: &Chapter) -> Vec<Heading> {
        let mut found: Vec<Heading> = Vec::new();
        found.extend(chapter.operations.iter().map(|operation| Heading { id: operation.id.clone(), words: operation.summary.clone() }));
        found.extend(markdown::headings(&chapter.about));
        found.extend(
            chapter
                .tables
                .iter()
                .filter_map(|name| self.table(name))
                .map(|table| Heading { id: table.id.into(), words: table.title.into() }),
        );
        found.extend(chapter.objects.iter().map(|object| Heading { id: object_id(&object.name), words: object.name.clone() }));
        found
    }
}

impl View {
    pub(super) fn new(chapter: &Chapter, setting: Setting<'_>) -> Self {
        let reference = setting.reference;
        let at = reference.chapters.iter().position(|other| other.name == chapter.name).unwrap_or(0);
        let entry = |chapter: &Chapter| setting.entry(chapter, "");
        // What an operation does is said before the rules that go with it.
        let split = chapter.about.find("\n## ").filter(|_| !chapter.operations.is_empty()).unwrap_or(chapter.about.len());
        let (lead, about) = chapter.about.split_at(split);
        let shown = chapter.shows.iter().filter_map(|id| reference.operation(id));
        Self {
            title: chapter.title.clone(),
            nav: reference.chapters.iter().map(|other| setting.entry(other, &chapter.name)).collect(),
            lead: markdown::blocks(lead),
            about: markdown::blocks(about),
            shown: shown.map(|operation| setting.block(&chapter.name, operation)).collect(),
            parts: chapter.operations.iter().map(|operation| setting.part(&chapter.name, operation)).collect(),
            objects: chapter
                .objects
                .iter()
                .map(|object| ObjectView {
                    id: object_id(&object.name),
                    name: object.name.clone(),
                    about: markdown::blocks(&object.about),
                    members: object.members.iter().map(|member| setting.member(member, true)).collect(),
                })
                .collect(),
            tables: chapter.tables.iter().filter_map(|name| setting.table(name)).collect(),
            before: at.checked_sub(1).and_then(|at| reference.chapters.get(at)).map(entry),
            after: reference.chapters.get(at + 1).map(entry),
            markdown: format!("{}/{}.md", setting.base, chapter.name),
            openapi: format!("{}/v1/openapi.json", reference.api_url),
            gate: setting.gate,
        }
    }
}

fn object_id(name: &str) -> String {
    format!("object-{name}")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
