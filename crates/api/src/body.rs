//! Reading a request's body: in time, up to a limit, and to its end even where the answer is known already.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use futures::StreamExt;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::error::ApiError;

/// How long a body may take: a fixed time, and a second more for each so many bytes that came.
#[derive(Clone, Copy, Debug)]
pub struct BodyTime {
    pub fixed: Duration,
    pub bytes_per_second: u64,
}

impl Default for BodyTime {
    fn default() -> Self {
        Self { fixed: Duration::from_secs(30), bytes_per_second: 128 * 1024 }
    }
}

/// Of a refused body, this much is read and thrown away, else clients see a broken pipe in place of the answer.
const DRAIN: u64 = 64 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
struct TooSlow;

/// A body under a deadline. Clones share it: the handler reads one, the pipeline drains the rest through the other.
#[derive(Clone)]
pub(crate) struct Metered(Arc<Mutex<Reading>>);

struct Reading {
    body: Body,
    time: BodyTime,
    started: Instant,
    received: u64,
    sleep: Pin<Box<Sleep>>,
    /// Nothing more can be read: the end, a failure, or the deadline.
    over: bool,
    failed: bool,
}

impl Metered {
    pub(crate) fn new(body: Body, time: BodyTime) -> Self {
        let started = Instant::now();
        let over = body.is_end_stream();
        let sleep = Box::pin(tokio::time::sleep_until(started + time.fixed));
        Self(Arc::new(Mutex::new(Reading { body, time, started, received: 0, sleep, over, failed: false })))
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut Reading) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Nothing of it was asked for: a client that waits for `100 Continue` has sent nothing.
    pub(crate) fn is_untouched(&self) -> bool {
        self.with(|reading| reading.received == 0 && !reading.over)
    }

    /// Reads and throws away what is left, up to [`DRAIN`] in all. `true`: the whole body was read.
    pub(crate) async fn drain(self) -> bool {
        let mut stream = Body::new(self.clone()).into_data_stream();
        while self.with(|reading| reading.received < DRAIN) {
            match stream.next().await {
                Some(Ok(_)) => {}
                Some(Err(_)) => return false,
                None => return true,
            }
        }
        false
    }

    /// The body did not come whole: the connection can't carry another request.
    pub(crate) fn failed(&self) -> bool {
        self.with(|reading| reading.failed)
    }
}

impl HttpBody for Metered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.with(|reading| reading.poll(cx))
    }

    fn is_end_stream(&self) -> bool {
        self.with(|reading| reading.over)
    }

    fn size_hint(&self) -> SizeHint {
        self.with(|reading| reading.body.size_hint())
    }
}

impl Reading {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.over {
            return Poll::Ready(self.failed.then(|| Err(axum::Error::new(TooSlow))));
        }
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            match &frame {
                Some(Ok(frame)) => self.received += frame.data_ref().map_or(0, |data| data.len() as u64),
                Some(Err(_)) => (self.over, self.failed) = (true, true),
                None => self.over = true,
            }
            return Poll::Ready(frame);
        }
        let earned = Duration::from_micros(self.received.saturating_mul(1_000_000) / self.time.bytes_per_second.max(1));
        let deadline = self.started + self.time.fixed + earned;
        if self.sleep.deadline() != deadline {
            self.sleep.as_mut().reset(deadline);
        }
        if self.sleep.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        (self.over, self.failed) = (true, true);
        Poll::Ready(Some(Err(axum::Error::new(TooSlow))))
    }
}

/// The whole body.
///
/// # Errors
/// 413 over `limit` bytes, 408 where it came too slowly, 400 where it ended early.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let hint = body.size_hint();
    if hint.lower() > limit as u64 {
        return Err(ApiError::payload_too_large(limit as u64));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(hint.exact().unwrap_or(0)).unwrap_or(0));
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| failure(&error))?;
        if bytes.len() + chunk.len() > limit {
            return Err(ApiError::payload_too_large(limit as u64));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

/// What a body that failed is answered with; the cause may lie deep in a chain (multipart wraps it).
pub(crate) fn failure(error: &(dyn std::error::Error + 'static)) -> ApiError {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<TooSlow>() {
            return ApiError::request_timeout();
        }
        cause = error.source();
    }
    ApiError::invalid_json("The body ended before it was complete. Send it again.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slow(chunks: usize, size: usize, pause: Duration) -> Body {
        Body::from_stream(futures::stream::unfold(0, move |n| async move {
            if n == chunks {
                return None;
            }
            tokio::time::sleep(pause).await;
            Some((Ok::<_, std::io::Error>(Bytes::from(vec![b' '; size])), n + 1))
        }))
    }

    #[tokio::test]
    async fn a_body_has_a_fixed_time_and_more_for_what_has_come() {
        let time = BodyTime { fixed: Duration::from_millis(250), bytes_per_second: 1000 };
        let pause = Duration::from_millis(50);
        let metered = |body| Body::new(Metered::new(body, time));
        assert!(read(metered(slow(2, 1, pause)), 1000).await.is_ok());
        let late = read(metered(slow(12, 1, pause)), 1000).await.expect_err("too slow");
        assert_eq!(late.code(), "request_timeout");
        assert!(read(metered(slow(12, 100, pause)), 2000).await.is_ok());
    }

    #[tokio::test]
    async fn a_body_over_its_limit_is_refused_by_its_announced_and_by_its_real_size() {
        let announced = read(Body::from(vec![0; 11]), 10).await.expect_err("too large");
        let real = read(slow(2, 6, Duration::ZERO), 10).await.expect_err("too large");
        assert_eq!([announced.code(), real.code()], ["payload_too_large"; 2]);
        assert!(read(slow(2, 5, Duration::ZERO), 10).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_left_is_drained_up_to_a_limit() {
        let small = Metered::new(slow(4, 1000, Duration::ZERO), BodyTime::default());
        assert!(small.is_untouched());
        assert!(small.drain().await);
        let huge = Metered::new(slow(65, 1024 * 1024, Duration::ZERO), BodyTime::default());
        assert!(!huge.drain().await);
    }
}
