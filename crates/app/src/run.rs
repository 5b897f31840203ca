//! A job, from acceptance to its end: pictures, drawing, files, Transaction B. No connection owns it.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use assets::{BlobKey, Digest, Origin, Prepared, Wanted};
use bytes::Bytes;
use domain::{AssetId, Credits, GenerationId, ImageErrorCode, ImageId, Mode, TeamId};
use futures::future::join_all;
use render::{Engine, PictureError, Writing};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Finish, FinishedFile, FinishedGeneration, FinishedImage, ImageEnd};
use template::{Bound, Inputs, Warning};

use crate::catalog::Group;
use crate::data_url::data_urls;
use crate::draw::{DrawError, Drawn, Style, draw, need, wanted, writing};
use crate::generate::order::Order;
use crate::generate::output::Output;
use crate::pool::Lost;
use crate::view::{Failure, Timings};
use crate::{App, Encoding, Result};

/// Fetching and decoding of all pictures of a call, retries included.
const PICTURES: Duration = Duration::from_secs(9);
/// Tries of Transaction B, and of a blob, with growing pauses between.
const TRIES: u32 = 5;
const PUT_TRIES: u32 = 3;

/// Everything that a job needs beyond its generation's row, as the store keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Work {
    pub group: String,
    pub version: u32,
    pub kit: Option<(String, u32)>,
    pub locale: Option<String>,
    /// `inputData` as it came, `data:` URLs included.
    pub input: Value,
    /// By size.
    pub overrides: Vec<(String, Value)>,
    pub output: Output,
    pub fail_on: Vec<String>,
    /// The ids that `data:` URLs get, by their picture's key.
    pub assets: HashMap<String, DataAsset>,
    /// In the group's order.
    pub images: Vec<WorkImage>,
    /// A row of a bulk run: it is drawn behind what somebody waits for.
    #[serde(default)]
    pub is_row: bool,
    /// Codes of warnings that concern the whole call.
    pub warned: Vec<String>,
    /// JSON: the generation's own warnings.
    pub warnings: Value,
}

/// What a `data:` URL becomes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DataAsset {
    pub id: AssetId,
    pub sha256: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WorkImage {
    pub id: ImageId,
    /// The size's key.
    pub key: String,
    /// Each encoding with the text of its blob's key.
    pub files: Vec<(Encoding, String)>,
}

/// A job that this process works on.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub id: GenerationId,
    pub team: TeamId,
    pub mode: Mode,
    pub attempt: u32,
    pub work: Arc<Work>,
}

/// What a job's end leaves for whoever waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ran {
    /// Without `total`.
    pub timings: Timings,
    /// After Transaction B, for a live call.
    pub credits: Option<Credits>,
}

/// A size that is ready to be drawn, with what binding it said.
struct BoundImage<'a> {
    image: &'a WorkImage,
    bound: Bound,
    warnings: Vec<Warning>,
}

/// An image on its way.
enum Outcome {
    Drawn(Drawn),
    Failed { code: ImageErrorCode, message: String, field: Option<String>, warnings: Vec<Warning> },
}

impl App {
    /// Works a job off. `None`: somebody else ended it meanwhile, or the store could not be had.
    ///
    /// `order` spares the reading of documents where the caller has them.
    pub(crate) async fn run(&self, job: &Job, order: Option<Order>) -> Option<Ran> {
        let mut timings = Timings::default();
        let order = match order {
            Some(order) => Ok(order),
            None => self.reopen(job).await,
        };
        let opened = match order {
            Ok(order) => self.engine_for(order.kit.as_ref().map(|kit| &*kit.kit)).await.map(|engine| (order, engine)),
            Err(error) => Err(error),
        };
        let images = match opened {
            Ok((order, engine)) => self.images(job, &order, &engine, &mut timings).await,
            Err(error) => {
                tracing::error!(generation = %job.id, %error, "a job could not be opened");
                job.work.images.iter().map(|image| failed_image(image.id, internal())).collect()
            }
        };
        let start = Instant::now();
        let finish = self.finish(job, images).await;
        timings.commit = ms(start.elapsed());
        self.ends.end(job.id);
        match finish? {
            Finish::Finished { status, charged, credits } => {
                metrics::counter!("generations_total", "mode" => job.mode.as_str(), "status" => status.as_str()).increment(1);
                metrics::counter!("credits_charged_total").increment(u64::try_from(charged).unwrap_or(0));
                Some(Ran { timings, credits })
            }
            Finish::Lost => {
                self.clear_lost(job).await;
                None
            }
        }
    }

