//! Requests as code in nine languages: one small writer each, from one description of the call.
//!
//! Each example runs as it is pasted, with nothing installed beyond its language where that is possible.

mod block;
mod csharp;
mod curl;
mod go;
mod java;
mod javascript;
mod literal;
mod php;
mod python;
mod quote;
mod ruby;
mod rust;

use serde_json::Value;

pub(crate) use block::Block;

/// Stands where a key belongs.
pub(crate) const KEY: &str = "rp_test_YOUR_KEY";

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// In capitals.
    pub method: String,
    /// Absolute.
    pub url: String,
    /// Without `Content-Type`, which follows from the body.
    pub headers: Vec<(String, String)>,
    pub body: Body,
    pub answer: Answer,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    None,
    Json(Value),
    /// A file's name; it is sent as it is.
    File(String),
}

/// What the example does with what comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Text,
    /// Saved under this name.
    File(&'static str),
}

impl Call {
    /// A call of an endpoint that takes JSON.
    pub(crate) fn json(url: String, body: Value) -> Self {
        Self { method: "POST".to_owned(), url, headers: vec![key()], body: Body::Json(body), answer: Answer::Text }
    }

    fn all_headers(&self) -> Vec<(&str, &str)> {
        let mut headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        match &self.body {
            Body::None => {}
            Body::Json(_) => headers.push(("Content-Type", "application/json")),
            Body::File(_) => headers.push(("Content-Type", "application/octet-stream")),
        }
        headers
    }
}

/// The header with the placeholder.
pub(crate) fn key() -> (String, String) {
    ("X-API-Key".to_owned(), KEY.to_owned())
}

/// The call as a command, with a key of the reader's in the placeholder's place, and no line break at its end.
pub(crate) fn curl_with(call: &Call, key: &str) -> String {
    curl::write(call).trim_end().replace(KEY, key)
}

macro_rules! languages {
    ($($name:ident $id:literal $label:literal $module:ident)*) => {
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(crate) enum Language {
            #[default]
            $($name,)*
        }

        impl Language {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// As it stands in addresses and in the cookie.
            pub(crate) fn id(self) -> &'static str {
                match self { $(Self::$name => $id),* }
            }

            pub(crate) fn label(self) -> &'static str {
                match self { $(Self::$name => $label),* }
            }

            /// The call as code, with a line break at its end.
            pub(crate) fn write(self, call: &Call) -> String {
                match self { $(Self::$name => $module::write(call)),* }
            }
        }
    };
}

languages! {
    Curl "curl" "curl" curl
    JavaScript "javascript" "JavaScript" javascript
    Python "python" "Python" python
    Php "php" "PHP" php
    Ruby "ruby" "Ruby" ruby
    Go "go" "Go" go
    Java "java" "Java" java
    CSharp "csharp" "C#" csharp
    Rust "rust" "Rust" rust
}

impl Language {
    pub(crate) fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.id() == id)
    }
}

/// The body as JSON with an indent of two.
pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_language_writes_every_kind_of_call() {
        let url = || "https://api.example.com/v1/x?limit=20".to_owned();
        let calls = [
            Call::json(url(), json!({ "a": [1, 2.5, null, true, {}], "b": { "c": "d" } })),
            Call { method: "GET".into(), url: url(), headers: vec![key()], body: Body::None, answer: Answer::Text },
            Call { method: "DELETE".into(), url: url(), headers: vec![key()], body: Body::None, answer: Answer::Text },
            Call { method: "POST".into(), url: url(), headers: vec![key()], body: Body::File("photo.jpg".into()), answer: Answer::Text },
            Call { method: "GET".into(), url: url(), headers: Vec::new(), body: Body::None, answer: Answer::File("picture.png") },
        ];
        for language in Language::ALL {
            assert_eq!(Language::parse(language.id()), Some(*language));
            for call in &calls {
                let code = language.write(call);
                assert!(code.contains("https://api.example.com/v1/x?limit=20"), "{code}");
                assert!(code.ends_with('\n') && !code.contains("\n\n\n"), "{code}");
                assert_eq!(code.contains(KEY), !call.headers.is_empty(), "{code}");
                assert_eq!(code.contains("photo.jpg"), matches!(call.body, Body::File(_)), "{code}");
                assert_eq!(code.contains("picture.png"), call.answer != Answer::Text, "{code}");
                assert!(code.lines().all(|line| line.trim_end() == line), "{code}");
            }
        }
    }
}
