//! HTTP by hand: bytes to a socket, bytes back.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends `bytes` and reads until the server closes or is silent for `patience`.
///
/// # Panics
/// Where the server can't be reached.
pub async fn exchange(address: SocketAddr, bytes: &[u8], patience: Duration) -> String {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    // A server that refuses early may close while we still write: what it said is in the answer.
    let _ = stream.write_all(bytes).await;
    read(&mut stream, patience).await
}

/// Reads until the server closes or is silent for `patience`.
pub async fn read(stream: &mut TcpStream, patience: Duration) -> String {
    let mut answer = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(Ok(count)) = tokio::time::timeout(patience, stream.read(&mut buffer)).await {
        if count == 0 {
            break;
        }
        answer.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}
