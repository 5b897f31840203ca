//! The server loop against clients that are slow, greedy or malformed, over raw sockets.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use api::{ServerLimits, serve};
use axum::Router;
use axum::routing::get;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

const MOMENT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(5);

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn start(limits: ServerLimits) -> Running {
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        "late"
    };
    let router = Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/slow", get(slow))
        .route("/echo", axum::routing::post(|body: String| async { body }));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel();
    let wait = async move { drop(stopped.await) };
    let serving = tokio::spawn(serve(listener, router, limits, wait));
    Running { address, stop, serving }
}

fn short() -> ServerLimits {
    ServerLimits { header: MOMENT, idle: MOMENT * 3, ..ServerLimits::default() }
}

async fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.address).await.expect("the server listens")
}

async fn read(stream: &mut TcpStream) -> String {
    read_for(stream, LONG).await
}

/// Reads until the server closes.
async fn read_for(stream: &mut TcpStream, patience: Duration) -> String {
    use tokio::io::AsyncReadExt;
    let mut all = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(Ok(count)) = tokio::time::timeout(patience, stream.read(&mut buffer)).await {
        if count == 0 {
            break;
        }
        all.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn a_header_that_does_not_end_is_cut_off_in_time() {
    let running = start(short()).await;
    let mut stream = connect(&running).await;
    let begun = Instant::now();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n").await.expect("written");
    // One byte now and then prolongs nothing.
    let (mut reader, mut writer) = stream.into_split();
    let dripping = tokio::spawn(async move {
        while writer.write_all(b"X").await.is_ok() {
            tokio::time::sleep(MOMENT / 5).await;
        }
    });
    let mut buffer = Vec::new();
    let _ = tokio::time::timeout(LONG, tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut buffer)).await.expect("closed");
    let took = begun.elapsed();
    assert!(took >= MOMENT - Duration::from_millis(50) && took < MOMENT * 4, "{took:?}");
    dripping.abort();
}

#[tokio::test]
async fn a_connection_that_never_sends_is_cut_off_in_time() {
    let running = start(short()).await;
    let mut stream = connect(&running).await;
    let begun = Instant::now();
    assert_eq!(read(&mut stream).await, "");
    assert!(begun.elapsed() < MOMENT * 4);
}

#[tokio::test]
async fn an_idle_connection_lives_for_the_idle_time_and_no_longer() {
    let running = start(short()).await;
    let mut stream = connect(&running).await;
    let begun = Instant::now();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("written");
    // Longer than the header's time, shorter than the idle time.
    tokio::time::sleep(MOMENT * 2).await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("written");
    let answers = read(&mut stream).await;
    assert_eq!(answers.matches("hello").count(), 2, "{answers}");
    let took = begun.elapsed();
    assert!(took >= MOMENT * 4 && took < LONG, "{took:?}");
}

#[tokio::test]
async fn a_slow_answer_is_waited_for() {
    let running = start(short()).await;
    let mut stream = connect(&running).await;
    stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.expect("written");
    assert!(read(&mut stream).await.ends_with("late"));
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let running = start(short()).await;
    let mut stream = connect(&running).await;
    let bytes = b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(bytes).await.expect("written");
    let answers = read(&mut stream).await;
    let (late, hello) = (answers.find("late"), answers.find("hello"));
    assert!(late.is_some() && late < hello, "{answers}");
}

#[tokio::test]
async fn one_address_has_its_share_of_connections() {
    let running = start(ServerLimits { per_address: 3, ..ServerLimits::default() }).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = connect(&running).await;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("written");
        held.push(stream);
    }
    for stream in &mut held {
        assert!(read_for(stream, MOMENT).await.contains("hello"));
    }
    let mut fourth = connect(&running).await;
    let _ = fourth.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(read(&mut fourth).await, "");
    drop(held);
    tokio::time::sleep(MOMENT).await;
    let mut fifth = connect(&running).await;
    fifth.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.expect("written");
    assert!(read(&mut fifth).await.contains("hello"));
}

#[tokio::test]
async fn proxies_that_are_trusted_may_have_more() {
    let trusted = vec!["127.0.0.0/8".parse().expect("a network")];
    let running = start(ServerLimits { per_address: 1, trusted_proxies: trusted, ..ServerLimits::default() }).await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        let mut stream = connect(&running).await;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("written");
        streams.push(stream);
    }
    for mut stream in streams {
        assert!(read_for(&mut stream, MOMENT).await.contains("hello"));
    }
}

#[tokio::test]
async fn slow_clients_do_not_keep_others_waiting() {
    let running = start(ServerLimits { per_address: 1_000, ..ServerLimits::default() }).await;
    let mut slow = Vec::new();
    for _ in 0..300 {
        let mut stream = connect(&running).await;
        stream.write_all(b"GET / HTTP/1.1\r\nHos").await.expect("written");
        slow.push(stream);
    }
    let begun = Instant::now();
    let mut stream = connect(&running).await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.expect("written");
    assert!(read(&mut stream).await.contains("hello"));
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn requests_in_progress_finish_when_the_server_stops() {
    let running = start(ServerLimits::default()).await;
    let mut busy = connect(&running).await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("written");
    let mut idle = connect(&running).await;
    idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("written");
    tokio::time::sleep(MOMENT / 3).await;
    running.stop.send(()).expect("it runs");
    assert!(read(&mut busy).await.ends_with("late"));
    assert!(read(&mut idle).await.ends_with("hello"));
    tokio::time::timeout(LONG, running.serving).await.expect("in time").expect("no panic").expect("a clean end");
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn what_does_not_finish_is_cut_after_the_drain_time() {
    let running = start(ServerLimits { drain: MOMENT / 3, ..ServerLimits::default() }).await;
    let mut busy = connect(&running).await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("written");
    tokio::time::sleep(MOMENT / 3).await;
    let begun = Instant::now();
    running.stop.send(()).expect("it runs");
    tokio::time::timeout(LONG, running.serving).await.expect("in time").expect("no panic").expect("a clean end");
    assert!(begun.elapsed() < Duration::from_millis(390), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_request_is_read_in_one_way_only() {
    let running = start(short()).await;
    let ambiguous = [
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\n Folded: x\r\nContent-Length: 5\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n",
    ];
    for request in ambiguous {
        let mut stream = connect(&running).await;
        stream.write_all(request.as_bytes()).await.expect("written");
        let answer = read(&mut stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400") || answer.starts_with("HTTP/1.1 500"), "{request:?} → {answer}");
        assert!(!answer.contains("hello\r\n") && answer.matches("HTTP/1.1").count() <= 1, "{request:?} → {answer}");
    }
}
