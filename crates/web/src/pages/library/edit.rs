//! The text editor: the document with line numbers, its problems, its pictures, and its versions.

use app::Error;
use app::library::{KitPicture, Problem, check_text};
use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Right;
use serde::Deserialize;
use serde_json::json;

use super::KEY;
use crate::Web;
use crate::error::PageError;
use crate::field::Field;
use crate::form::{Form, Problems};

use crate::page::{Page, refuse, show as show_page};
use crate::text;
use crate::who::InTeam;

/// Kibibytes of a form with a document; percent signs make it longer than the 2 MB that are taken.
const FORM: usize = 6 * 1024;

#[derive(Template)]
#[template(path = "library/edit.html")]
struct Edit {
    page: Page,
    base: String,
    id: String,
    own: bool,
    may_edit: bool,
    /// The published one.
    version: u32,
    /// The version that the text was begun from.
    from: u32,
    text: String,
    draft_saved: Option<String>,
    problems: Problems,
    faults: Vec<Problem>,
    /// What publishing would change, where that was asked.
    review: Option<Vec<String>>,
    pictures: Vec<Shown>,
    versions: Vec<Version>,
    name: Field,
}

struct Shown {
    name: String,
    src: String,
    width: u32,
    height: u32,
}

struct Version {
    version: u32,
    when: String,
}

impl Edit {
    /// The numbers of the text's lines.
    fn gutter(&self) -> String {
        (1..=self.text.split('\n').count()).map(|line| line.to_string()).collect::<Vec<_>>().join("\n")
    }
}

/// What a handler knows beyond what is stored.
#[derive(Default)]
struct Sent {
    /// The text and the version that it was begun from, where they are not the stored ones.
    text: Option<(String, u32)>,
    problems: Problems,
    review: Option<Vec<String>>,
    name: Option<String>,
}

pub(super) async fn show(State(web): State<Web>, who: InTeam, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    show_page(&page(&web, &who, &id, Sent::default()).await?)
}

/// Saves the draft, asks what publishing would change, or publishes.
pub(super) async fn act(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    form: Form<FORM>,
) -> Result<Response, PageError> {
    let (app, member) = (web.app(), &who.member);
    member.need(Right::Templates)?;
    // Browsers send line ends as CR LF, and take the first one of a text area away.
    let text = form.raw("text").replace("\r\n", "\n");
    let from: u32 = form.text("base").parse().map_err(|_| PageError::BadRequest("The form lacks its version.".to_owned()))?;
    let here = who.path(&format!("/templates/{id}"));
    match form.text("action") {
        "publish" => match app.publish_document(member, &id, from, &text).await {
            Ok(version) => {
                who.visit.toast(format!("Version {version} is published."));
                Ok(Redirect::to(&here).into_response())
            }
            Err(Error::Document(_)) => again(&web, &who, &id, Sent { text: Some((text, from)), ..Sent::default() }).await,
            Err(Error::Conflict(why)) => {
                again(&web, &who, &id, Sent { text: Some((text, from)), problems: Problems::one("", why), ..Sent::default() }).await
            }
            Err(error) => Err(error.into()),
        },
        "review" => {
            app.save_document_draft(member, &id, from, text.clone()).await?;
            match app.document_changes(member, &id, &text).await {
                Ok(changes) if changes.is_empty() => {
                    let problems = Problems::one("", "Nothing changed: this is the published version.");
                    again(&web, &who, &id, Sent { text: Some((text, from)), problems, ..Sent::default() }).await
                }
                Ok(changes) => {
                    show_page(&page(&web, &who, &id, Sent { text: Some((text, from)), review: Some(changes), ..Sent::default() }).await?)
                }
                Err(Error::Document(_)) => {
                    let problems = Problems::one("text", "Mend the problems on the side first; the draft is saved.");
                    again(&web, &who, &id, Sent { text: Some((text, from)), problems, ..Sent::default() }).await
                }
                Err(error) => Err(error.into()),
            }
        }
        _ => {
            app.save_document_draft(member, &id, from, text).await?;
            who.visit.toast("Draft saved. Nothing is published yet.");
            Ok(Redirect::to(&here).into_response())
        }
    }
}

/// Problems and pictures of a text that is being written, for the script.
pub(super) async fn check(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    form: Form<FORM>,
) -> Result<Response, PageError> {
    // Whoever sees the group may look at a text in its place.
    web.app().document_text(&who.member, &id).await?;
    let text = form.raw("text").replace("\r\n", "\n");
    let checked = check_text(&text);
    let problem =
        |problem: &Problem| json!({"line": problem.line, "column": problem.column, "message": problem.message, "hint": problem.hint});
    let problems: Vec<_> = checked.problems.iter().map(problem).collect();
    let pictures = if problems.is_empty() { drawn(&web, &who, &text).await? } else { Vec::new() };
    let pictures: Vec<_> = pictures
        .iter()
        .map(|picture| json!({"name": picture.name, "src": picture.src, "width": picture.width, "height": picture.height}))
        .collect();
    Ok(Json(json!({"problems": problems, "pictures": pictures})).into_response())
}

