//! Pictures for visitors: a built-in group in a demo kit, with a line of their own. Drawn anew, kept nowhere; only those
//! without a text of the visitor's are remembered.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use app::{App, VisitorCall};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Web;
use crate::error::PageError;
use crate::visit::Visit;

/// The group of the strip.
pub(super) const GROUP: &str = "tg_quote";
/// The longest line of a visitor's, in characters; more is cut.
pub(super) const LONGEST: usize = 120;
/// The box that a picture is fitted into: twice as many pixels as it takes on a page.
const BOX: (u32, u32) = (540, 680);

#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    text: String,
    #[serde(default)]
    kit: String,
}

impl Asked {
    pub(super) fn text(&self) -> String {
        self.text.trim().chars().take(LONGEST).collect()
    }

    /// The kit's folder; the first one where it is none.
    pub(super) fn kit(&self) -> &'static str {
        let kits = App::demo_kits();
        let (folder, _) = kits.iter().find(|(folder, _)| *folder == self.kit).or(kits.first()).copied().unwrap_or_default();
        folder
    }

    fn call(&self, group: &str, sizes: Vec<String>) -> VisitorCall {
        VisitorCall { group: group.to_owned(), sizes, kit: self.kit().to_owned(), text: self.text(), bounds: BOX }
    }
}

/// A group, a size and a kit.
type Place = (String, String, &'static str);
/// A picture and its media type.
type Drawn = (Bytes, &'static str);

/// Pictures with their groups' own texts: as many as ship.
#[derive(Default)]
pub(crate) struct Tries(Mutex<HashMap<Place, Drawn>>);

/// `GET /try/{group}/{size}`: one picture, for pages without script.
pub(super) async fn picture(
    visit: Visit,
    State(web): State<Web>,
    Path((group, size)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let (key, is_ours) = ((group.clone(), size.clone(), asked.kit()), asked.text().is_empty());
    let known = web.tries().0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let (bytes, kind) = match known.filter(|_| is_ours) {
        Some(known) => known,
        None => {
            let drawn = web.app().visitor_preview(visit.address(), &asked.call(&group, vec![size])).await?;
            let picture = drawn.pictures.into_iter().next().ok_or(PageError::NotFound)?;
            let picture = (picture.bytes, picture.media_type);
            if is_ours {
                web.tries().0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, picture.clone());
            }
            picture
        }
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, max-age=3600")], bytes).into_response())
}

/// `GET /try`: all sizes of the strip at once, for its script.
pub(super) async fn strip(visit: Visit, State(web): State<Web>, Query(asked): Query<Asked>) -> Result<Json<Value>, PageError> {
    let began = Instant::now();
    let drawn = web.app().visitor_preview(visit.address(), &asked.call(GROUP, Vec::new())).await?;
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let source = |kind: &str, bytes: &[u8]| format!("data:{kind};base64,{}", STANDARD.encode(bytes));
    let pictures = drawn.pictures.iter().map(|picture| json!({ "key": picture.key, "src": source(picture.media_type, &picture.bytes) }));
    Ok(Json(json!({ "pictures": pictures.collect::<Vec<_>>(), "millis": millis })))
}
