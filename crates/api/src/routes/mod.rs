//! All routes of the public listener, each with what it asks of its caller.

mod assets;
mod generate;
mod generations;
mod library;
mod pictures;

use app::RateClass::{Poll, Standard};
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, Request};
use axum::handler::Handler;
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use domain::Scope;
use serde::Serialize;

use crate::error::ApiError;
use crate::gate::{self, Access};
use crate::{Api, openapi, ops};

/// One method of one path.
pub struct Route {
    pub method: Method,
    /// With axum's `{name}` for parameters, the same as OpenAPI's.
    pub path: &'static str,
    pub access: Access,
    handler: MethodRouter<Api>,
}

impl Route {
    fn new<H, T>(method: Method, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Api>,
        T: 'static,
    {
        let filter = match method {
            Method::POST => MethodFilter::POST,
            Method::DELETE => MethodFilter::DELETE,
            // axum answers HEAD wherever GET is.
            _ => MethodFilter::GET,
        };
        Self { method, path, access, handler: on(filter, handler) }
    }

    /// The handler behind its gate.
    pub(crate) fn method_router(self, api: &Api) -> MethodRouter<Api> {
        self.handler.route_layer(middleware::from_fn_with_state((api.clone(), self.access), gate::pass))
    }
}

/// The table. The OpenAPI document must describe every line of it that lies under `/v1`, and a test checks that.
pub fn routes() -> Vec<Route> {
    let key = |scope| Access::Key(scope, Standard);
    vec![
        Route::new(Method::POST, "/v1/generate", key(Scope::Generate), generate::create),
        Route::new(Method::GET, "/v1/generate", key(Scope::GenerationsRead), generations::list),
        Route::new(Method::GET, "/v1/generate/{id}", Access::Key(Scope::GenerationsRead, Poll), generations::show),
        Route::new(Method::DELETE, "/v1/generate/{id}", key(Scope::Generate), generations::remove),
        Route::new(Method::GET, "/v1/templates", key(Scope::TemplatesRead), library::templates),
        Route::new(Method::GET, "/v1/templates/{id}", key(Scope::TemplatesRead), library::template),
        Route::new(Method::GET, "/v1/templates/{id}/schema", key(Scope::TemplatesRead), library::template_schema),
        Route::new(Method::GET, "/v1/brandkits", key(Scope::BrandKitsRead), library::brand_kits),
        Route::new(Method::GET, "/v1/brandkits/{id}", key(Scope::BrandKitsRead), library::brand_kit),
        Route::new(Method::GET, "/v1/credits", key(Scope::CreditsRead), library::credits),
        Route::new(Method::POST, "/v1/assets", key(Scope::Assets), assets::upload),
        Route::new(Method::GET, "/v1/assets/{id}", key(Scope::Assets), assets::show),
        Route::new(Method::DELETE, "/v1/assets/{id}", key(Scope::Assets), assets::remove),
        Route::new(Method::GET, "/v1/openapi.json", Access::Open, openapi::serve),
        Route::new(Method::GET, "/p/{path}", Access::Free, pictures::picture),
        Route::new(Method::GET, "/m/{*path}", Access::Free, pictures::public_picture),
        Route::new(Method::GET, "/livez", Access::Free, ops::live),
        Route::new(Method::GET, "/readyz", Access::Free, ops::ready),
        Route::new(Method::GET, "/metrics", Access::Free, ops::local_metrics),
    ]
}

/// The parameter of a path. One that is no UTF-8 is the id of nothing, so that it is answered like any unknown id.
pub(crate) struct Id(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let path: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
        Ok(Self(path.map(|path| path.0).unwrap_or_default()))
    }
}

/// The decoded pairs of a request's query.
pub(crate) struct Pairs(pub app::Query);

impl<S: Sync> FromRequestParts<S> for Pairs {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(app::Query(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())))
    }
}

/// A value as JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<Response, ApiError> {
    let bytes = serde_json::to_vec(value).map_err(|error| ApiError::internal(&error.to_string()))?;
    Ok(([(axum::http::header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// The request's headers and body apart, for handlers that look at the first before they read the second.
pub(crate) fn split(request: Request) -> (axum::http::HeaderMap, axum::body::Body) {
    let (parts, body) = request.into_parts();
    (parts.headers, body)
}
