//! Live previews: what a form would make, drawn small by the real engine. Free, kept nowhere, the first thing to give way.

pub(crate) mod drawable;
mod visitor;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use assets::{Origin, Prepared, Wanted};
use bytes::Bytes;
use domain::{BrandKitId, BucketKey, Right, TeamId, TemplateGroupId};
use futures::future::join_all;
use quick_cache::sync::Cache;
use render::{Engine, PictureError, TextFit, World as _, Writing};
use serde_json::Value;
use template::{Bound, Brand, Document, PictureSource, Warning, platform};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::data_url::data_bytes;
use crate::draw::{DrawError, Drawn, Style, draw, need, pixels, wanted};
use crate::error::detail;
use crate::generate::request::BrandChoice;
use crate::{App, Detail, Encoding, Error, Member, Result};

use drawable::Drawable;
pub use visitor::VisitorCall;

/// No preview is wider than this, nor higher than the second figure, in pixels.
pub const WIDEST: u32 = 540;
const HIGHEST: u32 = 1_200;
/// Previews that are worked on or wait, of all callers.
const PLACES: usize = 48;
/// Fetching and decoding of a preview's pictures.
const PICTURES: Duration = Duration::from_secs(6);
/// How long a preview may wait for the render threads and be drawn: later, something newer is wanted.
const PATIENCE: Duration = Duration::from_secs(3);
const QUALITY: u8 = 85;
/// The box of a gallery's picture in pixels, and how many are remembered.
const LOOK: (u32, u32) = (540, 344);
const LOOKS: usize = 2_000;

/// What a form looks like now.
#[derive(Clone, Debug)]
pub struct PreviewCall {
    pub group: String,
    /// `None`: the published version.
    pub version: Option<u32>,
    /// Keys of sizes; empty: all of them.
    pub sizes: Vec<String>,
    /// As `inputData` of a call.
    pub input: Value,
    pub brand: BrandChoice,
    pub locale: Option<String>,
    /// The box in pixels that each picture is fitted into; at most 540 × 1,200.
    pub bounds: (u32, u32),
}

/// Small pictures of a form, and what there is to say of its fields.
#[derive(Debug)]
pub struct Preview {
    /// In the group's order. One that could not be drawn is not there.
    pub pictures: Vec<PreviewPicture>,
    /// Of the values that could not be drawn as they are; `param` is a path such as `inputData.title`.
    pub faults: Vec<Detail>,
    /// Fields that show the template's example because they are not filled yet.
    pub placeholders: Vec<String>,
}

#[derive(Debug)]
pub struct PreviewPicture {
    pub key: String,
    pub name: String,
    /// Of the preview, in pixels.
    pub width: u32,
    pub height: u32,
    pub bytes: Bytes,
    /// Such as `image/jpeg`.
    pub media_type: &'static str,
    /// What stays free of text and logo on the size's platform, at top, right, bottom and left: shares of height and width.
    pub free_edges: Option<[f64; 4]>,
    /// Of the picture in its own size.
    pub warnings: Vec<Warning>,
    /// In pixels of the picture in its own size.
    pub texts: Vec<TextFit>,
}

/// Group and version, kit and version, size.
type LookKey = (TemplateGroupId, u32, Option<(BrandKitId, u32)>, String);

/// What galleries show, as it was drawn last.
pub(crate) type Looks = Cache<LookKey, (Bytes, &'static str)>;

pub(crate) fn looks() -> Looks {
    Cache::new(LOOKS)
}

/// How many previews may be worked on.
pub(crate) struct Places(Arc<Semaphore>);

impl Default for Places {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(PLACES)))
    }
}

impl Places {
    pub fn enter(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_| Error::Overloaded)
    }
}