    /// The order of a job that another process, or an earlier life of this one, accepted.
    async fn reopen(&self, job: &Job) -> Result<Order> {
        let work = &job.work;
        let group = self.accepted_group(job.team, work.group.parse().map_err(crate::Error::internal)?, work.version).await?;
        let kit = match &work.kit {
            Some((id, version)) => Some(self.kit(job.team, id, Some(*version)).await?),
            None => None,
        };
        let checked = |value: &Value, required| Inputs::check(&group.document, value, "", required).map(|(inputs, _)| inputs);
        let inputs = checked(&work.input, true).or_else(|_| checked(&work.input, false)).map_err(crate::Error::Validation)?;
        let place = |key: &str| group.document.sizes().iter().position(|size| size.key == key);
        let overrides = work.overrides.iter().filter_map(|(key, value)| Some((place(key)?, checked(value, false).ok()?))).collect();
        let sizes = work.images.iter().filter_map(|image| place(&image.key)).collect();
        let (locale, output) = (work.locale.clone(), work.output.clone());
        Ok(Order { sizes, input: work.input.clone(), inputs, overrides, kit, warnings: Vec::new(), locale, output, group })
    }

    async fn images(&self, job: &Job, order: &Order, engine: &Arc<Engine>, timings: &mut Timings) -> Vec<FinishedImage> {
        let bound = bind_all(job, order);
        let start = Instant::now();
        let world = Arc::new(self.prepare(job, order, &bound).await);
        timings.fetch = ms(start.elapsed());
        let start = Instant::now();
        let images = join_all(bound.into_iter().map(|image| self.image(job, order, engine, image, &world, start))).await;
        let all = ms(start.elapsed());
        // Queue: until the first picture was begun; render: from there until the last one was drawn; store: what was left.
        let begun = images.iter().map(|(_, moments)| moments.begun).fold(f64::INFINITY, f64::min);
        let drawn = images.iter().map(|(_, moments)| moments.drawn).fold(0.0, f64::max);
        timings.queue = if begun.is_finite() { begun } else { all };
        timings.render = (drawn - timings.queue).max(0.0);
        timings.store = (all - drawn.max(timings.queue)).max(0.0);
        images.into_iter().map(|(image, _)| image).collect()
    }

    /// Draws one size and stores its files.
    async fn image(
        &self,
        job: &Job,
        order: &Order,
        engine: &Arc<Engine>,
        image: BoundImage<'_>,
        world: &Arc<Prepared>,
        start: Instant,
    ) -> (FinishedImage, Moments) {
        let BoundImage { image, bound, warnings } = image;
        let watermark = job.mode == Mode::Test && self.config.test_watermark;
        let style = Style {
            formats: job.work.output.formats.clone(),
            scale: job.work.output.scale as f32,
            watermark,
            stands_for: None,
            fail_on: job.work.fail_on.clone(),
            writing: self.writing(job, order, image, &bound),
        };
        // A warning about the whole call fails every image where the call will not have it.
        if let Some(code) = job.work.warned.iter().find(|code| style.fail_on.contains(code)) {
            let message = format!("The call asked to fail on {code}.");
            let outcome = Outcome::Failed { code: ImageErrorCode::FailOnWarning, message, field: None, warnings };
            return (self.store_image(job, order, image, outcome).await, Moments::default());
        }
        let (engine, world) = (Arc::clone(engine), Arc::clone(world));
        let work = move |scratch: &mut _| {
            let begun = start.elapsed();
            (draw(&engine, scratch, &bound, warnings, &*world, &style), begun)
        };
        let drawn = if job.work.is_row { self.pool.run_row(work).await } else { self.pool.run(work).await };
        let drawn_at = ms(start.elapsed());
        let (outcome, begun) = match drawn {
            Ok((result, begun)) => (result.map_or_else(failure, Outcome::Drawn), ms(begun)),
            Err(lost) => {
                if lost == Lost::Panicked {
                    tracing::error!(generation = %job.id, size = image.key, "the engine panicked");
                }
                let (code, message, field) = internal();
                (Outcome::Failed { code, message, field, warnings: Vec::new() }, drawn_at)
            }
        };
        (self.store_image(job, order, image, outcome).await, Moments { begun, drawn: drawn_at })
    }

