//! Template groups and their immutable revisions. A document is opaque text here.

mod edit;

use domain::{TeamId, TemplateGroupId, Timestamp};

use crate::db::{Conn, number, on, one_at_a_time, row, word};
use crate::page::{Start, ask, like};
use crate::{Error, Page, Result, Store};

pub use edit::{TemplateDraft, TemplateVersion};

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
    pub owner: TemplateOwner,
}

/// Whose groups a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TemplateOwner {
    /// All that the team sees.
    #[default]
    Any,
    Team,
    BuiltIn,
}

/// The owner of what ships inside.
const BUILT_IN: &str = "built-in";
const LIST: &str = "tg";

row!(RevisionRow {
    id: String,
    owner: String,
    slug: String,
    name: String,
    description: String,
    tags: String,
    published: i64,
    created_at: i64,
    updated_at: i64,
    version: i64,
    document: String,
    digest: String,
});

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select g.id, g.owner, g.slug, g.name, g.description, g.tags, g.version as published, g.created_at, g.updated_at, \
             r.version, r.document, r.digest from template_groups g join template_revisions r on r.group_id = g.id ",
            $rest
        )
    };
}

impl RevisionRow {
    fn revision(self) -> Result<TemplateRevision> {
        let team = if self.owner == BUILT_IN { None } else { Some(word(&self.owner)?) };
        Ok(TemplateRevision {
            group: TemplateGroup {
                id: word(&self.id)?,
                team,
                slug: self.slug,
                name: self.name,
                description: self.description,
                tags: serde_json::from_str(&self.tags).map_err(|error| Error::Corrupt(error.to_string()))?,
                version: number(self.published)?,
                created_at: Timestamp::from_micros(self.created_at),
                updated_at: Timestamp::from_micros(self.updated_at),
            },
            version: number(self.version)?,
            document: self.document,
            digest: self.digest,
        })
    }
}

impl Store {
    /// Keeps a new version and publishes it. The last version's digest makes none, but name, description and tags are brought up to date.
    ///
    /// # Errors
    /// `Taken` where the id is another owner's.
    pub async fn publish_template_group(&self, group: NewTemplateGroup, now: Timestamp) -> Result<Published<TemplateGroupId>> {
        self.write(move |mut conn| Box::pin(async move { publish(&mut conn, group, now).await })).await
    }

    /// A group that the team sees.
    pub async fn template_group(&self, team: TeamId, id: &TemplateGroupId) -> Result<Option<TemplateGroup>> {
        Ok(self.template_revision(team, id, None).await?.map(|revision| revision.group))
    }

    /// A version of a group that the team sees; `None` is the published one. A group that was deleted is only found by a
    /// version: what was accepted before is still drawn.
    pub async fn template_revision(&self, team: TeamId, id: &TemplateGroupId, version: Option<u32>) -> Result<Option<TemplateRevision>> {
        let mut read = self.read().await?;
        let row: Option<RevisionRow> = on!(&mut read.conn(), c => sqlx::query_as(select!(
            "where g.id = $1 and g.owner in ($2, 'built-in') and r.version = coalesce($3, g.version) \
             and ($3 is not null or g.deleted_at is null)"))
            .bind(id.as_str()).bind(team.to_string()).bind(version.map(i64::from)).fetch_optional(c))?;
        row.map(RevisionRow::revision).transpose()
    }

    /// A version of a group, whoever owns it: for preview pictures, whose URL is the right to see them. No document may leave by it.
    pub async fn any_template_revision(&self, id: &TemplateGroupId, version: u32) -> Result<Option<TemplateRevision>> {
        let mut read = self.read().await?;
        let row: Option<RevisionRow> = on!(&mut read.conn(), c => sqlx::query_as(select!("where g.id = $1 and r.version = $2"))
            .bind(id.as_str()).bind(i64::from(version)).fetch_optional(c))?;
        row.map(RevisionRow::revision).transpose()
    }

    /// The published version of a group that ships inside.
    pub async fn built_in_revision(&self, id: &TemplateGroupId) -> Result<Option<TemplateRevision>> {
        let mut read = self.read().await?;
        let row: Option<RevisionRow> = on!(&mut read.conn(), c => sqlx::query_as(select!(
            "where g.id = $1 and g.owner = 'built-in' and r.version = g.version"))
            .bind(id.as_str()).fetch_optional(c))?;
        row.map(RevisionRow::revision).transpose()
    }

