//! The render pool: one named thread per core, each with its own long-lived scratch space, and three bounded queues: what
//! is drawn only for looking at waits until no call does, and rows of bulk runs until neither does, or until it was their
//! turn.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use render::Scratch;
use tokio::sync::oneshot;

/// Work that waits at most; beyond it [`Pool::run`] refuses. Admission keeps far below this.
const QUEUE: usize = 8_192;
/// The same for spare work.
const SPARE: usize = 128;
/// One piece of work in so many is a row's, where one waits: a run goes on beside any load, only slowly.
const ROW_TURN: u8 = 8;

type Work = Box<dyn FnOnce(&mut Scratch) + Send>;

/// Why work has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// It panicked. Its thread lives on with fresh scratch space.
    Panicked,
    /// The queue is full, or the pool is closed.
    Refused,
}

#[derive(Default)]
struct Queue {
    work: VecDeque<Work>,
    /// Begun only where no other work waits.
    spare: VecDeque<Work>,
    /// Begun only where neither waits, or at its turn.
    rows: VecDeque<Work>,
    turn: u8,
    closed: bool,
}

impl Queue {
    fn next(&mut self) -> Option<Work> {
        let turn = (self.turn + 1) % ROW_TURN;
        let row = if turn == 0 { self.rows.pop_front() } else { None };
        let work = row.or_else(|| self.work.pop_front()).or_else(|| self.spare.pop_front()).or_else(|| self.rows.pop_front())?;
        self.turn = turn;
        Some(work)
    }
}

struct Shared {
    queue: Mutex<Queue>,
    more: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Work> {
        let mut queue = self.lock();
        loop {
            if let Some(work) = queue.next() {
                return Some(work);
            }
            if queue.closed {
                return None;
            }
            queue = self.more.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Threads end when the pool is dropped and what was queued is done.
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

impl Pool {
    /// # Errors
    /// Where the system gives no more threads.
    pub fn start(threads: usize) -> std::io::Result<Self> {
        let pool = Self { shared: Arc::new(Shared { queue: Mutex::default(), more: Condvar::new() }) };
        for index in 0..threads.max(1) {
            let shared = Arc::clone(&pool.shared);
            std::thread::Builder::new().name(format!("render-{index}")).spawn(move || {
                let mut scratch = Scratch::default();
                while let Some(work) = shared.next() {
                    if catch_unwind(AssertUnwindSafe(|| work(&mut scratch))).is_err() {
                        // Whatever the panic left half-made goes with it.
                        scratch = Scratch::default();
                        metrics::counter!("render_panics_total").increment(1);
                    }
                }
            })?;
        }
        Ok(pool)
    }

    /// Runs `work` on the next free thread.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Scratch) -> T + Send + 'static) -> Result<T, Lost> {
        self.queued(work, |queue| (queue.work.len() < QUEUE).then_some(&mut queue.work)).await
    }

    /// Runs `work` once nothing else waits, such as a preview: the first to give way.
    pub async fn run_spare<T: Send + 'static>(&self, work: impl FnOnce(&mut Scratch) -> T + Send + 'static) -> Result<T, Lost> {
        self.queued(work, |queue| (queue.spare.len() < SPARE).then_some(&mut queue.spare)).await
    }

    /// Runs `work` of a bulk run's row, behind everything that somebody waits for.
    pub async fn run_row<T: Send + 'static>(&self, work: impl FnOnce(&mut Scratch) -> T + Send + 'static) -> Result<T, Lost> {
        self.queued(work, |queue| (queue.rows.len() < QUEUE).then_some(&mut queue.rows)).await
    }

