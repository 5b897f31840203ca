//! Pictures: `/p/{path}` by the random part of a generation's URL, `/m/{path}` for previews and logos. No key, no rate.

use app::StoredPicture;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Id, Pairs};
use crate::Api;
use crate::error::ApiError;
use crate::headers::{self, Ranged};

/// A path of its own for every picture that was ever made, so its bytes never change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Previews follow their template's new versions.
const FOR_A_WHILE: &str = "public, max-age=300";

pub(crate) async fn picture(State(api): State<Api>, Id(path): Id, Pairs(query): Pairs, head: HeaderMap) -> Response {
    let found = api.app().picture(&path).await;
    open(found.map(|picture| show(&picture, FOR_EVER, &query, &head)))
}

pub(crate) async fn public_picture(State(api): State<Api>, Id(path): Id, Pairs(query): Pairs, head: HeaderMap) -> Response {
    let found = api.app().public_picture(&path).await;
    open(found.map(|picture| show(&picture, FOR_A_WHILE, &query, &head)))
}

/// Any page may use our pictures, and may read why there is none.
fn open(answer: app::Result<Response>) -> Response {
    let mut response = answer.map_err(ApiError::from).into_response();
    let map = response.headers_mut();
    map.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    map.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    map.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    response
}

fn show(picture: &StoredPicture, caching: &'static str, query: &app::Query, head: &HeaderMap) -> Response {
    let length = picture.bytes.len();
    let mut response = if headers::none_match(head, &picture.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match headers::range(head, &picture.etag, length) {
            Ranged::Whole => picture.bytes.clone().into_response(),
            Ranged::Part(range) => {
                let (first, last) = (*range.start(), *range.end());
                let mut response = picture.bytes.slice(range).into_response();
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                headers::set(response.headers_mut(), "content-range", format_args!("bytes {first}-{last}/{length}"));
                response
            }
            Ranged::Nothing => {
                let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                headers::set(response.headers_mut(), "content-range", format_args!("bytes */{length}"));
                return response;
            }
        }
    };
    let map = response.headers_mut();
    if map.contains_key(header::CONTENT_TYPE) {
        map.insert(header::CONTENT_TYPE, HeaderValue::from_static(picture.media_type));
    }
    headers::set(map, "etag", &picture.etag);
    map.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    map.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some((_, name)) = query.0.iter().find(|(key, _)| key == "download") {
        let (own, extension) = picture.file_name.rsplit_once('.').unwrap_or((&picture.file_name, "bin"));
        let name = if name.trim().is_empty() { own } else { name };
        if let Some(value) = headers::attachment(name, extension) {
            map.insert(header::CONTENT_DISPOSITION, value);
        }
    }
    response
}
