//! Blobs in a folder and in a bucket: one contract, and what each says when it fails.

use std::time::{Duration, Instant};

use assets::{BlobKey, BlobStore, Bucket, Credentials, SecretKey, Token};
use bytes::Bytes;
use futures::TryStreamExt as _;
use testkit::{Mood, S3, Weather};

/// A request's patience, and what a busy machine may add.
const LATEST: Duration = Duration::from_secs(8);

fn picture() -> BlobKey {
    BlobKey::picture(Token::random().expect("a token"), "png").expect("a key")
}

fn text(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

async fn listed(store: &BlobStore) -> Vec<(String, u64)> {
    let mut found: Vec<(String, u64)> = store.list().map_ok(|(key, size)| (key.to_string(), size)).try_collect().await.expect("a list");
    found.sort();
    found
}

async fn keeps_the_contract(store: &BlobStore) {
    let key = picture();
    assert_eq!(store.get(&key).await.expect("no fault"), None);
    assert_eq!(store.head(&key).await.expect("no fault"), None);
    assert_eq!(store.get_range(&key, 0..1).await.expect("no fault"), None);
    store.delete(&key).await.expect("an absent one is fine");
    assert!(listed(store).await.is_empty());

    store.put(&key, text("first")).await.expect("written");
    store.put(&key, text("0123456789")).await.expect("written again");
    assert_eq!(store.get(&key).await.expect("read"), Some(text("0123456789")));
    assert_eq!(store.head(&key).await.expect("read"), Some(10));
    assert_eq!(store.get_range(&key, 2..5).await.expect("read"), Some((text("234"), 10)));
    assert_eq!(store.get_range(&key, 7..100).await.expect("read"), Some((text("789"), 10)));
    assert!(store.get_range(&key, 10..12).await.is_err());

    let empty = BlobKey::asset("asset_empty").expect("a key");
    store.put(&empty, Bytes::new()).await.expect("written");
    assert_eq!(store.get(&empty).await.expect("read"), Some(Bytes::new()));
    let preview = BlobKey::preview("tg_quote-1", "square").expect("a key");
    let large = Bytes::from(vec![7; 3 << 20]);
    store.put(&preview, large.clone()).await.expect("written");
    assert_eq!(store.get(&preview).await.expect("read"), Some(large));
    let mut wanted = vec![(empty.to_string(), 0), (key.to_string(), 10), (preview.to_string(), 3 << 20)];
    wanted.sort();
    assert_eq!(listed(store).await, wanted);

    store.probe().await.expect("healthy");
    store.probe().await.expect("healthy still");
    let place = store.check().await.expect("healthy").place;
    assert_eq!(place, store.place());
    assert_eq!(listed(store).await, wanted, "the check leaves nothing behind");
    for key in [&key, &empty, &preview] {
        store.delete(key).await.expect("deleted");
        store.delete(key).await.expect("deleted twice");
        assert_eq!(store.get(key).await.expect("no fault"), None);
    }
    assert!(listed(store).await.is_empty());
}

#[tokio::test]
async fn a_folder_keeps_the_contract() {
    let folder = tempfile::tempdir().expect("a folder");
    keeps_the_contract(&BlobStore::folder(folder.path()).expect("a store")).await;
}

fn open(bucket: Bucket) -> BlobStore {
    BlobStore::bucket(bucket).expect("a store")
}

#[tokio::test]
async fn a_bucket_keeps_the_contract_and_so_does_a_part_of_it() {
    let s3 = S3::start().await;
    keeps_the_contract(&open(s3.bucket())).await;
    let whole = open(s3.bucket());
    let part = open(Bucket { prefix: "prod/eu".into(), ..s3.bucket() });
    keeps_the_contract(&part).await;
    let key = picture();
    part.put(&key, text("mine")).await.expect("written");
    assert_eq!(whole.get(&key).await.expect("no fault"), None);
    assert!(listed(&whole).await.is_empty(), "what lies below other prefixes is not ours");
    assert_eq!(listed(&part).await.len(), 1);
}

#[tokio::test]
async fn more_objects_than_one_page_are_listed() {
    let s3 = S3::start().await;
    let store = open(s3.bucket());
    let keys: Vec<BlobKey> = (0..1_050).map(|number| BlobKey::asset(&format!("asset_{number}")).expect("a key")).collect();
    for key in &keys {
        store.put(key, text("x")).await.expect("written");
    }
    assert_eq!(listed(&store).await.len(), keys.len());
}

/// What `check` says of a bucket that must not be healthy, and how long it took.
async fn complaint(bucket: Bucket) -> String {
    let begun = Instant::now();
    let error = open(bucket).check().await.expect_err("not healthy").to_string();
    assert!(begun.elapsed() < LATEST, "{:?}: {error}", begun.elapsed());
    error
}

#[tokio::test]
async fn each_fault_of_a_bucket_has_a_message_that_says_what_to_do() {
    let s3 = S3::start().await;
    let bucket = || s3.bucket();
    let told = |error: &str, parts: &[&str]| {
        for part in parts {
            assert!(error.contains(part), "{part}: {error}");
        }
        assert!(!error.contains("secret of the tests") && !error.contains("<Code>"), "{error}");
    };
    let other = |id: &str, secret: &str| Credentials::Fixed { id: id.into(), secret: SecretKey::new(secret) };
    let Credentials::Fixed { id, .. } = s3.bucket().credentials else { panic!("fixed credentials") };

    told(&complaint(Bucket { name: "elsewhere".into(), ..bucket() }).await, &["NoSuchBucket", "make it", "storage_url"]);
    told(&complaint(Bucket { credentials: other("nobody", "x"), ..bucket() }).await, &["AWS_ACCESS_KEY_ID"]);
    told(&complaint(Bucket { credentials: other(&id, "wrong"), ..bucket() }).await, &["SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"]);
    s3.mood(Mood::ReadOnly);
    told(&complaint(bucket()).await, &["writing failed", "read-only", "s3:PutObject", "pictures/*"]);
    told(&open(bucket()).probe().await.expect_err("not healthy").to_string(), &["s3:PutObject"]);
    s3.mood(Mood::Unavailable);
    told(&complaint(bucket()).await, &["ServiceUnavailable", "asked again"]);
    s3.mood(Mood::Good);
    s3.network(Weather::Hang);
    told(&complaint(bucket()).await, &["no answer in time", "storage_endpoint"]);
    s3.network(Weather::Cut);
    told(&complaint(bucket()).await, &["storage_endpoint"]);
    s3.network(Weather::Clear);
    open(bucket()).check().await.expect("healthy again");

    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let endpoint = format!("http://{nobody}").parse().expect("a url");
    told(&complaint(Bucket { endpoint: Some(endpoint), ..bucket() }).await, &["refused", "storage_endpoint"]);

    let strict = S3::with_strict_clock().await;
    told(&complaint(strict.bucket()).await, &["RequestTimeTooSkewed", "clock", "NTP"]);
}

#[tokio::test]
async fn an_absent_blob_is_told_from_an_absent_bucket() {
    let s3 = S3::start().await;
    let store = open(s3.bucket());
    let key = picture();
    assert_eq!(store.get(&key).await.expect("no fault"), None);
    s3.remove_bucket();
    assert!(store.put(&key, text("x")).await.is_err());
    assert!(store.list().try_collect::<Vec<_>>().await.is_err());
}

#[tokio::test]
async fn a_service_that_answers_503_for_a_moment_is_asked_again() {
    let s3 = S3::start().await;
    let store = open(s3.bucket());
    s3.mood(Mood::Unavailable);
    let key = picture();
    let put = store.put(&key, text("x"));
    let heal = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        s3.mood(Mood::Good);
    };
    let (put, ()) = tokio::join!(put, heal);
    put.expect("written");
    assert_eq!(store.get(&key).await.expect("read"), Some(text("x")));
}