/// One preview with everything resolved that its caller may see.
pub(crate) struct Sketch<'a> {
    /// Whose uploads and URLs may be drawn; `None`: nobody's.
    pub team: Option<TeamId>,
    pub document: Arc<Document>,
    pub brand: Option<&'a Brand>,
    /// With the fonts of the brand.
    pub engine: Arc<Engine>,
    /// Bytes of pictures that stand nowhere else, by their key.
    pub pictures: HashMap<String, Bytes>,
    /// Places in the document's list of sizes.
    pub sizes: Vec<usize>,
    pub input: &'a Value,
    pub locale: Option<&'a str>,
    pub bounds: (u32, u32),
}

impl App {
    /// Draws a person's form as it stands. Nothing is kept or charged; a call whose caller goes away is dropped.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::RateLimited`] by person, [`Error::Overloaded`], and 404 of the group, version, size or kit. Faults of the
    /// input are part of the answer.
    pub async fn preview_pictures(&self, member: &Member, call: &PreviewCall) -> Result<Preview> {
        member.need(Right::Create)?;
        self.limit(BucketKey::Previews(member.user), self.config.preview_rate_limit).await?;
        let _place = self.previews.enter()?;
        let group = self.group(member.team, &call.group, call.version).await?;
        let kit = self.chosen_kit(member.team, &call.brand).await?;
        let sketch = Sketch {
            team: Some(member.team),
            sizes: sizes(&group.document, &call.sizes)?,
            document: group.document,
            brand: kit.as_ref().map(|kit| &kit.kit.brand),
            engine: self.engine_for(kit.as_ref().map(|kit| &*kit.kit)).await?,
            pictures: HashMap::new(),
            input: &call.input,
            locale: call.locale.as_deref(),
            bounds: call.bounds,
        };
        self.sketch(sketch).await
    }

    /// One size of a group with its example, in a look of the team's: bytes and media type. Drawn once and remembered, for
    /// galleries; drawing counts as a preview.
    ///
    /// # Errors
    /// Those of [`App::preview_pictures`].
    pub async fn look_picture(&self, member: &Member, group: &str, size: &str, brand: &BrandChoice) -> Result<(Bytes, &'static str)> {
        let group = self.group(member.team, group, None).await?;
        let kit = self.chosen_kit(member.team, brand).await?;
        let key = (group.id, group.version, kit.as_ref().map(|kit| (kit.id.clone(), kit.version)), size.to_owned());
        if let Some(look) = self.looks.get(&key) {
            return Ok(look);
        }
        self.limit(BucketKey::Previews(member.user), self.config.preview_rate_limit).await?;
        let _place = self.previews.enter()?;
        let sketch = Sketch {
            team: Some(member.team),
            sizes: sizes(&group.document, &[size.to_owned()])?,
            input: &group.document.example_inputs(),
            document: group.document,
            brand: kit.as_ref().map(|kit| &kit.kit.brand),
            engine: self.engine_for(kit.as_ref().map(|kit| &*kit.kit)).await?,
            pictures: HashMap::new(),
            locale: None,
            bounds: LOOK,
        };
        let picture = self.sketch(sketch).await?.pictures.pop().ok_or_else(|| Error::missing(crate::Missing::Other))?;
        let look = (picture.bytes, picture.media_type);
        self.looks.insert(key, look.clone());
        Ok(look)
    }

