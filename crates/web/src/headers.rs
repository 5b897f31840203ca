//! What every answer of the pages says to the browser.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::Web;

/// The content security policy: nothing inline, nothing from elsewhere but pictures of our own storage.
///
/// # Errors
/// Names the origin that can't stand in a header or would end its directive.
pub(crate) fn policy(picture_origins: &[String]) -> Result<HeaderValue, String> {
    let mut pictures = String::new();
    for origin in picture_origins {
        let url = url::Url::parse(origin).map_err(|error| format!("{origin:?} is no address for pictures: {error}"))?;
        pictures += " ";
        pictures += &url.origin().ascii_serialization();
    }
    let policy = format!(
        "default-src 'self'; img-src 'self' data: blob:{pictures}; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).map_err(|error| error.to_string())
}

const FIXED: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// Sets them all. A page is kept by nobody unless its handler said otherwise; a signed-in page by nobody at all.
pub(crate) fn finish(map: &mut HeaderMap, web: &Web, signed_in: bool) {
    for (name, value) in FIXED {
        map.insert(name, value);
    }
    map.insert(header::CONTENT_SECURITY_POLICY, web.policy().clone());
    if signed_in && !map.contains_key(crate::statics::SHARED) {
        map.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else {
        map.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    }
    map.remove(crate::statics::SHARED);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_storage_and_refuses_what_is_no_address() {
        let policy = policy(&["https://cdn.example.com/pictures/".to_owned()]).unwrap();
        let text = policy.to_str().unwrap();
        assert!(text.contains("img-src 'self' data: blob: https://cdn.example.com;"), "{text}");
        assert!(!text.contains("unsafe"));
        assert!(super::policy(&["cdn; script-src *".to_owned()]).is_err());
    }
}
