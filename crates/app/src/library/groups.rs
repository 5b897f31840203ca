//! Lists of groups for pages, and what a kit's colours meet in them.

use serde_json::Value;
use store::{TemplateFilter, TemplateOwner, TemplateRevision};
use template::brand::BrandColor;

use super::{ContrastMatrix, contrast_matrix};
use crate::people::Member;
use crate::{App, Result};

/// Groups of one page of a list.
const PAGE: u32 = 24;
/// Groups whose colours are looked at.
const LOOKED_AT: u32 = 100;

/// A group as a list shows it.
#[derive(Clone, Debug)]
pub struct GroupCard {
    pub id: String,
    pub name: String,
    /// False for what ships inside.
    pub own: bool,
    /// The published one.
    pub version: u32,
    pub sizes: u32,
    /// Of the first size, in the template's own look.
    pub preview_url: String,
    /// Of the first size, in pixels.
    pub width: u32,
    pub height: u32,
}

/// A page of a list, newest first.
#[derive(Clone, Debug)]
pub struct GroupCards {
    pub cards: Vec<GroupCard>,
    pub next: Option<String>,
}

impl App {
    /// The team's own groups, 24 at a time.
    ///
    /// # Errors
    /// [`crate::Error::InvalidCursor`].
    pub async fn own_groups(&self, member: &Member, cursor: Option<&str>) -> Result<GroupCards> {
        let page = self.store.template_groups(member.team, &of(TemplateOwner::Team), PAGE, cursor).await?;
        let cards = page.rows.iter().map(|revision| self.card(revision)).collect::<Result<_>>()?;
        Ok(GroupCards { cards, next: page.next })
    }

    /// What ships inside.
    ///
    /// # Errors
    /// The store's.
    pub async fn built_in_groups(&self, member: &Member) -> Result<Vec<GroupCard>> {
        let page = self.store.template_groups(member.team, &of(TemplateOwner::BuiltIn), LOOKED_AT, None).await?;
        page.rows.iter().map(|revision| self.card(revision)).collect()
    }

    /// A kit's colours on each other, with the pairs first that the team's groups use and that are hard to read.
    ///
    /// # Errors
    /// The store's.
    pub async fn kit_contrast(&self, member: &Member, colors: &[BrandColor]) -> Result<ContrastMatrix> {
        let page = self.store.template_groups(member.team, &TemplateFilter::default(), LOOKED_AT, None).await?;
        let group = |revision: TemplateRevision| {
            let document: Value = serde_json::from_str(&revision.document).unwrap_or_default();
            (revision.group.name, document)
        };
        let groups: Vec<(String, Value)> = page.rows.into_iter().map(group).collect();
        Ok(contrast_matrix(colors, &groups))
    }

    fn card(&self, revision: &TemplateRevision) -> Result<GroupCard> {
        let document = self.document(revision)?;
        let first = document.sizes().first();
        let key = first.map_or("", |size| size.key.as_str());
        Ok(GroupCard {
            id: revision.group.id.to_string(),
            name: revision.group.name.clone(),
            own: revision.group.team.is_some(),
            version: revision.version,
            sizes: u32::try_from(document.sizes().len()).unwrap_or(u32::MAX),
            preview_url: format!("{}/m/previews/{}/{}/{key}.png", self.config.public_url, revision.group.id, revision.version),
            width: first.map_or(1, |size| size.width),
            height: first.map_or(1, |size| size.height),
        })
    }
}

fn of(owner: TemplateOwner) -> TemplateFilter {
    TemplateFilter { owner, ..TemplateFilter::default() }
}
