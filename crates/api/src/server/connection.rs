//! One connection's stream, with a deadline for what the client owes.
//!
//! The stream knows three phases. **Waiting** for a request's first byte (the first one on a connection: the header's
//! time; later ones: the idle time), in its **header** (the header's time, however often a byte arrives), and **busy**
//! with a request, where only writing has a limit: a client that takes nothing for the idle time is gone.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

const FRESH: u8 = 0;
const IDLE: u8 = 1;
const HEADER: u8 = 2;
const BUSY: u8 = 3;

/// The phase, shared by the stream and the requests on it.
#[derive(Clone, Default)]
pub(super) struct Phases(Arc<AtomicU8>);

impl Phases {
    /// Busy until the guard is dropped.
    pub(super) fn busy(&self) -> Busy {
        self.0.store(BUSY, Ordering::Relaxed);
        Busy(self.clone())
    }

    fn get(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A request is being answered.
pub(super) struct Busy(Phases);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.0.store(IDLE, Ordering::Relaxed);
    }
}

/// A body that ends its request's busy phase when it is dropped.
pub(super) struct Marked {
    body: Body,
    _busy: Busy,
}

impl Marked {
    pub(super) fn new(body: Body, busy: Busy) -> Self {
        Self { body, _busy: busy }
    }
}

impl HttpBody for Marked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A TCP stream that fails with `TimedOut` where the client owes bytes for too long.
pub(super) struct Guarded {
    stream: TcpStream,
    phases: Phases,
    header: Duration,
    idle: Duration,
    reading: Deadline,
    writing: Deadline,
    /// The phase that `reading` was set for.
    seen: u8,
}

impl Guarded {
    pub(super) fn new(stream: TcpStream, phases: Phases, header: Duration, idle: Duration) -> Self {
        Self { stream, phases, header, idle, reading: Deadline::default(), writing: Deadline::default(), seen: BUSY }
    }
}

impl AsyncRead for Guarded {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buf);
        let phase = match this.phases.get() {
            FRESH | IDLE if read.is_ready() && buf.filled().len() > before => {
                this.phases.0.store(HEADER, Ordering::Relaxed);
                HEADER
            }
            phase => phase,
        };
        if phase != this.seen {
            this.seen = phase;
            match phase {
                BUSY => this.reading.clear(),
                IDLE => this.reading.set(this.idle),
                _ => this.reading.set(this.header),
            }
        }
        if phase != BUSY && this.reading.poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.watch(cx, written)
    }

    fn poll_write_vectored(self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl Guarded {
    /// Gives up on a client that has taken nothing for the idle time.
    fn watch(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.writing.clear();
            return written;
        }
        if !self.writing.is_set() {
            self.writing.set(self.idle);
        }
        ready!(self.writing.poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

/// A timer that may be off; its place in the runtime's wheel is made on first use.
#[derive(Default)]
struct Deadline {
    sleep: Option<Pin<Box<Sleep>>>,
    on: bool,
}

impl Deadline {
    fn set(&mut self, after: Duration) {
        self.on = true;
        let at = Instant::now() + after;
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(at),
            None => self.sleep = Some(Box::pin(tokio::time::sleep_until(at))),
        }
    }

    fn clear(&mut self) {
        self.on = false;
    }

    fn is_set(&self) -> bool {
        self.on
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.sleep {
            Some(sleep) if self.on => sleep.as_mut().poll(cx),
            _ => Poll::Pending,
        }
    }
}
