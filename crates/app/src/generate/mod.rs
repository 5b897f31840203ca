//! `POST /v1/generate`.

pub(crate) mod canonical;
mod dry_run;
mod faults;
pub(crate) mod order;
pub(crate) mod output;
pub(crate) mod request;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use assets::{BlobKey, Token};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{AssetId, Credits, GenerationId, ImageId, Mode, RequestId, Source, TemplateId};
use futures::future::try_join_all;
use serde_json::{Value, json};
use store::{Accept, BulkPlace, Generation as Row, Idempotency, NewFile, NewGeneration, NewImage};
use tokio::sync::oneshot;
use tokio::time::timeout_at;

use crate::data_url::data_urls;
use crate::draw::{code_of, pixels};
use crate::generate::order::Order;
use crate::generate::request::Draft;
use crate::run::{DataAsset, Job, Ran, Work, WorkImage, digest_of, ms};
use crate::slots::Slot;
use crate::view::{CreditFigures, DryRun, Generation, Timings};
use crate::worker::Ends;
use crate::{App, Error, Principal, Result};

/// Files of an answer with `delivery: base64`, together.
const MAX_DATA: u64 = 16 * 1024 * 1024;
/// How long after its `waitMs` an answer may still read the files that it is to hold.
const LATE: Duration = Duration::from_millis(500);
const MAX_IDEMPOTENCY_KEY: usize = 255;

/// One call as it came: nothing of it is checked but that the body is well-formed JSON.
#[derive(Clone, Debug)]
pub struct GenerateCall {
    pub body: Value,
    /// The header `Idempotency-Key` as text.
    pub idempotency_key: Option<String>,
    /// `Prefer: respond-async` was sent.
    pub prefer_async: bool,
    /// The request's id, for the history.
    pub request: Option<RequestId>,
    /// When the request came in; `Timings::total` counts from here.
    pub received: Instant,
}

/// What a call that was not refused is answered with.
#[derive(Debug)]
pub enum GenerateAnswer {
    /// 200
    DryRun {
        answer: Box<DryRun>,
        timings: Timings,
    },
    Generation(Box<Generated>),
}

/// 200 where `generation.status.finished()`, else 202.
#[derive(Debug)]
pub struct Generated {
    pub generation: Generation,
    /// `Idempotency-Replayed: true`.
    pub replayed: bool,
    /// `X-Credits-*`; `None` for a test key.
    pub credits: Option<CreditFigures>,
    /// `Preference-Applied: respond-async`.
    pub preference_applied: bool,
    pub timings: Timings,
}

/// The row of a bulk run that a call is for.
pub(crate) struct RowCall {
    pub place: BulkPlace,
    /// Dropped once the call was accepted or refused: the next row waits for it, so that credits go to rows in their order.
    pub begun: Option<oneshot::Sender<()>>,
}

/// A call whose work no connection owns.
struct Launched {
    /// Transaction A, and how long it took.
    accepted: oneshot::Receiver<(store::Result<Accept>, Duration)>,
    /// The end of the work, for a call that waits.
    done: oneshot::Receiver<Option<Ran>>,
}

impl App {
    /// Makes pictures, as the contract's `POST /v1/generate` says.
    ///
    /// # Errors
    /// Everything that refuses the call; nothing was kept or charged then.
    pub async fn generate(&self, who: &Principal, call: GenerateCall) -> Result<GenerateAnswer> {
        self.generate_for(who, call, None).await
    }

