//! A browser without script: keeps cookies, follows redirects, fills the forms that a page has.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use reqwest::Method;
use reqwest::header::{self, HeaderMap};

use crate::Answer;

/// One browser. Pages are shown as [`Shown`].
pub struct Browser {
    http: reqwest::Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// A page as it came, and the path that it was at last found at.
#[derive(Clone, Debug)]
pub struct Shown {
    pub path: String,
    pub answer: Answer,
}

const REDIRECTS: usize = 5;

/// What is sent, and its media type.
struct Body {
    kind: String,
    bytes: Vec<u8>,
}

impl Browser {
    /// For the server at `base` (no slash at its end).
    ///
    /// # Panics
    /// Where no client can be made.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { http, base: base.to_owned(), cookies: Mutex::default() }
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().get(name).cloned()
    }

    /// Plants a cookie.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.jar().insert(name.to_owned(), value.to_owned());
    }

    fn jar(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens an address, over redirects.
    pub async fn open(&self, path: &str) -> Shown {
        self.go(Method::GET, path, None, &HeaderMap::new()).await
    }

    /// Sends pairs to an address as a page of the same origin would, with the token of the first form on `page`.
    pub async fn send(&self, page: &Shown, path: &str, pairs: &[(&str, &str)]) -> Shown {
        let mut all = vec![("csrf", page.hidden("csrf").unwrap_or_default())];
        all.extend(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let mut headers = HeaderMap::new();
        headers.insert("sec-fetch-site", header::HeaderValue::from_static("same-origin"));
        self.post(path, &all, &headers).await
    }

    /// Fills the first form of `page` that posts to `action`: its own hidden values, then `pairs`.
    ///
    /// # Panics
    /// Where the page has no such form.
    pub async fn submit(&self, page: &Shown, action: &str, pairs: &[(&str, &str)]) -> Shown {
        let form = page.form(action).unwrap_or_else(|| panic!("{} has no form to {action}: {}", page.path, page.html()));
        let mut all: Vec<(String, String)> = hidden_values(form);
        for (name, value) in pairs {
            all.retain(|(key, _)| key != name);
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
        let all: Vec<(&str, String)> = all.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let mut headers = HeaderMap::new();
        headers.insert("sec-fetch-site", header::HeaderValue::from_static("same-origin"));
        self.post(action, &all, &headers).await
    }

    /// Sends pairs and files (field, file name, bytes) as a multipart form of `page` would, with its token.
    pub async fn upload(&self, page: &Shown, path: &str, pairs: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Shown {
        const BORDER: &str = "testkit-border";
        let token = page.hidden("csrf").unwrap_or_default();
        let mut body = Vec::new();
        for (name, value) in std::iter::once(&("csrf", token.as_str())).chain(pairs) {
            body.extend(format!("--{BORDER}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        for (name, file, bytes) in files {
            body.extend(format!("--{BORDER}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n").as_bytes());
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BORDER}--\r\n").as_bytes());
        let mut headers = HeaderMap::new();
        headers.insert("sec-fetch-site", header::HeaderValue::from_static("same-origin"));
        let kind = format!("multipart/form-data; boundary={BORDER}");
        self.go(Method::POST, path, Some(Body { kind, bytes: body }), &headers).await
    }

    /// Sends pairs with these headers and nothing else: what another site could make this browser do.
    pub async fn post(&self, path: &str, pairs: &[(&str, String)], headers: &HeaderMap) -> Shown {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let kind = "application/x-www-form-urlencoded".to_owned();
        self.go(Method::POST, path, Some(Body { kind, bytes: body.into_bytes() }), headers).await
    }

    async fn go(&self, method: Method, path: &str, body: Option<Body>, headers: &HeaderMap) -> Shown {
        let (mut method, mut path, mut body) = (method, path.to_owned(), body);
        for _ in 0..=REDIRECTS {
            let answer = self.once(&method, &path, body.take(), headers).await;
            let next = answer.maybe("location").filter(|_| (300..400).contains(&answer.status)).map(str::to_owned);
            match next {
                Some(next) => {
                    path = next.strip_prefix(&self.base).unwrap_or(&next).to_owned();
                    method = Method::GET;
                }
                None => return Shown { path, answer },
            }
        }
        panic!("{path}: more than {REDIRECTS} redirects");
    }

    /// One request without following.
    async fn once(&self, method: &Method, path: &str, body: Option<Body>, headers: &HeaderMap) -> Answer {
        let jar = self.jar().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base)).headers(headers.clone());
        if !jar.is_empty() {
            request = request.header(header::COOKIE, jar);
        }
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, body.kind).body(body.bytes);
        }
        let name = format!("{method} {path}");
        let response = request.send().await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for line in headers.get_all(header::SET_COOKIE) {
            self.keep(line.to_str().unwrap_or_default());
        }
        let bytes = response.bytes().await.unwrap_or_else(|error| panic!("{name}: {error:?}")).to_vec();
        Answer { status, headers, bytes, request: name }
    }

    fn keep(&self, line: &str) {
        let mut parts = line.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        if parts.any(|part| part.eq_ignore_ascii_case("max-age=0")) {
            self.jar().remove(name);
        } else {
            self.jar().insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Shown {
    /// The page's text.
    #[must_use]
    pub fn html(&self) -> String {
        String::from_utf8_lossy(&self.answer.bytes).into_owned()
    }

    /// The page itself, if it has this status.
    ///
    /// # Panics
    /// Where it has another one, with the page.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.answer.status, status, "{}: {}", self.answer.request, self.html());
        self
    }

    /// Whether the page has this text, as written in HTML.
    #[must_use]
    pub fn has(&self, text: &str) -> bool {
        self.html().contains(text)
    }

    /// The text of the `h1` without its elements.
    #[must_use]
    pub fn heading(&self) -> String {
        let html = self.html();
        let inner = html.split("<h1").nth(1).and_then(|rest| rest.split_once('>')).map_or("", |(_, rest)| rest);
        inner.split("</h1>").next().unwrap_or_default().to_owned()
    }

    /// The value of the first hidden field of this name.
    #[must_use]
    pub fn hidden(&self, name: &str) -> Option<String> {
        hidden_values(&self.html()).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The text of the first form that posts to `action`.
    fn form(&self, action: &str) -> Option<&str> {
        let html = std::str::from_utf8(&self.answer.bytes).unwrap_or_default();
        let start = html.find(&format!("action=\"{}\"", action.replace('&', "&#38;")))?;
        let open = html[..start].rfind("<form")?;
        html[open..].split("</form>").next()
    }
}

/// Names and values of hidden fields, in order.
fn hidden_values(html: &str) -> Vec<(String, String)> {
    let tags = html.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let attribute = |tag: &str, name: &str| {
        let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        tag[start..].split('"').next().map(unescaped)
    };
    let hidden = tags.filter(|tag| tag.contains("type=\"hidden\""));
    hidden.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}
