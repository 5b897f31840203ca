//! The public REST API, version 1, and the server loop under it.
//!
//! `Api` holds what handlers share; `router` puts the routes of `routes` behind the steps of `pipeline`;
//! `serve` runs them on a listener. A handler parses, calls one use case of `app`, and shows its result.

mod address;
mod body;
mod context;
mod error;
mod gate;
mod headers;
pub mod json;
pub mod openapi;
mod ops;
mod pipeline;
mod problems;
mod routes;
mod server;

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use app::App;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::middleware;
use domain::Network;
use serde_json::Value;
use tower::ServiceExt;

pub use body::BodyTime;
pub use gate::Access;
pub use ops::ops_router;
pub use routes::{Route, routes};
pub use server::{Peer, ServerLimits, serve};

/// What the API needs to know beyond the use cases.
#[derive(Clone)]
pub struct ApiConfig {
    /// Base of the address of pages and documentation, without a slash at its end.
    pub public_url: String,
    /// Base of the API's own address, without a slash at its end.
    pub api_url: String,
    /// Whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<Network>,
    /// How long a request's body may take.
    pub body_time: BodyTime,
    /// Prometheus' text, where metrics are collected.
    pub metrics: Option<Arc<dyn Fn() -> String + Send + Sync>>,
    /// Further facts for `/readyz?verbose`, such as which parts of the sandbox the kernel has.
    pub details: Option<Arc<dyn Fn() -> Value + Send + Sync>>,
    /// Metrics and verbose probes have a listener of their own: the public one then has no `/metrics`.
    pub separate_ops: bool,
}

impl ApiConfig {
    /// Everything on one address: what a first start and tests use.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        let url = url.into();
        Self {
            public_url: url.clone(),
            api_url: url,
            trusted_proxies: Vec::new(),
            body_time: BodyTime::default(),
            metrics: None,
            details: None,
            separate_ops: false,
        }
    }
}

/// What handlers share. Clones are cheap.
#[derive(Clone)]
pub struct Api(Arc<Shared>);

struct Shared {
    app: App,
    config: ApiConfig,
    draining: AtomicBool,
    openapi: OnceLock<Bytes>,
}

impl Api {
    #[must_use]
    pub fn new(app: App, config: ApiConfig) -> Self {
        Self(Arc::new(Shared { app, config, draining: AtomicBool::new(false), openapi: OnceLock::new() }))
    }

    /// From now on `/readyz` says no, so that a load balancer sends no new requests. Call it before the listener closes.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    /// The OpenAPI document's bytes, made once.
    pub(crate) fn openapi(&self, make: impl FnOnce(&str) -> Bytes) -> Bytes {
        self.0.openapi.get_or_init(|| make(&self.0.config.api_url)).clone()
    }

    pub(crate) fn config(&self) -> &ApiConfig {
        &self.0.config
    }
}

/// The API and the pages on one listener: a path of the API's goes to the API, every other one to `pages`.
///
/// The pages find the client's address, behind trusted proxies, in a request's extensions as an [`std::net::IpAddr`].
pub fn router_with_pages(api: &Api, pages: Router) -> Router {
    let own = router(api);
    let config = api.config().clone();
    Router::new().fallback_service(tower::service_fn(move |mut request: Request| {
        let router = if is_own(request.uri().path()) {
            own.clone()
        } else {
            let peer = request.extensions().get::<Peer>().map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0.ip());
            let client = address::client(peer, request.headers(), &config.trusted_proxies);
            request.extensions_mut().insert(client);
            pages.clone()
        };
        router.oneshot(request)
    }))
}

/// Whether the API answers here: under `/v1`, and where one of its routes matches.
fn is_own(path: &str) -> bool {
    let under = |route: &str| match route.split_once('{') {
        Some((fixed, _)) => path.starts_with(fixed),
        None => path == route,
    };
    static PATHS: OnceLock<Vec<&'static str>> = OnceLock::new();
    let paths = PATHS.get_or_init(|| routes().iter().map(|route| route.path).collect());
    path == "/v1" || path.starts_with("/v1/") || paths.iter().any(|path| under(path))
}

/// All routes of the public listener behind the pipeline.
pub fn router(api: &Api) -> Router {
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.path, route.method_router(api));
    }
    router
        .fallback(problems::no_route)
        .method_not_allowed_fallback(problems::no_method)
        .layer(middleware::from_fn_with_state(api.clone(), pipeline::run))
        .with_state(api.clone())
}
