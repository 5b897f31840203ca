//! The parent's side: threads that each own a child, start it anew when it died, and end it when it takes too long.

use std::{
    collections::{HashMap, VecDeque},
    ffi::OsString,
    io,
    os::fd::{AsFd as _, OwnedFd},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use bytes::Bytes;
use render::{Picture, PictureError, codec};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::Instant,
};

use super::{
    Confinement, Facts, Need,
    job::{self, Done, Task},
    kernel::Mapping,
    lanes::Lanes,
    link::{Link, Reply, Request, seal},
};
use crate::Digest;

/// CPU time that one job may take before its child is killed.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time on the clock after which it is killed all the same, for a child that gets no CPU because the machine is busy.
const LONGEST: Duration = Duration::from_secs(5);
/// CPU time that shows that the content is at fault, and not the machine.
const BLAME: Duration = Duration::from_secs(1);
/// How long a child may take to start.
const START: Duration = Duration::from_secs(10);
/// Jobs that may wait or run; more wait outside, until their deadline.
const QUEUE: usize = 1_024;
/// Digests of killers that are remembered.
const KILLERS: usize = 4_096;
/// Children that a content may take with it before it is refused unseen.
const KILLS: u8 = 2;

/// How to start a child: this binary and its hidden subcommand, as a rule.
#[derive(Clone, Debug)]
pub struct Worker {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
}

impl Worker {
    /// The running binary with the subcommand `decode-worker`.
    ///
    /// # Errors
    /// Where the system does not say which binary runs.
    pub fn this_binary() -> io::Result<Self> {
        // Through the link, so that a binary replaced by an upgrade still starts the version that runs.
        let link = PathBuf::from("/proc/self/exe");
        let program = if link.exists() { link } else { std::env::current_exe()? };
        Ok(Self { program, arguments: vec!["decode-worker".into()] })
    }
}

/// Decodes untrusted files in children. Cheap to clone; the children end with the last clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    room: Arc<Semaphore>,
    confinement: Confinement,
    /// Jobs run on threads of this process.
    in_process: bool,
}

struct Shared {
    lanes: Lanes<Job>,
    killers: Mutex<Killers>,
    started: AtomicU64,
    killed: AtomicU64,
}

struct Job {
    task: Task,
    bytes: Bytes,
    digest: Digest,
    deadline: Instant,
    reply: oneshot::Sender<Result<Done, PictureError>>,
    _room: OwnedSemaphorePermit,
}