#[derive(Deserialize)]
pub(super) struct Export {
    version: Option<u32>,
}

pub(super) async fn export(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    Query(which): Query<Export>,
) -> Result<Response, PageError> {
    let (name, text) = web.app().export_document(&who.member, &id, which.version).await?;
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)], text).into_response())
}

pub(super) async fn rename(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    form: Form,
) -> Result<Response, PageError> {
    let name = form.text("name");
    match web.app().rename_document(&who.member, &id, name).await {
        Ok(_) => {
            who.visit.toast(format!("Renamed to \"{name}\"."));
            Ok(Redirect::to(&who.path(&format!("/templates/{id}"))).into_response())
        }
        Err(Error::Validation(faults)) => {
            again(&web, &who, &id, Sent { problems: faults.into(), name: Some(name.to_owned()), ..Sent::default() }).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn discard(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    _: Form,
) -> Result<Response, PageError> {
    web.app().discard_document_draft(&who.member, &id).await?;
    who.visit.toast("Draft discarded.");
    Ok(Redirect::to(&who.path(&format!("/templates/{id}"))).into_response())
}

pub(super) async fn restore(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    form: Form,
) -> Result<Response, PageError> {
    let old: u32 = form.text("version").parse().map_err(|_| PageError::NotFound)?;
    match web.app().restore_document(&who.member, &id, old).await {
        Ok(version) => who.visit.toast(format!("Version {old} is published again, as version {version}.")),
        Err(Error::Conflict(why)) => who.visit.toast(why),
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&who.path(&format!("/templates/{id}"))).into_response())
}

async fn again(web: &Web, who: &InTeam, id: &str, sent: Sent) -> Result<Response, PageError> {
    refuse(&page(web, who, id, sent).await?)
}

async fn page(web: &Web, who: &InTeam, id: &str, sent: Sent) -> Result<Edit, PageError> {
    let stored = web.app().document_text(&who.member, id).await?;
    let now = domain::Timestamp::now();
    let (text, from) = match (sent.text, &stored.draft) {
        (Some(sent), _) => sent,
        (None, Some(draft)) => (draft.text.clone(), draft.base),
        (None, None) => (stored.published.clone(), stored.version),
    };
    let faults = check_text(&text).problems;
    let pictures = if faults.is_empty() { drawn(web, who, &text).await? } else { Vec::new() };
    let versions = stored.versions.iter().map(|version| Version { version: version.version, when: text::ago(version.created_at, now) });
    Ok(Edit {
        base: who.path("/templates"),
        id: stored.id,
        own: stored.own,
        may_edit: who.member.role.may(Right::Templates),
        version: stored.version,
        from,
        draft_saved: stored.draft.map(|draft| text::ago(draft.saved_at, now)),
        faults,
        review: sent.review,
        pictures,
        versions: versions.collect(),
        name: Field::text("name", "Name")
            .value(sent.name.as_deref().unwrap_or(&stored.name))
            .limit(100)
            .required()
            .checked_by(&sent.problems),
        page: who.page(stored.name, KEY),
        problems: sent.problems,
        text,
    })
}

async fn drawn(web: &Web, who: &InTeam, text: &str) -> Result<Vec<Shown>, PageError> {
    let shown = |picture: KitPicture| Shown {
        src: format!("data:{};base64,{}", picture.media_type, STANDARD.encode(&picture.bytes)),
        name: picture.name,
        width: picture.width,
        height: picture.height,
    };
    Ok(web.app().preview_document(&who.member, text).await?.into_iter().map(shown).collect())
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let edit = |own, faults: Vec<Problem>, review: Option<Vec<String>>| Edit {
        page: Page::team_sample("Sale card", KEY),
        base: "/t/northbank/templates".to_owned(),
        id: "tg_1".to_owned(),
        own,
        may_edit: true,
        version: 3,
        from: 3,
        text: "{\n  \"format\": 1,\n  \"name\": \"Sale card\"\n}\n".to_owned(),
        draft_saved: own.then(|| "4 minutes ago".to_owned()),
        problems: Problems::default(),
        faults,
        review,
        pictures: Vec::new(),
        versions: vec![Version { version: 3, when: "2 days ago".to_owned() }, Version { version: 2, when: "5 days ago".to_owned() }],
        name: Field::text("name", "Name").value("Sale card"),
    };
    let fault = Problem {
        line: 3,
        column: 1,
        pointer: String::new(),
        message: "\"templates\" is missing".to_owned(),
        hint: Some("a list of sizes".to_owned()),
    };
    vec![
        ("template, editor", edit(true, Vec::new(), None).render()),
        ("template, editor with problems", edit(true, vec![fault], None).render()),
        ("template, review", edit(true, Vec::new(), Some(vec!["New sizes: wide.".to_owned()])).render()),
        ("template, built-in", edit(false, Vec::new(), None).render()),
    ]
}
