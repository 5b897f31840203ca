//! Imports of template groups and brand kits from their files.

use std::time::Duration;

use assets::{BlobKey, Digest, Need, Sandbox};
use bytes::Bytes;
use render::{
    Format,
    codec::{self, Buffers, Pixels},
};
use serde::Serialize;
use store::{NewBrandKit, NewTemplateGroup};
use template::{BrandFile, Document, DocumentFault};
use tokio::time::Instant;

use super::{Operator, refusal};
use crate::{
    Error, Result,
    kit::{StoredKit, StoredLogo},
};

/// How long one logo may take to decode, a child's start included.
const DECODE: Duration = Duration::from_secs(10);
/// The longest edge of a logo's PNG.
const PNG_EDGE: u32 = 1024;

/// What an import did.
#[derive(Clone, Debug, Serialize)]
pub struct Imported {
    pub id: String,
    pub version: u32,
    /// False where the newest version was the same already.
    pub changed: bool,
}

impl Operator {
    /// Publishes a document as the newest version of the team's group of the same `slug` (the file's name, as a rule).
    ///
    /// # Errors
    /// Every fault of the document; no such team.
    pub async fn import_template(&self, team: &str, slug: &str, text: &str) -> Result<Imported> {
        let team = self.find(team).await?;
        let document = Document::parse(text).map_err(|faults| Error::Refused(in_words(&faults)))?;
        let group = NewTemplateGroup {
            id: None,
            team: Some(team.id),
            slug: slug.to_owned(),
            name: document.name().to_owned(),
            description: document.description().to_owned(),
            tags: document.tags().to_vec(),
            document: text.to_owned(),
            digest: Digest::of(text.as_bytes()).to_string(),
        };
        let published = self.store.publish_template_group(group, self.clock.now()).await.map_err(refusal)?;
        Ok(Imported { id: published.id.to_string(), version: published.version, changed: published.changed })
    }

    /// Publishes a kit with its logos. `read` gives the bytes of a logo's file as the kit names it; each is decoded once in
    /// the sandbox, so that a kit that is in is a kit that draws. What is kept names each logo's blob in place of its file.
    ///
    /// # Errors
    /// Every fault of the file; a logo that can't be read or drawn; no such team.
    pub async fn import_brand_kit(
        &self,
        team: &str,
        slug: &str,
        text: &str,
        read: impl Fn(&str) -> std::io::Result<Vec<u8>>,
        sandbox: &Sandbox,
        default: bool,
    ) -> Result<Imported> {
        let team = self.find(team).await?;
        let file = BrandFile::parse(text).map_err(|faults| Error::Refused(in_words(&faults)))?;
        let mut logos = Vec::new();
        let mut faults = Vec::new();
        for (index, logo) in file.logos.iter().enumerate() {
            match self.keep_logo(&team.id.to_string(), &logo.file, &read, sandbox).await? {
                Ok(logo) => logos.push(logo),
                Err(message) => faults.push(DocumentFault { pointer: format!("/logos/{index}/file"), message, hint: None }),
            }
        }
        if !faults.is_empty() {
            return Err(Error::Refused(in_words(&faults)));
        }
        let document = StoredKit { file: text.to_owned(), logos }.to_text();
        let kit = NewBrandKit {
            team: team.id,
            slug: slug.to_owned(),
            name: file.name,
            digest: Digest::of(document.as_bytes()).to_string(),
            document,
            default,
        };
        let published = self.store.publish_brand_kit(kit, self.clock.now()).await.map_err(refusal)?;
        Ok(Imported { id: published.id.to_string(), version: published.version, changed: published.changed })
    }

    /// Keeps a logo as it was given, and as the PNG that answers point to. The inner error is the file's, the outer one ours.
    async fn keep_logo(
        &self,
        team: &str,
        name: &str,
        read: &impl Fn(&str) -> std::io::Result<Vec<u8>>,
        sandbox: &Sandbox,
    ) -> Result<Result<StoredLogo, String>> {
        let bytes = match read(name) {
            Ok(bytes) => Bytes::from(bytes),
            Err(error) => return Ok(Err(format!("{name} can't be read: {error}"))),
        };
        let digest = Digest::of(&bytes);
        let picture = match sandbox.decode(bytes.clone(), digest, Need::contain(PNG_EDGE, PNG_EDGE), 0, Instant::now() + DECODE).await {
            Ok(picture) => picture,
            Err(error) => return Ok(Err(format!("{name}: {error}"))),
        };
        let pixels = Pixels { width: picture.width, height: picture.height, opaque: picture.opaque, rgba: (*picture.pixels).as_ref() };
        let png = codec::encode(&mut Buffers::default(), pixels, Format::Png, 100).map_err(Error::internal)?;
        let blob = BlobKey::logo(team, digest).map_err(Error::internal)?;
        let shown = BlobKey::preview(team, &digest.to_string()).map_err(Error::internal)?;
        self.blobs.put(&blob, bytes).await.map_err(Error::internal)?;
        self.blobs.put(&shown, png.into()).await.map_err(Error::internal)?;
        Ok(Ok(StoredLogo { blob: blob.to_string(), png: shown.to_string(), width: picture.width, height: picture.height }))
    }
}

/// A fault a line: where, what, and what to write instead.
pub fn in_words(faults: &[DocumentFault]) -> String {
    let line = |fault: &DocumentFault| {
        let place = if fault.pointer.is_empty() { "(whole document)" } else { &fault.pointer };
        match &fault.hint {
            Some(hint) => format!("{place}: {} ({hint})", fault.message),
            None => format!("{place}: {}", fault.message),
        }
    };
    faults.iter().map(line).collect::<Vec<_>>().join("\n")
}
