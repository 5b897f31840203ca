//! Documents and kits that were read once: revisions never change, so they are parsed once and shared.

use std::sync::Arc;

use domain::{BrandKitId, TeamId, TemplateGroupId};
use quick_cache::sync::Cache;
use render::Engine;
use store::TemplateRevision;
use template::Document;

use crate::kit::{Kit, StoredKit};
use crate::{App, Error, Missing, Result};

/// Revisions held at a time.
const DOCUMENTS: usize = 1_000;
const KITS: usize = 1_000;
/// Engines with fonts of teams; each holds its fonts' bytes.
const ENGINES: usize = 32;

pub(crate) struct Catalog {
    documents: Cache<(TemplateGroupId, u32), Arc<Document>>,
    kits: Cache<(BrandKitId, u32), Arc<Kit>>,
    /// By families and blobs.
    pub engines: Cache<String, Arc<Engine>>,
}

impl Default for Catalog {
    fn default() -> Self {
        Self { documents: Cache::new(DOCUMENTS), kits: Cache::new(KITS), engines: Cache::new(ENGINES) }
    }
}

/// A version of a group.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub id: TemplateGroupId,
    pub version: u32,
    pub document: Arc<Document>,
}

/// A version of a kit.
#[derive(Clone, Debug)]
pub(crate) struct OpenKit {
    pub id: BrandKitId,
    pub version: u32,
    pub kit: Arc<Kit>,
}

impl App {
    /// A version of a group that the team sees; `None` is the published one.
    ///
    /// # Errors
    /// [`Missing::TemplateGroup`], [`Missing::TemplateVersion`], without `param`.
    pub(crate) async fn group(&self, team: TeamId, id: &str, version: Option<u32>) -> Result<Group> {
        let missing = || Error::missing(Missing::TemplateGroup);
        let id: TemplateGroupId = id.parse().map_err(|_| missing())?;
        let group = self.store.template_group(team, &id).await?.ok_or_else(missing)?;
        let version = version.unwrap_or(group.version);
        self.accepted_group(team, id, version).await
    }

    /// A version of a group as a call was accepted with it, whether or not the group was deleted since.
    ///
    /// # Errors
    /// [`Missing::TemplateVersion`], without `param`.
    pub(crate) async fn accepted_group(&self, team: TeamId, id: TemplateGroupId, version: u32) -> Result<Group> {
        if let Some(document) = self.catalog.documents.get(&(id.clone(), version)) {
            return Ok(Group { id, version, document });
        }
        let revision =
            self.store.template_revision(team, &id, Some(version)).await?.ok_or_else(|| Error::missing(Missing::TemplateVersion))?;
        let document = self.document(&revision)?;
        Ok(Group { id, version, document })
    }

    /// The parsed document of a revision.
    pub(crate) fn document(&self, revision: &TemplateRevision) -> Result<Arc<Document>> {
        let key = (revision.group.id.clone(), revision.version);
        if let Some(document) = self.catalog.documents.get(&key) {
            return Ok(document);
        }
        let parsed = Document::parse(&revision.document);
        let document = Arc::new(parsed.map_err(|faults| Error::Internal(format!("{} version {} is not valid: {faults:?}", key.0, key.1)))?);
        self.catalog.documents.insert(key, Arc::clone(&document));
        Ok(document)
    }

    /// A stored kit, opened.
    pub(crate) fn open_kit(&self, stored: &store::BrandKit) -> Result<OpenKit> {
        let key = (stored.id.clone(), stored.version);
        let kit = match self.catalog.kits.get(&key) {
            Some(kit) => kit,
            None => {
                let kit = Arc::new(StoredKit::open(&stored.document)?);
                self.catalog.kits.insert(key.clone(), Arc::clone(&kit));
                kit
            }
        };
        Ok(OpenKit { id: key.0, version: key.1, kit })
    }

    /// A team's kit by id; `None` is its latest version.
    ///
    /// # Errors
    /// [`Missing::BrandKit`], without `param`.
    pub(crate) async fn kit(&self, team: TeamId, id: &str, version: Option<u32>) -> Result<OpenKit> {
        let missing = || Error::missing(Missing::BrandKit);
        let id: BrandKitId = id.parse().map_err(|_| missing())?;
        let stored = self.store.brand_kit(team, &id, version).await?.ok_or_else(missing)?;
        self.open_kit(&stored)
    }
}
