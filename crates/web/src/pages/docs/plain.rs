//! The chapters as Markdown, and the index of them for programs that read: `/llms.txt`.

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::Response;

use super::console::Gate;
use super::facts::Facts;
use super::page::{plain as markdown, setting};
use super::reference::{Chapter, Code, Member, Operation, Reference};
use super::samples::pretty;
use super::setting::Setting;
use crate::Web;
use crate::visit::Visit;

/// `GET /llms.txt`.
pub(super) async fn index(State(web): State<Web>) -> Response {
    let (reference, url) = (web.reference(), &web.config().public_url);
    let mut text = head(reference);
    text += "## API\n\n";
    for chapter in &reference.chapters {
        let first = chapter.about.split(['\n', '.']).next().unwrap_or_default();
        let _ = writeln!(text, "- [{}]({url}/docs/{}.md): {first}.", chapter.title, chapter.name);
    }
    let _ = writeln!(
        text,
        "\n## Optional\n\n- [Everything on one page]({url}/llms-full.txt)\n- [OpenAPI document]({}/v1/openapi.json)",
        reference.api_url
    );
    markdown(&text)
}

/// `GET /llms-full.txt`: all chapters.
pub(super) async fn full(State(web): State<Web>, visit: Visit) -> Response {
    let facts = Facts::default();
    let setting = setting(&web, &facts, format!("{}/docs", web.config().public_url), &visit, Gate::for_everybody());
    let chapters = setting.reference.chapters.iter().map(|chapter| self::chapter(chapter, &setting));
    markdown(&std::iter::once(head(setting.reference)).chain(chapters).collect::<Vec<_>>().join("\n"))
}

fn head(reference: &Reference) -> String {
    format!("# {}\n\n> {} {}\n\n", reference.title, reference.summary, reference.about)
}

/// One chapter, with examples in the chosen language.
pub(super) fn chapter(chapter: &Chapter, setting: &Setting<'_>) -> String {
    // Its own headings stand one step below.
    let mut text = format!("# {}\n\n{}\n", chapter.title, chapter.about);
    for operation in chapter.shows.iter().filter_map(|id| setting.reference.operation(id)) {
        let _ = writeln!(text, "\n## {}\n\n{}", operation.summary, example(chapter, operation, setting));
    }
    for operation in &chapter.operations {
        text += &self::operation(chapter, operation, setting);
    }
    for table in &chapter.tables {
        text += &self::table(table, setting);
    }
    for object in &chapter.objects {
        let _ = write!(text, "\n## {}\n\n", object.name);
        if !object.about.is_empty() {
            let _ = write!(text, "{}\n\n", object.about);
        }
        members(&mut text, &object.members, 0);
    }
    text
}

fn example(chapter: &Chapter, operation: &Operation, setting: &Setting<'_>) -> String {
    let code = setting.language.write(&setting.call(&chapter.name, operation));
    format!("```{}\n{code}```", setting.language.id())
}

fn operation(chapter: &Chapter, operation: &Operation, setting: &Setting<'_>) -> String {
    let Operation { method, path, summary, about, .. } = operation;
    let key = operation.scope.as_ref().map_or_else(|| "No key is needed.".to_owned(), |scope| format!("Scope: `{scope}`."));
    let mut text = format!("\n## {summary}\n\n`{method} {path}`\n\n{about}\n\n{key}\n");
    if !operation.parameters.is_empty() {
        text += "\n### Parameters\n\n";
        for parameter in &operation.parameters {
            member(&mut text, &parameter.member, Some(&parameter.place), 0);
        }
    }
    if let Some(body) = &operation.body {
        let _ = write!(text, "\n### Body\n\n{}. {}\n\n", body.kinds.join(", "), body.about);
        members(&mut text, &body.members, 0);
    }
    text += "\n### Answers\n\n";
    for answer in &operation.answers {
        let names: String = answer.links.iter().map(|link| format!(" `{}`", link.name)).collect();
        let _ = writeln!(text, "- **{}** {}{names}", answer.status, answer.about);
    }
    for (status, codes) in &operation.errors {
        let _ = writeln!(text, "- **{status}** {}", codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", "));
    }
    let _ = writeln!(text, "\n### Example\n\n{}", example(chapter, operation, setting));
    if let Some(answer) = operation.example() {
        let _ = writeln!(text, "\n```json\n{}\n```", pretty(answer));
    }
    text
}

fn members(text: &mut String, all: &[Member], depth: usize) {
    for one in all {
        member(text, one, None, depth);
    }
}

fn member(text: &mut String, member: &Member, place: Option<&str>, depth: usize) {
    let mut facts = vec![match (&member.link, member.kind.as_str()) {
        (Some(link), "") => link.name.clone(),
        (Some(link), kind) => format!("{kind} {}", link.name),
        (None, kind) => kind.to_owned(),
    }];
    if member.or_null {
        facts[0] += " or null";
    }
    facts.extend(place.map(|place| format!("in the {place}")));
    if member.required {
        facts.push("required".to_owned());
    }
    facts.extend(member.limits.iter().cloned());
    facts.extend(member.default.as_ref().map(|default| format!("default `{default}`")));
    let indent = "  ".repeat(depth);
    let about = if member.about.is_empty() { String::new() } else { format!(": {}", member.about) };
    let _ = writeln!(text, "{indent}- `{}` ({}){about}", member.name, facts.join("; "));
    members(text, &member.members, depth + 1);
}

fn table(name: &str, setting: &Setting<'_>) -> String {
    let reference = setting.reference;
    let line = |code: &Code| {
        let status = code.status.map_or_else(String::new, |status| format!("{status}, "));
        let severity = if code.severity.is_empty() { String::new() } else { format!("{}, ", code.severity) };
        format!("- `{}` ({}): {} {}\n", code.code, format!("{status}{severity}").trim_end_matches(", "), code.meaning, code.remedy)
            .replace(" ()", "")
    };
    let lines: String = match name {
        "errors" => reference.errors.iter().map(line).collect(),
        "details" => reference.details.iter().map(line).collect(),
        "failures" => reference.failures.iter().map(line).collect(),
        "warnings" => reference.warnings.iter().map(line).collect(),
        "headers" => reference.headers.iter().map(|(name, about)| format!("- `{name}`: {about}\n")).collect(),
        "plans" => setting.plans.iter().map(|(name, limit)| format!("- {name}: {limit} requests a minute\n")).collect(),
        _ => return String::new(),
    };
    format!("\n## {}\n\n{lines}", setting.title(name))
}
