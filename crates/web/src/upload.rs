//! What a form with files sent.

use std::time::Duration;

use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};

use crate::Web;
use crate::error::PageError;
use crate::form::NUL;
use crate::visit::Visit;

/// How long a form with its files may take.
const TIME: Duration = Duration::from_secs(180);
/// Bytes of all that is no file.
const TEXT: usize = 4 * 1024 * 1024;

/// One file that was chosen.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// The field's name.
    pub field: String,
    /// The file's own, as the browser says.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The pairs and files of a multipart form of at most `MIB` mebibytes, from a browser whose token was right.
pub(crate) struct Upload<const MIB: usize = 24> {
    pairs: Vec<(String, String)>,
    files: Vec<File>,
}

impl<const MIB: usize> Upload<MIB> {
    /// The first value of this name, without white space around it; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The same as it came.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// All pairs in order.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The file of this field, if one was chosen.
    pub(crate) fn file(&self, field: &str) -> Option<&File> {
        self.files.iter().find(|file| file.field == field)
    }
}

impl<const MIB: usize> FromRequest<Web> for Upload<MIB> {
    type Rejection = PageError;

    async fn from_request(mut request: Request, web: &Web) -> Result<Self, PageError> {
        let visit = request.extensions().get::<Visit>().cloned().ok_or_else(|| PageError::internal("no visit"))?;
        let most = MIB * 1024 * 1024;
        DefaultBodyLimit::max(most).apply(&mut request);
        let no_form = |_| PageError::BadRequest("This address takes forms with files only.".to_owned());
        let mut parts = Multipart::from_request(request, web).await.map_err(no_form)?;
        let mut form = Self { pairs: Vec::new(), files: Vec::new() };
        let read = async {
            let (mut text, mut all) = (0, 0);
            while let Some(part) = parts.next_field().await.map_err(|error| broken(&error, most))? {
                let name = part.name().unwrap_or_default().to_owned();
                if let Some(file) = part.file_name().map(ToOwned::to_owned) {
                    let bytes = whole(part, most - all, most).await?;
                    all += bytes.len();
                    if !bytes.is_empty() {
                        form.files.push(File { field: name, name: file, bytes });
                    }
                } else {
                    let bytes = whole(part, TEXT - text, TEXT).await?;
                    text += bytes.len();
                    let value = String::from_utf8(bytes).map_err(|_| PageError::BadRequest(format!("{name} is not UTF-8.")))?;
                    if name.contains('\0') || value.contains('\0') {
                        return Err(PageError::BadRequest(NUL.to_owned()));
                    }
                    form.pairs.push((name, value));
                }
            }
            Ok::<(), PageError>(())
        };
        tokio::time::timeout(TIME, read).await.map_err(|_| PageError::Timeout)??;
        if !visit.is_proven() {
            visit.prove(form.text("csrf"))?;
        }
        Ok(form)
    }
}

async fn whole(mut part: Field<'_>, room: usize, most: usize) -> Result<Vec<u8>, PageError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|error| broken(&error, most))? {
        if bytes.len() + chunk.len() > room {
            return Err(PageError::TooLarge(most as u64));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn broken(error: &axum::extract::multipart::MultipartError, most: usize) -> PageError {
    match error.status().as_u16() {
        413 => PageError::TooLarge(most as u64),
        _ => PageError::BadRequest("The form ended before it was complete.".to_owned()),
    }
}
