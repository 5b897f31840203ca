//! Reading and writing single headers.

use std::ops::RangeInclusive;

use app::view::Timings;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::error::ApiError;

/// `Idempotency-Key`: one line of 1 to 255 printable ASCII characters.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut lines = headers.get_all("idempotency-key").iter();
    let Some(line) = lines.next() else { return Ok(None) };
    let printable = line.as_bytes().iter().all(|byte| matches!(byte, b' '..=b'~'));
    if lines.next().is_some() || line.is_empty() || line.len() > 255 || !printable {
        let message = "The header Idempotency-Key must stand once and have 1 to 255 printable ASCII characters.";
        return Err(ApiError::new("invalid_header", message));
    }
    Ok(line.to_str().ok().map(str::to_owned))
}

/// Whether `Prefer` holds `respond-async` (RFC 7240).
pub(crate) fn prefers_async(headers: &HeaderMap) -> bool {
    let lines = headers.get_all("prefer").iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|preference| {
        let name = preference.split([';', '=']).next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case("respond-async")
    })
}

/// Whether `If-None-Match` names `etag` (weakly, as RFC 9110 says) or anything.
pub(crate) fn none_match(headers: &HeaderMap, etag: &str) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// What a `Range` header asks of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ranged {
    Whole,
    Part(RangeInclusive<u64>),
    /// 416
    Nothing,
}

/// One range of bytes. Several ranges, other units and nonsense are ignored, as RFC 9110 allows; an `If-Range` that is
/// not `etag` asks for the whole.
pub(crate) fn range(headers: &HeaderMap, etag: &str, length: u64) -> Ranged {
    if headers.get(header::IF_RANGE).is_some_and(|tag| tag != etag) {
        return Ranged::Whole;
    }
    let Some(range) = headers.get(header::RANGE).and_then(|line| line.to_str().ok()).and_then(|line| line.strip_prefix("bytes=")) else {
        return Ranged::Whole;
    };
    let Some((first, last)) = range.split_once('-') else { return Ranged::Whole };
    let last_byte = length.saturating_sub(1);
    let (start, end) = match (number(first), number(last)) {
        (Some(start), Some(end)) if start <= end => (start, end.min(last_byte)),
        (Some(start), None) if last.trim().is_empty() => (start, last_byte),
        (None, Some(suffix)) if first.trim().is_empty() => {
            if suffix == 0 {
                return Ranged::Nothing;
            }
            (length.saturating_sub(suffix), last_byte)
        }
        _ => return Ranged::Whole,
    };
    if start < length { Ranged::Part(start..=end) } else { Ranged::Nothing }
}

/// Digits only: `str::parse` would take `+1`.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // More digits than fit are a place behind every end.
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// `Content-Disposition` for a download. The name is the client's: separators and control characters are replaced, the
/// ASCII form stands in quotes, the full one percent-encoded beside it; `extension` is added where it is missing.
pub(crate) fn attachment(name: &str, extension: &str) -> Option<HeaderValue> {
    let clean: String = name.chars().take(150).map(|c| if c.is_control() || matches!(c, '/' | '\\' | '"') { '_' } else { c }).collect();
    let clean = clean.trim().trim_start_matches('.');
    let stem = if clean.is_empty() { "picture" } else { clean };
    let has = |ending: &str| stem.to_ascii_lowercase().ends_with(&format!(".{ending}"));
    let named = if has(extension) || (extension == "jpg" && has("jpeg")) { stem.to_owned() } else { format!("{stem}.{extension}") };
    let ascii: String = named.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let text = if ascii == named {
        format!("attachment; filename=\"{ascii}\"")
    } else {
        format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", percent_encoded(&named))
    };
    HeaderValue::from_str(&text).ok()
}

/// RFC 8187's `value-chars`.
fn percent_encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// `Server-Timing` with every stage.
pub(crate) fn server_timing(timings: &Timings) -> Option<HeaderValue> {
    let Timings { fetch, queue, render, store, commit, total } = timings;
    HeaderValue::from_str(&format!(
        "fetch;dur={fetch:.2}, queue;dur={queue:.2}, render;dur={render:.2}, store;dur={store:.2}, commit;dur={commit:.2}, total;dur={total:.2}"
    ))
    .ok()
}

