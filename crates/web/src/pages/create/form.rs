//! `/t/{team}/create/{group}`: the form beside its pictures, and Generate.

use std::time::Instant;

use app::view::TemplateGroup;
use app::{Encoding, Error, GenerateAnswer, GenerateCall, Missing, Query};
use askama::Template;
use axum::extract::{Path, Query as UrlQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Right;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use template::Severity;

use super::KEY;
use super::controls::{Control, Kind, Shelf, controls};
use super::draft::{Draft, problems};
use super::gallery::choices;
use super::input::CreateForm;
use super::previews::{self, EDGE, Seen, seen, source};
use super::words::Note;
use crate::error::PageError;
use crate::field::{Choice, Field};
use crate::form::Problems;
use crate::icon::{INFO, Icon, WARNING};
use crate::page::{Page, refuse, show as page};
use crate::pages::docs::UseInApi;
use crate::visit::Visit;
use crate::who::InTeam;
use crate::{Web, text};

/// How long the answer to Generate waits for the pictures, in milliseconds; the page about them waits on.
const WAIT_MS: u32 = 2_000;
/// Uploads that a picture may be chosen from in the form; the page of assets has all.
const UPLOADS: &str = "50";

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    example: String,
    /// A generation whose inputs are used again.
    #[serde(default)]
    from: String,
    #[serde(default)]
    kit: String,
    /// An upload to begin with.
    #[serde(default)]
    asset: String,
}

#[derive(Template)]
#[template(path = "create/form.html")]
struct FormPage {
    page: Page,
    base: String,
    group: GroupView,
    /// Of this page: sending it twice makes one generation.
    once: String,
    problems: Problems,
    /// Why nothing was made, where no field is to blame.
    refusal: Option<String>,
    controls: Vec<Control>,
    kit: Field,
    format: Field,
    reference: Field,
    sizes: Vec<SizeView>,
    notes: Vec<Note>,
    /// Labels of the fields that show their example.
    placeholders: String,
    left: String,
    generate: String,
    call: UseInApi,
}

struct GroupView {
    id: String,
    name: String,
    description: String,
    version: i64,
}

struct SizeView {
    key: String,
    name: String,
    width: u32,
    height: u32,
    chosen: bool,
    src: String,
    warned: usize,
}

impl FormPage {
    /// Notes of a field; of the empty name those of no field.
    fn notes_of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a Note> {
        self.notes.iter().filter(move |note| note.field.as_deref().unwrap_or_default() == field)
    }

    fn sizes_first(&self) -> &str {
        self.sizes.first().map_or("", |size| &size.src)
    }
}

impl Note {
    pub(crate) fn icon(&self) -> Icon {
        if self.severity == Severity::Info { INFO } else { WARNING }
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id)): Path<(String, String)>,
    UrlQuery(asked): UrlQuery<Asked>,
) -> Result<Response, PageError> {
    inside.member.need(Right::Create)?;
    let group = web.app().template(&inside.member.principal(), &id).await?;
    let mut draft = if asked.from.is_empty() {
        if asked.example.is_empty() { Draft::default() } else { Draft::example(&group) }
    } else {
        Draft::again(&web.app().record(&inside.member, &asked.from).await?.generation)
    };
    if !asked.kit.is_empty() {
        draft.kit = asked.kit;
    }
    let first_picture = group.fields.iter().find(|field| field.kind == template::FieldType::Image);
    if let (Some(field), false) = (first_picture, asked.asset.is_empty()) {
        draft.input.insert(field.name.clone(), serde_json::json!({"assetId": asked.asset}));
    }
    page(&form(&web, &inside, &group, &draft, Problems::default(), None, None).await?)
}

