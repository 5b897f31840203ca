//! Template groups as their team edits them: text with a draft beside the published version.

use assets::Digest;
use domain::{Right, TeamId, TemplateGroupId, Timestamp};
use store::{NewTemplateGroup, TemplateRevision};
use template::{Document, DocumentFault};

use super::{Deleted, UNDO, changes, lines, text};
use crate::people::Member;
use crate::{App, Error, Missing, Result};

/// Bytes of a document.
pub const MAX_DOCUMENT: u64 = 2 * 1024 * 1024;

/// A fault with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Both from 1; columns count characters.
    pub line: u32,
    pub column: u32,
    pub pointer: String,
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// A text, read as a document.
pub struct CheckedText {
    /// `None` where there is a problem.
    pub document: Option<Document>,
    /// In the order of their lines.
    pub problems: Vec<Problem>,
}

/// A group with all that a text editor shows.
#[derive(Clone, Debug)]
pub struct DocumentText {
    pub id: String,
    pub name: String,
    /// False for what ships inside: it can be looked at and copied.
    pub own: bool,
    /// The published version.
    pub version: u32,
    pub published: String,
    pub draft: Option<DraftText>,
    /// The newest first.
    pub versions: Vec<GroupVersion>,
}

/// A text that is being worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftText {
    /// The version that it was begun from.
    pub base: u32,
    pub text: String,
    pub saved_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupVersion {
    pub version: u32,
    pub created_at: Timestamp,
}

/// What a publication needs, from a text without faults: one way for commands and pages.
pub(crate) struct NewVersion(pub NewTemplateGroup);

impl NewVersion {
    /// # Errors
    /// [`Error::Document`] with every fault.
    pub fn of(team: TeamId, slug: &str, text: &str) -> Result<Self> {
        let document = Document::parse(text).map_err(Error::Document)?;
        Ok(Self(NewTemplateGroup {
            id: None,
            team: Some(team),
            slug: slug.to_owned(),
            name: document.name().to_owned(),
            description: document.description().to_owned(),
            tags: document.tags().to_vec(),
            document: text.to_owned(),
            digest: Digest::of(text.as_bytes()).to_string(),
        }))
    }
}

/// Reads a text and says where everything wrong with it stands.
#[must_use]
pub fn check_text(text: &str) -> CheckedText {
    match Document::parse(text) {
        Ok(document) => CheckedText { document: Some(document), problems: Vec::new() },
        Err(faults) => {
            let mut problems: Vec<Problem> = faults.into_iter().map(|fault| located(text, fault)).collect();
            problems.sort_by_key(|problem| (problem.line, problem.column));
            CheckedText { document: None, problems }
        }
    }
}

fn located(text: &str, fault: DocumentFault) -> Problem {
    let DocumentFault { pointer, message, hint } = fault;
    // A text that is no JSON has no pointers; its reader says where it stopped.
    let said = message.strip_prefix("line ").and_then(|rest| {
        let (line, rest) = rest.split_once(", column ")?;
        let (column, message) = rest.split_once(": ")?;
        Some((line.parse().ok()?, column.parse::<u32>().ok()?.max(1), message.to_owned()))
    });
    match said {
        Some((line, column, message)) if pointer.is_empty() => Problem { line, column, pointer, message, hint },
        _ => {
            let (line, column) = lines::place(text, lines::span(text, &pointer).start);
            Problem { line, column, pointer, message, hint }
        }
    }
}

/// A short name for files and addresses: small letters, digits, hyphens.
pub(crate) fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for character in name.to_lowercase().chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(50);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "template".to_owned() } else { slug.to_owned() }
}

impl App {
    /// A group that the team sees, with its draft and its versions.
    ///
    /// # Errors
    /// [`Missing::TemplateGroup`].
    pub async fn document_text(&self, member: &Member, id: &str) -> Result<DocumentText> {
        let team = member.team;
        let revision = self.revision(team, id, None).await?;
        let draft = self.store.template_draft(team, &revision.group.id).await?;
        let versions = self.store.template_versions(team, &revision.group.id).await?;
        Ok(DocumentText {
            id: revision.group.id.to_string(),
            name: revision.group.name,
            own: revision.group.team.is_some(),
            version: revision.version,
            published: revision.document,
            draft: draft.map(|draft| DraftText { base: draft.base, text: draft.document, saved_at: draft.saved_at }),
            versions: versions
                .into_iter()
                .map(|version| GroupVersion { version: version.version, created_at: version.created_at })
                .collect(),
        })
    }

    /// The document of one version, and a name for its file. `None` is the published version.
    ///
    /// # Errors
    /// [`Missing::TemplateGroup`], [`Missing::TemplateVersion`].
    pub async fn export_document(&self, member: &Member, id: &str, version: Option<u32>) -> Result<(String, String)> {
        let team = member.team;
        // A deleted group's versions stay with us, but not for export.
        let published = self.revision(team, id, None).await?;
        let revision = match version {
            Some(version) => self.revision(team, id, Some(version)).await?,
            None => published,
        };
        Ok((format!("{}-{}.json", slug_of(&revision.group.name), revision.version), revision.document))
    }

