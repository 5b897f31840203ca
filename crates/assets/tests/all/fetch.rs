//! The guarded fetcher against a server on this machine. Nothing here leaves it: every name is answered from a table.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use assets::{
    AllowList, Digest, Fetcher, UrlFault, check_url_text,
    fetch::{Limits, Resolve},
};
use futures::{FutureExt as _, future::BoxFuture};
use render::PictureError;
use url::Url;

use crate::{
    server::Server,
    support::{noise, png, soon},
};

/// Names to addresses; the n-th look-up of a name gets the n-th answer, the last one for ever.
#[derive(Default)]
struct Table {
    names: HashMap<&'static str, Vec<Vec<IpAddr>>>,
    asked: Mutex<HashMap<String, usize>>,
    lookups: AtomicUsize,
}

impl Table {
    fn of(names: &[(&'static str, &[&[&str]])]) -> Arc<Self> {
        let address = |text: &&str| text.parse().expect("an address");
        let names = names
            .iter()
            .map(|(name, answers)| (*name, answers.iter().map(|answer| answer.iter().map(address).collect()).collect()))
            .collect();
        Arc::new(Self { names, ..Self::default() })
    }
}

impl Resolve for Table {
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        let mut asked = self.asked.lock().expect("unpoisoned");
        let count = asked.entry(name.to_owned()).or_insert(0);
        let answers = self.names.get(name);
        let answer = answers.and_then(|answers| answers.get(*count).or(answers.last())).cloned();
        *count += 1;
        std::future::ready(answer.ok_or_else(|| io::Error::other("no such name"))).boxed()
    }
}

fn loopback() -> AllowList {
    AllowList::parse(&["127.0.0.0/8"]).expect("a network")
}

fn fetcher(allow: AllowList, table: Arc<Table>) -> Fetcher {
    Fetcher::new(allow, table, Limits::default()).expect("set up")
}

/// Times that suit a test; sizes as in production.
fn impatient(allow: AllowList) -> Fetcher {
    let limits = Limits {
        connect: Duration::from_millis(500),
        first_byte: Duration::from_millis(500),
        whole: Duration::from_millis(1_500),
        ..Limits::default()
    };
    Fetcher::new(allow, Table::of(&[]), limits).expect("set up")
}

async fn get(fetcher: &Fetcher, url: &str) -> Result<Vec<u8>, PictureError> {
    let url = Url::parse(url).expect("a URL");
    fetcher.call(soon()).get(&url).await.map(|file| file.bytes.to_vec())
}

#[tokio::test]
async fn a_picture_comes_back_whole_with_its_digest_however_it_is_sent() {
    let server = Server::start().await;
    let fetcher = fetcher(loopback(), Table::of(&[]));
    let picture = png(40, 30, noise);
    for path in ["/picture", "/chunked", "/untyped", "/hops/2", "/picture?query=1#fragment"] {
        let file = fetcher.call(soon()).get(&Url::parse(&server.url(path)).expect("a URL")).await.expect("fetched");
        assert_eq!(file.bytes, picture, "{path}");
        assert_eq!(file.digest, Digest::of(&picture));
    }
    for head in server.asked() {
        let head = head.to_ascii_lowercase();
        for wrong in ["cookie", "referer", "accept-encoding", "authorization", "fragment"] {
            assert!(!head.contains(wrong), "{head}");
        }
    }
}

/// What the text alone forbids, in every spelling.
const FORBIDDEN: &[(&str, UrlFault)] = &[
    ("http://127.0.0.1/", UrlFault::Address),
    ("http://127.0.0.1:80/", UrlFault::Address),
    ("https://127.0.0.1/", UrlFault::Address),
    ("http://127.1/", UrlFault::Address),
    ("http://127.0.1/", UrlFault::Address),
    ("http://2130706433/", UrlFault::Address),
    ("http://0x7f000001/", UrlFault::Address),
    ("http://0x7f.0.0.1/", UrlFault::Address),
    ("http://0177.0.0.1/", UrlFault::Address),
    ("http://017700000001/", UrlFault::Address),
    ("http://127.0.0.1./", UrlFault::Address),
    ("http://0/", UrlFault::Address),
    ("http://0.0.0.0/", UrlFault::Address),
    ("http://0x0/", UrlFault::Address),
    ("http://127.255.255.255/", UrlFault::Address),
    ("http://%31%32%37.0.0.1/", UrlFault::Address),
    ("http://１２７.０.０.１/", UrlFault::Address),
    ("http://127。0。0。1/", UrlFault::Address),
    ("http://①②⑦.⓪.⓪.①/", UrlFault::Address),
    ("http://10.0.0.1/", UrlFault::Address),
    ("http://10.255.255.255/", UrlFault::Address),
    ("http://012.0.0.1/", UrlFault::Address),
    ("http://0xa.0.0.1/", UrlFault::Address),
    ("http://167772161/", UrlFault::Address),
    ("http://172.16.0.1/", UrlFault::Address),
    ("http://172.31.255.255/", UrlFault::Address),
    ("http://192.168.0.1/", UrlFault::Address),
    ("http://192.168.1/", UrlFault::Address),
    ("http://3232235777/", UrlFault::Address),
    ("http://169.254.169.254/latest/meta-data/", UrlFault::Address),
    ("http://169.254.1/", UrlFault::Address),
    ("http://2852039166/", UrlFault::Address),
    ("http://0xa9fea9fe/", UrlFault::Address),
    ("http://0251.0376.0251.0376/", UrlFault::Address),
    ("http://100.64.0.1/", UrlFault::Address),
    ("http://100.100.100.200/", UrlFault::Address),
    ("http://168.63.129.16/", UrlFault::Address),
    ("http://192.0.0.192/", UrlFault::Address),
    ("http://192.0.2.1/", UrlFault::Address),
    ("http://198.18.0.1/", UrlFault::Address),
    ("http://198.51.100.7/", UrlFault::Address),
    ("http://203.0.113.9/", UrlFault::Address),
    ("http://224.0.0.1/", UrlFault::Address),
    ("http://239.1.1.1/", UrlFault::Address),
    ("http://240.0.0.1/", UrlFault::Address),
    ("http://255.255.255.255/", UrlFault::Address),
    ("http://4294967295/", UrlFault::Address),
    ("http://192.88.99.1/", UrlFault::Address),
    ("http://[::]/", UrlFault::Address),
    ("http://[::1]/", UrlFault::Address),
    ("http://[0:0:0:0:0:0:0:1]/", UrlFault::Address),
    ("http://[::127.0.0.1]/", UrlFault::Address),
    ("http://[::7f00:1]/", UrlFault::Address),
    ("http://[::ffff:127.0.0.1]/", UrlFault::Address),
    ("http://[::ffff:7f00:1]/", UrlFault::Address),
    ("http://[::ffff:10.0.0.1]/", UrlFault::Address),
    ("http://[::FFFF:A9FE:A9FE]/", UrlFault::Address),
    ("http://[64:ff9b::127.0.0.1]/", UrlFault::Address),
    ("http://[64:ff9b::a9fe:a9fe]/", UrlFault::Address),
    ("http://[64:ff9b:1::1]/", UrlFault::Address),
    ("http://[2002:7f00:1::]/", UrlFault::Address),
    ("http://[2002:a00:1::1]/", UrlFault::Address),
    ("http://[2002:c0a8:101::1]/", UrlFault::Address),
    ("http://[2001:0:7f00:1::]/", UrlFault::Address),
    ("http://[2001::f5ff:fffe]/", UrlFault::Address),
    ("http://[2001:db8::1]/", UrlFault::Address),
    ("http://[2001:10::1]/", UrlFault::Address),
    ("http://[fc00::1]/", UrlFault::Address),
    ("http://[fd00:ec2::254]/", UrlFault::Address),
    ("http://[fe80::1]/", UrlFault::Address),
    ("http://[fec0::1]/", UrlFault::Address),
    ("http://[ff02::1]/", UrlFault::Address),
    ("http://[100::1]/", UrlFault::Address),
    ("http://[3fff::1]/", UrlFault::Address),
    ("http://[5f00::1]/", UrlFault::Address),
    ("http://[2a00:1:2:3:0:5efe:10.0.0.1]/", UrlFault::Address),
    ("http://[2a00:1:2:3:200:5efe:7f00:1]/", UrlFault::Address),
    ("http://127.0.0.1:8080/", UrlFault::Address),
    ("http://[::1]:22/", UrlFault::Address),
    ("http://8.8.8.8:22/", UrlFault::Port),
    ("http://8.8.8.8:8080/", UrlFault::Port),
    ("https://8.8.8.8:6379/", UrlFault::Port),
    ("http://example.com:22/", UrlFault::Port),
    ("http://example.com:0/", UrlFault::Port),
    ("https://example.com:3306/", UrlFault::Port),
    ("http://example.com:8080/", UrlFault::Port),
    ("http://example.com:65535/", UrlFault::Port),
    ("http://localhost:9200/", UrlFault::Port),
    ("http://[2606:4700::1111]:25/", UrlFault::Port),
    ("http://user@example.com/", UrlFault::UserInfo),
    ("http://user:secret@example.com/", UrlFault::UserInfo),
    ("http://:secret@example.com/", UrlFault::UserInfo),
    ("http://example.com%40127.0.0.1@10.0.0.1/", UrlFault::UserInfo),
    ("http://8.8.8.8@127.0.0.1/", UrlFault::UserInfo),
    ("file:///etc/passwd", UrlFault::Scheme),
    ("ftp://example.com/a.png", UrlFault::Scheme),
    ("gopher://127.0.0.1:6379/_INFO", UrlFault::Scheme),
    ("javascript:alert(1)", UrlFault::Scheme),
    ("ws://example.com/", UrlFault::Scheme),
    ("data:image/png;base64,AAAA", UrlFault::Scheme),
    ("dict://127.0.0.1:11211/stat", UrlFault::Scheme),
    ("ldap://127.0.0.1/", UrlFault::Scheme),
    ("jar:http://example.com/!/", UrlFault::Scheme),
    ("blob:http://example.com/1", UrlFault::Scheme),
    ("unix:///run/docker.sock", UrlFault::Scheme),
    ("about:blank", UrlFault::Scheme),
    ("", UrlFault::Malformed),
    ("photo.png", UrlFault::Malformed),
    ("//example.com/a.png", UrlFault::Malformed),
    ("http://", UrlFault::Malformed),
    ("http:///", UrlFault::Malformed),
    ("http://[::1", UrlFault::Malformed),
    ("http://[::1%25eth0]/", UrlFault::Malformed),
    ("http://256.1.1.1/", UrlFault::Malformed),
    ("http://1.2.3.4.5/", UrlFault::Malformed),
    ("http://0x100000000/", UrlFault::Malformed),
    ("http://example.com:99999/", UrlFault::Malformed),
    ("http://exa mple.com/", UrlFault::Malformed),
    (" http://example.com/", UrlFault::Malformed),
    ("http://example.com/\n", UrlFault::Malformed),
    ("ht\ttp://example.com/", UrlFault::Malformed),
    ("http://exa\0mple.com/", UrlFault::Malformed),
];

#[test]
fn the_text_alone_forbids_what_it_shows_to_be_wrong() {
    assert!(FORBIDDEN.len() >= 100);
    for (text, fault) in FORBIDDEN {
        assert_eq!(check_url_text(text, &AllowList::default()).err(), Some(*fault), "{text:?}");
    }
    let long = format!("https://example.com/{}", "a".repeat(2_048));
    assert_eq!(check_url_text(&long, &AllowList::default()).err(), Some(UrlFault::TooLong));
    assert!(check_url_text(&long[..2_048], &AllowList::default()).is_ok());
}

#[test]
fn the_text_alone_lets_names_and_public_addresses_through() {
    for text in [
        "http://example.com/",
        "https://example.com/a.png?b=c#d",
        "http://example.com:80/",
        "https://example.com:443/",
        "https://example.com:8443/",
        "HTTP://EXAMPLE.COM/",
        "http://localhost/",
        "http://localhost:80/",
        "http://metadata.google.internal/",
        "http://127.0.0.1.nip.io/",
        "http://8.8.8.8/",
        "http://134744072/",
        "http://[2606:4700::1111]/",
        "http://[64:ff9b::8.8.8.8]/",
        "https://bücher.example/ä.png",
        "http://example.com./",
    ] {
        assert!(check_url_text(text, &AllowList::default()).is_ok(), "{text}");
    }
}

#[test]
fn an_allowed_network_is_allowed_literally_by_name_and_on_every_port() {
    let allow = loopback();
    for text in [
        "http://127.0.0.1:45001/a.png",
        "http://127.1:9/",
        "http://[::ffff:127.0.0.1]:1/",
        "http://localhost:45001/",
        "http://pictures:9000/",
        "http://pictures.internal:9000/",
    ] {
        assert!(check_url_text(text, &allow).is_ok(), "{text}");
    }
    for (text, fault) in [
        ("http://10.0.0.1/", UrlFault::Address),
        ("http://[::1]/", UrlFault::Address),
        ("http://8.8.8.8:22/", UrlFault::Port),
        ("http://example.com:22/", UrlFault::Port),
        ("http://u@127.0.0.1/", UrlFault::UserInfo),
    ] {
        assert_eq!(check_url_text(text, &allow).err(), Some(fault), "{text}");
    }
}

#[tokio::test]
async fn what_the_text_forbids_is_not_fetched_either() {
    let fetcher = fetcher(AllowList::default(), Table::of(&[]));
    for (text, _) in FORBIDDEN {
        if let Ok(url) = Url::parse(text.trim()) {
            assert_eq!(fetcher.call(soon()).get(&url).await.err(), Some(PictureError::FetchFailed), "{text:?}");
        }
    }
}

#[tokio::test]
async fn a_name_is_refused_if_any_of_its_addresses_is_denied() {
    let server = Server::start().await;
    let port = server.address.port();
    let names: &[(&str, &[&[&str]])] = &[
        ("loop.test", &[&["127.0.0.1"]]),
        ("private.test", &[&["10.0.0.1"]]),
        ("mixed.test", &[&["127.0.0.1", "10.0.0.1"]]),
        ("mixed6.test", &[&["127.0.0.1", "fd00::1"]]),
        ("mapped.test", &[&["127.0.0.1", "::ffff:169.254.169.254"]]),
        ("public.test", &[&["127.0.0.1", "8.8.8.8"]]),
        ("none.test", &[&[]]),
        ("both.test", &[&["::1", "127.0.0.1"]]),
    ];
    // Allowed: loopback alone is fine, and on every port; with anything else beside it the name is refused.
    let allowing = fetcher(loopback(), Table::of(names));
    assert!(get(&allowing, &format!("http://loop.test:{port}/picture")).await.is_ok());
    assert!(get(&allowing, &format!("http://both.test:{port}/picture")).await.is_ok());
    let before = server.connections();
    for name in ["private", "mixed", "mixed6", "mapped", "public", "none", "unknown"] {
        assert_eq!(get(&allowing, &format!("http://{name}.test:{port}/picture")).await, Err(PictureError::FetchFailed), "{name}");
    }
    // Not allowed: no name leads to this machine, on a port that would be fine.
    let strict = fetcher(AllowList::default(), Table::of(names));
    for name in ["loop", "both", "private", "mixed", "mixed6", "mapped", "none", "unknown"] {
        assert_eq!(get(&strict, &format!("http://{name}.test/picture")).await, Err(PictureError::FetchFailed), "{name}");
    }
    assert_eq!(server.connections(), before, "a denied name was connected to");
}

#[tokio::test]
async fn a_name_that_flips_after_the_check_is_connected_to_where_it_was_checked() {
    let server = Server::start().await;
    let port = server.address.port();
    // First allowed, then denied: each fetch looks up once and connects to exactly that answer.
    let table = Table::of(&[("flip.test", &[&["127.0.0.1"], &["10.0.0.1"], &["127.0.0.1"], &["169.254.169.254"], &["127.0.0.1"]])]);
    let fetcher = fetcher(loopback(), Arc::clone(&table));
    for (round, fine) in [true, false, true, false, true].into_iter().enumerate() {
        assert_eq!(get(&fetcher, &format!("http://flip.test:{port}/picture")).await.is_ok(), fine, "{round}");
        assert_eq!(table.lookups.load(Ordering::Relaxed), round + 1);
    }
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn redirects_are_checked_like_the_first_address_and_end_after_three() {
    let server = Server::start().await;
    let table = Table::of(&[("private.test", &[&["10.0.0.1"]])]);
    let fetcher = fetcher(loopback(), table);
    assert!(get(&fetcher, &server.url("/hops/2")).await.is_ok());
    assert_eq!(get(&fetcher, &server.url("/hops/3")).await, Err(PictureError::FetchFailed));
    assert_eq!(get(&fetcher, &server.url("/nowhere")).await, Err(PictureError::FetchFailed));
    for target in [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[fd00:ec2::254]/",
        "http://private.test/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://user:secret@127.0.0.1/",
        "http://8.8.8.8:22/",
        "http://",
        "http://2852039166/",
    ] {
        assert_eq!(get(&fetcher, &server.url(&format!("/to/{target}"))).await, Err(PictureError::FetchFailed), "{target}");
    }
}

#[tokio::test]
async fn what_is_slow_mute_cut_or_no_http_fails_in_time() {
    let server = Server::start().await;
    let fetcher = impatient(loopback());
    for path in ["/mute", "/slow", "/cut", "/nonsense", "/headers", "/missing", "/error", "/claims/12"] {
        let start = Instant::now();
        assert_eq!(get(&fetcher, &server.url(path)).await, Err(PictureError::FetchFailed), "{path}");
        assert!(start.elapsed() < Duration::from_secs(4), "{path}: {:?}", start.elapsed());
    }
    // A port where nobody listens.
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bound").local_addr().expect("an address");
    assert_eq!(get(&fetcher, &format!("http://{closed}/")).await, Err(PictureError::FetchFailed));
}

#[tokio::test]
async fn the_calls_deadline_ends_a_fetch() {
    let server = Server::start().await;
    let fetcher = fetcher(loopback(), Table::of(&[]));
    let call = fetcher.call(tokio::time::Instant::now() + Duration::from_millis(200));
    let start = Instant::now();
    assert_eq!(call.get(&Url::parse(&server.url("/mute")).expect("a URL")).await.err(), Some(PictureError::FetchFailed));
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_body_is_too_large_by_its_claim_or_by_count() {
    let server = Server::start().await;
    let fetcher = fetcher(loopback(), Table::of(&[]));
    let size = 20 * 1024 * 1024;
    assert_eq!(get(&fetcher, &server.url(&format!("/claims/{}", size + 1))).await, Err(PictureError::TooLarge));
    assert_eq!(get(&fetcher, &server.url(&format!("/zeros/{}", size + 65_536))).await, Err(PictureError::TooLarge));
    assert_eq!(get(&fetcher, &server.url(&format!("/zeros/{size}"))).await.map(|bytes| bytes.len()), Ok(size));
}

#[tokio::test]
async fn a_call_has_forty_megabytes_and_ten_addresses() {
    let server = Server::start().await;
    let fetcher = fetcher(loopback(), Table::of(&[]));
    let url = |path: &str| Url::parse(&server.url(path)).expect("a URL");
    let call = fetcher.call(soon());
    let size = 16 * 1024 * 1024;
    for round in 0..2 {
        assert!(call.get(&url(&format!("/zeros/{size}/{round}"))).await.is_ok(), "{round}");
    }
    assert_eq!(call.get(&url(&format!("/zeros/{size}/2"))).await.err(), Some(PictureError::TooLarge));
    // Another call has its own budget.
    assert!(fetcher.call(soon()).get(&url(&format!("/zeros/{size}/2"))).await.is_ok());

    let call = fetcher.call(soon());
    for round in 0..10 {
        assert!(call.get(&url(&format!("/picture?{round}"))).await.is_ok());
    }
    assert_eq!(call.get(&url("/picture?10")).await.err(), Some(PictureError::FetchFailed));
    assert!(call.get(&url("/picture?3")).await.is_ok(), "one that it has already");
}

#[tokio::test]
async fn one_flight_serves_all_who_want_the_same_at_the_same_time_and_nobody_later() {
    let server = Server::start().await;
    let fetcher = fetcher(loopback(), Table::of(&[]));
    let url = Url::parse(&server.url("/picture")).expect("a URL");
    let calls: Vec<_> = (0..50).map(|_| fetcher.call(soon())).collect();
    let files = futures::future::join_all(calls.iter().map(|call| call.get(&url))).await;
    assert!(files.iter().all(Result::is_ok));
    assert_eq!(server.connections(), 1);
    // A second look within the same call is no second fetch; a new call is.
    assert!(calls[0].get(&url).await.is_ok());
    assert_eq!(server.connections(), 1);
    assert!(fetcher.call(soon()).get(&url).await.is_ok());
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_waiter_that_gives_up_does_not_end_the_flight_of_the_others() {
    let server = Server::start().await;
    let fetcher = fetcher(loopback(), Table::of(&[]));
    let url = Url::parse(&server.url(&format!("/zeros/{}", 8 * 1024 * 1024))).expect("a URL");
    let (hasty, patient) = (fetcher.call(tokio::time::Instant::now() + Duration::from_millis(1)), fetcher.call(soon()));
    let (_, file) = tokio::join!(hasty.get(&url), patient.get(&url));
    assert_eq!(file.map(|file| file.bytes.len()), Ok(8 * 1024 * 1024));
    assert_eq!(server.connections(), 1);
}
