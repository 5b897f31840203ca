//! One generation: its pictures to take away, what they were made from, and the same as a call of the API.

use std::collections::BTreeMap;

use app::view::{ImageStatus, Record};
use app::{Encoding, Mode, Source};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Query as UrlQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Right;
use serde::Deserialize;
use serde_json::Value;
use template::Warning;

use super::{KEY, badge, source_word};
use crate::error::PageError;
use crate::form::Form;
use crate::page::{Page, show as show_page};
use crate::pages::create::Draft;
use crate::pages::create::words::{Note, told};
use crate::pages::docs::UseInApi;
use crate::visit::Visit;
use crate::who::InTeam;
use crate::{Web, text};

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    dialog: String,
}

#[derive(Template)]
#[template(path = "generations/detail.html")]
struct Detail {
    page: Page,
    base: String,
    /// This page's path.
    here: String,
    reference: String,
    badge: &'static str,
    status: &'static str,
    is_test: bool,
    /// Finished and all pictures, while it is worked on.
    working: Option<(usize, usize)>,
    refusal: Option<String>,
    expired: bool,
    pictures: Vec<Picture>,
    has_zip: bool,
    notes: Vec<Note>,
    inputs: Vec<(String, String)>,
    facts: Vec<(&'static str, String)>,
    call: UseInApi,
    may_create: bool,
    again: String,
    is_deleting: bool,
}

struct Picture {
    name: String,
    width: u32,
    height: u32,
    /// Path of the whole picture, and with the name that it is saved by.
    href: Option<String>,
    /// What stands for it on this page.
    shown: Option<String>,
    download: String,
    /// Absolute, to be passed on.
    link: String,
    alt: String,
    file: String,
    bytes: String,
    sha256: String,
    failure: Option<String>,
}

pub(crate) async fn show(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id)): Path<(String, String)>,
    UrlQuery(asked): UrlQuery<Asked>,
) -> Result<Response, PageError> {
    let record = web.app().record(&inside.member, &id).await?;
    let labels = match web.app().template(&inside.member.principal(), &record.generation.template_group_id).await {
        Ok(group) => group.fields.into_iter().map(|field| (field.name, field.label)).collect(),
        // The template may be gone; what was made with it stays.
        Err(_) => BTreeMap::new(),
    };
    let may_create = inside.member.need(Right::Create).is_ok();
    let kit = match &record.generation.brand_kit_id {
        // The kit may be gone too.
        Some(id) => web.app().edited_kit(&inside.member, id).await.ok().map(|kit| kit.name),
        None => None,
    };
    let body = Draft::again(&record.generation).body(&record.generation.template_group_id);
    let call = UseInApi::new(&web, &inside, body, inside.visit.target());
    let is_deleting = asked.dialog == "delete";
    let shell = Shell { page: inside.page(&record.group_name, KEY), call, base: inside.base(), kit, may_create, is_deleting };
    show_page(&detail(record, &labels, shell))
}

pub(crate) async fn zip(State(web): State<Web>, inside: InTeam, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let archive = web.app().archive(&inside.member, &id).await?;
    let headers = [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, attachment(&archive.file_name))];
    Ok((headers, Body::from_stream(archive.bytes)).into_response())
}

pub(crate) async fn delete(
    State(web): State<Web>,
    inside: InTeam,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
    _form: Form,
) -> Result<Response, PageError> {
    web.app().delete_record(&inside.member, &id).await?;
    visit.toast("Generation deleted. Its pictures are gone from their links.");
    Ok(Redirect::to(&format!("{}/generations", inside.base())).into_response())
}