impl Sandbox {
    /// Starts `count` children (one per core is right) and waits until they are ready.
    ///
    /// # Errors
    /// A child that does not start or does not say that it is ready.
    pub fn start(count: usize, worker: &Worker) -> io::Result<Self> {
        // Held while the threads are waited for: if one fails, dropping it ends the others.
        let mut inner = Inner::new(false);
        let (ready, all_ready) = std::sync::mpsc::channel();
        for index in 0..count.max(1) {
            let (shared, worker, ready) = (Arc::clone(&inner.shared), worker.clone(), ready.clone());
            thread::Builder::new().name(format!("decode-{index}")).spawn(move || match Decoder::start(&worker) {
                Ok((decoder, confinement)) => {
                    shared.started.fetch_add(1, Ordering::Relaxed);
                    let _ = ready.send(Ok(confinement));
                    drop(ready);
                    tend(&shared, &worker, decoder);
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            })?;
        }
        drop(ready);
        let mut common = u8::MAX;
        for confinement in all_ready {
            common &= confinement?.to_bits();
        }
        inner.confinement = Confinement::from_bits(common);
        if !inner.confinement.is_full() {
            tracing::warn!(confinement = ?inner.confinement, "decoding processes are not fully confined by this kernel");
        }
        Ok(Self(Arc::new(inner)))
    }

    /// Decodes in this process, without any protection: for tests and benchmarks of trusted files.
    pub fn in_process() -> Self {
        Self(Arc::new(Inner::new(true)))
    }

    /// What holds every child.
    pub fn confinement(&self) -> Confinement {
        self.0.confinement
    }

    /// Children started and killed so far.
    pub fn counts(&self) -> (u64, u64) {
        (self.0.shared.started.load(Ordering::Relaxed), self.0.shared.killed.load(Ordering::Relaxed))
    }

    /// Decodes a picture for a box of pixels. `lane` is the call that asks: lanes take turns.
    ///
    /// # Errors
    /// `TooLarge` beyond the limits; `DecodeFailed` for everything else, a deadline included.
    pub async fn decode(&self, bytes: Bytes, digest: Digest, need: Need, lane: u64, deadline: Instant) -> Result<Picture, PictureError> {
        match self.run(Task::Decode(need), bytes, digest, lane, deadline).await? {
            Done::Decoded(picture) => Ok(picture),
            Done::Checked(_) | Done::Cleaned(_) => Err(PictureError::DecodeFailed),
        }
    }

    /// Decodes all of a file and says what it is; for uploads.
    ///
    /// # Errors
    /// As `decode`.
    pub async fn check(&self, bytes: Bytes, lane: u64, deadline: Instant) -> Result<Facts, PictureError> {
        let digest = Digest::of(&bytes);
        match self.run(Task::Check, bytes, digest, lane, deadline).await? {
            Done::Checked(facts) => Ok(facts),
            Done::Decoded(_) | Done::Cleaned(_) => Err(PictureError::DecodeFailed),
        }
    }

    /// Looks at a font whole and gives it as [`render::clean_font`] writes it.
    ///
    /// # Errors
    /// As `decode`.
    pub async fn font(&self, bytes: Bytes, lane: u64, deadline: Instant) -> Result<Bytes, PictureError> {
        let digest = Digest::of(&bytes);
        match self.run(Task::Font, bytes, digest, lane, deadline).await? {
            Done::Cleaned(sfnt) => Ok(sfnt),
            Done::Checked(_) | Done::Decoded(_) => Err(PictureError::DecodeFailed),
        }
    }

    async fn run(&self, task: Task, bytes: Bytes, digest: Digest, lane: u64, deadline: Instant) -> Result<Done, PictureError> {
        if bytes.len() > codec::MAX_BYTES {
            return Err(PictureError::TooLarge);
        }
        // What is no picture at all needs no child to say so.
        let is_picture = task == Task::Font || codec::sniff(&bytes).is_some();
        if !is_picture || self.0.shared.is_killer(&digest) {
            return Err(PictureError::DecodeFailed);
        }
        let work = async {
            let room = Arc::clone(&self.0.room).acquire_owned().await.ok()?;
            if self.0.in_process {
                return tokio::task::spawn_blocking(move || job::run(task, &bytes)).await.ok();
            }
            let (reply, answer) = oneshot::channel();
            self.0.shared.lanes.push(lane, Job { task, bytes, digest, deadline, reply, _room: room });
            answer.await.ok()
        };
        tokio::time::timeout_at(deadline, work).await.ok().flatten().unwrap_or(Err(PictureError::DecodeFailed))
    }
}

impl Inner {
    fn new(in_process: bool) -> Self {
        Self { shared: Arc::new(Shared::new()), room: Arc::new(Semaphore::new(QUEUE)), confinement: Confinement::default(), in_process }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.lanes.close();
    }
}

impl Shared {
    fn new() -> Self {
        Self { lanes: Lanes::new(), killers: Mutex::default(), started: AtomicU64::new(0), killed: AtomicU64::new(0) }
    }

    fn is_killer(&self, digest: &Digest) -> bool {
        self.killers.lock().unwrap_or_else(PoisonError::into_inner).refuses(digest)
    }
}

/// Which contents took children with them, the oldest forgotten first.
#[derive(Default)]
struct Killers {
    kills: HashMap<Digest, u8>,
    order: VecDeque<Digest>,
}

impl Killers {
    fn refuses(&self, digest: &Digest) -> bool {
        self.kills.get(digest).is_some_and(|&kills| kills >= KILLS)
    }

