//! ZIP files that are written while they are sent: nothing is held but the picture that is on its way.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use assets::BlobKey;
use bytes::Bytes;
use domain::{GenerationId, GenerationStatus, TeamId, TemplateGroupId};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _, stream};
use store::Generation as Row;
use zip::write::{PreparedZipFile, SimpleFileOptions};
use zip::{CompressionMethod, ZipWriter};

use crate::{App, Error, Member, Missing, Result};

/// Longest part of a download's name that a caller's text may have.
const NAME: usize = 60;

/// A file that is made while it is read.
pub struct Archive {
    /// Such as `quote-order-42.zip`.
    pub file_name: String,
    /// Ends with an error where a picture could not be read; what came before is then no ZIP.
    pub bytes: BoxStream<'static, io::Result<Bytes>>,
}

impl App {
    /// Every picture of a generation in every encoding, as one ZIP of uncompressed files.
    ///
    /// # Errors
    /// [`Missing::Generation`]; [`Error::Expired`] once its pictures are gone; [`Missing::Other`] where it has none.
    pub async fn archive(&self, member: &Member, id: &str) -> Result<Archive> {
        let missing = || Error::missing(Missing::Generation);
        let id: GenerationId = id.parse().map_err(|_| missing())?;
        let row = self.store.generation(member.team, None, id).await?.ok_or_else(missing)?;
        if row.expired_at.is_some() {
            return Err(Error::Expired);
        }
        let group = self.group_word(&row).await?;
        let files = file_names(&row, &group);
        if files.is_empty() || row.status == GenerationStatus::Failed {
            return Err(Error::missing(Missing::Other));
        }
        let app = self.clone();
        let pictures = stream::iter(files).then(move |(name, key)| {
            let app = app.clone();
            async move { app.read_picture(&key).await.map(|bytes| (name, bytes)) }
        });
        Ok(Archive { file_name: format!("{}.zip", stem(&group, None, row.external_id.as_deref())), bytes: zip(pictures).boxed() })
    }

    pub(crate) async fn read_picture(&self, key: &str) -> io::Result<Bytes> {
        let key: BlobKey = key.parse().map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        let bytes = self.assets.blobs().get(&key).await.map_err(io::Error::other)?;
        bytes.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }

    /// A group as file names call it: a built-in one by its id's word, a team's own by its slug.
    pub(crate) async fn group_word(&self, row: &Row) -> Result<String> {
        self.template_word(row.team, &row.template_group).await
    }

    pub(crate) async fn template_word(&self, team: TeamId, group: &TemplateGroupId) -> Result<String> {
        if group.is_built_in() {
            return Ok(group.word().to_owned());
        }
        let group = self.store.template_group(team, group).await?;
        Ok(group.map_or_else(|| "pictures".to_owned(), |group| group.slug))
    }
}

/// `{group}-{size}-{externalId}.{extension}` of every finished file, with its blob's key.
fn file_names(row: &Row, group: &str) -> Vec<(String, String)> {
    let files = row.images.iter().flat_map(|image| image.files.iter().map(move |file| (image, file)));
    let done = files.filter(|(_, file)| file.sha256.is_some());
    let name = |size: &str, key: &str| {
        let extension = key.rsplit('.').next().unwrap_or_default();
        format!("{}.{extension}", stem(group, Some(size), row.external_id.as_deref()))
    };
    done.map(|(image, file)| (name(&image.key, &file.blob_key), file.blob_key.clone())).collect()
}

/// A download's name without its extension: what a caller wrote becomes letters, digits and hyphens.
pub(crate) fn stem(group: &str, size: Option<&str>, external_id: Option<&str>) -> String {
    let parts = [Some(group), size, external_id].into_iter().flatten().map(plain);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

fn plain(text: &str) -> String {
    let mut plain = String::new();
    for character in text.chars().take(NAME) {
        if character.is_alphanumeric() || character == '_' {
            plain.push(character);
        } else if !plain.ends_with('-') && !plain.is_empty() {
            plain.push('-');
        }
    }
    plain.trim_end_matches('-').to_owned()
}

/// One ZIP of `files`, in their order. An error among them ends it.
pub(crate) fn zip(files: impl Stream<Item = io::Result<(String, Bytes)>> + Send + 'static) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let sink = Sink::default();
    let writer = ZipWriter::new_stream(sink.clone());
    stream::unfold((Box::pin(files), Some(writer)), move |(mut files, writer)| {
        let sink = sink.clone();
        async move {
            let mut writer = writer?;
            let (written, writer) = match files.next().await {
                Some(Ok((name, bytes))) => (add(&mut writer, &name, &bytes), Some(writer)),
                Some(Err(error)) => (Err(error), None),
                None => (writer.finish().map(drop).map_err(io::Error::other), None),
            };
            match written {
                Ok(()) => Some((Ok(sink.take()), (files, writer))),
                Err(error) => Some((Err(error), (files, None))),
            }
        }
    })
}

fn add<W: Write>(writer: &mut ZipWriter<zip::write::StreamWriter<W>>, name: &str, bytes: &[u8]) -> io::Result<()> {
    // Pictures are compressed already.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let file = PreparedZipFile::from_data(name, options, bytes).map_err(io::Error::other)?;
    writer.add_prepared_file(file).map_err(io::Error::other)
}

/// What was written since it was last taken.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_download_is_named_by_what_it_is() {
        assert_eq!(stem("quote", Some("square"), Some("order-42")), "quote-square-order-42");
        assert_eq!(stem("quote", Some("square"), None), "quote-square");
        assert_eq!(stem("tg", None, Some("../../etc/passwd\r\n\"x\"")), "tg-etc-passwd-x");
        assert_eq!(stem("quote", Some("square"), Some("///")), "quote-square");
        assert_eq!(stem("quote", None, Some(&"ü".repeat(300))), format!("quote-{}", "ü".repeat(60)));
    }

    #[tokio::test]
    async fn files_come_out_of_the_zip_as_they_went_in() {
        let files = [("a.png", "first"), ("b/ä.webp", "second")].map(|(name, bytes)| Ok((name.to_owned(), Bytes::from(bytes))));
        let chunks: Vec<Bytes> = zip(stream::iter(files)).map(Result::unwrap).collect().await;
        assert_eq!(chunks.len(), 3, "each file is sent when it is there");
        let mut archive = zip::ZipArchive::new(io::Cursor::new(chunks.concat())).unwrap();
        for (name, bytes) in [("a.png", "first"), ("b/ä.webp", "second")] {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, bytes);
        }
    }

    #[tokio::test]
    async fn a_picture_that_cannot_be_read_ends_the_zip() {
        let files = [Ok(("a.png".to_owned(), Bytes::from("first"))), Err(io::Error::other("gone")), Ok(("c.png".to_owned(), Bytes::new()))];
        let chunks: Vec<_> = zip(stream::iter(files)).collect().await;
        assert_eq!(chunks.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false]);
    }
}
