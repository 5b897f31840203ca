//! Style, script and fonts: inside the binary, in a folder named by the digest of all of them, kept by browsers for good.
//! Texts go out as gzip to who takes it; they hold no secret that could be guessed from their length.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use libdeflater::{CompressionLvl, Compressor};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::error::PageError;

#[derive(RustEmbed)]
#[folder = "static"]
struct Files;

/// `/static/` and the digest.
static FOLDER: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    let mut digest = Sha256::new();
    for name in names {
        if let Some(file) = Files::get(&name) {
            digest.update(name.as_bytes());
            digest.update(file.metadata.sha256_hash());
        }
    }
    format!("/static/{}", &hex::encode(digest.finalize())[..16])
});

/// The shared style sheets in the order of their names (`css/1-tokens.css` …) as one.
static SHEET: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Files::iter().filter(|name| is_shared_sheet(name)).collect();
    names.sort();
    names.iter().filter_map(|name| Files::get(name)).fold(String::new(), |mut all, file| {
        let _ = writeln!(all, "{}", String::from_utf8_lossy(&file.data));
        all
    })
});

/// Every text by its path, as gzip.
static PACKED: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let texts = Files::iter().filter(|name| [".css", ".js", ".svg"].iter().any(|end| name.ends_with(end)));
    let files = texts.filter_map(|name| Some((name.to_string(), Files::get(&name)?.data.into_owned())));
    let all = files.chain([("app.css".to_owned(), SHEET.as_bytes().to_vec())]);
    all.filter_map(|(name, bytes)| Some((name, packed(&bytes)?))).collect()
});

fn packed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::best());
    let mut packed = vec![0; compressor.gzip_compress_bound(bytes.len())];
    let length = compressor.gzip_compress(bytes, &mut packed).ok()?;
    packed.truncate(length);
    Some(packed)
}

/// Whether a request takes gzip: it names it, and not with the weight 0.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|choice| {
        let (name, weight) = choice.split_once(';').unwrap_or((choice, ""));
        let is_zero = weight.trim().strip_prefix("q=").is_some_and(|weight| weight.trim().parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !is_zero
    })
}

fn is_shared_sheet(name: &str) -> bool {
    name.strip_prefix("css/").is_some_and(|name| name.starts_with(|c: char| c.is_ascii_digit()))
}

/// Marks an answer that is the same for everybody, so that a session doesn't forbid keeping it.
pub(crate) const SHARED: HeaderName = HeaderName::from_static("x-shared");

/// Where the files are, without a slash at its end.
pub(crate) fn folder() -> &'static str {
    &FOLDER
}

/// `GET /static/{folder}/{path}`. A folder of another build is a 404: its pages ask for what they were made with.
pub(crate) async fn serve(Path((folder, path)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, PageError> {
    if FOLDER.strip_prefix("/static/") != Some(&folder) {
        return Err(PageError::NotFound);
    }
    let gzip = if takes_gzip(&headers) { PACKED.get(&path) } else { None };
    let bytes = match (gzip, path.as_str()) {
        (Some(bytes), _) => bytes.clone(),
        (None, "app.css") => SHEET.as_bytes().to_vec(),
        (None, path) => Files::get(path).ok_or(PageError::NotFound)?.data.into_owned(),
    };
    let headers = [
        (header::CONTENT_TYPE, media_type(&path)),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
        (SHARED, "1"),
    ];
    let mut response = (StatusCode::OK, headers, bytes).into_response();
    if gzip.is_some() {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("jpg") => "image/jpeg",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_goes_to_who_takes_it() {
        let takes = |value: &'static str| takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]));
        assert!(takes("gzip") && takes("br, GZIP;q=0.5") && takes("deflate,gzip ; q=1"));
        assert!(!takes("") && !takes("br") && !takes("gzip;q=0") && !takes("gzip; q=0.000") && !takes("xgzip"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn packed_texts_come_out_as_they_were() {
        let packed = &PACKED["app.css"];
        let mut bytes = vec![0; SHEET.len()];
        libdeflater::Decompressor::new().gzip_decompress(packed, &mut bytes).unwrap();
        assert!(bytes == SHEET.as_bytes() && packed.len() * 3 < SHEET.len(), "{} bytes", packed.len());
        assert!(PACKED.contains_key("js/app.js") && !PACKED.keys().any(|name| name.ends_with(".woff2")));
    }

    #[test]
    fn the_sheet_has_the_shared_parts_in_order_and_fits_the_budget() {
        let place = |text: &str| SHEET.find(text).unwrap_or_else(|| panic!("no {text}"));
        assert!(place("--canvas") < place(".skip") && place(".skip") < place(".button {") && place(".button {") < place(".frame {"));
        assert!(SHEET.len() < 48 * 1024, "{} bytes", SHEET.len());
    }
}