    /// Draws what can be drawn.
    pub(crate) async fn sketch(&self, mut sketch: Sketch<'_>) -> Result<Preview> {
        let document = Arc::clone(&sketch.document);
        let mut drawable = Drawable::new(&document, sketch.input);
        self.refuse_pictures(&sketch, &mut drawable).await?;
        let mut images = bind(&sketch, &drawable);
        let mut world = self.sketch_world(&mut sketch, &drawable, &images).await;
        if refuse_unseen(&document, &mut drawable, &world) {
            // What stands in place of a picture that can't be had may be another picture.
            images = bind(&sketch, &drawable);
            world = self.sketch_world(&mut sketch, &drawable, &images).await;
        }
        let world = Arc::new(world);
        let drawn = join_all(
            images.into_iter().map(|image| self.sketch_image(image, Arc::clone(&sketch.engine), Arc::clone(&world), sketch.bounds)),
        );
        let drawn = timeout(PATIENCE, drawn).await.map_err(|_| Error::Overloaded)?;
        let mut pictures = Vec::with_capacity(drawn.len());
        for (place, picture) in sketch.sizes.iter().zip(drawn) {
            let (Some(size), Some((drawn, warnings))) = (document.sizes().get(*place), picture?) else { continue };
            let Drawn { width, height, files, texts, .. } = drawn;
            let Some(file) = files.into_iter().next() else { continue };
            let media_type = if file.format == Encoding::Png { "image/png" } else { "image/jpeg" };
            let (key, name) = (size.key.clone(), size.name.clone());
            let (bytes, free_edges) = (file.bytes.into(), platform::preset(&size.platform).map(platform::Platform::free_edges));
            pictures.push(PreviewPicture { key, name, width, height, bytes, media_type, free_edges, warnings, texts });
        }
        Ok(Preview { pictures, faults: drawable.faults, placeholders: drawable.placeholders })
    }

    /// Pictures that the text of their address forbids, and uploads that are not there.
    async fn refuse_pictures(&self, sketch: &Sketch<'_>, drawable: &mut Drawable) -> Result<()> {
        let mut faults = Vec::new();
        for (_, picture) in drawable.inputs.pictures(&sketch.document) {
            let fault = match (&picture.source, sketch.team) {
                (PictureSource::DataUrl(_), _) => None,
                (PictureSource::Asset(id), _) if assets::builtin::picture(id).is_some() => None,
                (PictureSource::Asset(id), Some(team)) => match id.parse() {
                    Ok(id) if self.store.asset(team, &id).await?.is_some() => None,
                    _ => Some("This upload is no longer there. Choose another picture.".to_owned()),
                },
                (PictureSource::Url(url), Some(_)) if self.own_path(url).is_some() => None,
                (PictureSource::Url(url), Some(_)) => {
                    assets::check_url_text(url, &self.allow).err().map(|fault| format!("The link {fault}."))
                }
                (_, None) => Some("Sign up to use pictures of your own.".to_owned()),
            };
            faults.extend(fault.map(|message| detail(&picture.path, "invalid_url", message, None, None)));
        }
        for fault in faults {
            drawable.take_out(&sketch.document, fault);
        }
        Ok(())
    }

    async fn sketch_world(&self, sketch: &mut Sketch<'_>, drawable: &Drawable, images: &[(Bound, Vec<Warning>)]) -> Prepared {
        let deadline = Instant::now() + PICTURES;
        for (_, picture) in drawable.inputs.pictures(&sketch.document) {
            if let PictureSource::DataUrl(url) = &picture.source {
                sketch.pictures.insert(picture.source.key(), data_bytes(url));
            }
        }
        let scale = images.iter().map(|(bound, _)| scale(bound, sketch.bounds)).fold(0.1, f32::max);
        let mut keys: Vec<(String, bool)> = images.iter().flat_map(|(bound, _)| wanted(bound)).collect();
        keys.sort();
        keys.dedup_by(|a, b| a.0 == b.0);
        let mut pictures = Vec::with_capacity(keys.len());
        for (key, logo) in keys {
            let origin = match sketch.team {
                Some(team) => self.origin(team, &key, &sketch.pictures).await,
                None => sketch.pictures.get(&key).cloned().map(Origin::Bytes).or_else(|| built_in(&key)),
            };
            if let Some(origin) = origin {
                pictures.push(Wanted { need: need(&sketch.document, f64::from(scale), logo), key, origin });
            }
        }
        self.assets.prepare(pictures, deadline).await
    }

