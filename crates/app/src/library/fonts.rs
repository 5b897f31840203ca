//! A team's own fonts: looked at and written anew in the sandbox, drawn by an engine that has them beside its own.

use std::sync::Arc;
use std::time::Duration;

use assets::{BlobKey, Digest};
use bytes::Bytes;
use domain::{FontId, Right, TeamId};
use render::{Engine, FontBytes};
use store::Font;
use template::{BrandFile, DocumentFault};
use tokio::time::Instant;

use crate::kit::{Kit, StoredFont};
use crate::people::Member;
use crate::{App, Error, Missing, Result};

/// Bytes of a font's file.
pub const MAX_FONT: u64 = render::MAX_FONT as u64;
/// Fonts of one team.
const MOST_FONTS: usize = 200;
/// How long looking at a font may take.
const CHECK: Duration = Duration::from_secs(10);

/// A font that the team uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamFont {
    pub id: String,
    pub family: String,
    pub weight: u16,
    /// Of a variable font: the weights that it reaches.
    pub weights: Option<(u16, u16)>,
    pub italic: bool,
    pub bytes: u64,
}

impl App {
    /// Families that ship inside and that kits may name, by name.
    #[must_use]
    pub fn bundled_families(&self) -> Vec<String> {
        self.engine.families()
    }

    /// # Errors
    /// The store's.
    pub async fn team_fonts(&self, member: &Member) -> Result<Vec<TeamFont>> {
        Ok(self.store.fonts(member.team).await?.into_iter().map(view).collect())
    }

    /// Keeps a TTF, OTF or WOFF2 for the team's kits.
    ///
    /// # Errors
    /// [`Error::PayloadTooLarge`] over 10 MB; [`Error::UnsupportedMedia`] for what is no such font; [`Error::Conflict`] for a
    /// family that ships inside.
    pub async fn upload_font(&self, member: &Member, bytes: Bytes) -> Result<TeamFont> {
        member.need(Right::Kits)?;
        let team = member.team;
        if bytes.len() as u64 > MAX_FONT {
            return Err(Error::PayloadTooLarge { limit: MAX_FONT });
        }
        let bad = || Error::UnsupportedMedia("The file is no TTF, OTF or WOFF2 font that can be drawn whole.".into());
        let sfnt = self.assets.sandbox().font(bytes, self.assets.lane(), Instant::now() + CHECK).await.map_err(|_| bad())?;
        let facts = render::font_facts(&sfnt).ok_or_else(bad)?;
        if self.engine.has_family(&facts.family) {
            return Err(Error::Conflict(format!("{} ships inside already: choose it from the list.", facts.family)));
        }
        if self.store.fonts(team).await?.len() >= MOST_FONTS {
            return Err(Error::Conflict(format!("A team has at most {MOST_FONTS} fonts. Delete some first.")));
        }
        let digest = Digest::of(&sfnt);
        let now = self.clock.now();
        let font = Font {
            id: FontId::new(),
            sha256: digest.to_string(),
            family: facts.family,
            weight: facts.weight,
            weights: facts.weights,
            italic: facts.italic,
            bytes: sfnt.len() as u64,
            created_at: now,
        };
        self.assets.blobs().put(&BlobKey::font(&team.to_string(), digest).map_err(Error::internal)?, sfnt).await?;
        if self.store.put_font(team, font.clone(), now).await? {
            self.note(member, "font.added", &font.family, "").await;
        }
        let kept = self.store.fonts(team).await?.into_iter().find(|font| font.sha256 == digest.to_string());
        kept.map(view).ok_or_else(|| Error::Internal("a font was not kept".into()))
    }

    /// Takes a font out of the list. Versions of kits that have it go on drawing with it.
    ///
    /// # Errors
    /// [`Missing::Other`].
    pub async fn delete_font(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Kits)?;
        let team = member.team;
        let missing = || Error::missing(Missing::Other);
        let id = id.parse().map_err(|_| missing())?;
        let family = self.store.fonts(team).await?.into_iter().find(|font| font.id == id).map(|font| font.family);
        if !self.store.delete_font(team, id, self.clock.now()).await? {
            return Err(missing());
        }
        self.note(member, "font.removed", &family.unwrap_or_default(), "").await;
        Ok(())
    }

    /// The files behind a kit's families that do not ship inside: the team's, or those that `base` has.
    pub(super) async fn kit_fonts(
        &self,
        team: TeamId,
        file: &BrandFile,
        base: Option<&Kit>,
    ) -> Result<Result<Vec<StoredFont>, Vec<DocumentFault>>> {
        let own = self.store.fonts(team).await?;
        let (mut found, mut faults): (Vec<StoredFont>, Vec<DocumentFault>) = (Vec::new(), Vec::new());
        for (index, font) in file.fonts.iter().enumerate() {
            let family = &font.font.family;
            if self.engine.has_family(family) || found.iter().any(|known| known.family == *family) {
                continue;
            }
            let before = found.len();
            for font in own.iter().filter(|font| font.family == *family) {
                let digest: Digest = font.sha256.parse().map_err(Error::internal)?;
                let blob = BlobKey::font(&team.to_string(), digest).map_err(Error::internal)?;
                found.push(StoredFont { family: family.clone(), blob: blob.to_string() });
            }
            if found.len() == before {
                found.extend(base.into_iter().flat_map(|kit| &kit.fonts).filter(|font| font.family == *family).cloned());
            }
            if found.len() == before {
                faults.push(DocumentFault {
                    pointer: format!("/fonts/{index}/family"),
                    message: format!("there is no family \"{family}\""),
                    hint: Some("one that ships inside, or one that was uploaded".into()),
                });
            }
        }
        Ok(if faults.is_empty() { Ok(found) } else { Err(faults) })
    }

    /// The engine that draws with a kit: the one and only, or one that has the kit's fonts beside its own.
    ///
    /// # Errors
    /// Where the fonts' bytes can't be had.
    pub(crate) async fn engine_for(&self, kit: Option<&Kit>) -> Result<Arc<Engine>> {
        let fonts = kit.map_or(&[][..], |kit| &kit.fonts);
        if fonts.is_empty() {
            return Ok(Arc::clone(&self.engine));
        }
        let key: String = fonts.iter().map(|font| format!("{}\n{}\n", font.family, font.blob)).collect();
        if let Some(engine) = self.catalog.engines.get(&key) {
            return Ok(engine);
        }
        let mut files: Vec<(String, FontBytes)> = Vec::with_capacity(fonts.len());
        for font in fonts {
            let blob: BlobKey = font.blob.parse().map_err(Error::internal)?;
            let bytes = self.assets.blobs().get(&blob).await?.ok_or_else(|| Error::Internal(format!("the font {blob} is not there")))?;
            files.push((font.family.clone(), Arc::new(bytes)));
        }
        let engine = Arc::new(self.engine.with(&files).map_err(Error::internal)?);
        self.catalog.engines.insert(key, Arc::clone(&engine));
        Ok(engine)
    }
}

fn view(font: Font) -> TeamFont {
    TeamFont {
        id: font.id.to_string(),
        family: font.family,
        weight: font.weight,
        weights: font.weights,
        italic: font.italic,
        bytes: font.bytes,
    }
}
