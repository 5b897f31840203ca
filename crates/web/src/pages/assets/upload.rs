//! Uploads: one or several files of a form, as a page or, for the create form's script, as JSON.

use app::Error;
use axum::Json;
use axum::extract::{Multipart, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Right;
use serde_json::json;

use super::page::{Asked, list};
use crate::Web;
use crate::error::PageError;
use crate::page::refuse;
use crate::visit::Visit;
use crate::who::InTeam;

/// Files of one form.
const FILES: usize = 20;
/// Bytes of one file; the use case says the same.
const FILE: usize = app::MAX_ASSET as usize;

pub(crate) async fn upload(
    State(web): State<Web>,
    inside: InTeam,
    visit: Visit,
    headers: HeaderMap,
    mut form: Multipart,
) -> Result<Response, PageError> {
    inside.member.need(Right::Create)?;
    let broken = |_| PageError::BadRequest("The form ended before it was complete.".to_owned());
    let (mut kept, mut faults) = (Vec::new(), Vec::new());
    while let Some(part) = form.next_field().await.map_err(broken)? {
        if part.name() == Some("csrf") {
            visit.prove(&part.text().await.map_err(broken)?)?;
            continue;
        }
        let Some(name) = part.file_name().map(ToOwned::to_owned) else { continue };
        // Nothing is kept for a page that is not ours; the token's field comes first.
        if !visit.is_proven() {
            return Err(PageError::Untrusted);
        }
        let Some(bytes) = read(part).await? else {
            faults.push(format!("{name} is larger than 20 MB."));
            continue;
        };
        // An empty choice sends a file without a name.
        if name.is_empty() && bytes.is_empty() {
            continue;
        }
        if kept.len() + faults.len() == FILES {
            faults.push(format!("Choose at most {FILES} files at a time; the rest was left out."));
            break;
        }
        match web.app().keep_upload(&inside.member, bytes.into(), &name).await {
            Ok((asset, _)) => kept.push(asset),
            Err(Error::UnsupportedMedia(_)) => {
                faults.push(format!("{name} is no picture that we can read. Use PNG, JPEG, WebP, GIF or SVG."))
            }
            Err(error) => return Err(error.into()),
        }
    }
    let as_json = headers.get("accept").is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    if as_json {
        let asset = kept.pop().ok_or_else(|| PageError::BadRequest(faults.pop().unwrap_or_else(|| "No file came.".to_owned())))?;
        return Ok(Json(json!({"id": asset.asset.id, "name": crate::pages::create::upload_name(&asset)})).into_response());
    }
    if kept.is_empty() && faults.is_empty() {
        faults.push("Choose a file first.".to_owned());
    }
    if !faults.is_empty() {
        return refuse(&list(&web, &inside, &Asked::default(), Some(faults.join(" "))).await?);
    }
    visit.toast(if kept.len() == 1 { "Picture uploaded.".to_owned() } else { format!("{} pictures uploaded.", kept.len()) });
    Ok(Redirect::to(&format!("{}/assets", inside.base())).into_response())
}

/// The bytes of a file; `None` over the limit.
async fn read(mut part: axum::extract::multipart::Field<'_>) -> Result<Option<Vec<u8>>, PageError> {
    let mut bytes = Vec::new();
    let mut over = false;
    while let Some(chunk) = part.chunk().await.map_err(|_| PageError::BadRequest("The form ended before it was complete.".to_owned()))? {
        over |= bytes.len() + chunk.len() > FILE;
        if !over {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok((!over).then_some(bytes))
}
