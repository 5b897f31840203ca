//! `GET /v1/brandkits` and `/{id}`.

use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn a_kit_has_every_member_and_its_logos_are_pngs() {
    let world = World::new().await;
    let id = world.server.kit(&world.team.id, "halvmark", true).await;
    let other = world.server.kit(&world.team.id, "pomblo", false).await;
    let list = world.live.get("/v1/brandkits").await.expect(200).json();
    assert_eq!((&list["hasMore"], &list["nextCursor"]), (&json!(false), &json!(null)));
    let mut ids: Vec<&str> = list["data"].as_array().expect("a list").iter().map(|kit| kit["id"].as_str().expect("an id")).collect();
    ids.sort_unstable();
    let mut expected = [id.as_str(), other.as_str()];
    expected.sort_unstable();
    assert_eq!(ids, expected);
    let kit = world.live.get(&format!("/v1/brandkits/{id}")).await.expect(200).json();
    assert!(list["data"].as_array().expect("a list").contains(&kit));
    let members = |value: &Value| -> Vec<String> { value.as_object().expect("an object").keys().cloned().collect() };
    assert_eq!(members(&kit), ["id", "object", "name", "isDefault", "version", "colors", "fonts", "logos", "createdAt", "updatedAt"]);
    assert_eq!((&kit["object"], &kit["isDefault"], &kit["version"]), (&json!("brandKit"), &json!(true), &json!(1)));
    for color in kit["colors"].as_array().expect("colours") {
        assert_eq!(members(color), ["role", "name", "hex", "onHex"]);
        assert!(
            color["hex"].as_str().is_some_and(|hex| hex.starts_with('#'))
                && color["onHex"].as_str().is_some_and(|hex| hex.starts_with('#'))
        );
    }
    for font in kit["fonts"].as_array().expect("fonts") {
        assert_eq!(members(font), ["role", "family", "weight", "style", "source"]);
    }
    let logos = kit["logos"].as_array().expect("logos");
    assert!(!logos.is_empty());
    for logo in logos {
        assert_eq!(members(logo), ["role", "theme", "url", "width", "height"]);
        assert!(matches!(logo["theme"].as_str(), Some("light" | "dark" | "any")));
        let url = logo["url"].as_str().expect("a url");
        assert!(url.ends_with(".png"), "{url}");
        let png = world.server.stranger().get(url).await.expect(200);
        assert_eq!(png.header("content-type"), "image/png");
        assert!(png.bytes.starts_with(b"\x89PNG"));
        let size = |at: usize| u32::from_be_bytes([png.bytes[at], png.bytes[at + 1], png.bytes[at + 2], png.bytes[at + 3]]);
        assert_eq!((&logo["width"], &logo["height"]), (&json!(size(16)), &json!(size(20))));
    }
}

#[tokio::test]
async fn the_kit_decides_the_look_and_a_missing_role_is_an_info() {
    let world = World::new().await;
    let own = world.live.generate(&world.call_with(json!({ "brandKitId": null }))).await.expect(200).json();
    let id = world.server.kit(&world.team.id, "orthaven", false).await;
    let kit = world.live.generate(&world.call_with(json!({ "brandKitId": id }))).await.expect(200).json();
    assert_eq!((&kit["brandKitId"], &kit["brandKitVersion"]), (&json!(id), &json!(1)));
    assert_ne!(own["images"][0]["sha256"], kit["images"][0]["sha256"]);
    for warning in kit["images"][0]["warnings"].as_array().expect("warnings") {
        if warning["code"] == "brand_role_missing" {
            assert_eq!(warning["severity"], "info");
        }
    }
    // Without a default kit and without a choice it is the template's own look.
    let none = world.live.generate(&world.call()).await.expect(200).json();
    assert_eq!((&none["brandKitId"], &none["images"][0]["sha256"]), (&json!(null), &own["images"][0]["sha256"]));
}
