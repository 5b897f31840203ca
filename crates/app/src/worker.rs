//! Work that no request waits for: queued jobs, leases, the sweeper, and who is told when a generation ends.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assets::BlobKey;
use domain::{GenerationId, Mode, TeamId};
use futures::StreamExt as _;
use store::{Generation as Row, Lease};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::run::{Job, Work, WorkImage};
use crate::{App, Principal, Result, thumbnail};

/// How often a waiter looks itself, because another process may have ended the generation.
const LOOK: Duration = Duration::from_millis(500);
/// How often the worker looks for jobs that another process queued.
const POLL: Duration = Duration::from_millis(500);
const SWEEP: Duration = Duration::from_secs(2);
/// Times that a job is begun: one that ends its process each time must not do so for ever.
const ATTEMPTS: u32 = 3;
/// Blobs removed, and generations expired, in one sweep.
const BATCH: u32 = 500;
/// Blobs that are removed at a time.
const REMOVALS: usize = 16;

/// Who waits for which generation, and whether there is work.
#[derive(Default)]
pub(crate) struct Ends {
    waiting: Mutex<HashMap<GenerationId, watch::Sender<()>>>,
    /// A job was queued by this process.
    queued: Notify,
    /// Jobs that this process works on.
    active: watch::Sender<HashSet<GenerationId>>,
}

impl Ends {
    /// Tells everyone who waits.
    pub fn end(&self, id: GenerationId) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = waiting.remove(&id) {
            sender.send_replace(());
        }
    }

    fn subscribe(&self, id: GenerationId) -> watch::Receiver<()> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // Waiters that gave up leave senders without receivers behind.
        if waiting.len() > 1_000 {
            waiting.retain(|_, sender| sender.receiver_count() > 0);
        }
        waiting.entry(id).or_insert_with(|| watch::channel(()).0).subscribe()
    }

    /// Wakes the worker.
    pub fn work_is_there(&self) {
        self.queued.notify_one();
    }

    /// Names a job as worked on until the guard is dropped.
    pub fn begin(self_: &App, id: GenerationId) -> Active {
        self_.ends.active.send_if_modified(|active| active.insert(id));
        Active(self_.clone(), id)
    }
}

/// One job that runs.
pub(crate) struct Active(App, GenerationId);

impl Drop for Active {
    fn drop(&mut self) {
        self.0.ends.active.send_if_modified(|active| active.remove(&self.1));
    }
}

/// The tasks behind a running service; [`Background::stop`] ends them.
pub struct Background {
    app: App,
    tasks: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
}

impl App {
    /// Takes back the jobs of a dead process, then starts the worker (where the settings want one), the prolonging of
    /// leases, and the sweeper. `alone`: no other process can hold a lease, because this one holds the embedded store.
    ///
    /// # Errors
    /// The store's.
    pub async fn start(&self, alone: bool) -> Result<Background> {
        if alone {
            self.store.take_back_bulk_runs(&self.owner).await?;
            let back = self.store.take_back_others(&self.owner).await?;
            if back > 0 {
                tracing::info!(jobs = back, "took back the jobs of a process that ended");
            }
        }
        let (stop, stopped) = watch::channel(false);
        let mut tasks = vec![tokio::spawn(keep_leases(self.clone(), stopped.clone())), tokio::spawn(sweep(self.clone(), stopped.clone()))];
        tasks.push(tokio::spawn(crate::people::tidy(self.clone(), stopped.clone())));
        if let Some(config) = self.config.mail.clone() {
            tasks.push(tokio::spawn(crate::mail::work(self.clone(), config, stopped.clone())));
            tasks.push(tokio::spawn(crate::mail::give(self.clone(), stopped.clone())));
        }
        if self.config.worker {
            tasks.push(tokio::spawn(crate::bulk::work(self.clone(), stopped.clone())));
            tasks.push(tokio::spawn(work(self.clone(), stopped)));
        }
        Ok(Background { app: self.clone(), tasks, stop })
    }

    /// The generation once it has ended, or as it stands at `until`; `None` where it is not there.
    pub(crate) async fn wait_for_end(&self, who: &Principal, id: GenerationId, until: Instant) -> Result<Option<Row>> {
        loop {
            let mut end = self.ends.subscribe(id);
            // Looked at after subscribing, or an end in between would be missed.
            let row = self.store.generation(who.team, who.mode, id).await?;
            let now = Instant::now();
            if now >= until || row.as_ref().is_none_or(|row| row.status.is_finished()) {
                return Ok(row);
            }
            let _ = timeout_at(until.min(now + LOOK), end.changed()).await;
        }
    }

    pub(crate) fn lease(&self) -> Lease {
        Lease { owner: self.owner.clone(), until: self.clock.now().plus(self.config.lease) }
    }

