//! Template groups as integrators see them.

use domain::TemplateId;
use serde_json::Value;
use store::{TemplateFilter, TemplateRevision};
use template::Document;

use crate::generations::{MAX_PAGE, PAGE};
use crate::view::{Page, TemplateField, TemplateGroup, TemplateSize};
use crate::{App, Error, Missing, Principal, Query, Result};

impl App {
    /// The team's groups and the built-in ones: `limit`, `cursor`, `search`, `tag`.
    ///
    /// # Errors
    /// Faults of the query; [`Error::InvalidCursor`].
    pub async fn templates(&self, who: &Principal, query: &Query) -> Result<Page<TemplateGroup>> {
        let mut reader = query.reader();
        let limit = reader.number("limit", 1, MAX_PAGE, PAGE);
        let (search, tag) = (reader.text("search").map(ToOwned::to_owned), reader.text("tag").map(ToOwned::to_owned));
        let filter = TemplateFilter { search, tag, ..TemplateFilter::default() };
        let cursor = reader.text("cursor");
        reader.finish()?;
        let page = self.store.template_groups(who.team, &filter, limit as u32, cursor).await?;
        let data = page.rows.into_iter().map(|revision| self.present_group(revision)).collect::<Result<_>>()?;
        Ok(Page::new(data, page.next))
    }

    /// The group's published version.
    ///
    /// # Errors
    /// [`Missing::TemplateGroup`].
    pub async fn template(&self, who: &Principal, id: &str) -> Result<TemplateGroup> {
        let missing = || Error::missing(Missing::TemplateGroup);
        let id = id.parse().map_err(|_| missing())?;
        let revision = self.store.template_revision(who.team, &id, None).await?.ok_or_else(missing)?;
        self.present_group(revision)
    }

    /// JSON Schema 2020-12 of the group's `inputData`.
    ///
    /// # Errors
    /// [`Missing::TemplateGroup`].
    pub async fn template_schema(&self, who: &Principal, id: &str) -> Result<Value> {
        Ok(self.group(who.team, id, None).await?.document.input_schema())
    }

    fn present_group(&self, revision: TemplateRevision) -> Result<TemplateGroup> {
        let document = self.document(&revision)?;
        let group = revision.group;
        let preview = |key: &str| format!("{}/m/previews/{}/{}/{key}.png", self.config.public_url, group.id, revision.version);
        let templates: Vec<TemplateSize> = document
            .sizes()
            .iter()
            .map(|size| TemplateSize {
                id: TemplateId::of(&group.id, &size.key).to_string(),
                key: size.key.clone(),
                name: size.name.clone(),
                width: size.width,
                height: size.height,
                preview_url: preview(&size.key),
            })
            .collect();
        Ok(TemplateGroup {
            object: "templateGroup",
            name: document.name().to_owned(),
            description: document.description().to_owned(),
            version: i64::from(revision.version),
            tags: document.tags().to_vec(),
            preview_url: templates.first().map(|size| size.preview_url.clone()).unwrap_or_default(),
            credit_cost: i64::try_from(templates.len()).unwrap_or(0),
            created_at: group.created_at,
            updated_at: group.updated_at,
            templates,
            fields: fields(&document),
            example_input_data: document.example_inputs(),
            input_schema_url: format!("{}/v1/templates/{}/schema", self.config.api_url, group.id),
            id: group.id.to_string(),
        })
    }
}

fn fields(document: &Document) -> Vec<TemplateField> {
    document
        .fields()
        .iter()
        .map(|field| TemplateField {
            name: field.name.clone(),
            kind: field.kind,
            label: field.label.clone(),
            description: field.description.clone(),
            required: field.required,
            default: field.default.clone(),
            example: field.example.clone(),
            constraints: field.constraints_json(),
            used_in: document.used_in(&field.name).into_iter().map(ToOwned::to_owned).collect(),
        })
        .collect()
}
