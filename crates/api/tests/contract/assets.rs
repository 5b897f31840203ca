//! `/v1/assets`.

use reqwest::Method;
use serde_json::json;
use testkit::Answer;

use crate::support::{World, only_fault};

async fn upload(world: &World, kind: &str, bytes: Vec<u8>) -> Answer {
    world.live.send(world.live.request(Method::POST, "/v1/assets").header("content-type", kind).body(bytes)).await
}

fn form(name: &str, file_name: Option<&str>, bytes: &[u8]) -> Vec<u8> {
    let file = file_name.map_or(String::new(), |file| format!("; filename=\"{file}\""));
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat()
}

#[tokio::test]
async fn a_picture_is_kept_once_and_read_back() {
    let world = World::new().await;
    let bytes = testkit::picture("hills.jpg");
    let first = upload(&world, "image/jpeg", bytes.clone()).await.expect(201);
    let asset = first.json();
    let members: Vec<&str> = asset.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(members, ["id", "sha256", "format", "width", "height", "bytes"]);
    assert!(asset["id"].as_str().is_some_and(|id| id.starts_with("asset_")));
    assert_eq!((&asset["format"], &asset["bytes"]), (&json!("jpeg"), &json!(bytes.len())));
    assert!(asset["width"].as_u64().is_some_and(|width| width > 100));
    let path = format!("/v1/assets/{}", asset["id"].as_str().expect("an id"));
    assert_eq!(first.header("location"), format!("{}{path}", world.server.url));
    assert_eq!(upload(&world, "application/octet-stream", bytes.clone()).await.expect(200).json(), asset, "known bytes");
    assert_eq!(upload(&world, "multipart/form-data; boundary=x", form("file", Some("a.jpg"), &bytes)).await.expect(200).json(), asset);
    assert_eq!(world.live.get(&path).await.expect(200).json(), asset);
    let used = world
        .live
        .generate(&world.inputs(json!({ "photo": { "assetId": asset["id"], "focus": { "x": 0.5, "y": 0.3 }, "fit": "cover" } })))
        .await;
    assert_eq!(used.expect(200).json()["status"], "completed");
    let _ = world.live.delete(&path).await.expect(204);
    world.live.get(&path).await.error(404, "asset_not_found");
    world.live.delete(&path).await.error(404, "asset_not_found");
    let error = world.live.generate(&world.inputs(json!({ "photo": { "assetId": asset["id"] } }))).await.error(404, "asset_not_found");
    assert!(error["param"].as_str().is_some_and(|param| param.starts_with("inputData.photo")), "{error}");
}

#[tokio::test]
async fn each_kind_of_picture_is_told_by_its_bytes() {
    let world = World::new().await;
    let rendered = async |format: &str| {
        let made = world.live.generate(&world.call_with(json!({ "output": { "format": format } }))).await.expect(200).json();
        world.server.stranger().get(made["images"][0]["url"].as_str().expect("a url")).await.expect(200).bytes
    };
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"><rect width=\"40\" height=\"20\" fill=\"red\"/></svg>"
        .to_vec();
    let gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;".to_vec();
    for (format, bytes, size) in [
        ("png", rendered("png").await, (200, 200)),
        ("webp", rendered("webp").await, (200, 200)),
        ("jpeg", rendered("jpeg").await, (200, 200)),
        ("svg", svg, (40, 20)),
        ("gif", gif, (1, 1)),
    ] {
        // The type that the client claims does not matter.
        let asset = upload(&world, "image/x-whatever", bytes).await.expect(201).json();
        assert_eq!(asset["format"], format);
        assert_eq!((asset["width"].as_u64(), asset["height"].as_u64()), (Some(size.0), Some(size.1)), "{format}");
    }
}

#[tokio::test]
async fn a_form_may_call_its_file_anything() {
    let world = World::new().await;
    let bytes = testkit::picture("hills.jpg");
    let _ = upload(&world, "multipart/form-data; boundary=x", form("picture", Some("a.jpg"), &bytes)).await.expect(201);
    let _ = upload(&world, "multipart/form-data; boundary=x", form("file", None, &bytes)).await.expect(200);
    let none = upload(&world, "multipart/form-data; boundary=x", form("picture", None, &bytes)).await;
    assert_eq!(only_fault(&none), ("file".to_owned(), "missing_input".to_owned()));
    let broken = upload(&world, "multipart/form-data; boundary=x", b"--x\r\nnonsense".to_vec()).await;
    assert_eq!(only_fault(&broken).0, "file");
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let world = World::new().await;
    for bytes in [b"".as_slice(), b"hello", b"%PDF-1.7", b"\x89PNG\r\n\x1a\nbroken", b"<html></html>"] {
        let answer = upload(&world, "image/png", bytes.to_vec()).await;
        assert_eq!(answer.status, 422, "{:?}: {}", String::from_utf8_lossy(bytes), answer.json());
        let _ = answer.faults();
    }
    for kind in ["text/plain", "application/json", "text/html"] {
        upload(&world, kind, testkit::picture("hills.jpg")).await.error(415, "unsupported_media_type");
    }
    upload(&world, "image/png", vec![0; 20 * 1024 * 1024 + 1]).await.error(413, "payload_too_large");
    upload(&world, "multipart/form-data; boundary=x", form("file", Some("a"), &vec![0; 21 * 1024 * 1024]))
        .await
        .error(413, "payload_too_large");
}

#[tokio::test]
async fn built_in_assets_can_be_drawn_by_everyone() {
    let world = World::new().await;
    let made = world.live.generate(&world.inputs(json!({ "photo": { "assetId": "asset_demo_hills" } }))).await.expect(200).json();
    assert_eq!(made["status"], "completed", "{made}");
    let asset = world.live.get("/v1/assets/asset_demo_hills").await;
    assert!(matches!(asset.status, 200 | 404));
    let removed = world.live.delete("/v1/assets/asset_demo_hills").await;
    removed.error(404, "asset_not_found");
}
