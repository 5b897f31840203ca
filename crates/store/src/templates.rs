//! Template groups and their immutable revisions. A document is opaque text here.

use domain::{TeamId, TemplateGroupId, Timestamp};

use crate::{Page, Result, Store};

/// A group, without its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateGroup {
    pub id: TemplateGroupId,
    /// `None` for what ships inside: every team sees it.
    pub team: Option<TeamId>,
    /// The name that a later import of the same file finds it by; unique for each owner.
    pub slug: String,
    pub name: String,
    pub description: String,
    pub tags: Vec<String>,
    /// The published version.
    pub version: u32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A group with the document of one of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRevision {
    pub group: TemplateGroup,
    /// The version of `document`.
    pub version: u32,
    pub document: String,
    /// Digest of the document's text, as the importer gave it.
    pub digest: String,
}

/// A group, or a new version of one.
#[derive(Clone, Debug)]
pub struct NewTemplateGroup {
    /// The id of a built-in group; `None`: found by owner and slug, else a new one.
    pub id: Option<TemplateGroupId>,
    pub team: Option<TeamId>,
    pub slug: String,
    pub name: String,
    pub description: String,
    pub tags: Vec<String>,
    pub document: String,
    /// Digest of `document`; the same one as the last version's makes no new version.
    pub digest: String,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published<Id> {
    pub id: Id,
    pub version: u32,
    /// False where the last version was the same already.
    pub changed: bool,
}

/// What a list of groups is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct TemplateFilter {
    /// In name, description or tags; case does not count.
    pub search: Option<String>,
    /// One whole tag; case does not count.
    pub tag: Option<String>,
}

impl Store {
    /// Keeps a new version and publishes it.
    pub async fn publish_template_group(&self, group: NewTemplateGroup, now: Timestamp) -> Result<Published<TemplateGroupId>> {
        let _ = (group, now);
        unimplemented!()
    }

    /// A group that the team sees.
    pub async fn template_group(&self, team: TeamId, id: &TemplateGroupId) -> Result<Option<TemplateGroup>> {
        let _ = (team, id);
        unimplemented!()
    }

    /// A version of a group that the team sees; `None` is the published one.
    pub async fn template_revision(&self, team: TeamId, id: &TemplateGroupId, version: Option<u32>) -> Result<Option<TemplateRevision>> {
        let _ = (team, id, version);
        unimplemented!()
    }

    /// The groups that the team sees, newest first, each with its published document.
    pub async fn template_groups(&self, team: TeamId, filter: &TemplateFilter, limit: u32, cursor: Option<&str>) -> Result<Page<TemplateRevision>> {
        let _ = (team, filter, limit, cursor);
        unimplemented!()
    }
}
