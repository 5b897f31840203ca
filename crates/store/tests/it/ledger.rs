//! The ledger under random histories: whatever happens in whatever order, the auditor finds nothing, and the figures are
//! those of a model that knows no database.

use std::time::Duration;

use crate::support::*;
use domain::{Mode, TeamId, Timestamp};
use proptest::prelude::*;
use store::{Accept, Adjusted, Deleted, Finish, NewGeneration, Store};

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Accept {
        images: usize,
        key: Option<u8>,
        test: bool,
        queued: bool,
    },
    /// The end of the open generation at this place (modulo their number); a bit for each image that failed.
    Finish {
        which: usize,
        failed: u8,
    },
    /// An end that was already told, told again.
    FinishAgain {
        which: usize,
    },
    Delete {
        which: usize,
    },
    /// The process dies: leases are taken back, and somebody else claims.
    Crash,
    Grant {
        amount: i64,
    },
    Adjust {
        by: i64,
    },
    Plan {
        which: usize,
        own_choice: bool,
    },
    Wait {
        days: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1..5_usize, proptest::option::weighted(0.3, 0..4_u8), proptest::bool::weighted(0.1), any::<bool>())
            .prop_map(|(images, key, test, queued)| Step::Accept { images, key, test, queued }),
        5 => (any::<usize>(), any::<u8>()).prop_map(|(which, failed)| Step::Finish { which, failed }),
        1 => any::<usize>().prop_map(|which| Step::FinishAgain { which }),
        1 => any::<usize>().prop_map(|which| Step::Delete { which }),
        1 => Just(Step::Crash),
        1 => (1..8_i64).prop_map(|amount| Step::Grant { amount }),
        1 => (-8..8_i64).prop_map(|by| Step::Adjust { by }),
        1 => (0..3_usize, any::<bool>()).prop_map(|(which, own_choice)| Step::Plan { which, own_choice }),
        1 => (1..40_u64).prop_map(|days| Step::Wait { days }),
    ]
}

/// An accepted generation that has not ended, as far as the test knows.
struct Open {
    call: NewGeneration,
    attempt: u32,
}

struct History {
    store: Store,
    team: TeamId,
    live: domain::KeyId,
    test: domain::KeyId,
    now: Timestamp,
    open: Vec<Open>,
    ended: Vec<Open>,
}

const PLAN_NAMES: [&str; 3] = ["tiny", "agency", "free"];

impl History {
    async fn take(&mut self, step: Step) {
        match step {
            Step::Accept { images, key, test, queued } => self.accept(images, key, test, queued).await,
            Step::Finish { which, failed } if !self.open.is_empty() => {
                let open = self.open.remove(which % self.open.len());
                self.finish(open, failed).await;
            }
            Step::FinishAgain { which } if !self.ended.is_empty() => {
                let ended = &self.ended[which % self.ended.len()];
                assert_eq!(self.store.finish(end(&ended.call, ended.attempt, &[]), self.now).await.unwrap(), Finish::Lost);
            }
            Step::Delete { which } if !self.open.is_empty() => {
                let open = self.open.remove(which % self.open.len());
                let outcome = self.store.delete_generation(self.team, open.call.mode, open.call.id, self.now).await.unwrap();
                assert!(matches!(outcome, Deleted::Done { .. }));
                self.ended.push(open);
            }
            Step::Crash => {
                self.store.take_back_others("nobody").await.unwrap();
                let far = lease("next", self.now.plus(days(10_000)));
                while let Some(job) = self.store.claim_job(far.clone(), self.now).await.unwrap() {
                    let open = self.open.iter_mut().find(|open| open.call.id == job.generation).unwrap();
                    // The dead process's own end comes too late.
                    if open.attempt > 0 {
                        assert_eq!(self.store.finish(end(&open.call, open.attempt, &[]), self.now).await.unwrap(), Finish::Lost);
                    }
                    open.attempt = job.attempt;
                }
            }
            Step::Grant { amount } => {
                let before = self.store.credits(self.team, self.now).await.unwrap().unwrap();
                let after = self.store.grant_credits(self.team, amount, "pack", None, self.now).await.unwrap();
                assert_eq!((after.purchased, after.remaining()), (before.purchased + amount, before.remaining() + amount));
            }
            Step::Adjust { by } if by != 0 => {
                let before = self.store.credits(self.team, self.now).await.unwrap().unwrap().remaining();
                match self.store.adjust_credits(self.team, by, "test", self.now).await.unwrap() {
                    Adjusted::Done(credits) => assert_eq!(credits.remaining(), before + by),
                    Adjusted::Refused { remaining } => assert!(remaining == before && before + by < 0),
                }
            }
            Step::Plan { which, own_choice } => {
                let plan = PLAN_NAMES[which];
                let before = self.store.credits(self.team, self.now).await.unwrap().unwrap();
                if own_choice {
                    self.store.choose_plan(self.team, plan, domain::Cycle::Month, None, self.now).await.unwrap();
                } else {
                    self.store.set_plan(self.team, plan, self.now).await.unwrap();
                }
                let after = self.store.credits(self.team, self.now).await.unwrap().unwrap();
                assert!(after.remaining() >= before.remaining() && after.purchased == before.purchased);
            }
            Step::Wait { days: count } => {
                let before = self.store.credits(self.team, self.now).await.unwrap().unwrap();
                self.now = self.now.plus(days(count));
                let after = self.store.credits(self.team, self.now).await.unwrap().unwrap();
                if after.period == before.period {
                    assert_eq!(after, before);
                } else {
                    assert!(after.period.start >= before.period.end);
                    assert_eq!((after.used, after.reserved, after.adjusted), (0, 0, 0));
                    assert_eq!(after.purchased, before.purchased_left());
                    assert_eq!(after.remaining(), after.included + after.purchased);
                }
            }
            _ => {}
        }
    }

