//! Previews of template groups: their example in their own look, drawn when first asked for and kept.

use std::sync::Arc;
use std::time::Duration;

use assets::{BlobKey, Origin, Wanted};
use bytes::Bytes;
use domain::TemplateGroupId;
use template::Inputs;
use tokio::time::Instant;

use crate::draw::{Style, draw, need, wanted};
use crate::{App, Error, Missing, Result};

/// Share of the canvas that a preview has.
const SCALE: f64 = 0.5;
const PICTURES: Duration = Duration::from_secs(9);

impl App {
    /// The preview of one size as PNG. Its address names the version, so it never changes but with the engine.
    pub(crate) async fn preview(&self, group: &TemplateGroupId, version: u32, size: &str) -> Result<Bytes> {
        let missing = || Error::missing(Missing::Other);
        let fonts: String = self.engine_info.fonts.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let folder = format!("{}-{version}-{}{fonts}", group.word(), self.engine_info.version.replace('.', "-"));
        let key = BlobKey::preview(&folder, size).map_err(|_| missing())?;
        match self.assets.blobs().get(&key).await {
            Ok(Some(bytes)) => return Ok(bytes),
            Ok(None) => {}
            Err(error) => tracing::warn!(%key, %error, "a preview could not be read and is drawn"),
        }
        let revision = self.store.any_template_revision(group, version).await?.ok_or_else(missing)?;
        let document = self.document(&revision)?;
        let bound = {
            let size = document.size(size).ok_or_else(missing)?;
            let (inputs, _) = Inputs::check(&document, &document.example_inputs(), "exampleInputData", true).map_err(Error::Validation)?;
            template::bind(&document, size, &inputs, None, None).0
        };
        let pictures = wanted(&bound).into_iter().filter_map(|(key, logo)| {
            let origin = assets::builtin::picture(&key).map(|_| Origin::Builtin(key.clone()));
            let origin = origin.or_else(|| assets::check_url_text(&key, &self.allow).ok().map(Origin::Url))?;
            Some(Wanted { need: need(&document, SCALE, logo), key, origin })
        });
        let world = self.assets.prepare(pictures.collect(), Instant::now() + PICTURES).await;
        let engine = Arc::clone(&self.engine);
        let style = Style { scale: SCALE as f32, ..Style::default() };
        let drawn = self.pool.run(move |scratch| draw(&engine, scratch, &bound, Vec::new(), &world, &style)).await;
        let drawn = drawn.map_err(|_| Error::Overloaded)?.map_err(|error| Error::Internal(format!("preview of {group}: {error:?}")))?;
        let bytes: Bytes = drawn.files.into_iter().next().ok_or_else(missing)?.bytes.into();
        if let Err(error) = self.assets.blobs().put(&key, bytes.clone()).await {
            tracing::warn!(%key, %error, "a preview was not kept");
        }
        Ok(bytes)
    }
}
