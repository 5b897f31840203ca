//! The template groups that ship inside.

use assets::builtin;
use domain::TemplateGroupId;
use store::NewTemplateGroup;
use template::Document;

use crate::{App, Error, Result};

impl App {
    /// Publishes every group that ships inside, for every team. A group that did not change keeps its version.
    /// Gives the number of groups.
    ///
    /// # Errors
    /// A document that is not valid (a broken build), or the store's.
    pub async fn publish_built_in(&self) -> Result<usize> {
        let files = builtin::templates();
        let mut count = 0;
        for file in files.iter().filter(|file| file.path.ends_with(".json")) {
            let text = std::str::from_utf8(&file.bytes).map_err(Error::internal)?;
            let document = Document::parse(text).map_err(|faults| Error::Internal(format!("{}: {faults:?}", file.path)))?;
            let slug = file.stem().trim_start_matches("tg_").to_owned();
            let id: TemplateGroupId = format!("tg_{slug}").parse().map_err(Error::internal)?;
            let group = NewTemplateGroup {
                id: Some(id),
                team: None,
                slug,
                name: document.name().to_owned(),
                description: document.description().to_owned(),
                tags: document.tags().to_vec(),
                document: text.to_owned(),
                digest: file.digest.to_string(),
            };
            self.store.publish_template_group(group, self.clock.now()).await?;
            count += 1;
        }
        Ok(count)
    }
}
