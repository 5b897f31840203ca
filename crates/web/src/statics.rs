//! Style, script and fonts: inside the binary, in a folder named by the digest of all of them, kept by browsers for good.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
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
pub(crate) async fn serve(Path((folder, path)): Path<(String, String)>) -> Result<Response, PageError> {
    if FOLDER.strip_prefix("/static/") != Some(&folder) {
        return Err(PageError::NotFound);
    }
    let bytes = match path.as_str() {
        "app.css" => SHEET.as_bytes().to_vec(),
        path => Files::get(path).ok_or(PageError::NotFound)?.data.into_owned(),
    };
    let headers =
        [(header::CONTENT_TYPE, media_type(&path)), (header::CACHE_CONTROL, "public, max-age=31536000, immutable"), (SHARED, "1")];
    Ok((StatusCode::OK, headers, bytes).into_response())
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
    fn the_sheet_has_the_shared_parts_in_order_and_fits_the_budget() {
        let place = |text: &str| SHEET.find(text).unwrap_or_else(|| panic!("no {text}"));
        assert!(place("--canvas") < place(".skip") && place(".skip") < place(".button {") && place(".button {") < place(".frame {"));
        assert!(SHEET.len() < 48 * 1024, "{} bytes", SHEET.len());
    }
}