    /// The same, for a row of a bulk run where one is named: the row becomes the generation's in Transaction A.
    ///
    /// # Errors
    /// And [`Error::Conflict`] where the row's run was stopped, or goes on elsewhere.
    pub(crate) async fn generate_for(&self, who: &Principal, call: GenerateCall, row: Option<RowCall>) -> Result<GenerateAnswer> {
        let draft = request::read(&call.body, call.prefer_async);
        if request::is_dry_run(&call.body) {
            let mut timings = Timings::default();
            let answer = self.dry_run(who, &draft, &mut timings).await?;
            timings.total = ms(call.received.elapsed());
            return Ok(GenerateAnswer::DryRun { answer: Box::new(answer), timings });
        }
        let key = call.idempotency_key.as_deref().map(checked_key).transpose()?;
        let idempotency = key.map(|key| Idempotency { key: key.to_owned(), body_digest: canonical::digest(&call.body) });
        if let Some(twin) = &idempotency
            && let Some(known) = self.store.known_key(who.team, who.mode, &twin.key, self.clock.now()).await?
        {
            if known.body_digest != twin.body_digest {
                return Err(Error::IdempotencyKeyReused);
            }
            return self.replay(who, known.generation, known.deleted, &draft, &call).await;
        }
        let resolved = self.resolve(who, &draft).await?;
        if !resolved.faults.is_empty() {
            return Err(Error::Validation(resolved.faults));
        }
        let order = resolved.order.ok_or_else(|| Error::Internal("a call without faults has no order".into()))?;
        let slot = match &row {
            Some(_) => Some(self.slots.row()),
            None => draft.wait.map(|_| self.slots.enter()).transpose()?,
        };
        let (mut new, work) = self.prepare_acceptance(who, &draft, &order, idempotency, call.request, slot.is_some()).await?;
        let (place, begun) = row.map(|row| (row.place, row.begun)).unzip();
        new.row = place;
        let job = Job { id: new.id, team: who.team, mode: who.mode, attempt: 1, work: Arc::new(work) };
        let id = job.id;
        let launched = self.launch(new, job, order, slot);
        let (accept, accepting) = launched.accepted.await.map_err(|_| Error::Internal("a call's task ended early".into()))?;
        drop(begun);
        match accept? {
            Accept::Accepted { credits } => self.answer(who, &draft, &call, id, launched.done, credits, accepting).await,
            Accept::Replay { generation, deleted } => self.replay(who, generation, deleted, &draft, &call).await,
            Accept::KeyReused => Err(Error::IdempotencyKeyReused),
            Accept::RowClosed => Err(Error::Conflict("The run was stopped, or goes on elsewhere.".to_owned())),
            Accept::Insufficient { required, remaining } => Err(Error::InsufficientCredits { required, remaining }),
            Accept::TooManyJobs => Err(Error::Overloaded),
        }
    }

    /// From here on no connection owns the call: a client that goes away during Transaction A must not leave a job that
    /// this process holds and nobody works on.
    fn launch(&self, new: NewGeneration, job: Job, order: Order, slot: Option<Slot>) -> Launched {
        let (tell_accepted, accepted) = oneshot::channel();
        let (tell_done, done) = oneshot::channel();
        let (app, id) = (self.clone(), new.id);
        tokio::spawn(async move {
            let start = Instant::now();
            let accept = app.store.accept(new, app.clock.now()).await;
            let is_ours = matches!(accept, Ok(Accept::Accepted { .. }));
            // The caller may be gone, here and below.
            let _ = tell_accepted.send((accept, start.elapsed()));
            if !is_ours {
                return;
            }
            let Some(slot) = slot else {
                app.ends.work_is_there();
                return;
            };
            let _active = Ends::begin(&app, id);
            let start = Instant::now();
            let _turn = slot.turn().await;
            let waited = ms(start.elapsed());
            let mut ran = app.run_guarded(job, Some(order)).await;
            if let Some(ran) = &mut ran {
                ran.timings.queue += waited;
            }
            let _ = tell_done.send(ran);
        });
        Launched { accepted, done }
    }

    /// An accepted call: the answer waits as long as the call said. An asynchronous one's sender is dropped at once.
    #[expect(clippy::too_many_arguments, reason = "everything that acceptance knows, used once")]
    async fn answer(
        &self,
        who: &Principal,
        draft: &Draft,
        call: &GenerateCall,
        id: GenerationId,
        done: oneshot::Receiver<Option<Ran>>,
        held: Option<Credits>,
        accepting: Duration,
    ) -> Result<GenerateAnswer> {
        let until = call.received + draft.wait.unwrap_or_default();
        let ran = tokio::time::timeout_at(until.into(), done).await.ok().and_then(std::result::Result::ok).flatten();
        let row = self.row(who, id).await?;
        let mut timings = ran.map_or_else(Timings::default, |ran| ran.timings);
        timings.commit += ms(accepting);
        let credits = if row.status.is_finished() { ran.and_then(|ran| ran.credits).or(held) } else { held };
        let figures = credits.map(|credits| CreditFigures {
            charged: row.charged,
            reserved: row.reserved,
            remaining: (!credits.unlimited).then(|| credits.remaining()),
        });
        self.generated(row, draft, call, figures, timings, false).await
    }

