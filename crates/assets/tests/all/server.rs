//! A small HTTP server on this machine that does what a path tells it to, and remembers what it was asked.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::support::{noise, png};

#[derive(Clone)]
pub struct Server {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("bound");
        let server = Self { address: listener.local_addr().expect("an address"), asked: Arc::default(), connections: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serving.clone().answer(stream));
            }
        });
        server
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// The heads of all requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("unpoisoned").clone()
    }

    async fn answer(self, mut stream: TcpStream) -> Option<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).ok()?;
        let path = head.split(' ').nth(1)?.to_owned();
        self.asked.lock().ok()?.push(head);
        let picture = png(40, 30, noise);
        let (name, argument) = path[1..].split_once(['/', '?']).unwrap_or((&path[1..], ""));
        let whole = |status: &str, extra: &str, body: &[u8]| {
            [format!("HTTP/1.1 {status}\r\n{extra}Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
        };
        match name {
            "picture" => stream.write_all(&whole("200 OK", "Content-Type: image/png\r\n", &picture)).await.ok()?,
            "chunked" => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await.ok()?;
                for part in picture.chunks(500) {
                    stream.write_all(&[format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat()).await.ok()?;
                }
                stream.write_all(b"0\r\n\r\n").await.ok()?;
            }
            "lying" => stream.write_all(&whole("200 OK", "Content-Type: image/png\r\n", b"<html>no picture</html>")).await.ok()?,
            "untyped" => stream.write_all(&whole("200 OK", "Content-Type: text/html\r\n", &picture)).await.ok()?,
            "missing" => stream.write_all(&whole("404 Not Found", "", &picture)).await.ok()?,
            "error" => stream.write_all(&whole("500 Oh", "", b"secret")).await.ok()?,
            "empty" => stream.write_all(&whole("200 OK", "", b"")).await.ok()?,
            "mute" => tokio::time::sleep(Duration::from_secs(60)).await,
            "slow" => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n").await.ok()?;
                loop {
                    stream.write_all(b".").await.ok()?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            "cut" => stream.write_all(&[b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".as_slice(), &picture].concat()).await.ok()?,
            "claims" => stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {argument}\r\n\r\n").as_bytes()).await.ok()?,
            // As many zeros as asked, without saying so before.
            "zeros" => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await.ok()?;
                let block = vec![0; 64 * 1024];
                let size: usize = argument.split('/').next()?.parse().ok()?;
                for _ in 0..size / block.len() {
                    stream.write_all(&block).await.ok()?;
                }
            }
            "gzip" => stream.write_all(&whole("200 OK", "Content-Encoding: gzip\r\n", b"\x1f\x8b\x08\0\0\0\0\0\0\x03")).await.ok()?,
            "nonsense" => stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await.ok()?,
            "headers" => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n").await.ok()?;
                loop {
                    stream.write_all(&[b"X-More: ".as_slice(), &[b'a'; 4096], b"\r\n"].concat()).await.ok()?;
                }
            }
            // `/hops/3` leads to `/hops/2` and so on to `/picture`.
            "hops" => {
                let left: usize = argument.parse().ok()?;
                let target = if left == 0 { "/picture".to_owned() } else { format!("/hops/{}", left - 1) };
                stream.write_all(&whole("302 Found", &format!("Location: {target}\r\nSet-Cookie: a=b\r\n"), b"")).await.ok()?;
            }
            "to" => stream.write_all(&whole("301 Moved", &format!("Location: {argument}\r\n"), b"")).await.ok()?,
            "nowhere" => stream.write_all(&whole("302 Found", "", b"")).await.ok()?,
            _ => stream.write_all(&whole("404 Not Found", "", b"")).await.ok()?,
        }
        stream.shutdown().await.ok()
    }
}