pub(crate) async fn create(
    State(web): State<Web>,
    inside: InTeam,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
    sent: CreateForm,
) -> Result<Response, PageError> {
    inside.member.need(Right::Create)?;
    let group = web.app().template(&inside.member.principal(), &id).await?;
    let draft = Draft::of(&sent, &group);
    if sent.has("preview") {
        let seen = seen(web.app(), &inside.member, &group, &draft, (EDGE, EDGE)).await?;
        return page(&form(&web, &inside, &group, &draft, Problems::default(), None, Some(seen)).await?);
    }
    if draft.sizes.is_empty() {
        let refusal = Some("Choose at least one size.".to_owned());
        return refuse(&form(&web, &inside, &group, &draft, Problems::default(), refusal, None).await?);
    }
    let mut body = draft.body(&group.id);
    body["waitMs"] = WAIT_MS.into();
    if let Some(version) = draft.version {
        body["templateGroupVersion"] = version.into();
    }
    let call = GenerateCall {
        idempotency_key: Some(once_key(sent.text("once"), &body.to_string())),
        body,
        prefer_async: false,
        request: Some(visit.id()),
        received: Instant::now(),
    };
    let (problems, refusal) = match web.app().create(&inside.member, call).await {
        Ok(GenerateAnswer::Generation(made)) => {
            return Ok(Redirect::to(&format!("{}/generations/{}", inside.base(), made.generation.id)).into_response());
        }
        Ok(GenerateAnswer::DryRun { .. }) => return Err(PageError::internal("a form asked for a dry run")),
        Err(error) => why(error, &group)?,
    };
    refuse(&form(&web, &inside, &group, &draft, problems, refusal, None).await?)
}

/// The request of the form as it stands, for its script; `lang` is the language that was chosen.
pub(crate) async fn call(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id)): Path<(String, String)>,
    sent: CreateForm,
) -> Result<Response, PageError> {
    inside.member.need(Right::Create)?;
    let group = web.app().template(&inside.member.principal(), &id).await?;
    let body = Draft::of(&sent, &group).body(&group.id);
    let here = format!("{}/create/{}", inside.base(), group.id);
    page(&UseInApi::in_language(&web, &inside, body, &here, sent.text("lang")).block)
}

/// What a refused call shows: faults beside their fields, or one sentence.
fn why(error: Error, group: &TemplateGroup) -> Result<(Problems, Option<String>), PageError> {
    let said = |text: String| Ok((Problems::default(), Some(text)));
    match error {
        Error::Validation(faults) => Ok((problems(faults, group), None)),
        Error::NotFound { what: Missing::Asset, param: Some(param) } => {
            let field = super::draft::field_of(&param).map(super::controls::control_name).unwrap_or_default();
            Ok((Problems::one(&field, "This upload is no longer there. Choose another picture."), None))
        }
        Error::NotFound { what: Missing::BrandKit, .. } => {
            Ok((Problems::one("kit", "This brand kit is no longer there. Choose another."), None))
        }
        Error::NotFound { what: Missing::TemplateVersion, .. } => {
            said("This template was changed meanwhile. Look at the previews, then generate again.".to_owned())
        }
        Error::InsufficientCredits { required, remaining } => said(format!(
            "This needs {}; {} left. Nothing was charged. Choose fewer sizes, or ask an owner to buy a pack.",
            text::count(required, "credit"),
            if remaining == 1 { "1 is".to_owned() } else { format!("{} are", text::number(remaining)) },
        )),
        Error::Overloaded => {
            said("The service is busy. Nothing was charged; what you wrote is still here. Try again in a moment.".to_owned())
        }
        Error::RateLimited => said("That was more than one person's pictures for a minute. Nothing was charged; wait a moment.".to_owned()),
        other => Err(other.into()),
    }
}

/// The same page sent twice with the same values is the same call.
fn once_key(once: &str, body: &str) -> String {
    let digest = hex::encode(Sha256::digest(format!("{once}\n{body}")));
    format!("form_{digest}")
}