    /// Makes a group of the team's own from a document.
    ///
    /// # Errors
    /// [`Error::Document`] with every fault; [`Error::PayloadTooLarge`] over 2 MB.
    pub async fn import_document(&self, member: &Member, text: &str) -> Result<TemplateGroupId> {
        member.need(Right::Templates)?;
        let team = member.team;
        fits(text)?;
        let NewVersion(mut group) = NewVersion::of(team, "", text)?;
        group.slug = slug_of(&group.name);
        let name = group.name.clone();
        let id = self.store.create_template_group(team, group, self.clock.now()).await?;
        self.note(member, "template.created", &name, "").await;
        Ok(id)
    }

    /// A group of the team's own that starts as this one is.
    ///
    /// # Errors
    /// [`Missing::TemplateGroup`].
    pub async fn duplicate_document(&self, member: &Member, id: &str) -> Result<TemplateGroupId> {
        member.need(Right::Templates)?;
        let team = member.team;
        let revision = self.revision(team, id, None).await?;
        let name: String = format!("Copy of {}", revision.group.name).chars().take(100).collect();
        let copy = text::with_name(&revision.document, &name).unwrap_or(revision.document);
        self.import_document(member, &copy).await
    }

    /// Keeps a text beside the published version, faults and all. `base` is the version that it was begun from.
    ///
    /// # Errors
    /// [`Missing::TemplateGroup`]; [`Error::PayloadTooLarge`] over 2 MB.
    pub async fn save_document_draft(&self, member: &Member, id: &str, base: u32, text: String) -> Result<()> {
        member.need(Right::Templates)?;
        let team = member.team;
        fits(&text)?;
        let missing = || Error::missing(Missing::TemplateGroup);
        let id = id.parse().map_err(|_| missing())?;
        let kept = self.store.save_template_draft(team, &id, base, text, self.clock.now()).await?;
        if kept { Ok(()) } else { Err(missing()) }
    }