    async fn queued<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Scratch) -> T + Send + 'static,
        place: impl FnOnce(&mut Queue) -> Option<&mut VecDeque<Work>>,
    ) -> Result<T, Lost> {
        let (reply, answer) = oneshot::channel();
        {
            let mut queue = self.shared.lock();
            if queue.closed {
                return Err(Lost::Refused);
            }
            let line = place(&mut queue).ok_or(Lost::Refused)?;
            line.push_back(Box::new(move |scratch| {
                // Nobody waits for what a caller asked for that went away.
                if !reply.is_closed() {
                    let _ = reply.send(work(scratch));
                }
            }));
        }
        self.shared.more.notify_one();
        // A panic drops the sender unsent.
        answer.await.map_err(|_| Lost::Panicked)
    }

    /// Pieces of work that wait.
    pub fn waiting(&self) -> usize {
        self.shared.lock().work.len()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.more.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_fails_its_own_work_and_the_thread_survives() {
        let pool = Pool::start(1).unwrap();
        let thread = pool.run(|_| std::thread::current().id()).await.unwrap();
        assert_eq!(pool.run(|_| -> u8 { panic!("as the test wants") }).await, Err(Lost::Panicked));
        assert_eq!(pool.run(|_| std::thread::current().id()).await, Ok(thread));
    }

    #[tokio::test]
    async fn spare_work_gives_way_and_is_dropped_with_its_caller() {
        let pool = Pool::start(1).unwrap();
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let order = Arc::new(Mutex::new(Vec::new()));
        let note = |name: &'static str| {
            let order = Arc::clone(&order);
            move |_: &mut Scratch| order.lock().unwrap().push(name)
        };
        let busy = pool.run(move |_| gate.recv().unwrap());
        let gone = Box::pin(pool.run_spare(note("gone")));
        let (busy, spare, work) = (Box::pin(busy), Box::pin(pool.run_spare(note("spare"))), Box::pin(pool.run(note("work"))));
        // Polled once each, so that they are queued in this order; then one of them is given up.
        let (busy, gone, spare, work) = (started(busy).await, started(gone).await, started(spare).await, started(work).await);
        drop(gone);
        open.send(()).unwrap();
        let done = tokio::join!(busy, spare, work);
        assert_eq!(done, (Ok(()), Ok(()), Ok(())));
        assert_eq!(*order.lock().unwrap(), ["work", "spare"]);
    }

    #[tokio::test]
    async fn rows_wait_for_everybody_else_but_not_for_ever() {
        let pool = Pool::start(1).unwrap();
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let order = Arc::new(Mutex::new(String::new()));
        let note = |letter: char| {
            let order = Arc::clone(&order);
            move |_: &mut Scratch| order.lock().unwrap().push(letter)
        };
        let busy = started(Box::pin(pool.run(move |_| gate.recv().unwrap()))).await;
        let rows = futures::future::join_all([pool.run_row(note('r')), pool.run_row(note('r'))]);
        let rows = started(Box::pin(rows)).await;
        let spare = started(Box::pin(pool.run_spare(note('s')))).await;
        let calls = started(Box::pin(futures::future::join_all((0..10).map(|_| pool.run(note('c')))))).await;
        open.send(()).unwrap();
        tokio::join!(async { busy.await.unwrap() }, rows, async { spare.await.unwrap() }, calls);
        // The gate's piece was the first of the first eight.
        assert_eq!(*order.lock().unwrap(), "ccccccrccccsr");
    }

    async fn started<T, F: Future<Output = T> + Unpin>(mut work: F) -> F {
        assert!(futures::poll!(&mut work).is_pending());
        work
    }

    #[tokio::test]
    async fn threads_have_names_and_work_side_by_side() {
        let pool = Pool::start(2).unwrap();
        let barrier = Arc::new(std::sync::Barrier::new(2));
        let meet = |barrier: Arc<std::sync::Barrier>| {
            pool.run(move |_| {
                barrier.wait();
                std::thread::current().name().map(ToOwned::to_owned)
            })
        };
        let (a, b) = tokio::join!(meet(Arc::clone(&barrier)), meet(barrier));
        let mut names = [a.unwrap().unwrap(), b.unwrap().unwrap()];
        names.sort();
        assert_eq!(names, ["render-0", "render-1"]);
    }
}