async fn form(
    web: &Web,
    inside: &InTeam,
    group: &TemplateGroup,
    draft: &Draft,
    problems: Problems,
    refusal: Option<String>,
    seen: Option<Seen>,
) -> Result<FormPage, PageError> {
    let app = web.app();
    let base = inside.base();
    let call = UseInApi::new(web, inside, draft.body(&group.id), inside.visit.target());
    let uploads = app.uploads(&inside.member, &Query(vec![("limit".into(), UPLOADS.into())])).await?.data;
    let shelf = Shelf {
        uploads: uploads.into_iter().map(|upload| (upload.asset.id.clone(), upload_name(&upload))).collect(),
        built_in: app::App::built_in_pictures(),
        thumbs: format!("{base}/assets"),
    };
    let kits = app.brand_kits(&inside.member.principal(), &Query(vec![("limit".into(), "100".into())])).await?.data;
    let kit_choices = choices(&kits, &draft.kit).into_iter().map(|kit| Choice::new(&kit.id, &kit.name)).collect();
    let credits = app.credits(&inside.member.principal()).await?;
    let is_chosen = |key: &String| draft.sizes.is_empty() || draft.sizes.contains(key);
    let count = group.templates.iter().filter(|size| is_chosen(&size.key)).count();
    let size = |size: &app::view::TemplateSize| {
        let drawn = seen.as_ref().and_then(|seen| seen.preview.pictures.iter().find(|picture| picture.key == size.key));
        SizeView {
            key: size.key.clone(),
            name: size.name.clone(),
            width: size.width,
            height: size.height,
            chosen: is_chosen(&size.key),
            src: drawn.map_or_else(|| local(&size.preview_url), |picture| source(picture.media_type, &picture.bytes)),
            warned: drawn.map_or(0, previews::warned),
        }
    };
    Ok(FormPage {
        page: inside.page(&group.name, KEY),
        group: GroupView { id: group.id.clone(), name: group.name.clone(), description: group.description.clone(), version: group.version },
        once: domain::RequestId::new().to_string(),
        controls: controls(&group.fields, &draft.input, &problems, &shelf),
        kit: Field::select("kit", "Brand kit", kit_choices).value(&draft.kit).required().checked_by(&problems),
        format: format_field(&draft.format).checked_by(&problems),
        reference: Field::text("reference", "Reference")
            .hint("Yours, to find the pictures again: it stands in the history and in the names of downloads.")
            .value(&draft.reference)
            .checked_by(&problems),
        sizes: group.templates.iter().map(size).collect(),
        notes: seen.as_ref().map(|seen| seen.notes.clone()).unwrap_or_default(),
        placeholders: seen.map(|seen| seen.examples).unwrap_or_default(),
        left: credits.remaining.map_or_else(|| "Unlimited credits".to_owned(), |left| format!("{} left", text::count(left, "credit"))),
        generate: generate_words(count),
        call,
        problems,
        refusal,
        base,
    })
}

/// "Generate 4 pictures · 4 credits".
fn generate_words(count: usize) -> String {
    let count = i64::try_from(count).unwrap_or(0);
    format!("Generate {} · {}", text::count(count, "picture"), text::count(count, "credit"))
}

fn format_field(format: &str) -> Field {
    let choices = Encoding::ALL.map(|encoding| Choice::new(encoding.as_str(), encoding.label()));
    Field::select("format", "Format", choices.into()).value(if format.is_empty() { "png" } else { format }).required()
}

pub(crate) fn upload_name(upload: &app::view::Upload) -> String {
    if upload.name.is_empty() {
        format!("{} × {} {}", upload.asset.width, upload.asset.height, upload.asset.format.to_uppercase())
    } else {
        upload.name.clone()
    }
}

/// The path of an address of ours: pages and pictures have one origin.
pub(crate) fn local(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.path().to_owned())
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let page = |problems: Problems, refusal: Option<String>, controls: Vec<Control>| FormPage {
        page: Page::team_sample("Quote: the big mark", KEY),
        base: "/t/northbank".into(),
        group: GroupView { id: "tg_quote".into(), name: "Quote: the big mark".into(), description: "One sentence.".into(), version: 1 },
        once: "req_0".into(),
        controls,
        kit: Field::select("kit", "Brand kit", vec![Choice::new("", "Sorrelwick (default)")]).required().checked_by(&problems),
        format: format_field(""),
        reference: Field::text("reference", "Reference"),
        sizes: vec![SizeView {
            key: "square".into(),
            name: "Instagram square".into(),
            width: 1080,
            height: 1080,
            chosen: true,
            src: "/m/previews/tg_quote/1/square.png".into(),
            warned: 1,
        }],
        notes: vec![Note {
            field: Some("title".into()),
            severity: Severity::Warning,
            text: "Square: text reduced from 110 to 79 px.".into(),
        }],
        placeholders: "Headline".into(),
        left: "3,120 credits left".into(),
        generate: generate_words(4),
        call: UseInApi::sample(),
        problems,
        refusal,
    };
    let one = |field: Field| Control { name: "title".into(), label: "Headline".into(), kind: Kind::Plain(Box::new(field)) };
    let headline = || Field::area("in.title", "Headline", 2).required().limit(120).placeholder("Good design is a promise");
    let fault = Problems::one("in.title", "Headline has 134 characters; this template takes 120. Shorten it by 14.");
    vec![
        ("create", page(Problems::default(), None, vec![one(headline())]).render()),
        ("create, with faults", page(fault.clone(), None, vec![one(headline().checked_by(&fault))]).render()),
        ("create, refused", page(Problems::default(), Some("This needs 4 credits; 2 are left.".into()), vec![one(headline())]).render()),
    ]
}
