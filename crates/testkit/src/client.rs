//! A client that sends what it is told and checks what every answer promises.

use reqwest::Method;
use serde_json::Value;

use crate::Answer;

/// Sends requests to one server, with one key or none.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
}

impl Client {
    /// For the server at `base` (no slash at its end).
    ///
    /// # Panics
    /// Where no client can be made.
    #[must_use]
    pub fn new(base: &str, key: Option<&str>) -> Self {
        // Tests speak plain HTTP, but reqwest wants a TLS provider all the same. A second install is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { http, base: base.to_owned(), key: key.map(str::to_owned) }
    }

    /// The same client with another key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self.clone() }
    }

    /// The same client without a key.
    #[must_use]
    pub fn without_key(&self) -> Self {
        Self { key: None, ..self.clone() }
    }

    /// A request to be completed and passed to [`Client::send`].
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let request = self.http.request(method, url);
        match &self.key {
            Some(key) => request.header("X-API-Key", key),
            None => request,
        }
    }

    /// Sends it and checks what every answer promises.
    ///
    /// # Panics
    /// Where there is no answer, or one without its promises.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let name = format!("{} {}", request.method(), request.url());
        let under_v1 = request.url().path().starts_with("/v1");
        let is_post = request.method() == Method::POST;
        let response = self.http.execute(request).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap_or_else(|error| panic!("{name}: {error:?}")).to_vec();
        let answer = Answer { status, headers, bytes, request: name };
        answer.keep_promises(under_v1);
        if under_v1 && is_post {
            let timing = answer.header("server-timing");
            let stages: Vec<&str> = timing.split(", ").map(|stage| stage.split(";dur=").next().unwrap_or_default()).collect();
            assert_eq!(stages, ["fetch", "queue", "render", "store", "commit", "total"], "{timing}");
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn head(&self, path: &str) -> Answer {
        self.send(self.request(Method::HEAD, path)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// POST of a JSON value.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, &body.to_string()).await
    }

    /// POST of a text that claims to be JSON.
    pub async fn post_text(&self, path: &str, body: &str) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/json").body(body.to_owned());
        self.send(request).await
    }

    /// POST of a JSON value with further headers.
    pub async fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut request = self.request(Method::POST, path).header("content-type", "application/json").body(body.to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// GET with further headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request(Method::GET, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// `POST /v1/generate`.
    pub async fn generate(&self, body: &Value) -> Answer {
        self.post("/v1/generate", body).await
    }
}