    /// One round of the sweeper: overdue leases, expiry, removal of what was deleted, old idempotency keys.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep_once(&self) -> Result<()> {
        let now = self.clock.now();
        let back = self.store.take_back_overdue(now).await?;
        if back > 0 {
            tracing::warn!(jobs = back, "took back jobs whose lease was over");
            self.ends.work_is_there();
        }
        self.store.expire_generations(BATCH, now).await?;
        self.remove_doomed().await?;
        self.store.forget_idempotency_keys(now).await?;
        if !self.store.is_embedded() {
            self.store.forget_rates(now).await?;
        }
        self.forget_deleted().await?;
        let (queued, running) = self.store.job_counts().await?;
        metrics::gauge!("jobs_queued").set(queued as f64);
        metrics::gauge!("jobs_running").set(running as f64);
        metrics::gauge!("render_queue").set(self.pool.waiting() as f64);
        metrics::gauge!("picture_cache_bytes").set(self.assets.cached() as f64);
        Ok(())
    }

    /// Removes blobs that are listed for removal, some side by side. The first failure ends the round: where the storage
    /// hangs, each further one would keep the sweeper as long.
    pub(crate) async fn remove_doomed(&self) -> Result<()> {
        let doomed = self.store.doomed_blobs(BATCH).await?;
        let removals = futures::stream::iter(doomed).map(async |text| {
            if let Ok(key) = text.parse::<BlobKey>() {
                self.remove_blob(&key).await?;
            }
            Ok::<_, assets::BlobError>(text)
        });
        let mut removals = std::pin::pin!(removals.buffer_unordered(REMOVALS));
        let mut removed = Vec::new();
        while let Some(removal) = removals.next().await {
            match removal {
                Ok(text) => removed.push(text),
                Err(error) => {
                    tracing::error!(%error, "blobs were not removed");
                    break;
                }
            }
        }
        if !removed.is_empty() {
            self.store.forget_blobs(removed).await?;
        }
        Ok(())
    }

    /// A picture's thumbnail goes with it.
    async fn remove_blob(&self, key: &BlobKey) -> std::result::Result<(), assets::BlobError> {
        if let BlobKey::Picture(token, _) = key
            && let Ok(small) = thumbnail::key(*token)
        {
            self.assets.blobs().delete(&small).await?;
        }
        self.assets.blobs().delete(key).await
    }

    /// Works one claimed job off.
    async fn work_off(&self, job: store::Job) {
        let (id, team, mode, attempt, handed_back) = (job.generation, job.team, job.mode, job.attempt, job.handed_back);
        // A process that was told to stop says nothing of the work that it held.
        let is_worn = attempt.saturating_sub(handed_back) > ATTEMPTS;
        let _active = Ends::begin(self, id);
        let work = match serde_json::from_str::<Work>(&job.work) {
            Ok(work) => Arc::new(work),
            Err(error) => {
                tracing::error!(generation = %id, attempt, %error, "a job can't be read; another version of this program wrote it");
                // A node of that version may take it when the lease is over. In the end it has to end.
                let Some(work) = (if is_worn { self.remains(team, mode, id).await } else { None }) else { return };
                Arc::new(work)
            }
        };
        let job = Job { id, team, mode, attempt, work };
        if is_worn {
            tracing::error!(generation = %id, attempt, handed_back, "a job was begun too often");
            self.give_up(&job).await;
        } else {
            self.run_guarded(job, None).await;
        }
    }

    /// What ends a job whose work can't be read: its images.
    async fn remains(&self, team: TeamId, mode: Mode, id: GenerationId) -> Option<Work> {
        let row = self.store.generation(team, mode, id).await.ok()??;
        let image = |image: &store::Image| WorkImage { id: image.id, key: image.key.clone(), files: Vec::new() };
        let warnings = serde_json::from_str(&row.warnings).unwrap_or_else(|_| serde_json::json!([]));
        Some(Work { images: row.images.iter().map(image).collect(), warnings, ..Work::default() })
    }
}

impl Background {
    /// Takes no more jobs and waits for those that run, at most `patience`; the others may have what is left. Gives the number.
    pub async fn stop(mut self, patience: Duration) -> usize {
        self.stop.send_replace(true);
        let mut active = self.app.ends.active.subscribe();
        let _ = tokio::time::timeout(patience, active.wait_for(HashSet::is_empty)).await;
        for task in self.tasks.drain(..) {
            task.abort();
        }
        if let Err(error) = self.app.store.hand_back_bulk_runs(&self.app.owner).await {
            tracing::warn!(%error, "bulk runs were not handed back; others take them when their leases are over");
        }
        match self.app.store.hand_back(&self.app.owner).await {
            Ok(0) => {}
            Ok(jobs) => tracing::warn!(jobs, "handed back jobs that had not ended"),
            Err(error) => tracing::warn!(%error, "jobs were not handed back; others take them when their leases are over"),
        }
        active.borrow().len()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn work(app: App, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(2 * app.config.threads()));
    while !*stopped.borrow() {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match app.store.claim_job(app.lease(), app.clock.now()).await {
            Ok(Some(job)) => {
                let app = app.clone();
                tokio::spawn(async move {
                    app.work_off(job).await;
                    drop(place);
                });
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "no job could be claimed"),
        }
        drop(place);
        tokio::select! {
            () = app.ends.queued.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Prolongs for as long as jobs run, also while the service drains. Only of those that do run: where the database was away
/// when one was taken or ended, its lease must come to an end.
async fn keep_leases(app: App, _stopped: watch::Receiver<bool>) {
    loop {
        tokio::time::sleep(app.config.lease / 4).await;
        let active = app.ends.active.borrow().iter().copied().collect();
        if let Err(error) = app.store.renew_leases(app.lease(), active).await {
            tracing::error!(%error, "leases were not prolonged");
        }
    }
}

async fn sweep(app: App, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = app.sweep_once().await {
            tracing::error!(%error, "a sweep failed");
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            _ = stopped.changed() => {}
        }
    }
}