    /// The answer to a call whose idempotency key is known: the same generation, charged nothing.
    async fn replay(&self, who: &Principal, id: GenerationId, deleted: bool, draft: &Draft, call: &GenerateCall) -> Result<GenerateAnswer> {
        if deleted {
            return Err(Error::Expired);
        }
        let until = call.received + draft.wait.unwrap_or_default();
        let row = self.wait_for_end(who, id, until.into()).await?.ok_or(Error::Expired)?;
        let figures = match who.mode {
            Mode::Test => None,
            Mode::Live => self.store.credits(who.team, self.clock.now()).await?.map(|credits| CreditFigures {
                charged: 0,
                reserved: row.reserved,
                remaining: (!credits.unlimited).then(|| credits.remaining()),
            }),
        };
        self.generated(row, draft, call, figures, Timings::default(), true).await
    }

    async fn generated(
        &self,
        row: Row,
        draft: &Draft,
        call: &GenerateCall,
        credits: Option<CreditFigures>,
        mut timings: Timings,
        replayed: bool,
    ) -> Result<GenerateAnswer> {
        let keys = blob_keys(&row);
        let mut generation = self.present(row, true);
        if draft.output.base64 {
            let until = call.received + draft.wait.unwrap_or_default() + LATE;
            self.add_data(&mut generation, &keys, until.into()).await;
        }
        timings.total = ms(call.received.elapsed());
        let preference_applied = call.prefer_async && draft.wait.is_none();
        Ok(GenerateAnswer::Generation(Box::new(Generated { generation, replayed, credits, preference_applied, timings })))
    }

    async fn row(&self, who: &Principal, id: GenerationId) -> Result<Row> {
        // Deleted between its end and this answer: as gone as for everybody else.
        self.store.generation(who.team, who.mode, id).await?.ok_or(Error::Expired)
    }

