//! The queue before the children: one lane per call, served in turn, so that a call with ten pictures does not hold up
//! one with a single picture.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Condvar, Mutex, PoisonError},
};

/// Jobs by lane.
pub(super) struct Lanes<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
}

struct State<T> {
    /// Lanes that have jobs, next one first.
    turn: VecDeque<u64>,
    jobs: HashMap<u64, VecDeque<T>>,
    closed: bool,
}

impl<T> Lanes<T> {
    pub(super) fn new() -> Self {
        Self { state: Mutex::new(State { turn: VecDeque::new(), jobs: HashMap::new(), closed: false }), ready: Condvar::new() }
    }

    pub(super) fn push(&self, lane: u64, job: T) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let jobs = state.jobs.entry(lane).or_default();
        jobs.push_back(job);
        if jobs.len() == 1 {
            state.turn.push_back(lane);
        }
        self.ready.notify_one();
    }

    /// The next job, or `None` once closed.
    pub(super) fn pop(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.next() {
                return Some(job);
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Drops what waits and lets every waiting thread go.
    pub(super) fn close(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.closed = true;
        state.jobs.clear();
        self.ready.notify_all();
    }
}

impl<T> State<T> {
    fn next(&mut self) -> Option<T> {
        let lane = self.turn.pop_front()?;
        let jobs = self.jobs.get_mut(&lane)?;
        let job = jobs.pop_front();
        if jobs.is_empty() {
            self.jobs.remove(&lane);
        } else {
            self.turn.push_back(lane);
        }
        job
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_take_turns() {
        let lanes = Lanes::new();
        for (lane, job) in [(1, "a"), (1, "b"), (1, "c"), (2, "x"), (2, "y")] {
            lanes.push(lane, job);
        }
        let order: Vec<_> = (0..5).map_while(|_| lanes.pop()).collect();
        assert_eq!(order, ["a", "x", "b", "y", "c"]);
        lanes.push(1, "d");
        assert_eq!(lanes.pop(), Some("d"));
        lanes.push(3, "never");
        lanes.close();
        assert_eq!(lanes.pop(), None);
    }
}
