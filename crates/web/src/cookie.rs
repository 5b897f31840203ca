//! Cookies: read from a request, written for an answer.
//!
//! Over TLS they are `__Host-` and `Secure`: no other host, no plain connection and no subpath can plant one.

use axum::http::{HeaderMap, HeaderValue, header};

/// Names without the prefix.
pub(crate) const SESSION: &str = "rp_session";
/// Binds the tokens of forms to a browser that has no session.
pub(crate) const FORM: &str = "rp_form";
pub(crate) const THEME: &str = "rp_theme";
/// The team that was looked at last.
pub(crate) const TEAM: &str = "rp_team";
/// Of code examples.
pub(crate) const LANGUAGE: &str = "rp_lang";
pub(crate) const TOAST: &str = "rp_toast";

pub(crate) fn is_secure(public_url: &str) -> bool {
    public_url.starts_with("https:")
}

/// The cookie's name on the wire.
fn full_name(name: &str, secure: bool) -> String {
    if secure { format!("__Host-{name}") } else { name.to_owned() }
}

/// The value of the first cookie of this name.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str, secure: bool) -> Option<&'a str> {
    let name = full_name(name, secure);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// A `Set-Cookie` line. `seconds` is how long it stays; `None` is as long as the browser runs, 0 removes it.
///
/// `value` has characters of a cookie only: ours are hex, base64url or words.
pub(crate) fn write(name: &str, value: &str, seconds: Option<u64>, secure: bool) -> Option<HeaderValue> {
    let name = full_name(name, secure);
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax{secure}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_a_cookie_is_bound_to_the_host() {
        let set = write(SESSION, "abc", Some(60), true).unwrap();
        assert_eq!(set, "__Host-rp_session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        let set = write(SESSION, "abc", None, false).unwrap();
        assert_eq!(set, "rp_session=abc; Path=/; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("xrp_session=1; rp_session=2"));
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-rp_session=3; rp_session=4"));
        assert_eq!(read(&headers, SESSION, false), Some("2"));
        assert_eq!(read(&headers, SESSION, true), Some("3"));
        assert_eq!(read(&headers, THEME, false), None);
    }
}
