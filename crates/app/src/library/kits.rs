//! Brand kits as their team edits them.

use std::sync::Arc;

use assets::{Digest, builtin};
use bytes::Bytes;
use domain::{BrandKitId, Right, TeamId, Timestamp};
use serde_json::{Value, json};
use store::{BrandKit, KitRemoval, KitText, Restoration};
use template::{BrandFile, DocumentFault};

use super::{Deleted, LogoError, UNDO, keep_logo};
use crate::kit::{Kit, StoredFont, StoredKit, StoredLogo};
use crate::people::Member;
use crate::{App, Error, Missing, Result};

/// Kits that a page shows of one team.
const MOST_KITS: u32 = 100;

/// A kit with all that an editor shows.
#[derive(Clone, Debug)]
pub struct EditedKit {
    pub id: String,
    pub name: String,
    pub is_default: bool,
    /// The latest.
    pub version: u32,
    pub updated_at: Timestamp,
    /// In the brand-kit format.
    pub text: String,
    pub file: BrandFile,
    /// In the file's order.
    pub logos: Vec<KitLogo>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KitLogo {
    /// `primary` or `mark`.
    pub role: String,
    /// `light`, `dark` or `any`.
    pub theme: &'static str,
    /// The name in the kit's document.
    pub file: String,
    pub url: String,
    pub width: u32,
    pub height: u32,
}

impl App {
    /// The team's kits, newest first, at most 100.
    ///
    /// # Errors
    /// The store's.
    pub async fn edited_kits(&self, member: &Member) -> Result<Vec<EditedKit>> {
        let team = member.team;
        let page = self.store.brand_kits(team, MOST_KITS, None).await?;
        page.rows.into_iter().map(|kit| self.edited(kit)).collect()
    }

    /// # Errors
    /// [`Missing::BrandKit`].
    pub async fn edited_kit(&self, member: &Member, id: &str) -> Result<EditedKit> {
        let team = member.team;
        self.edited(self.stored_kit(team, id).await?)
    }

    /// Makes a kit of a text in the brand-kit format; logos that it names are uploads, or those of the kit `base`.
    ///
    /// # Errors
    /// [`Error::Document`] with every fault; [`Error::Conflict`] where the plan allows no more kits.
    pub async fn create_kit(&self, member: &Member, text: &str, base: Option<&str>) -> Result<BrandKitId> {
        member.need(Right::Kits)?;
        let team = member.team;
        let base = match base {
            Some(id) => Some(self.open_kit(&self.stored_kit(team, id).await?)?.kit),
            None => None,
        };
        let kit = self.kit_text(team, text, base.as_deref()).await?;
        self.keep_kit(member, kit).await
    }

    /// Makes the kit's next version of a text. `version` is the one that the text was begun from.
    ///
    /// # Errors
    /// [`Error::Document`] with every fault; [`Error::Conflict`] where another version was saved meanwhile; [`Missing::BrandKit`].
    pub async fn save_kit(&self, member: &Member, id: &str, version: u32, text: &str) -> Result<u32> {
        member.need(Right::Kits)?;
        let team = member.team;
        let stored = self.stored_kit(team, id).await?;
        let base = self.open_kit(&stored)?.kit;
        let kit = self.kit_text(team, text, Some(&base)).await?;
        if stored.version == version && stored.digest == kit.digest {
            return Ok(version);
        }
        let name = kit.name.clone();
        let saved = self.store.save_brand_kit(team, &stored.id, version, kit, self.clock.now()).await?;
        let saved = saved.ok_or_else(|| {
            Error::Conflict("Somebody else saved this brand kit meanwhile. Load it again, then make your changes once more.".into())
        })?;
        self.note(member, "kit.changed", &name, &format!("version {saved}")).await;
        Ok(saved)
    }

    /// A second kit that starts as this one is.
    ///
    /// # Errors
    /// [`Missing::BrandKit`]; [`Error::Conflict`] where the plan allows no more kits.
    pub async fn duplicate_kit(&self, member: &Member, id: &str) -> Result<BrandKitId> {
        member.need(Right::Kits)?;
        let team = member.team;
        let stored = self.stored_kit(team, id).await?;
        let kept: StoredKit = serde_json::from_str(&stored.document).map_err(Error::internal)?;
        let name: String = format!("Copy of {}", stored.name).chars().take(100).collect();
        let text = renamed(&kept.file, &name)?;
        let kit = self.kit_text(team, &text, Some(&*self.open_kit(&stored)?.kit)).await?;
        self.keep_kit(member, kit).await
    }

