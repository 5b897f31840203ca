//! A network that can be spoilt: TCP passed on to a server, or held up, slowed down and cut.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What the network does to every connection, open ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    Clear,
    /// Connections open, and nothing passes until the weather changes.
    Hang,
    /// Every connection is closed at once.
    Cut,
    /// Each chunk is late by this.
    Delay(Duration),
    /// Bytes a second, in each direction of a connection.
    Throttle(u32),
}

/// Listens on a port of its own until it is dropped.
pub struct Proxy {
    pub address: SocketAddr,
    weather: watch::Sender<Weather>,
    accepting: JoinHandle<()>,
}

const CHUNK: usize = 16 * 1024;

impl Proxy {
    /// Passes on to `target`.
    ///
    /// # Panics
    /// Where no port can be had.
    pub async fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (weather, seen) = watch::channel(Weather::Clear);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, target, seen.clone()));
            }
        });
        Self { address, weather, accepting }
    }

    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(client: TcpStream, target: SocketAddr, weather: watch::Receiver<Weather>) {
    let Ok(server) = TcpStream::connect(target).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut cut = weather.clone();
    tokio::select! {
        () = pump(&mut from_client, &mut to_server, weather.clone()) => {}
        () = pump(&mut from_server, &mut to_client, weather) => {}
        _ = cut.wait_for(|weather| *weather == Weather::Cut) => {}
    }
}

async fn pump(from: &mut (impl AsyncReadExt + Unpin), to: &mut (impl AsyncWriteExt + Unpin), mut weather: watch::Receiver<Weather>) {
    let mut chunk = vec![0; CHUNK];
    while let Ok(count @ 1..) = from.read(&mut chunk).await {
        let now = *weather.borrow_and_update();
        match now {
            Weather::Clear | Weather::Cut => {}
            Weather::Hang => {
                if weather.wait_for(|weather| *weather != Weather::Hang).await.is_err() {
                    return;
                }
            }
            Weather::Delay(late) => tokio::time::sleep(late).await,
            Weather::Throttle(rate) => tokio::time::sleep(Duration::from_secs_f64(count as f64 / f64::from(rate))).await,
        }
        if to.write_all(&chunk[..count]).await.is_err() {
            return;
        }
    }
}