/// `attachment` with the name in ASCII, and as it is.
pub(crate) fn attachment(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
    let exact: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20");
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

struct Shell {
    page: Page,
    call: UseInApi,
    base: String,
    /// The kit's name as it is now.
    kit: Option<String>,
    may_create: bool,
    is_deleting: bool,
}

fn detail(record: Record, labels: &BTreeMap<String, String>, shell: Shell) -> Detail {
    let label = |name: &str| labels.get(name).cloned().unwrap_or_else(|| name.to_owned());
    let notes = notes(&record, label);
    let draft = Draft::again(&record.generation);
    let facts = facts(&record, shell.kit);
    let generation = record.generation;
    let (badge, status) = badge(generation.status);
    let done = generation.images.iter().filter(|image| image.status != ImageStatus::Queued).count();
    let working = (!generation.status.finished()).then_some((done, generation.images.len()));
    let inputs = draft.input.iter().map(|(name, value)| (label(name), in_words(value))).collect();
    let pictures: Vec<Picture> = generation
        .images
        .into_iter()
        .zip(record.file_names)
        .zip(record.thumbnails)
        .map(|((image, file), thumbnail)| {
            let path = image.url.as_deref().map(crate::pages::create::local);
            Picture {
                download: path
                    .as_ref()
                    .map(|path| format!("{path}?{}", crate::pages::create::query(&[("download", &file)])))
                    .unwrap_or_default(),
                // A page is no picture to a browser.
                shown: if Encoding::parse(&image.format).is_some_and(|encoding| encoding.pixels().is_none()) {
                    thumbnail
                } else {
                    path.clone()
                },
                href: path,
                link: image.url.unwrap_or_default(),
                alt: image.alt_text.unwrap_or_else(|| image.name.clone()),
                bytes: image.bytes.map(kilobytes).unwrap_or_default(),
                sha256: image.sha256.unwrap_or_default(),
                failure: image.error.map(|error| error.message),
                name: image.name,
                width: image.width,
                height: image.height,
                file,
            }
        })
        .collect();
    Detail {
        again: format!("{}/create/{}?from={}", shell.base, generation.template_group_id, generation.id),
        has_zip: pictures.iter().any(|picture| picture.href.is_some()),
        call: shell.call,
        reference: generation.external_id.unwrap_or_default(),
        is_test: generation.mode == Mode::Test,
        expired: generation.expired_at.is_some(),
        refusal: generation.error.map(|error| error.message),
        here: format!("{}/generations/{}", shell.base, generation.id),
        badge,
        status,
        working,
        pictures,
        notes,
        inputs,
        facts,
        page: shell.page,
        base: shell.base,
        may_create: shell.may_create,
        is_deleting: shell.is_deleting,
    }
}

fn notes(record: &Record, label: impl Fn(&str) -> String) -> Vec<Note> {
    let read = |value: &Value| serde_json::from_value::<Warning>(value.clone()).ok();
    let images = record.generation.images.iter();
    let warnings: Vec<(&str, Warning)> = images
        .flat_map(|image| image.warnings.iter().flatten().filter_map(read).map(|warning| (image.name.as_str(), warning)))
        .chain(record.generation.warnings.iter().flatten().filter_map(read).map(|warning| ("", warning)))
        .collect();
    told(warnings.iter().map(|(size, warning)| (*size, warning)), label)
}

fn facts(record: &Record, kit: Option<String>) -> Vec<(&'static str, String)> {
    let generation = &record.generation;
    let maker = record.maker_name.clone().unwrap_or_else(|| "Somebody who left the team".to_owned());
    let by = match record.source {
        Source::Api => format!("API key “{maker}”"),
        Source::App => maker,
        Source::Bulk => format!("{maker}, bulk"),
    };
    let charged = match generation.mode {
        Mode::Test => "None: made in test mode".to_owned(),
        Mode::Live => text::count(generation.credits.charged, "credit"),
    };
    let kit = match (&generation.brand_kit_id, generation.brand_kit_version) {
        (Some(id), Some(version)) => format!("{}, version {version}", kit.as_ref().unwrap_or(id)),
        _ => "The template's own look".to_owned(),
    };
    let mut facts = vec![
        ("Made by", by),
        ("Where", source_word(record.source).to_owned()),
        ("Charged", charged),
        ("Template", format!("{}, version {}", record.group_name, generation.template_group_version)),
        ("Brand kit", kit),
        ("Language", generation.locale.clone().unwrap_or_default()),
        ("Made", text::exact(generation.created_at)),
        ("Engine", format!("{} {}", generation.engine.version, generation.engine.target)),
        ("Generation", generation.id.clone()),
    ];
    facts.extend(record.request_id.clone().map(|id| ("Request", id)));
    facts
}

fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(in_words).collect::<Vec<_>>().join("\n"),
        Value::Object(map) => match map.get("assetId").or_else(|| map.get("url")) {
            Some(source) => in_words(source),
            None => map.values().map(in_words).collect::<Vec<_>>().join(" · "),
        },
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        other => other.to_string(),
    }
}

fn kilobytes(bytes: u64) -> String {
    format!("{}\u{a0}kB", text::number(i64::try_from(bytes.div_ceil(1_000)).unwrap_or(i64::MAX)))
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let picture = |failure: Option<&str>| Picture {
        name: "Instagram square".into(),
        width: 1080,
        height: 1080,
        href: failure.is_none().then(|| "/p/x.png".into()),
        shown: failure.is_none().then(|| "/p/x.png".into()),
        download: "/p/x.png?download=quote-square.png".into(),
        link: "https://posts.example.com/p/x.png".into(),
        alt: "Good design is a promise".into(),
        file: "quote-square.png".into(),
        bytes: "84 kB".into(),
        sha256: "ab".repeat(32),
        failure: failure.map(ToOwned::to_owned),
    };
    let detail = |pictures: Vec<Picture>, working: Option<(usize, usize)>, is_deleting: bool| Detail {
        page: Page::team_sample("Quote: the big mark", KEY),
        base: "/t/northbank".into(),
        here: "/t/northbank/generations/gen_1".into(),
        reference: "spring-42".into(),
        badge: "is-success",
        status: "Completed",
        is_test: false,
        working,
        refusal: None,
        expired: false,
        has_zip: true,
        pictures,
        notes: Vec::new(),
        inputs: vec![("Headline".into(), "<b>Good</b> design".into())],
        facts: vec![("Made by", "Ada Bell".into())],
        call: UseInApi::sample(),
        may_create: true,
        again: "/t/northbank/create/tg_quote?from=gen_1".into(),
        is_deleting,
    };
    vec![
        ("generation", detail(vec![picture(None)], None, false).render()),
        ("generation, working", detail(Vec::new(), Some((1, 4)), false).render()),
        ("generation, one failed", detail(vec![picture(Some("A picture could not be fetched."))], None, true).render()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_downloads_name_cannot_end_its_header() {
        assert_eq!(attachment("a\"\r\nb.zip"), "attachment; filename=\"a___b.zip\"; filename*=UTF-8''a%22%0D%0Ab.zip");
        assert_eq!(attachment("größe 1.zip"), "attachment; filename=\"gr__e 1.zip\"; filename*=UTF-8''gr%C3%B6%C3%9Fe%201.zip");
    }
}
