//! Pictures of what is being edited: a kit on some groups, a document in all its sizes. Nothing is kept or charged.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use domain::BucketKey;
use render::Engine;
use template::{Brand, Document};

use crate::live::{Sketch, WIDEST};
use crate::people::Member;
use crate::{App, Error, Missing, Result};

/// The box of each picture, in pixels.
const BOX: (u32, u32) = (WIDEST, 960);
/// The same for a document's sizes, which stand side by side.
const SMALL: (u32, u32) = (320, 570);

/// What a kit is shown on.
#[derive(Clone, Copy, Debug)]
pub struct KitChoice {
    /// A group's id and a size's key.
    pub group: &'static str,
    pub size: &'static str,
    /// For people.
    pub name: &'static str,
}

#[derive(Clone, Debug)]
pub struct KitPicture {
    pub name: String,
    /// Pixels.
    pub width: u32,
    pub height: u32,
    pub bytes: Bytes,
    /// Such as `image/jpeg`.
    pub media_type: &'static str,
}

impl App {
    /// A kit on each of `choices`: the saved one, or `text` in its place, whose logos and fonts may be the saved one's.
    ///
    /// # Errors
    /// [`Error::Document`] with every fault of `text`; [`Missing::BrandKit`]; [`Error::RateLimited`], [`Error::Overloaded`].
    pub async fn preview_kit(&self, member: &Member, id: &str, text: Option<&str>, choices: &[KitChoice]) -> Result<Vec<KitPicture>> {
        let kit = match text {
            Some(text) => self.unsaved_kit(member.team, id, text).await?,
            None => self.kit(member.team, id, None).await?.kit,
        };
        self.limit(BucketKey::Previews(member.user), self.config.preview_rate_limit).await?;
        let _place = self.previews.enter()?;
        let engine = self.engine_for(Some(&kit)).await?;
        let mut pictures = Vec::with_capacity(choices.len());
        for choice in choices {
            let document = self.group(member.team, choice.group, None).await?.document;
            let size = document.sizes().iter().position(|size| size.key == choice.size).ok_or_else(|| Error::missing(Missing::Template))?;
            let drawn = self.drawn(member, document, Some(&kit.brand), Arc::clone(&engine), vec![size], BOX).await?;
            pictures.extend(drawn.into_iter().map(|picture| KitPicture { name: choice.name.to_owned(), ..picture }));
        }
        Ok(pictures)
    }

    /// Every size of a document in the team's default kit. A document with faults gives none.
    ///
    /// # Errors
    /// [`Error::RateLimited`], [`Error::Overloaded`].
    pub async fn preview_document(&self, member: &Member, text: &str) -> Result<Vec<KitPicture>> {
        let Ok(document) = Document::parse(text) else { return Ok(Vec::new()) };
        self.limit(BucketKey::Previews(member.user), self.config.preview_rate_limit).await?;
        let _place = self.previews.enter()?;
        let kit = self.store.default_brand_kit(member.team).await?.map(|kit| self.open_kit(&kit)).transpose()?.map(|kit| kit.kit);
        let engine = self.engine_for(kit.as_deref()).await?;
        let sizes = (0..document.sizes().len()).collect();
        self.drawn(member, Arc::new(document), kit.as_ref().map(|kit| &kit.brand), engine, sizes, SMALL).await
    }

    async fn drawn(
        &self,
        member: &Member,
        document: Arc<Document>,
        brand: Option<&Brand>,
        engine: Arc<Engine>,
        sizes: Vec<usize>,
        bounds: (u32, u32),
    ) -> Result<Vec<KitPicture>> {
        let input = document.example_inputs();
        let sketch = Sketch {
            team: Some(member.team),
            document,
            brand,
            engine,
            pictures: HashMap::new(),
            sizes,
            input: &input,
            locale: None,
            bounds,
        };
        let preview = self.sketch(sketch).await?;
        let picture = |picture: crate::live::PreviewPicture| KitPicture {
            name: picture.name,
            width: picture.width,
            height: picture.height,
            bytes: picture.bytes,
            media_type: picture.media_type,
        };
        Ok(preview.pictures.into_iter().map(picture).collect())
    }
}
