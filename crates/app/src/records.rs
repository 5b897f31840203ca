//! The web app's history: what a team made, by key and by hand, in both modes.

use std::collections::HashMap;
use std::time::Duration;

use domain::{BucketKey, GenerationId, Mode, Right, Source, TemplateGroupId, Timestamp};
use store::{Generation as Row, GenerationFilter};

use crate::archive::stem;
use crate::generations::{MAX_PAGE, PAGE};
use crate::present::status;
use crate::query::Reader;
use crate::view::{Page, Record};
use crate::{App, Error, GenerateAnswer, GenerateCall, Member, Missing, Principal, Query, Result};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl App {
    /// Makes pictures for a person: [`App::generate`] under a limit of their own.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::RateLimited`], and whatever refuses the call.
    pub async fn create(&self, member: &Member, call: GenerateCall) -> Result<GenerateAnswer> {
        member.need(Right::Create)?;
        self.limit(BucketKey::Creations(member.user), self.config.create_rate_limit).await?;
        self.generate(&member.principal(), call).await
    }

    /// The team's generations, newest first, without inputs and warnings: `limit`, `cursor`, `mode`, `source`, `template`,
    /// `status`, `from` and `to` (days of UTC, both included), `text` (a part of the external id).
    ///
    /// # Errors
    /// Faults of the query; [`Error::InvalidCursor`].
    pub async fn records(&self, member: &Member, query: &Query) -> Result<Page<Record>> {
        let mut reader = query.reader();
        let limit = reader.number("limit", 1, MAX_PAGE, PAGE);
        let filter = GenerationFilter {
            mode: word(&mut reader, "mode", |text| text.parse::<Mode>().ok()),
            source: word(&mut reader, "source", |text| text.parse::<Source>().ok()),
            template_group: word(&mut reader, "template", |text| text.parse::<TemplateGroupId>().ok()),
            status: word(&mut reader, "status", status),
            external_text: reader.text("text").map(ToOwned::to_owned),
            created_after: day(&mut reader, "from"),
            created_before: day(&mut reader, "to").map(|day| day.plus(DAY)),
            external_id: None,
        };
        let cursor = reader.text("cursor");
        reader.finish()?;
        let page = self.store.generations(member.team, &filter, limit as u32, cursor).await?;
        let mut groups = HashMap::new();
        let mut records = Vec::with_capacity(page.rows.len());
        for row in page.rows {
            let names = match groups.get(&row.template_group) {
                Some(names) => names,
                None => groups.entry(row.template_group.clone()).or_insert(self.group_names(&row).await?),
            };
            records.push(self.record_of(row, names, false));
        }
        Ok(Page::new(records, page.next))
    }

    /// One generation of either mode, with everything.
    ///
    /// # Errors
    /// [`Missing::Generation`].
    pub async fn record(&self, member: &Member, id: &str) -> Result<Record> {
        let missing = || Error::missing(Missing::Generation);
        let id: GenerationId = id.parse().map_err(|_| missing())?;
        let row = self.store.generation(member.team, None, id).await?.ok_or_else(missing)?;
        let names = self.group_names(&row).await?;
        Ok(self.record_of(row, &names, true))
    }

    /// Removes a generation of either mode.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Missing::Generation`].
    pub async fn delete_record(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Create)?;
        let mode = self.record(member, id).await?.generation.mode;
        self.delete_generation(&Principal { mode, ..member.principal() }, id).await
    }

    async fn group_names(&self, row: &Row) -> Result<GroupNames> {
        let group = self.store.template_group(row.team, &row.template_group).await?;
        let name = group.map_or_else(|| row.template_group.to_string(), |group| group.name);
        Ok(GroupNames { name, word: self.group_word(row).await? })
    }

    fn record_of(&self, row: Row, group: &GroupNames, whole: bool) -> Record {
        let shown = row.expired_at.is_none();
        let first = |image: &store::Image| image.files.first().filter(|file| shown && file.sha256.is_some()).cloned();
        let thumbnails = row.images.iter().map(|image| first(image).map(|file| Self::thumbnail_path(&file.blob_key))).collect();
        let name = |image: &store::Image| {
            let extension = image.files.first().and_then(|file| file.blob_key.rsplit('.').next()).unwrap_or_default();
            format!("{}.{extension}", stem(&group.word, Some(&image.key), row.external_id.as_deref()))
        };
        Record {
            source: row.source,
            maker: row.maker,
            maker_name: row.maker_name.clone(),
            group_name: group.name.clone(),
            request_id: row.request.map(|id| id.to_string()),
            thumbnails,
            file_names: row.images.iter().map(name).collect(),
            generation: self.present(row, whole),
        }
    }
}

/// A group as people and as file names call it.
struct GroupNames {
    name: String,
    word: String,
}

fn word<T>(reader: &mut Reader<'_>, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let text = reader.text(name)?;
    let found = parse(text);
    if found.is_none() {
        reader.fault(name, "not_allowed", format!("There is no such {name}."), None, text.into());
    }
    found
}

fn day(reader: &mut Reader<'_>, name: &str) -> Option<Timestamp> {
    let text = reader.text(name)?;
    let found = format!("{text}T00:00:00Z").parse().ok();
    if found.is_none() {
        reader.fault(name, "invalid_date", format!("{name} must be a day such as 2026-05-14."), None, text.into());
    }
    found
}
