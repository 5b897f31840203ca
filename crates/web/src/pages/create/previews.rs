//! Live previews: what the form's script asks for after each key, and what the Preview button shows without it.

use app::view::TemplateGroup;
use app::{App, Member, Preview, PreviewCall};
use axum::Json;
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use template::Severity;

use super::draft::{Draft, field_of, words as fault_words};
use super::input::CreateForm;
use super::words::{self, Note};
use crate::Web;
use crate::error::PageError;
use crate::text;
use crate::who::InTeam;

/// Edge of the box of a preview, unasked, in pixels.
pub(super) const EDGE: u32 = 540;

/// What the script shows.
#[derive(Debug, Serialize)]
struct Answer {
    pictures: Vec<Picture>,
    /// By field; under the empty name what concerns no field.
    notes: BTreeMap<String, Vec<NoteView>>,
    /// Labels of the fields that show their example.
    examples: String,
    /// For who listens.
    said: String,
}

#[derive(Debug, Serialize)]
struct Picture {
    key: String,
    src: String,
    width: u32,
    height: u32,
    warned: usize,
    /// Top, right, bottom and left that the platform covers, in per cent of height and width.
    free: Option<[f64; 4]>,
}

#[derive(Debug, Serialize)]
struct NoteView {
    severity: &'static str,
    text: String,
}

/// Previews of a form and everything that there is to say about it.
pub(super) struct Seen {
    pub preview: Preview,
    pub notes: Vec<Note>,
    /// Labels of the fields that show their example.
    pub examples: String,
}

pub(crate) async fn live(
    State(web): State<Web>,
    inside: InTeam,
    Path((_, id)): Path<(String, String)>,
    form: CreateForm,
) -> Result<Json<Value>, PageError> {
    let group = web.app().template(&inside.member.principal(), &id).await?;
    // Tiles are equally high, so that the height is what they have in common.
    let height = form.text("height").parse().unwrap_or(EDGE);
    let seen = seen(web.app(), &inside.member, &group, &Draft::of(&form, &group), (EDGE, height)).await?;
    let pictures = seen.preview.pictures.iter().map(|picture| Picture {
        key: picture.key.clone(),
        src: source(picture.media_type, &picture.bytes),
        width: picture.width,
        height: picture.height,
        warned: warned(picture),
        free: picture.free_edges.map(|edges| edges.map(|share| share * 100.0)),
    });
    let mut notes: BTreeMap<String, Vec<NoteView>> = BTreeMap::new();
    for note in &seen.notes {
        let view = NoteView { severity: note.severity.as_str(), text: note.text.clone() };
        notes.entry(note.field.clone().unwrap_or_default()).or_default().push(view);
    }
    let answer = Answer { pictures: pictures.collect(), notes, examples: seen.examples.clone(), said: seen.said() };
    Ok(Json(serde_json::to_value(answer).map_err(PageError::internal)?))
}

/// Draws a form as it stands, each picture within a box of this width and height.
pub(super) async fn seen(app: &App, member: &Member, group: &TemplateGroup, draft: &Draft, bounds: (u32, u32)) -> Result<Seen, PageError> {
    let call = PreviewCall {
        group: group.id.clone(),
        version: draft.version,
        sizes: draft.sizes.clone(),
        input: Value::Object(draft.input.clone()),
        brand: draft.brand(),
        locale: None,
        bounds,
    };
    let preview = app.preview_pictures(member, &call).await?;
    let label =
        |name: &str| group.fields.iter().find(|field| field.name == name).map_or_else(|| name.to_owned(), |field| field.label.clone());
    let faults = preview.faults.iter().map(|fault| Note {
        field: field_of(&fault.param).map(ToOwned::to_owned),
        severity: Severity::Critical,
        text: fault_words(fault, group),
    });
    let mut notes: Vec<Note> = faults.collect();
    notes.extend(words::notes(&preview.pictures, label));
    let examples = preview.placeholders.iter().map(|name| label(name)).collect::<Vec<_>>().join(", ");
    Ok(Seen { preview, notes, examples })
}

impl Seen {
    /// "Previews updated, 1 warning".
    fn said(&self) -> String {
        match self.notes.iter().filter(|note| note.severity > Severity::Info).count() {
            0 => "Previews updated".to_owned(),
            count => format!("Previews updated, {}", text::count(i64::try_from(count).unwrap_or(0), "warning")),
        }
    }
}

/// Warnings of a picture that somebody should look at.
pub(super) fn warned(picture: &app::PreviewPicture) -> usize {
    picture.warnings.iter().filter(|warning| warning.severity > Severity::Info).count()
}

/// A picture inside the page: previews are kept nowhere, so they have no address.
pub(super) fn source(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}