#[tokio::test]
async fn no_operation_waits_for_a_service_that_hangs() {
    let s3 = S3::start().await;
    let store = open(s3.bucket());
    let key = picture();
    store.put(&key, text("x")).await.expect("written");
    s3.network(Weather::Hang);
    let begun = Instant::now();
    let (put, get, head, deleted, list) = tokio::join!(
        store.put(&key, text("y")),
        store.get(&key),
        store.head(&key),
        store.delete(&key),
        store.list().try_collect::<Vec<_>>()
    );
    assert!(put.is_err() && get.is_err() && head.is_err() && deleted.is_err() && list.is_err());
    assert!(begun.elapsed() < LATEST, "{:?}", begun.elapsed());
}

/// A client that knows nothing of S3.
async fn fetch(url: &str) -> reqwest::Response {
    reqwest::Client::builder().no_proxy().build().expect("a client").get(url).send().await.expect("an answer")
}

#[tokio::test]
async fn a_signed_url_is_for_anybody_and_ends() {
    let s3 = S3::start().await;
    let store = open(Bucket { prefix: "eu".into(), ..s3.bucket() });
    let key = picture();
    store.put(&key, text("bytes")).await.expect("written");
    let sign = async |valid, name| store.signed_url(&key, false, Duration::from_secs(valid), name).await.expect("signed").expect("a url");
    let url = sign(1, None).await;
    assert!(!url.as_str().contains("secret"));
    let answer = fetch(url.as_str()).await;
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!((header("content-type"), header("cache-control")), ("image/png".into(), "public, max-age=31536000, immutable".into()));
    assert_eq!(answer.bytes().await.expect("a body"), text("bytes"));

    let name = "attachment; filename=\"Gr__e.png\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.png";
    let answer = fetch(sign(60, Some(name)).await.as_str()).await;
    assert_eq!(answer.headers()["content-disposition"], name);

    let mut unsigned = url.clone();
    unsigned.set_query(None);
    assert_eq!(fetch(unsigned.as_str()).await.status(), 403);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(fetch(url.as_str()).await.status(), 403, "over");
    let folder = tempfile::tempdir().expect("a folder");
    let files = BlobStore::folder(folder.path()).expect("a store");
    assert_eq!(files.signed_url(&key, false, Duration::from_secs(60), None).await.expect("no fault"), None);
}
