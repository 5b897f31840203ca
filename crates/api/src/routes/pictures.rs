//! Pictures: `/p/{path}` by the random part of a generation's URL, `/m/{path}` for previews and logos. No key, no rate.

use std::ops::Range;

use app::{PictureFile, StoredPicture};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Id, Pairs};
use crate::Api;
use crate::error::ApiError;
use crate::headers::{self, Ranged};

/// A path of its own for every picture that was ever made, so its bytes never change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Previews follow their template's new versions.
const FOR_A_WHILE: &str = "public, max-age=300";
/// Where a picture is can change, and a signature ends; after this long a deleted one is no longer found.
const FOR_A_MOMENT: &str = "public, max-age=5";

pub(crate) async fn picture(State(api): State<Api>, method: Method, Id(path): Id, Pairs(query): Pairs, head: HeaderMap) -> Response {
    open(find(&api, method == Method::HEAD, &path, &query, &head).await)
}

async fn find(api: &Api, is_head: bool, path: &str, query: &app::Query, head: &HeaderMap) -> app::Result<Response> {
    let file = api.app().picture(path).await?;
    let disposition = disposition(query, &file.file_name);
    let text = disposition.as_ref().and_then(|value| value.to_str().ok());
    if let Some(url) = api.app().picture_elsewhere(&file, is_head, text).await? {
        return Ok(sent_to(&url));
    }
    let PictureFile { media_type, etag, length, .. } = &file;
    let about = About { media_type, etag, length: *length, caching: FOR_EVER, disposition };
    about.answer(head, async |range| api.app().picture_bytes(&file, range).await).await
}

pub(crate) async fn public_picture(State(api): State<Api>, Id(path): Id, Pairs(query): Pairs, head: HeaderMap) -> Response {
    open(match api.app().public_picture(&path).await {
        Ok(StoredPicture { bytes, media_type, etag, file_name }) => {
            let disposition = disposition(&query, &file_name);
            let about = About { media_type, etag: &etag, length: bytes.len() as u64, caching: FOR_A_WHILE, disposition };
            about.answer(&head, async |range: Range<u64>| Ok(bytes.slice(range.start as usize..range.end as usize))).await
        }
        Err(error) => Err(error),
    })
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

fn sent_to(url: &str) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    headers::set(response.headers_mut(), "location", url);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_A_MOMENT));
    response
}

/// What `?download=name` asks for.
fn disposition(query: &app::Query, file_name: &str) -> Option<HeaderValue> {
    let (_, name) = query.0.iter().find(|(key, _)| key == "download")?;
    let (own, extension) = file_name.rsplit_once('.').unwrap_or((file_name, "bin"));
    headers::attachment(if name.trim().is_empty() { own } else { name }, extension)
}

/// What is told of a picture beside its bytes.
struct About<'a> {
    media_type: &'static str,
    etag: &'a str,
    length: u64,
    caching: &'static str,
    disposition: Option<HeaderValue>,
}

impl About<'_> {
    /// The bytes are read where the answer has some.
    async fn answer(self, head: &HeaderMap, read: impl AsyncFnOnce(Range<u64>) -> app::Result<Bytes>) -> app::Result<Response> {
        let Self { media_type, etag, length, caching, disposition } = self;
        let mut response = if headers::none_match(head, etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            match headers::range(head, etag, length) {
                Ranged::Whole => read(0..length).await?.into_response(),
                Ranged::Part(range) => {
                    let (first, last) = (*range.start(), *range.end());
                    let mut response = read(first..last + 1).await?.into_response();
                    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                    headers::set(response.headers_mut(), "content-range", format_args!("bytes {first}-{last}/{length}"));
                    response
                }
                Ranged::Nothing => {
                    let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                    headers::set(response.headers_mut(), "content-range", format_args!("bytes */{length}"));
                    return Ok(response);
                }
            }
        };
        let map = response.headers_mut();
        if map.contains_key(header::CONTENT_TYPE) {
            map.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        headers::set(map, "etag", etag);
        map.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        map.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if let Some(value) = disposition {
            map.insert(header::CONTENT_DISPOSITION, value);
        }
        Ok(response)
    }
}