    async fn store_image(&self, job: &Job, order: &Order, image: &WorkImage, outcome: Outcome) -> FinishedImage {
        let drawn = match outcome {
            Outcome::Drawn(drawn) => drawn,
            Outcome::Failed { code, message, field, warnings } => {
                return FinishedImage { warnings: to_text(&warnings), ..failed_image(image.id, (code, message, field)) };
            }
        };
        let alt_text = self.alt_text(order, image);
        let (render_ms, warnings) = (ms(drawn.time), to_text(&drawn.warnings));
        if let (Some(small), Some((_, key))) = (drawn.thumbnail, image.files.first()) {
            self.keep_thumbnail(key, small.into()).await;
        }
        let puts = join_all(drawn.files.into_iter().zip(&image.files).map(async |(file, (format, key))| {
            let finished = FinishedFile { format: format.as_str().to_owned(), bytes: file.bytes.len() as u64, sha256: file.sha256 };
            self.put(job, key, file.bytes.into()).await.then_some(finished)
        }));
        let end = match puts.await.into_iter().collect::<Option<Vec<_>>>() {
            Some(files) => ImageEnd::Completed(files),
            // What was stored of it is listed for removal with its end: the storage may be away for longer than we wait.
            None => {
                ImageEnd::Failed { code: ImageErrorCode::StorageFailed, message: "The picture could not be stored.".into(), field: None }
            }
        };
        FinishedImage { id: image.id, alt_text, render_ms, warnings, end }
    }

    async fn put(&self, job: &Job, key: &str, bytes: Bytes) -> bool {
        let Ok(key) = key.parse::<BlobKey>() else { return false };
        for attempt in 1..=PUT_TRIES {
            match self.assets.blobs().put(&key, bytes.clone()).await {
                Ok(()) => return true,
                Err(error) => tracing::error!(generation = %job.id, %error, attempt, "a picture was not stored"),
            }
            tokio::time::sleep(Duration::from_millis(50) * attempt).await;
        }
        false
    }

    /// Removes what was stored of an image that nothing will lead to.
    async fn remove(&self, image: &WorkImage) {
        let keys = image.files.iter().filter_map(|(_, key)| key.parse::<BlobKey>().ok());
        join_all(keys.map(async |key| {
            if let Err(error) = self.assets.blobs().delete(&key).await {
                tracing::warn!(image = %image.id, %error, "a file without an owner stays");
            }
        }))
        .await;
    }

    /// Somebody else ended the generation. Where that was its deletion, the files of this attempt go too; where another
    /// attempt runs, they are that one's: the same bytes under the same keys.
    async fn clear_lost(&self, job: &Job) {
        if let Ok(None) = self.store.generation(job.team, job.mode, job.id).await {
            for image in &job.work.images {
                self.remove(image).await;
            }
        }
    }

    fn writing(&self, job: &Job, order: &Order, image: &WorkImage, bound: &Bound) -> Writing {
        let (document, quality) = (&order.group.document, job.work.output.quality);
        let Some(size) = document.size(&image.key) else { return Writing { quality, ..Writing::default() } };
        let brand = order.kit.as_ref().map(|kit| &kit.kit.brand);
        writing((&order.group.id.to_string(), document), size, quality, self.alt_text(order, image), &bound.locale, brand)
    }

    fn alt_text(&self, order: &Order, image: &WorkImage) -> String {
        let document = &order.group.document;
        let place = document.sizes().iter().position(|size| size.key == image.key);
        let inputs = place.map_or_else(|| order.inputs.clone(), |place| order.inputs(place));
        document.alt_text(&inputs, order.locale.as_deref())
    }