    /// # Errors
    /// [`Missing::BrandKit`].
    pub async fn make_kit_default(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Kits)?;
        let team = member.team;
        let missing = || Error::missing(Missing::BrandKit);
        let id = id.parse().map_err(|_| missing())?;
        if !self.store.set_default_brand_kit(team, &id).await? {
            return Err(missing());
        }
        self.note(member, "kit.default", &self.kit_name(team, &id).await, "").await;
        Ok(())
    }

    /// Deletes a kit; for 30 days it can be taken back. Where it is the team's default and others are there, `next` is the new one.
    ///
    /// # Errors
    /// [`Error::Validation`] on `next` where a new default must be named; [`Missing::BrandKit`].
    pub async fn delete_kit(&self, member: &Member, id: &str, next: Option<&str>) -> Result<()> {
        member.need(Right::Kits)?;
        let team = member.team;
        let missing = || Error::missing(Missing::BrandKit);
        let id = id.parse().map_err(|_| missing())?;
        let name = self.kit_name(team, &id).await;
        let next: Option<BrandKitId> = next.map(|next| next.parse().map_err(|_| missing())).transpose()?;
        match self.store.delete_brand_kit(team, &id, next.as_ref(), self.clock.now()).await? {
            KitRemoval::Removed => {
                self.note(member, "kit.deleted", &name, "").await;
                Ok(())
            }
            KitRemoval::Missing => Err(missing()),
            KitRemoval::NeedsDefault => {
                Err(Error::fault("next", "missing_input", "This is the default brand kit. Choose the one that takes its place."))
            }
        }
    }

