//! Picture URLs ("The generation object").

use serde_json::json;
use testkit::{Answer, raw};

use crate::support::World;

async fn picture(world: &World) -> (String, Vec<u8>) {
    let made = world.made().await;
    let url = made["images"][0]["url"].as_str().expect("a url").to_owned();
    let bytes = world.server.stranger().get(&url).await.expect(200).bytes;
    (url, bytes)
}

fn keep_promises(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").contains("default-src 'none'; sandbox"));
    assert_eq!(answer.maybe("x-ratelimit-limit"), None, "pictures are not limited");
}

#[tokio::test]
async fn a_picture_needs_no_key_and_is_cached_for_ever() {
    let world = World::new().await;
    let (url, bytes) = picture(&world).await;
    let answer = world.server.stranger().get(&url).await.expect(200);
    keep_promises(&answer);
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("content-length"), bytes.len().to_string());
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert_eq!(answer.maybe("content-disposition"), None);
    let etag = answer.header("etag").to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
    let same = world.server.stranger().get_with(&url, &[("If-None-Match", &etag)]).await.expect(304);
    keep_promises(&same);
    assert_eq!((same.header("etag"), same.header("cache-control")), (etag.as_str(), "public, max-age=31536000, immutable"));
    let head = world.server.stranger().head(&url).await.expect(200);
    assert_eq!((head.bytes.len(), head.header("content-length")), (0, bytes.len().to_string().as_str()));
}

#[tokio::test]
async fn parts_of_a_picture_can_be_had() {
    let world = World::new().await;
    let (url, bytes) = picture(&world).await;
    let stranger = world.server.stranger();
    let length = bytes.len();
    let etag = stranger.get(&url).await.header("etag").to_owned();
    for (range, first, last) in [("bytes=0-9", 0, 9), ("bytes=5-", 5, length - 1), ("bytes=-7", length - 7, length - 1)] {
        let part = stranger.get_with(&url, &[("Range", range)]).await.expect(206);
        keep_promises(&part);
        assert_eq!(part.bytes, bytes[first..=last]);
        assert_eq!(part.header("content-range"), format!("bytes {first}-{last}/{length}"));
        assert_eq!(part.header("etag"), etag);
        assert_eq!(part.header("content-type"), "image/png");
    }
    let outside = stranger.get_with(&url, &[("Range", &format!("bytes={length}-"))]).await;
    assert_eq!((outside.status, outside.header("content-range")), (416, format!("bytes */{length}").as_str()));
    assert_eq!(stranger.get_with(&url, &[("Range", "bytes=0-1,3-4")]).await.expect(200).bytes, bytes);
    let _ = stranger.get_with(&url, &[("Range", "bytes=0-9"), ("If-Range", &etag)]).await.expect(206);
    let _ = stranger.get_with(&url, &[("Range", "bytes=0-9"), ("If-Range", "\"other\"")]).await.expect(200);
}

#[tokio::test]
async fn a_download_has_a_name() {
    let world = World::new().await;
    let (url, bytes) = picture(&world).await;
    let name = async |query: &str| {
        let answer = world.server.stranger().get(&format!("{url}?{query}")).await.expect(200);
        assert_eq!(answer.bytes, bytes);
        answer.header("content-disposition").to_owned()
    };
    assert_eq!(name("download=my%20card.png").await, "attachment; filename=\"my card.png\"");
    assert_eq!(name("download=card").await, "attachment; filename=\"card.png\"");
    assert!(name("download=").await.starts_with("attachment; filename=\""));
    assert!(name("download=..%2F..%2Fetc%2Fpasswd%0d%0aX:%20y").await.starts_with("attachment; filename=\"_.._etc_passwd__X: y.png\""));
    assert!(name("download=Gr%C3%B6%C3%9Fe.png").await.contains("filename*=UTF-8''Gr%C3%B6%C3%9Fe.png"));
}

#[tokio::test]
async fn each_format_has_its_own_type() {
    let world = World::new().await;
    let made = world.live.generate(&world.call_with(json!({ "output": { "formats": ["png", "jpeg", "webp"] } }))).await.expect(200).json();
    for (index, (kind, magic)) in
        [("image/png", b"\x89PNG".as_slice()), ("image/jpeg", b"\xff\xd8\xff"), ("image/webp", b"RIFF")].into_iter().enumerate()
    {
        let file = &made["images"][0]["files"][index];
        let answer = world.server.stranger().get(file["url"].as_str().expect("a url")).await.expect(200);
        assert_eq!(answer.header("content-type"), kind);
        assert!(answer.bytes.starts_with(magic));
        assert_eq!(file["bytes"], answer.bytes.len());
    }
}

#[tokio::test]
async fn what_is_no_picture_is_404_and_no_path_leads_out() {
    let world = World::new().await;
    let _ = world.made().await;
    for path in
        ["/p/", "/p/nothing.png", "/p/..%2f..%2frepeatposts.db", "/p/a/b", "/m/..%2f..%2fsecret.key", "/m/none", "/p/%00", "/p/%ff.png"]
    {
        let answer = world.server.stranger().get(path).await;
        answer.error(404, "not_found");
        assert_ne!(answer.maybe("cache-control"), Some("public, max-age=31536000, immutable"));
    }
    for path in ["/p/../repeatposts.db", "/p/%2e%2e/x", "/m/../../etc/passwd", "//p/x", "/p/./x"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let answer = raw::exchange(world.server.address, request.as_bytes(), std::time::Duration::from_secs(3)).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_picture_of_the_wrong_extension_is_not_served_as_something_else() {
    let world = World::new().await;
    let (url, _) = picture(&world).await;
    let answer = world.server.stranger().get(&url.replace(".png", ".html")).await;
    assert!(answer.status == 404 || answer.header("content-type") == "image/png");
}