    /// `delivery: base64`: the files' bytes, all of them or none: where they are too many, not there yet, or not read
    /// until `until`.
    async fn add_data(&self, generation: &mut Generation, keys: &HashMap<String, BlobKey>, until: tokio::time::Instant) {
        let files = || generation.images.iter().flat_map(|image| &image.files);
        let total: u64 = files().map(|file| file.bytes).sum();
        let read = if !generation.status.finished() {
            Err("The files are not finished yet; fetch them by their URLs.")
        } else if total > MAX_DATA {
            Err("The files are larger than an answer may hold; fetch them by their URLs.")
        } else {
            let keys = files().map(|file| file.url.as_deref().and_then(|url| keys.get(url.rsplit('/').next()?)));
            let reads = try_join_all(keys.map(async |key| match key {
                Some(key) => self.assets.blobs().get(key).await,
                None => Ok(None),
            }));
            match timeout_at(until, reads).await {
                Ok(Ok(data)) => Ok(data),
                failed => {
                    tracing::error!(generation = %generation.id, failed = ?failed.err(), "the files of an answer were not read");
                    Err("The files could not be read in time; fetch them by their URLs.")
                }
            }
        };
        let (data, omitted) = match read {
            Ok(data) => (data, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        let mut data = data.into_iter().map(|bytes| bytes.map(|bytes| STANDARD.encode(bytes)));
        for file in generation.images.iter_mut().flat_map(|image| &mut image.files) {
            file.data = Some(data.next().flatten());
        }
        if let (Some(message), Some(warnings)) = (omitted, &mut generation.warnings) {
            warnings.push(json!({
                "code": "data_omitted", "severity": "warning", "field": null, "message": message,
                "measured": {"bytes": total}, "limit": {"bytes": MAX_DATA},
            }));
        }
    }

    /// Everything that Transaction A keeps. Nothing is kept yet.
    async fn prepare_acceptance(
        &self,
        who: &Principal,
        draft: &Draft,
        order: &Order,
        idempotency: Option<Idempotency>,
        request: Option<RequestId>,
        owned: bool,
    ) -> Result<(NewGeneration, Work)> {
        let document = &order.group.document;
        let mut images = Vec::with_capacity(order.sizes.len());
        let mut work_images = Vec::with_capacity(order.sizes.len());
        for size in order.sizes.iter().filter_map(|place| document.sizes().get(*place)) {
            let id = ImageId::new();
            let mut files = Vec::new();
            for format in &order.output.formats {
                let key = BlobKey::picture(Token::random()?, format.extension()).map_err(Error::internal)?;
                files.push((*format, key.to_string()));
            }
            let (width, height) = pixels(size.width, size.height, order.output.scale);
            images.push(NewImage {
                id,
                template: TemplateId::of(&order.group.id, &size.key),
                key: size.key.clone(),
                name: size.name.clone(),
                width,
                height,
                files: files.iter().map(|(format, key)| NewFile { format: format.as_str().to_owned(), blob_key: key.clone() }).collect(),
            });
            work_images.push(WorkImage { id, key: size.key.clone(), files });
        }
        let assets = self.data_assets(who, order).await?;
        let input = draft.input.clone().unwrap_or_default();
        let warnings: Vec<Value> = order.warnings.iter().filter_map(|(_, warning)| serde_json::to_value(warning).ok()).collect();
        let work = Work {
            group: order.group.id.to_string(),
            version: order.group.version,
            kit: order.kit.as_ref().map(|kit| (kit.id.to_string(), kit.version)),
            locale: order.locale.clone(),
            input: order.input.clone(),
            overrides: draft.overrides.iter().map(|(name, value)| (size_key(order, name), value.clone())).collect(),
            output: order.output.clone(),
            fail_on: draft.fail_on.clone(),
            assets,
            images: work_images,
            is_row: who.source == Source::Bulk,
            warned: order.warnings.iter().map(|(_, warning)| code_of(warning)).collect(),
            warnings: Value::Array(warnings),
        };
        let new = NewGeneration {
            id: GenerationId::new(),
            team: who.team,
            mode: who.mode,
            source: who.source,
            maker: who.maker,
            request,
            template_group: order.group.id.clone(),
            template_version: order.group.version,
            brand_kit: order.kit.as_ref().map(|kit| (kit.id.clone(), kit.version)),
            locale: order.locale.clone().unwrap_or_else(|| document.locale().to_owned()),
            input_data: shown(&input, &work.assets).to_string(),
            external_id: draft.external_id.clone(),
            metadata: Value::Object(draft.metadata.clone()).to_string(),
            warnings: work.warnings.to_string(),
            work: serde_json::to_string(&work).map_err(Error::internal)?,
            engine: serde_json::to_string(&self.engine_info).map_err(Error::internal)?,
            images,
            idempotency,
            row: None,
            lease: owned.then(|| self.lease()),
            max_unfinished: (!owned).then_some(self.config.unfinished_jobs_per_team),
        };
        Ok((new, work))
    }

    /// The ids that the call's `data:` URLs will have as assets: those of known bytes, else new ones.
    async fn data_assets(&self, who: &Principal, order: &Order) -> Result<HashMap<String, DataAsset>> {
        let mut assets = HashMap::new();
        for (key, bytes) in data_urls(order) {
            let sha256 = digest_of(&bytes);
            let known = self.store.asset_by_digest(who.team, &sha256).await?;
            let id = known.map_or_else(AssetId::new, |asset| asset.id);
            assets.insert(key, DataAsset { id, sha256 });
        }
        Ok(assets)
    }
}

/// Input data as answers show it: `data:` URLs have become assets.
fn shown(value: &Value, assets: &HashMap<String, DataAsset>) -> Value {
    match value {
        Value::String(text) if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")) => {
            let key = template::PictureSource::DataUrl(text.clone()).key();
            assets.get(&key).map_or_else(|| value.clone(), |asset| json!({"assetId": asset.id, "sha256": asset.sha256}))
        }
        Value::Object(map) => {
            let entries = map.iter().map(|(name, inner)| (name.clone(), shown(inner, assets)));
            // {"url": "data:…", "focus": …} keeps its other members beside the asset's.
            Value::Object(entries.fold(serde_json::Map::new(), |mut object, (name, inner)| {
                match inner {
                    Value::Object(asset) if name == "url" && asset.contains_key("assetId") => object.extend(asset),
                    other => drop(object.insert(name, other)),
                }
                object
            }))
        }
        Value::Array(items) => items.iter().map(|item| shown(item, assets)).collect(),
        plain => plain.clone(),
    }
}

fn size_key(order: &Order, name: &str) -> String {
    let sizes = order.group.document.sizes();
    let found = sizes.iter().find(|size| size.key == name || TemplateId::of(&order.group.id, &size.key).as_str() == name);
    found.map_or_else(|| name.to_owned(), |size| size.key.clone())
}

/// By file name, as URLs end in it.
fn blob_keys(row: &Row) -> HashMap<String, BlobKey> {
    let files = row.images.iter().flat_map(|image| &image.files);
    files.filter_map(|file| Some((file.blob_key.rsplit('/').next()?.to_owned(), file.blob_key.parse().ok()?))).collect()
}

fn checked_key(key: &str) -> Result<&str> {
    if key.is_empty() || key.len() > MAX_IDEMPOTENCY_KEY || !key.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        return Err(Error::InvalidHeader(format!("Idempotency-Key must have 1 to {MAX_IDEMPOTENCY_KEY} printable ASCII characters.")));
    }
    Ok(key)
}