    /// Fetches and decodes what the bound sizes name, and keeps the pictures of `data:` URLs as assets.
    async fn prepare(&self, job: &Job, order: &Order, bound: &[BoundImage<'_>]) -> Prepared {
        let deadline = tokio::time::Instant::now() + PICTURES;
        let document = &order.group.document;
        let data = data_urls(order);
        let mut keys: Vec<(String, bool)> = bound.iter().flat_map(|image| wanted(&image.bound)).collect();
        keys.sort();
        keys.dedup_by(|a, b| a.0 == b.0);
        let mut pictures = Vec::with_capacity(keys.len());
        for (key, logo) in keys {
            if let Some(origin) = self.origin(job.team, &key, &data).await {
                pictures.push(Wanted { need: need(document, order.output.scale, logo), key, origin });
            }
        }
        let (prepared, ()) = tokio::join!(self.assets.prepare(pictures, deadline), self.keep_data(job, &data, deadline));
        prepared
    }

    /// Where a picture's bytes are; `None` where there are none, which the world answers as "can't be had".
    pub(crate) async fn origin(&self, team: TeamId, key: &str, data: &HashMap<String, Bytes>) -> Option<Origin> {
        if let Some(bytes) = data.get(key) {
            return Some(Origin::Bytes(bytes.clone()));
        }
        if let Some(blob) = crate::kit::logo_blob(key) {
            return Some(Origin::Blob(blob));
        }
        if assets::builtin::picture(key).is_some() {
            return Some(Origin::Builtin(key.to_owned()));
        }
        if let Ok(id) = key.parse::<AssetId>() {
            let asset = self.store.asset(team, &id).await.ok()??;
            return Some(Origin::Blob(asset.blob_key.parse().ok()?));
        }
        if let Some(path) = self.own_path(key) {
            return self.own_origin(path).await.ok()?;
        }
        Some(Origin::Url(assets::check_url_text(key, &self.allow).ok()?))
    }

    async fn keep_data(&self, job: &Job, data: &HashMap<String, Bytes>, deadline: tokio::time::Instant) {
        join_all(data.iter().map(async |(key, bytes)| {
            if let Some(asset) = job.work.assets.get(key)
                && let Err(error) = self.keep_asset(job.team, asset.id.clone(), bytes.clone(), "", deadline).await
            {
                tracing::debug!(generation = %job.id, %error, "a data: URL was not kept as an asset");
            }
        }))
        .await;
    }

    /// Transaction B. While the store can't be had it is tried again: the work is done, and its lease is prolonged.
    async fn finish(&self, job: &Job, images: Vec<FinishedImage>) -> Option<Finish> {
        let error = generation_error(&images);
        let end = FinishedGeneration {
            id: job.id,
            team: job.team,
            attempt: job.attempt,
            images,
            warnings: job.work.warnings.to_string(),
            error: error.and_then(|error| serde_json::to_string(&error).ok()),
            input_data: None,
        };
        let mut pause = Duration::from_millis(100);
        for attempt in 1.. {
            match self.store.finish(end.clone(), self.clock.now()).await {
                Ok(finish) => return Some(finish),
                Err(store::Error::Unavailable(why)) => {
                    tracing::error!(generation = %job.id, why, attempt, "a generation's end was not committed")
                }
                Err(error) => {
                    tracing::error!(generation = %job.id, %error, attempt, "a generation's end was refused");
                    if attempt >= TRIES {
                        return None;
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
        None
    }

    /// Works a job off in a task of its own. Where that task panics, every image fails; the generation ends all the same.
    pub(crate) async fn run_guarded(&self, job: Job, order: Option<Order>) -> Option<Ran> {
        let (app, inner) = (self.clone(), job.clone());
        match tokio::spawn(async move { app.run(&inner, order).await }).await {
            Ok(ran) => ran,
            Err(error) => {
                tracing::error!(generation = %job.id, %error, "a job's task ended early");
                self.give_up(&job).await
            }
        }
    }

    /// Ends a job with every image failed by a fault of ours.
    pub(crate) async fn give_up(&self, job: &Job) -> Option<Ran> {
        let images = job.work.images.iter().map(|image| failed_image(image.id, internal())).collect();
        let finish = self.finish(job, images).await;
        self.ends.end(job.id);
        match finish? {
            Finish::Finished { credits, .. } => Some(Ran { timings: Timings::default(), credits }),
            Finish::Lost => None,
        }
    }
}

/// Milliseconds since the images of the call were begun.
#[derive(Clone, Copy)]
struct Moments {
    begun: f64,
    drawn: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self { begun: f64::INFINITY, drawn: 0.0 }
    }
}

fn bind_all<'a>(job: &'a Job, order: &Order) -> Vec<BoundImage<'a>> {
    let Group { document, .. } = &order.group;
    let brand = order.kit.as_ref().map(|kit| &kit.kit.brand);
    let bind = |image: &'a WorkImage| {
        let (place, size) = document.sizes().iter().enumerate().find(|(_, size)| size.key == image.key)?;
        let (bound, warnings) = template::bind(document, size, &order.inputs(place), brand, order.locale.as_deref());
        Some(BoundImage { image, bound, warnings })
    };
    let mut images: Vec<BoundImage<'_>> = job.work.images.iter().filter_map(bind).collect();
    // The longest first: a large picture begun last would run on alone.
    images.sort_by_key(|image| Reverse(u64::from(image.bound.width) * u64::from(image.bound.height)));
    images
}

fn failure(error: DrawError) -> Outcome {
    let (code, message, field, warnings) = match error {
        DrawError::Picture { error, field } => {
            let (code, message) = match error {
                PictureError::FetchFailed => (ImageErrorCode::ImageFetchFailed, "A picture could not be fetched."),
                PictureError::DecodeFailed => (ImageErrorCode::ImageDecodeFailed, "A picture could not be decoded."),
                PictureError::TooLarge => (ImageErrorCode::ImageTooLarge, "A picture is too large."),
            };
            (code, message.to_owned(), field, Vec::new())
        }
        DrawError::Warned { warning, warnings } => {
            let message = format!("The call asked to fail on {}: {}", crate::draw::code_of(&warning), warning.message);
            (ImageErrorCode::FailOnWarning, message, warning.field.clone(), warnings)
        }
        DrawError::Timeout => (ImageErrorCode::RenderTimeout, "The picture took longer than 20 seconds.".to_owned(), None, Vec::new()),
        DrawError::Engine(error) => {
            tracing::error!(error, "the engine failed");
            let (code, message, field) = internal();
            (code, message, field, Vec::new())
        }
    };
    Outcome::Failed { code, message, field, warnings }
}

type Fault = (ImageErrorCode, String, Option<String>);

fn internal() -> Fault {
    (ImageErrorCode::InternalError, "The picture could not be made because of a fault on our side.".to_owned(), None)
}

fn failed_image(id: ImageId, (code, message, field): Fault) -> FinishedImage {
    FinishedImage { id, alt_text: String::new(), render_ms: 0.0, warnings: "[]".to_owned(), end: ImageEnd::Failed { code, message, field } }
}

/// The generation's own error, where every image failed: their code where they share one.
fn generation_error(images: &[FinishedImage]) -> Option<Failure> {
    let mut faults = images.iter().map(|image| match &image.end {
        ImageEnd::Failed { code, message, field } => Some((*code, message, field)),
        ImageEnd::Completed(_) => None,
    });
    let (code, message, field) = faults.next()??;
    let (mut same_code, mut same_field) = (true, true);
    for fault in faults {
        let (other, _, other_field) = fault?;
        same_code &= other == code;
        same_field &= other_field == field;
    }
    let field = field.clone().filter(|_| same_field);
    Some(if same_code {
        Failure { code: code.as_str().to_owned(), message: message.clone(), field }
    } else {
        Failure {
            code: ImageErrorCode::AllImagesFailed.as_str().to_owned(),
            message: "Every image failed, for different reasons.".into(),
            field,
        }
    })
}

/// What an asset id is known by besides: the bytes' digest.
pub(crate) fn digest_of(bytes: &Bytes) -> String {
    Digest::of(bytes).to_string()
}

fn to_text(warnings: &[Warning]) -> String {
    serde_json::to_string(warnings).unwrap_or_else(|_| "[]".to_owned())
}

pub(crate) fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