    fn add(&mut self, digest: Digest) {
        let kills = self.kills.entry(digest).or_insert(0);
        *kills = kills.saturating_add(1);
        if *kills == 1 {
            self.order.push_back(digest);
        }
        if self.order.len() > KILLERS
            && let Some(oldest) = self.order.pop_front()
        {
            self.kills.remove(&oldest);
        }
    }
}

/// A thread's life: take a job, give it to the child, answer.
fn tend(shared: &Shared, worker: &Worker, first: Decoder) {
    let mut decoder = Some(first);
    while let Some(job) = shared.lanes.pop() {
        // Nobody waits any more, or not long enough.
        if job.reply.is_closed() || job.deadline <= Instant::now() || shared.is_killer(&job.digest) {
            let _ = job.reply.send(Err(PictureError::DecodeFailed));
            continue;
        }
        let outcome = attempt(&mut decoder, shared, worker, &job);
        let _ = job.reply.send(outcome);
        // Ready before the next job comes.
        if decoder.is_none() {
            decoder = restart(shared, worker);
        }
    }
}

fn attempt(decoder: &mut Option<Decoder>, shared: &Shared, worker: &Worker, job: &Job) -> Result<Done, PictureError> {
    // A child can die while idle (the system was out of memory): that is no fault of this job.
    if decoder.as_mut().is_none_or(|decoder| !decoder.alive()) {
        *decoder = restart(shared, worker);
    }
    let current = decoder.as_mut().ok_or(PictureError::DecodeFailed)?;
    let before = current.cpu_time();
    let end = job.deadline.min(Instant::now() + LONGEST);
    match current.work(job.task, &job.bytes, before + PATIENCE, end) {
        Ok(outcome) => outcome,
        Err(error) => {
            let used = current.cpu_time().saturating_sub(before);
            *decoder = None;
            shared.killed.fetch_add(1, Ordering::Relaxed);
            // On a machine so busy that the clock ended it first, it has not shown that it is a killer.
            if error.kind() != io::ErrorKind::WouldBlock || used >= BLAME {
                shared.killers.lock().unwrap_or_else(PoisonError::into_inner).add(job.digest);
            }
            tracing::warn!(digest = %job.digest, bytes = job.bytes.len(), ?used, %error, "a decoding process was ended");
            Err(PictureError::DecodeFailed)
        }
    }
}

fn restart(shared: &Shared, worker: &Worker) -> Option<Decoder> {
    match Decoder::start(worker) {
        Ok((decoder, _)) => {
            shared.started.fetch_add(1, Ordering::Relaxed);
            Some(decoder)
        }
        Err(error) => {
            tracing::error!(%error, "a decoding process does not start");
            // Without a pause a system that can't start processes would be asked as fast as jobs come.
            thread::sleep(Duration::from_millis(100));
            None
        }
    }
}

/// One child and the socket to it. Dropping it kills the child.
struct Decoder {
    child: Child,
    link: Link,
}

impl Decoder {
    fn start(worker: &Worker) -> io::Result<(Self, Confinement)> {
        let (link, theirs) = Link::pair()?;
        let child = Command::new(&worker.program)
            .args(&worker.arguments)
            // Settings and secrets stand in the environment; the child has none.
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let decoder = Self { child, link };
        decoder.link.patience(START)?;
        let (message, _) = decoder.link.receive()?;
        match Reply::decode(&message) {
            Some(Reply::Ready(confinement)) => Ok((decoder, confinement)),
            _ => Err(io::Error::other("the decoding process did not say that it is ready")),
        }
    }

    fn alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// CPU time of the child so far, in steps of 10 ms.
    fn cpu_time(&self) -> Duration {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // Behind the name in parentheses, which may hold anything: user and system time are the 12th and 13th.
        let numbers = text.rsplit_once(')').map_or("", |(_, numbers)| numbers).split_whitespace().skip(11).take(2);
        let ticks: u64 = numbers.filter_map(|number| number.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second().max(1))
    }

    /// The next message, unless the child has had its CPU time or the clock its own.
    fn receive(&self, cpu: Duration, end: Instant) -> io::Result<(Vec<u8>, Option<OwnedFd>)> {
        // A child can't use more CPU than time passes, so it need not be asked before.
        let mut patience = PATIENCE;
        loop {
            patience = patience.min(end.saturating_duration_since(Instant::now()));
            if patience.is_zero() {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            self.link.patience(patience)?;
            match self.link.receive() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => patience = cpu.saturating_sub(self.cpu_time()),
                other => return other,
            }
        }
    }

    /// An error means that the child is of no use any more: dead, too slow, or out of its mind.
    fn work(&self, task: Task, bytes: &[u8], cpu: Duration, end: Instant) -> io::Result<Result<Done, PictureError>> {
        let file = seal(bytes)?;
        let len = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.link.send(&Request { task, len }.encode(), Some(file.as_fd()))?;
        let (message, pixels) = self.receive(cpu, end)?;
        let odd = || io::Error::other("the decoding process said something odd");
        let reply = Reply::decode(&message).ok_or_else(odd)?;
        match (task, reply, pixels) {
            (_, Reply::Failed(error), None) => Ok(Err(error)),
            (Task::Check, Reply::Checked(facts), None) => Ok(Ok(Done::Checked(facts))),
            (Task::Decode(_), Reply::Decoded { width, height, source_width, source_height, opaque }, Some(file)) => {
                let fits = (1..=codec::MAX_SIDE).contains(&width) && (1..=codec::MAX_SIDE).contains(&height);
                let pixels = u64::from(width) * u64::from(height);
                if !fits || pixels > codec::MAX_PIXELS {
                    return Err(odd());
                }
                let pixels = Arc::new(Mapping::of_sealed(file.as_fd(), pixels as usize * 4)?);
                Ok(Ok(Done::Decoded(Picture { width, height, source_width, source_height, opaque, pixels, file: None })))
            }
            (Task::Font, Reply::Cleaned { len }, Some(file)) => {
                if len as usize > render::MAX_UNPACKED {
                    return Err(odd());
                }
                let sfnt = Mapping::of_sealed(file.as_fd(), len as usize)?;
                Ok(Ok(Done::Cleaned(Bytes::copy_from_slice(sfnt.as_ref()))))
            }
            _ => Err(odd()),
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
