//! `/v1/assets`: a picture comes as the body itself or as one part of a form.

use app::Detail;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::{Id, json, split};
use crate::error::ApiError;
use crate::gate::Who;
use crate::{Api, body};

/// Largest picture; the use case says the same.
const FILE: usize = 20 * 1024 * 1024;
/// What a form may have around its file.
const FORM: usize = 64 * 1024;

pub(crate) async fn upload(State(api): State<Api>, Who(who): Who, request: Request) -> Result<Response, ApiError> {
    let (bytes, name) = match form(request.headers())? {
        false => {
            let (_, body) = split(request);
            (body::read(body, FILE).await?, String::new())
        }
        true => file_of(request).await?,
    };
    let (asset, is_new) = api.app().upload_asset(&who, bytes, &name).await?;
    let mut response = json(&asset)?;
    if is_new {
        *response.status_mut() = StatusCode::CREATED;
        crate::headers::set(response.headers_mut(), "location", format!("{}/v1/assets/{}", api.config().api_url, asset.id));
    }
    Ok(response)
}

pub(crate) async fn show(State(api): State<Api>, Who(who): Who, Id(id): Id) -> Result<Response, ApiError> {
    json(&api.app().asset(&who, &id).await?)
}

pub(crate) async fn remove(State(api): State<Api>, Who(who): Who, Id(id): Id) -> Result<StatusCode, ApiError> {
    api.app().delete_asset(&who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the body is a form. The picture's own type is found in its bytes, so any type of picture, unnamed bytes, and
/// no type at all are taken; what says that it is something else is refused.
fn form(head: &HeaderMap) -> Result<bool, ApiError> {
    let refused = || {
        let message = "Send the picture itself (Content-Type: image/png, image/jpeg, image/webp, image/gif, image/svg+xml or \
                       application/octet-stream), uncompressed, or a multipart/form-data form with one file.";
        Err(ApiError::new("unsupported_media_type", message))
    };
    if head.get(header::CONTENT_ENCODING).is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return refused();
    }
    let Some(value) = head.get(header::CONTENT_TYPE) else { return Ok(false) };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "multipart/form-data" => Ok(true),
        "application/octet-stream" => Ok(false),
        picture if picture.starts_with("image/") => Ok(false),
        _ => refused(),
    }
}

/// The first part of a form that has a file name, or else is called `file`; with that name.
async fn file_of(request: Request) -> Result<(Bytes, String), ApiError> {
    let (parts, body) = request.into_parts();
    let whole = body::read(body, FILE + FORM).await?;
    let request = Request::from_parts(parts, Body::from(whole));
    let malformed = || missing("The form can't be read. Send multipart/form-data with its boundary in Content-Type.");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
    while let Some(part) = form.next_field().await.map_err(|_| malformed())? {
        if part.file_name().is_none() && part.name() != Some("file") {
            continue;
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(|_| malformed())?;
        if bytes.len() > FILE {
            return Err(ApiError::payload_too_large(FILE as u64));
        }
        return Ok((bytes, name));
    }
    Err(missing("The form has no file. Put the picture into a part called file."))
}

fn missing(message: &str) -> ApiError {
    let fault = Detail { param: "file".to_owned(), code: "missing_input", message: message.to_owned(), limit: None, received: None };
    app::Error::Validation(vec![fault]).into()
}