/// Sets a header that is text of our own making.
pub(crate) fn set(headers: &mut HeaderMap, name: &'static str, value: impl std::fmt::Display) {
    if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(name: &'static str, values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_bytes(value).expect("a header"));
        }
        headers
    }

    #[test]
    fn idempotency_keys_are_1_to_255_printable_characters_on_one_line() {
        let key = |values: &[&[u8]]| idempotency_key(&map("idempotency-key", values)).map_err(|error| error.code());
        assert_eq!(key(&[]), Ok(None));
        assert_eq!(key(&[b"a b~"]), Ok(Some("a b~".to_owned())));
        assert_eq!(key(&[&[b'a'; 255]]), Ok(Some("a".repeat(255))));
        for bad in [&[b"".as_slice()][..], &[&[b'a'; 256]], &["ä".as_bytes()], &[b"a\tb"], &[b"a", b"a"]] {
            assert_eq!(key(bad), Err("invalid_header"));
        }
    }

    #[test]
    fn prefer_may_hold_other_things_and_parameters() {
        for value in ["respond-async", "Respond-Async", "wait=10, respond-async", "respond-async; foo=\"x\""] {
            assert!(prefers_async(&map("prefer", &[value.as_bytes()])), "{value}");
        }
        for value in ["", "wait=10", "respond-asynchronously", "return=minimal"] {
            assert!(!prefers_async(&map("prefer", &[value.as_bytes()])), "{value}");
        }
    }

    #[test]
    fn an_etag_matches_weakly_in_a_list_and_by_a_star() {
        for value in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(none_match(&map("if-none-match", &[value.as_bytes()]), "\"a\""), "{value}");
        }
        for value in ["\"b\"", "a", ""] {
            assert!(!none_match(&map("if-none-match", &[value.as_bytes()]), "\"a\""), "{value}");
        }
    }

    #[test]
    fn ranges_are_cut_at_the_end_and_nonsense_is_ignored() {
        let part = |value: &str| range(&map("range", &[value.as_bytes()]), "\"a\"", 100);
        assert_eq!(part("bytes=0-9"), Ranged::Part(0..=9));
        assert_eq!(part("bytes=90-1000"), Ranged::Part(90..=99));
        assert_eq!(part("bytes=90-"), Ranged::Part(90..=99));
        assert_eq!(part("bytes=-10"), Ranged::Part(90..=99));
        assert_eq!(part("bytes=-1000"), Ranged::Part(0..=99));
        for nothing in ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(part(nothing), Ranged::Nothing, "{nothing}");
        }
        for whole in ["bytes=9-0", "bytes=a-b", "bytes=0-1,4-5", "items=0-9", "bytes=-", "bytes=+1-2", "bytes=5"] {
            assert_eq!(part(whole), Ranged::Whole, "{whole}");
        }
    }

    #[test]
    fn if_range_with_another_tag_asks_for_the_whole() {
        let mut headers = map("range", &[b"bytes=0-9"]);
        headers.insert("if-range", HeaderValue::from_static("\"b\""));
        assert_eq!(range(&headers, "\"a\"", 100), Ranged::Whole);
        headers.insert("if-range", HeaderValue::from_static("\"a\""));
        assert_eq!(range(&headers, "\"a\"", 100), Ranged::Part(0..=9));
    }

    #[test]
    fn download_names_can_not_break_out_of_their_header() {
        let name = |text: &str| attachment(text, "png").and_then(|value| value.to_str().map(str::to_owned).ok()).expect("a header");
        assert_eq!(name("a.png"), "attachment; filename=\"a.png\"");
        assert_eq!(name("a"), "attachment; filename=\"a.png\"");
        assert_eq!(name(""), "attachment; filename=\"picture.png\"");
        assert_eq!(name("../../etc/passwd"), "attachment; filename=\"_.._etc_passwd.png\"");
        assert_eq!(name("a\"; x=\"\r\nSet-Cookie: b"), "attachment; filename=\"a_; x=___Set-Cookie: b.png\"");
        assert_eq!(name("Größe.PNG"), "attachment; filename=\"Gr__e.PNG\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.PNG");
        assert_eq!(attachment("b.jpeg", "jpg"), Some(HeaderValue::from_static("attachment; filename=\"b.jpeg\"")));
    }
}
