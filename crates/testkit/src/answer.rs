//! One answer of the API, with the promises checked that every answer keeps.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// Status, headers and body of an answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// Method and path, for messages.
    pub request: String,
}

impl Answer {
    /// The text of a header.
    ///
    /// # Panics
    /// Where the answer has none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.maybe(name).unwrap_or_else(|| panic!("{} → {} lacks {name}: {:?}", self.request, self.status, self.headers))
    }

    /// The text of a header, where there is one.
    #[must_use]
    pub fn maybe(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap_or("(not text)"))
    }

    /// A header that is a whole number.
    ///
    /// # Panics
    /// Where it is none.
    #[must_use]
    pub fn number(&self, name: &str) -> i64 {
        let text = self.header(name);
        text.parse().unwrap_or_else(|_| panic!("{name}: {text} is no number"))
    }

    /// The body.
    ///
    /// # Panics
    /// Where it is no JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{} → {}: {error}: {}", self.request, self.status, String::from_utf8_lossy(&self.bytes)))
    }

    /// The answer itself, if it has this status.
    ///
    /// # Panics
    /// Where it has another one, with the body.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.request, String::from_utf8_lossy(&self.bytes));
        self
    }

    /// `error` of an answer with this status and code.
    ///
    /// # Panics
    /// Where it is something else.
    pub fn error(&self, status: u16, code: &str) -> Value {
        let body = self.json();
        let found = (self.status, body["error"]["code"].as_str().unwrap_or("(none)"));
        assert_eq!(found, (status, code), "{}: {body}", self.request);
        body["error"].clone()
    }

    /// `(param, code)` of every detail of a 422 `validation_failed`.
    ///
    /// # Panics
    /// Where it is something else.
    pub fn faults(&self) -> Vec<(String, String)> {
        let error = self.error(422, "validation_failed");
        let details = error["details"].as_array().expect("details");
        assert_eq!(error["param"], details[0]["param"], "param is the first detail's");
        let text = |value: &Value| value.as_str().unwrap_or("(none)").to_owned();
        details.iter().map(|detail| (text(&detail["param"]), text(&detail["code"]))).collect()
    }

    /// What holds for every answer under `/v1`, and for every error envelope.
    pub(crate) fn keep_promises(&self, under_v1: bool) {
        let id = self.header("x-request-id");
        assert!(id.starts_with("req_") && id.len() == 30, "{id}");
        if under_v1 {
            assert!(self.number("x-ratelimit-limit") > 0);
            assert!((0..=self.number("x-ratelimit-limit")).contains(&self.number("x-ratelimit-remaining")));
            assert!(self.number("x-ratelimit-reset") > 1_700_000_000);
            assert!(self.header("cache-control").starts_with("private, no-"), "{:?}", self.headers);
            assert_eq!(self.maybe("access-control-allow-origin"), None);
        }
        if matches!(self.status, 409 | 429 | 503) {
            assert!(self.number("retry-after") >= 1);
        }
        if self.status == 401 {
            assert_eq!(self.header("www-authenticate"), "ApiKey");
        }
        if self.status == 405 {
            assert!(!self.header("allow").is_empty());
        }
        if self.status >= 400 && under_v1 && !self.bytes.is_empty() {
            self.keep_envelope(id);
        }
    }

    fn keep_envelope(&self, id: &str) {
        assert_eq!(self.header("content-type"), "application/json");
        let body = self.json();
        let error = body["error"].as_object().unwrap_or_else(|| panic!("{}: {body}", self.request));
        let mut members: Vec<&str> = error.keys().map(String::as_str).collect();
        members.retain(|member| !matches!(*member, "required" | "remaining"));
        assert_eq!(members, ["type", "code", "message", "param", "details", "requestId", "docUrl"]);
        assert_eq!(error["requestId"], id);
        assert!(error["message"].as_str().is_some_and(|message| message.len() > 10), "{body}");
        let detailed = error["code"] == "validation_failed";
        assert_eq!(error["details"].as_array().is_some_and(|details| !details.is_empty()), detailed, "{body}");
    }
}