    /// One size, or nothing where it could not be drawn: its reason stands at the field.
    async fn sketch_image(
        &self,
        (bound, warnings): (Bound, Vec<Warning>),
        engine: Arc<Engine>,
        world: Arc<Prepared>,
        bounds: (u32, u32),
    ) -> Result<Option<(Drawn, Vec<Warning>)>> {
        // JPEG is the quickest to write; it has no transparency.
        let format = if bound.background.is_some() { Encoding::Jpeg } else { Encoding::Png };
        let scale = scale(&bound, bounds);
        let writing = Writing { quality: QUALITY, ..Writing::default() };
        let style = Style { formats: vec![format], scale, stands_for: Some(1.0), writing, ..Style::default() };
        let drawn = self.pool.run_spare(move |scratch| draw(&engine, scratch, &bound, warnings, &*world, &style)).await;
        match drawn.map_err(|_| Error::Overloaded)? {
            Ok(mut drawn) => {
                let warnings = std::mem::take(&mut drawn.warnings);
                Ok(Some((drawn, warnings)))
            }
            Err(DrawError::Engine(error)) => Err(Error::Internal(error)),
            Err(DrawError::Timeout) => Err(Error::Overloaded),
            Err(DrawError::Picture { .. } | DrawError::Warned { .. }) => Ok(None),
        }
    }

    /// # Errors
    /// [`Error::RateLimited`]; [`Error::Unavailable`].
    pub(crate) async fn limit(&self, bucket: BucketKey, limit: u32) -> Result<()> {
        self.take(bucket, limit).await.1
    }
}

fn bind(sketch: &Sketch<'_>, drawable: &Drawable) -> Vec<(Bound, Vec<Warning>)> {
    let sizes = sketch.sizes.iter().filter_map(|place| sketch.document.sizes().get(*place));
    sizes.map(|size| template::bind(&sketch.document, size, &drawable.inputs, sketch.brand, sketch.locale)).collect()
}

/// Takes out the pictures that could not be had. `true`: there were some.
fn refuse_unseen(document: &Document, drawable: &mut Drawable, world: &Prepared) -> bool {
    let unseen = |error| match error {
        PictureError::FetchFailed => {
            ("image_fetch_failed", "We couldn't load this picture. Check that the link opens without signing in, or upload the file.")
        }
        PictureError::DecodeFailed => {
            ("image_decode_failed", "This file is not a picture that we can read. Use PNG, JPEG, WebP, GIF or SVG.")
        }
        PictureError::TooLarge => ("image_too_large", "This picture is too large. Use one of at most 20 MB and 50 megapixels."),
    };
    let pictures = drawable.inputs.pictures(document);
    let failed = pictures.into_iter().filter_map(|(_, picture)| Some((picture.path.clone(), world.picture(&picture.source.key()).err()?)));
    let faults: Vec<Detail> = failed
        .map(|(path, error)| {
            let (code, message) = unseen(error);
            detail(&path, code, message, None, None)
        })
        .collect();
    let any = !faults.is_empty();
    for fault in faults {
        drawable.take_out(document, fault);
    }
    any
}

fn sizes(document: &Document, keys: &[String]) -> Result<Vec<usize>> {
    if keys.is_empty() {
        return Ok((0..document.sizes().len()).collect());
    }
    let place = |key: &String| document.sizes().iter().position(|size| size.key == *key);
    let mut places =
        keys.iter().map(|key| place(key).ok_or_else(|| Error::missing(crate::Missing::Template))).collect::<Result<Vec<_>>>()?;
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

fn scale(bound: &Bound, (width, height): (u32, u32)) -> f32 {
    let share = |room: u32, most: u32, edge: u32| f64::from(room.clamp(1, most)) / f64::from(edge.max(1));
    let scale = share(width, WIDEST, bound.width).min(share(height, HIGHEST, bound.height)).min(1.0);
    // Rounding an edge up must not pass the limit.
    let (wide, _) = pixels(bound.width, bound.height, scale);
    if wide > WIDEST { (scale * 0.99) as f32 } else { scale as f32 }
}

fn built_in(key: &str) -> Option<Origin> {
    assets::builtin::picture(key).map(|_| Origin::Builtin(key.to_owned()))
}
