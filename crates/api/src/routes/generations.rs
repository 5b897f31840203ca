//! `GET /v1/generate`, `GET` and `DELETE /v1/generate/{id}`.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Id, Pairs, json};
use crate::error::ApiError;
use crate::gate::Who;
use crate::{Api, headers};

pub(crate) async fn list(State(api): State<Api>, Who(who): Who, Pairs(query): Pairs) -> Result<Response, ApiError> {
    json(&api.app().generations(&who, &query).await?)
}

pub(crate) async fn show(
    State(api): State<Api>,
    Who(who): Who,
    Id(id): Id,
    Pairs(query): Pairs,
    head: HeaderMap,
) -> Result<Response, ApiError> {
    let tagged = api.app().generation(&who, &id, &query).await?;
    let status = tagged.generation.status;
    let mut response =
        if headers::none_match(&head, &tagged.etag) { StatusCode::NOT_MODIFIED.into_response() } else { json(&tagged.generation)? };
    let map = response.headers_mut();
    map.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers::set(map, "etag", &tagged.etag);
    headers::set(map, "x-generation-status", status.as_str());
    if !status.finished() {
        map.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    Ok(response)
}

pub(crate) async fn remove(State(api): State<Api>, Who(who): Who, Id(id): Id) -> Result<StatusCode, ApiError> {
    api.app().delete_generation(&who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