    /// # Errors
    /// [`Missing::BrandKit`] after 30 days; [`Error::Conflict`] where the plan allows no more kits.
    pub async fn restore_kit(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Kits)?;
        let team = member.team;
        let missing = || Error::missing(Missing::BrandKit);
        let id = id.parse().map_err(|_| missing())?;
        let limit = self.kit_limit(team).await?;
        match self.store.restore_brand_kit(team, &id, self.clock.now().minus(UNDO), limit).await? {
            Restoration::Restored => {
                self.note(member, "kit.restored", &self.kit_name(team, &id).await, "").await;
                Ok(())
            }
            Restoration::Missing => Err(missing()),
            Restoration::Full => Err(full(limit)),
        }
    }

    /// What can be taken back, the latest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn deleted_kits(&self, member: &Member) -> Result<Vec<Deleted>> {
        let team = member.team;
        let list = self.store.deleted_brand_kits(team, self.clock.now().minus(UNDO)).await?;
        Ok(list.into_iter().map(|kit| Deleted { id: kit.id.to_string(), name: kit.name, deleted_at: kit.deleted_at }).collect())
    }

    /// Makes a kit of the team's own from one that ships inside, under a name of its own where one is given.
    ///
    /// # Errors
    /// [`Missing::BrandKit`]; [`Error::Document`] for a name that a kit can't have; [`Error::Conflict`] where the plan allows
    /// no more kits.
    pub async fn copy_demo_kit(&self, member: &Member, slug: &str, name: Option<&str>) -> Result<BrandKitId> {
        member.need(Right::Kits)?;
        let team = member.team;
        let (_, text) = demo_files().into_iter().find(|(name, _)| name == slug).ok_or_else(|| Error::missing(Missing::BrandKit))?;
        let file = BrandFile::parse(&text).map_err(|faults| Error::Internal(format!("{slug}: {faults:?}")))?;
        let (files, mut logos) = (builtin::kits(), Vec::new());
        for logo in &file.logos {
            let path = format!("{slug}/{}", logo.file);
            let bytes = files.iter().find(|file| file.path == path).ok_or_else(|| Error::Internal(format!("{path} is not there")))?;
            let bytes = Bytes::copy_from_slice(&bytes.bytes);
            match keep_logo(self.assets.blobs(), self.assets.sandbox(), &team.to_string(), bytes).await {
                Ok((logo, _)) => logos.push(logo),
                Err(LogoError::File(error)) => return Err(Error::Internal(format!("{path}: {error}"))),
                Err(LogoError::Ours(error)) => return Err(error),
            }
        }
        let text = name.map_or(Ok(text.clone()), |name| renamed(&text, name))?;
        let name = BrandFile::parse(&text).map_err(Error::Document)?.name;
        self.keep_kit(member, as_stored(text, name, logos, Vec::new())).await
    }

    /// A text in place of a kit's latest version, opened to draw with. Logos and fonts as for [`App::save_kit`].
    ///
    /// # Errors
    /// [`Error::Document`] with every fault; [`Missing::BrandKit`].
    pub(super) async fn unsaved_kit(&self, team: TeamId, id: &str, text: &str) -> Result<Arc<Kit>> {
        let base = self.open_kit(&self.stored_kit(team, id).await?)?.kit;
        Ok(Arc::new(StoredKit::open(&self.kit_text(team, text, Some(&base)).await?.document)?))
    }

    /// A logo of the kit by its name in the kit's document.
    pub(super) async fn kept_logo(&self, team: TeamId, id: &str, file: &str) -> Result<Option<StoredLogo>> {
        let kit = self.open_kit(&self.stored_kit(team, id).await?)?.kit;
        let place = kit.file.logos.iter().position(|logo| logo.file == file);
        Ok(place.and_then(|place| kit.logos.get(place).cloned()))
    }

    async fn stored_kit(&self, team: TeamId, id: &str) -> Result<BrandKit> {
        let missing = || Error::missing(Missing::BrandKit);
        let id = id.parse().map_err(|_| missing())?;
        self.store.brand_kit(team, &id, None).await?.ok_or_else(missing)
    }

    /// For the audit log.
    async fn kit_name(&self, team: TeamId, id: &BrandKitId) -> String {
        self.store.brand_kit(team, id, None).await.ok().flatten().map_or_else(|| id.to_string(), |kit| kit.name)
    }

    async fn keep_kit(&self, member: &Member, kit: KitText) -> Result<BrandKitId> {
        let (limit, name) = (self.kit_limit(member.team).await?, kit.name.clone());
        let made = self.store.create_brand_kit(member.team, kit, limit, self.clock.now()).await?;
        let id = made.ok_or_else(|| full(limit))?;
        self.note(member, "kit.created", &name, "").await;
        Ok(id)
    }

    /// A checked text with its logos found.
    async fn kit_text(&self, team: TeamId, text: &str, base: Option<&Kit>) -> Result<KitText> {
        let file = BrandFile::parse(text).map_err(Error::Document)?;
        let (mut logos, mut faults) = (Vec::new(), Vec::new());
        for (index, logo) in file.logos.iter().enumerate() {
            let known = base.and_then(|kit| {
                let place = kit.file.logos.iter().position(|other| other.file == logo.file)?;
                kit.logos.get(place).cloned()
            });
            match known {
                Some(logo) => logos.push(logo),
                None => match self.uploaded_logo(team, &logo.file).await? {
                    Some(logo) => logos.push(logo),
                    None => faults.push(DocumentFault {
                        pointer: format!("/logos/{index}/file"),
                        message: format!("\"{}\" is no logo that was uploaded", logo.file),
                        hint: Some("upload the file first".into()),
                    }),
                },
            }
        }
        let fonts = match self.kit_fonts(team, &file, base).await? {
            Ok(fonts) => fonts,
            Err(more) => {
                faults.extend(more);
                Vec::new()
            }
        };
        if faults.is_empty() { Ok(as_stored(text.to_owned(), file.name, logos, fonts)) } else { Err(Error::Document(faults)) }
    }

    fn edited(&self, stored: BrandKit) -> Result<EditedKit> {
        let kit = self.open_kit(&stored)?.kit;
        let kept: StoredKit = serde_json::from_str(&stored.document).map_err(Error::internal)?;
        let logos = kit.file.logos.iter().zip(&kit.logos).map(|(logo, stored)| KitLogo {
            role: logo.role.clone(),
            theme: crate::kit::theme(logo.theme),
            file: logo.file.clone(),
            url: self.logo_url(stored),
            width: stored.width,
            height: stored.height,
        });
        Ok(EditedKit {
            id: stored.id.to_string(),
            name: stored.name,
            is_default: stored.is_default,
            version: stored.version,
            updated_at: stored.updated_at,
            text: kept.file,
            logos: logos.collect(),
            file: kit.file.clone(),
        })
    }
}

fn as_stored(text: String, name: String, logos: Vec<StoredLogo>, fonts: Vec<StoredFont>) -> KitText {
    let document = StoredKit { file: text, logos, fonts }.to_text();
    KitText { name, digest: Digest::of(document.as_bytes()).to_string(), document }
}

fn full(limit: Option<u32>) -> Error {
    let kits = match limit {
        Some(1) => "1 brand kit".to_owned(),
        Some(count) => format!("{count} brand kits"),
        None => "no more brand kits".to_owned(),
    };
    Error::Conflict(format!("Your plan has {kits}. Delete one, or change the plan."))
}

fn renamed(text: &str, name: &str) -> Result<String> {
    let mut value: Value = serde_json::from_str(text).map_err(Error::internal)?;
    value["name"] = json!(name);
    serde_json::to_string_pretty(&value).map_err(Error::internal)
}

/// Folder and text of each kit that ships inside.
fn demo_files() -> Vec<(String, String)> {
    let kit =
        |file: &builtin::Builtin| Some((file.path.strip_suffix("/kit.json")?.to_owned(), String::from_utf8(file.bytes.to_vec()).ok()?));
    builtin::kits().iter().filter_map(kit).collect()
}
