//! What one call may still receive.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// Bytes that one call has received over all its flights.
#[derive(Debug)]
pub(super) struct Meter {
    received: AtomicU64,
    limit: u64,
}

impl Meter {
    pub(super) fn new(limit: u64) -> Self {
        Self { received: AtomicU64::new(0), limit }
    }

    fn add(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn exhausted(&self) -> bool {
        self.received.load(Ordering::Relaxed) > self.limit
    }
}

/// The meters of all calls that wait for one flight. A flight goes on while it is of use to one of them.
#[derive(Debug, Default)]
pub(super) struct Meters(Mutex<(u64, Vec<Arc<Meter>>)>);

impl Meters {
    /// What came before a call joined counts for it too.
    pub(super) fn join(&self, meter: &Arc<Meter>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        meter.add(state.0);
        state.1.push(Arc::clone(meter));
    }

    /// Whether any call still has room.
    pub(super) fn add(&self, bytes: u64) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 += bytes;
        let mut room = false;
        for meter in &state.1 {
            meter.add(bytes);
            room |= !meter.exhausted();
        }
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flight_goes_on_for_the_call_that_has_room() {
        let (small, large) = (Arc::new(Meter::new(10)), Arc::new(Meter::new(100)));
        let flight = Meters::default();
        flight.join(&small);
        assert!(flight.add(10));
        flight.join(&large);
        assert!(flight.add(1));
        assert!(small.exhausted());
        assert!(!large.exhausted());
        assert!(!flight.add(90));
    }
}
