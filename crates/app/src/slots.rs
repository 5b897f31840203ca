//! Admission: how many calls that want to wait are let in at all, and how many of them, and of bulk runs' rows, are worked
//! on side by side.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Error, Result};

/// Fewer calls than this may wait in no configuration: the contract promises them.
const LEAST_WAITING: usize = 64;

pub(crate) struct Slots {
    /// Running and waiting together.
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
    /// Rows of bulk runs that are worked on: they take no call's place.
    rows: Arc<Semaphore>,
}

/// A call that was let in. Its place is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    running: Arc<Semaphore>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Slots {
    pub fn new(running: usize, waiting: usize, rows: usize) -> Self {
        let running = running.max(1);
        Self {
            places: Arc::new(Semaphore::new(running + waiting.max(LEAST_WAITING))),
            running: Arc::new(Semaphore::new(running)),
            rows: Arc::new(Semaphore::new(rows.max(1))),
        }
    }

    /// # Errors
    /// [`Error::Overloaded`] at once, where every place is taken.
    pub fn enter(&self) -> Result<Slot> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Error::Overloaded)?;
        Ok(Slot { running: Arc::clone(&self.running), _place: Some(place) })
    }

    /// For a row, which waits among rows alone; whoever feeds them bounds their number.
    pub fn row(&self) -> Slot {
        Slot { running: Arc::clone(&self.rows), _place: None }
    }
}

impl Slot {
    /// Waits for the call's turn; first come, first served.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.running).acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sixty_four_calls_wait_and_the_next_one_is_refused() {
        let slots = Slots::new(2, 10, 1);
        let inside: Vec<_> = (0..66).map(|_| slots.enter().unwrap()).collect();
        assert!(matches!(slots.enter(), Err(Error::Overloaded)));
        assert!(slots.row().turn().await.is_some(), "a row takes no call's place, and no call a row's");
        let first = inside[0].turn().await;
        let second = inside[1].turn().await;
        assert!(tokio::time::timeout(std::time::Duration::from_millis(20), inside[2].turn()).await.is_err());
        drop(first);
        assert!(inside[2].turn().await.is_some());
        drop((second, inside));
        assert!(slots.enter().is_ok());
    }
}