    /// # Errors
    /// [`Missing::TemplateGroup`].
    pub async fn discard_document_draft(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Templates)?;
        let team = member.team;
        let id = id.parse().map_err(|_| Error::missing(Missing::TemplateGroup))?;
        Ok(self.store.drop_template_draft(team, &id).await?)
    }

    /// What publishing a text would change, in sentences; empty where it is the published one.
    ///
    /// # Errors
    /// [`Error::Document`] with every fault; [`Missing::TemplateGroup`].
    pub async fn document_changes(&self, member: &Member, id: &str, text: &str) -> Result<Vec<String>> {
        let team = member.team;
        let revision = self.revision(team, id, None).await?;
        let (old, new) = (self.document(&revision)?, Document::parse(text).map_err(Error::Document)?);
        Ok(changes::changes((&old, &revision.document), (&new, text)))
    }

    /// Makes a text the published version, gives its number, and drops the draft. `base` is the version that it was begun from.
    ///
    /// # Errors
    /// [`Error::Document`] with every fault; [`Error::Conflict`] where nothing changes or another version was published
    /// meanwhile; [`Missing::TemplateGroup`] also for what ships inside.
    pub async fn publish_document(&self, member: &Member, id: &str, base: u32, text: &str) -> Result<u32> {
        member.need(Right::Templates)?;
        let team = member.team;
        fits(text)?;
        let revision = self.own_revision(team, id).await?;
        let NewVersion(group) = NewVersion::of(team, &revision.group.slug, text)?;
        if revision.digest == group.digest {
            return Err(Error::Conflict("Nothing changed: this is the published version.".into()));
        }
        let name = group.name.clone();
        let published = self.store.publish_template_version(team, &revision.group.id, base, group, self.clock.now()).await?;
        let version = published.ok_or_else(|| {
            Error::Conflict(format!(
                "Version {} was published after this text was begun. Compare the two, then publish again from the newest version.",
                revision.version
            ))
        })?;
        self.note(member, "template.published", &name, &format!("version {version}")).await;
        Ok(version)
    }

    /// Publishes an old version's document as the newest version.
    ///
    /// # Errors
    /// As [`App::publish_document`]; [`Missing::TemplateVersion`].
    pub async fn restore_document(&self, member: &Member, id: &str, version: u32) -> Result<u32> {
        member.need(Right::Templates)?;
        let team = member.team;
        let published = self.own_revision(team, id).await?;
        let old = self.revision(team, id, Some(version)).await?;
        self.publish_document(member, id, published.version, &old.document).await
    }

    /// Publishes the same document under another name; a draft keeps its text and gets the name too.
    ///
    /// # Errors
    /// [`Error::Validation`] for a name that a document can't have; [`Missing::TemplateGroup`].
    pub async fn rename_document(&self, member: &Member, id: &str, name: &str) -> Result<u32> {
        member.need(Right::Templates)?;
        let team = member.team;
        let name = name.trim();
        let published = self.own_revision(team, id).await?;
        let draft = self.store.template_draft(team, &published.group.id).await?;
        if name == published.group.name {
            return Ok(published.version);
        }
        let renamed = text::with_name(&published.document, name).filter(|text| Document::parse(text).is_ok());
        let renamed = renamed.ok_or_else(|| Error::fault("name", "invalid_characters", "A template's name has 1 to 100 characters."))?;
        let version = self.publish_document(member, id, published.version, &renamed).await?;
        if let Some(draft) = draft {
            let text = text::with_name(&draft.document, name).unwrap_or(draft.document);
            self.save_document_draft(member, id, version, text).await?;
        }
        Ok(version)
    }

    /// Deletes a group of the team's own; for 30 days it can be taken back.
    ///
    /// # Errors
    /// [`Missing::TemplateGroup`] also for what ships inside.
    pub async fn delete_document(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Templates)?;
        let team = member.team;
        let missing = || Error::missing(Missing::TemplateGroup);
        let group = self.own_revision(team, id).await?.group;
        if !self.store.delete_template_group(team, &group.id, self.clock.now()).await? {
            return Err(missing());
        }
        self.note(member, "template.deleted", &group.name, "").await;
        Ok(())
    }

    /// # Errors
    /// [`Missing::TemplateGroup`] after 30 days.
    pub async fn undelete_document(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Templates)?;
        let team = member.team;
        let missing = || Error::missing(Missing::TemplateGroup);
        let parsed = id.parse().map_err(|_| missing())?;
        if !self.store.restore_template_group(team, &parsed, self.clock.now().minus(UNDO)).await? {
            return Err(missing());
        }
        self.note(member, "template.restored", &self.own_revision(team, id).await?.group.name, "").await;
        Ok(())
    }

    /// What can be taken back, the latest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn deleted_documents(&self, member: &Member) -> Result<Vec<Deleted>> {
        let team = member.team;
        let list = self.store.deleted_template_groups(team, self.clock.now().minus(UNDO)).await?;
        Ok(list.into_iter().map(|group| Deleted { id: group.id.to_string(), name: group.name, deleted_at: group.deleted_at }).collect())
    }

    async fn own_revision(&self, team: TeamId, id: &str) -> Result<TemplateRevision> {
        let revision = self.revision(team, id, None).await?;
        if revision.group.team.is_some() { Ok(revision) } else { Err(Error::missing(Missing::TemplateGroup)) }
    }

    async fn revision(&self, team: TeamId, id: &str, version: Option<u32>) -> Result<TemplateRevision> {
        let missing = || Error::missing(if version.is_some() { Missing::TemplateVersion } else { Missing::TemplateGroup });
        let id = id.parse().map_err(|_| missing())?;
        self.store.template_revision(team, &id, version).await?.ok_or_else(missing)
    }
}

fn fits(text: &str) -> Result<()> {
    if text.len() as u64 > MAX_DOCUMENT { Err(Error::PayloadTooLarge { limit: MAX_DOCUMENT }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_line() {
        let text = "{\n  \"format\": 1,\n  \"name\": \"Card\",\n  \"fields\": [\n    {\"name\": \"title\", \"type\": \"txt\"}\n  ],\n  \"layers\": [],\n  \"templates\": [\n    {\"key\": \"a b\", \"name\": \"x\", \"width\": 10, \"height\": 90000}\n  ]\n}";
        let checked = check_text(text);
        assert!(checked.document.is_none());
        let at: Vec<(u32, &str)> = checked.problems.iter().map(|problem| (problem.line, problem.pointer.as_str())).collect();
        assert!(at.contains(&(5, "/fields/0/type")), "{at:?}");
        assert!(at.contains(&(9, "/templates/0/height")), "{at:?}");
        assert!(at.is_sorted_by_key(|(line, _)| *line), "{at:?}");
    }

    #[test]
    fn text_that_is_no_json_says_where_it_stops() {
        let problems = check_text("{\n  \"name\": ,\n}").problems;
        assert_eq!((problems.len(), problems[0].line, problems[0].column), (1, 2, 11));
        assert_eq!(problems[0].message, "expected value");
        assert_eq!(check_text("").problems[0].line, 1);
    }

    #[test]
    fn names_become_short_file_names() {
        assert_eq!(slug_of("Sommer — Größe 2!"), "sommer-gr-e-2");
        assert_eq!(slug_of("日本語"), "template");
        assert!(slug_of(&"word ".repeat(60)).len() <= 50);
    }
}