    /// The groups that the team sees, newest first, each with its published document.
    ///
    /// # Errors
    /// `Cursor`.
    pub async fn template_groups(
        &self,
        team: TeamId,
        filter: &TemplateFilter,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<TemplateRevision>> {
        let start = Start::of(LIST, cursor)?;
        let search = like(filter.search.as_deref().unwrap_or_default());
        let tag = filter.tag.as_deref().map_or_else(|| "%".to_owned(), |tag| like(&format!("|{tag}|")));
        let (own, other) = match filter.owner {
            TemplateOwner::Any => (team.to_string(), BUILT_IN.to_owned()),
            TemplateOwner::Team => (team.to_string(), team.to_string()),
            TemplateOwner::BuiltIn => (BUILT_IN.to_owned(), BUILT_IN.to_owned()),
        };
        let mut read = self.read().await?;
        let rows: Vec<RevisionRow> = on!(&mut read.conn(), c => sqlx::query_as(select!(
            "where g.owner in ($1, $7) and g.deleted_at is null and r.version = g.version \
             and (g.created_at, g.id) < ($2, $3) \
             and g.search_text like $4 escape '!' and g.tag_filter like $5 escape '!' \
             order by g.created_at desc, g.id desc limit $6"))
            .bind(own).bind(start.at).bind(start.id).bind(search).bind(tag).bind(ask(limit)).bind(other).fetch_all(c))?;
        let rows = rows.into_iter().map(RevisionRow::revision).collect::<Result<_>>()?;
        Ok(Page::cut(LIST, rows, limit, |row| (row.group.created_at, row.group.id.to_string())))
    }
}

async fn publish(conn: &mut Conn<'_>, group: NewTemplateGroup, now: Timestamp) -> Result<Published<TemplateGroupId>> {
    let owner = group.team.map_or_else(|| BUILT_IN.to_owned(), |team| team.to_string());
    one_at_a_time(conn, &format!("templates of {owner}")).await?;
    let known: Option<(String, i64, String)> = on!(conn, c => sqlx::query_as(
        "select g.id, g.version, r.digest from template_groups g join template_revisions r on r.group_id = g.id and r.version = g.version \
         where g.owner = $1 and ((cast($2 as text) is null and g.slug = $3) or g.id = $2)")
        .bind(&owner).bind(group.id.as_ref().map(TemplateGroupId::as_str)).bind(&group.slug).fetch_optional(c))?;
    let (id, version, changed) = match known {
        None => (group.id.clone().unwrap_or_else(TemplateGroupId::new), 1, true),
        Some((id, version, digest)) if digest == group.digest => (word(&id)?, version, false),
        Some((id, version, _)) => (word(&id)?, version + 1, true),
    };
    let words = Words::of(&group)?;
    let written = on!(conn, c => sqlx::query(
        "insert into template_groups (id, owner, slug, name, description, tags, tag_filter, search_text, version, created_at, updated_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) \
         on conflict (id) do update set slug = excluded.slug, name = excluded.name, description = excluded.description, tags = excluded.tags, \
         tag_filter = excluded.tag_filter, search_text = excluded.search_text, version = excluded.version, deleted_at = null, \
         updated_at = case when template_groups.version = excluded.version then template_groups.updated_at else excluded.updated_at end \
         where template_groups.owner = excluded.owner")
        .bind(id.as_str()).bind(&owner).bind(&group.slug).bind(&group.name).bind(&group.description).bind(&words.tags)
        .bind(&words.tag_filter).bind(&words.search).bind(version).bind(now.as_micros()).execute(c));
    match written {
        Ok(done) if done.rows_affected() == 1 => {}
        Ok(_) => return Err(Error::Taken(id.to_string())),
        Err(error) if error.is_duplicate() => return Err(Error::Taken(format!("the name {}", group.slug))),
        Err(error) => return Err(error),
    }
    if changed {
        add_revision(conn, &id, version, &group, now).await?;
    }
    Ok(Published { id, version: number(version)?, changed })
}

async fn add_revision(conn: &mut Conn<'_>, id: &TemplateGroupId, version: i64, group: &NewTemplateGroup, now: Timestamp) -> Result<()> {
    on!(conn, c => sqlx::query("insert into template_revisions (group_id, version, document, digest, created_at) values ($1, $2, $3, $4, $5)")
        .bind(id.as_str()).bind(version).bind(&group.document).bind(&group.digest).bind(now.as_micros()).execute(c))?;
    Ok(())
}

/// A group's words in the form that lists filter by.
struct Words {
    tags: String,
    tag_filter: String,
    search: String,
}

impl Words {
    fn of(group: &NewTemplateGroup) -> Result<Self> {
        Ok(Self {
            tags: serde_json::to_string(&group.tags).map_err(|error| Error::Invalid(error.to_string()))?,
            tag_filter: group.tags.iter().fold("|".to_owned(), |list, tag| format!("{list}{}|", tag.to_lowercase())),
            search: format!("{}\n{}\n{}", group.name, group.description, group.tags.join("\n")).to_lowercase(),
        })
    }
}