    async fn accept(&mut self, images: usize, key: Option<u8>, test: bool, queued: bool) {
        let mut call = call(self.team, if test { self.test } else { self.live }, images);
        if test {
            call.mode = Mode::Test;
        }
        if queued {
            call.lease = None;
        } else {
            call.lease = Some(lease("me", self.now.plus(days(10_000))));
        }
        if let Some(key) = key {
            call = with_key(call, &format!("key {key}"), &format!("{images} images"));
        }
        let before = self.store.credits(self.team, self.now).await.unwrap().unwrap();
        let outcome = self.store.accept(call.clone(), self.now).await.unwrap();
        let after = self.store.credits(self.team, self.now).await.unwrap().unwrap();
        let count = i64::try_from(images).unwrap();
        match outcome {
            Accept::Accepted { credits } => {
                assert_eq!(credits, (!test).then_some(after));
                if !test {
                    assert_eq!(after.reserved, before.reserved + count);
                    assert!(after.remaining() == before.remaining() - if before.unlimited { 0 } else { count });
                }
                self.open.push(Open { attempt: u32::from(!queued), call });
            }
            Accept::Insufficient { required, remaining } => {
                assert!(!test && !before.unlimited && required == count && remaining == before.remaining() && remaining < count);
                assert_eq!(after, before);
            }
            Accept::Replay { .. } | Accept::KeyReused => assert!(key.is_some() && after == before),
            Accept::TooManyJobs | Accept::RowClosed => panic!("no limit was asked for, and no row"),
        }
    }

    async fn finish(&mut self, mut open: Open, failed: u8) {
        if open.attempt == 0 {
            // Queued: the oldest is claimed first, so claims go on until it is this one's turn.
            let far = lease("worker", self.now.plus(days(10_000)));
            while let Some(job) = self.store.claim_job(far.clone(), self.now).await.unwrap() {
                let claimed = if job.generation == open.call.id {
                    &mut open
                } else {
                    self.open.iter_mut().find(|open| open.call.id == job.generation).unwrap()
                };
                claimed.attempt = job.attempt;
            }
        }
        let failed: Vec<usize> = (0..open.call.images.len()).filter(|index| failed >> index & 1 == 1).collect();
        let outcome = self.store.finish(end(&open.call, open.attempt, &failed), self.now).await.unwrap();
        let Finish::Finished { charged, .. } = outcome else { panic!("{outcome:?}") };
        let expected = if open.call.mode == Mode::Test { 0 } else { open.call.images.len() - failed.len() };
        assert_eq!(charged, i64::try_from(expected).unwrap());
        self.ended.push(open);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_books_add_up_on_sqlite(plan in 0..3_usize, steps in proptest::collection::vec(step(), 1..40)) {
        history(Engine::Sqlite, plan, steps);
    }
}

proptest! {
    // A database for each case takes its time.
    #![proptest_config(ProptestConfig { cases: 15, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_books_add_up_on_postgres(plan in 0..3_usize, steps in proptest::collection::vec(step(), 1..40)) {
        history(Engine::Postgres, plan, steps);
    }
}

fn history(engine: Engine, plan: usize, steps: Vec<Step>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let Fresh { store, place: _place } = fresh(engine).await;
        let (team, live) = team(&store, PLAN_NAMES[plan]).await;
        let (test, _) = key(&store, team, Mode::Test).await;
        let mut history = History { store, team, live, test, now: start(), open: Vec::new(), ended: Vec::new() };
        for step in steps {
            history.take(step).await;
            clean(&history.store, history.now).await;
        }
        // Everything ends, and nothing stays held.
        while let Some(open) = history.open.pop() {
            history.finish(open, 0).await;
        }
        clean(&history.store, history.now).await;
        let credits = history.store.credits(team, history.now.plus(Duration::from_secs(1))).await.unwrap().unwrap();
        assert_eq!(credits.reserved, 0);
    });
}
