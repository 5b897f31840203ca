//! What a team draws with: `/v1/templates`, `/v1/brandkits`, `/v1/credits`.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;

use super::{Id, Pairs, json};
use crate::Api;
use crate::error::ApiError;
use crate::gate::Who;

pub(crate) async fn templates(State(api): State<Api>, Who(who): Who, Pairs(query): Pairs) -> Result<Response, ApiError> {
    json(&api.app().templates(&who, &query).await?)
}

pub(crate) async fn template(State(api): State<Api>, Who(who): Who, Id(id): Id) -> Result<Response, ApiError> {
    json(&api.app().template(&who, &id).await?)
}

pub(crate) async fn template_schema(State(api): State<Api>, Who(who): Who, Id(id): Id) -> Result<Response, ApiError> {
    let mut response = json(&api.app().template_schema(&who, &id).await?)?;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/schema+json"));
    Ok(response)
}

pub(crate) async fn brand_kits(State(api): State<Api>, Who(who): Who, Pairs(query): Pairs) -> Result<Response, ApiError> {
    json(&api.app().brand_kits(&who, &query).await?)
}

pub(crate) async fn brand_kit(State(api): State<Api>, Who(who): Who, Id(id): Id) -> Result<Response, ApiError> {
    json(&api.app().brand_kit(&who, &id).await?)
}

pub(crate) async fn credits(State(api): State<Api>, Who(who): Who) -> Result<Response, ApiError> {
    json(&api.app().credits(&who).await?)
}
