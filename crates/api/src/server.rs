//! The server loop: accepts connections under limits, speaks HTTP/1.1, and drains on shutdown.
//!
//! `axum::serve` has no defence against slow clients, so the loop is ours: a connection must send its header in time
//! ([`connection`]), connections are counted over all and by address ([`admission`]), and a request's body has a
//! deadline of its own (`crate::body`).

mod admission;
mod connection;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use domain::Network;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use admission::{Admission, Place};
use connection::{Guarded, Phases};

/// Limits of one listener. The defaults are the ones that the documentation names.
#[derive(Clone, Debug)]
pub struct ServerLimits {
    /// From the first byte of a request's header to its last one; also from connecting to the first byte.
    pub header: Duration,
    /// Between two requests of one connection, and for a client that takes nothing of an answer.
    pub idle: Duration,
    /// Connections at once; further ones wait in the system's queue.
    pub connections: usize,
    /// Connections at once from one address (IPv6: one /64).
    pub per_address: usize,
    /// How long requests in progress may go on after the signal to stop.
    pub drain: Duration,
    /// Addresses whose connections are not counted by address, because they carry many clients.
    pub trusted_proxies: Vec<Network>,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(5),
            idle: Duration::from_secs(60),
            connections: 10_000,
            per_address: 256,
            drain: Duration::from_secs(35),
            trusted_proxies: Vec::new(),
        }
    }
}

/// The peer's address, in every request's extensions.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// What hyper may buffer of a header. More than our own limits on purpose: up to here the refusal is an answer with an
/// error body, beyond it the protocol layer ends the connection.
const HEADER_BUFFER: usize = 256 * 1024;
/// The same for the number of header lines.
const HEADER_LINES: usize = 2_048;

/// Serves `router` on `listener` until `shutdown` resolves, then lets the requests in progress finish.
///
/// The listener is closed at once on shutdown, idle connections too; what still runs after `limits.drain` is cut.
///
/// # Errors
/// Where the listener itself fails for good.
pub async fn serve(listener: TcpListener, router: Router, limits: ServerLimits, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let admission = Admission::new(limits.connections, limits.per_address, limits.trusted_proxies.clone());
    let graceful = GracefulShutdown::new();
    let limits = Arc::new(limits);
    tokio::pin!(shutdown);
    loop {
        let (stream, peer, place) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = accept(&listener, &admission) => match accepted {
                Some(accepted) => accepted,
                None => continue,
            },
        };
        let connection = open(stream, peer, router.clone(), &limits);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that ends badly is the client's matter: the answer, if any, was logged by its request.
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    let open = graceful.count();
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!(connections = open, "requests were cut after the drain time");
    }
    Ok(())
}

/// The next connection that may stay; `None` where one was refused or the accept failed.
async fn accept(listener: &TcpListener, admission: &Admission) -> Option<(TcpStream, SocketAddr, Place)> {
    let slot = admission.slot().await?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            let place = admission.place(slot, peer.ip());
            if place.is_none() {
                metrics::counter!("http_connections_refused_total").increment(1);
            }
            Some((stream, peer, place?))
        }
        Err(error) if is_about_one_connection(&error) => None,
        Err(error) => {
            // Out of file descriptors, as a rule: give the others time to end.
            tracing::error!(%error, "accept failed");
            tokio::time::sleep(Duration::from_millis(200)).await;
            None
        }
    }
}

fn is_about_one_connection(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}

/// One connection's protocol, ready to be driven.
fn open(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: &ServerLimits,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + use<> {
    // Answers are small and written whole: waiting for more (Nagle) only adds latency.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "TCP_NODELAY");
    }
    let phases = Phases::default();
    let io = Guarded::new(stream, phases.clone(), limits.header, limits.idle);
    let service = service_fn(move |request: Request<Incoming>| {
        let busy = phases.busy();
        let router = router.clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        async move {
            let answer = router.oneshot(request).await;
            answer.map(|answer| answer.map(|body| connection::Marked::new(body, busy)))
        }
    });
    http1::Builder::new()
        // Our own stream keeps the time: hyper's timer can't tell a slow header from an idle connection.
        .header_read_timeout(None)
        .max_buf_size(HEADER_BUFFER)
        .max_headers(HEADER_LINES)
        .serve_connection(TokioIo::new(io), service)
}
