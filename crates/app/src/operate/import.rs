//! Imports of template groups and brand kits from their files.

use assets::{Digest, Sandbox};
use serde::Serialize;
use store::NewBrandKit;
use template::{BrandFile, DocumentFault};

use super::{Operator, refusal};
use crate::{
    Error, Result,
    kit::StoredKit,
    library::{LogoError, NewVersion, keep_logo},
};

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
        let NewVersion(group) = NewVersion::of(team.id, slug, text).map_err(said)?;
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
            let fault = |message| DocumentFault { pointer: format!("/logos/{index}/file"), message, hint: None };
            let name = &logo.file;
            match read(name) {
                Err(error) => faults.push(fault(format!("{name} can't be read: {error}"))),
                Ok(bytes) => match keep_logo(&self.blobs, sandbox, &team.id.to_string(), bytes.into()).await {
                    Ok((logo, _)) => logos.push(logo),
                    Err(LogoError::File(error)) => faults.push(fault(format!("{name}: {error}"))),
                    Err(LogoError::Ours(error)) => return Err(error),
                },
            }
        }
        if !faults.is_empty() {
            return Err(Error::Refused(in_words(&faults)));
        }
        let document = StoredKit { file: text.to_owned(), logos, fonts: Vec::new() }.to_text();
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
}

/// A document's faults in words for the operator.
fn said(error: Error) -> Error {
    match error {
        Error::Document(faults) => Error::Refused(in_words(&faults)),
        other => other,
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
