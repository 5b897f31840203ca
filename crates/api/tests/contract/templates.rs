//! `GET /v1/templates`, `/{id}` and its schema.

use serde_json::{Value, json};

use crate::support::World;

const BUILT_IN: &[&str] = &[
    "tg_quote",
    "tg_product",
    "tg_sale",
    "tg_event",
    "tg_testimonial",
    "tg_blog",
    "tg_hiring",
    "tg_property",
    "tg_podcast",
    "tg_numbers",
    "tg_tip",
    "tg_announce",
];

fn ids(list: &Value) -> Vec<&str> {
    list["data"].as_array().expect("a list").iter().map(|group| group["id"].as_str().expect("an id")).collect()
}

#[tokio::test]
async fn the_list_holds_the_built_in_groups_and_the_teams_own() {
    let world = World::new().await;
    let list = world.live.get("/v1/templates").await.expect(200).json();
    assert_eq!((&list["hasMore"], &list["nextCursor"]), (&json!(false), &json!(null)));
    for id in BUILT_IN.iter().copied().chain([world.card.as_str()]) {
        assert!(ids(&list).contains(&id), "{id} is missing: {:?}", ids(&list));
    }
}

#[tokio::test]
async fn pages_cover_the_list_once() {
    let world = World::new().await;
    let all = world.live.get("/v1/templates?limit=100").await.expect(200).json();
    let mut found = Vec::new();
    let mut path = "/v1/templates?limit=2".to_owned();
    loop {
        let page = world.live.get(&path).await.expect(200).json();
        assert!(ids(&page).len() <= 2);
        found.extend(ids(&page).into_iter().map(str::to_owned));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/v1/templates?limit=2&cursor={cursor}");
    }
    assert_eq!(found, ids(&all));
    world.live.get("/v1/templates?cursor=x").await.error(422, "invalid_cursor");
    let _ = world.live.get("/v1/templates?limit=101").await.faults();
    let _ = world.live.get("/v1/templates?limit=&cursor=&search=&tag=").await.expect(200);
}

#[tokio::test]
async fn search_and_tag_narrow_the_list() {
    let world = World::new().await;
    for query in ["search=test%20card", "search=TEST%20CARD", "tag=testing"] {
        let list = world.live.get(&format!("/v1/templates?{query}")).await.expect(200).json();
        assert_eq!(ids(&list), [world.card.as_str()], "{query}");
    }
    for query in ["search=zzzzz", "tag=zzzzz", "search=%25", "search=_______"] {
        let list = world.live.get(&format!("/v1/templates?{query}")).await.expect(200).json();
        assert_eq!(list["data"], json!([]), "{query}");
    }
}

#[tokio::test]
async fn a_group_has_every_member() {
    let world = World::new().await;
    let group = world.live.get(&format!("/v1/templates/{}", world.card)).await.expect(200).json();
    let members = |value: &Value| -> Vec<String> { value.as_object().expect("an object").keys().cloned().collect() };
    assert_eq!(
        members(&group),
        [
            "id",
            "object",
            "name",
            "description",
            "version",
            "tags",
            "previewUrl",
            "creditCost",
            "createdAt",
            "updatedAt",
            "templates",
            "fields",
            "exampleInputData",
            "inputSchemaUrl",
        ]
    );
    assert_eq!((&group["object"], &group["version"], &group["creditCost"]), (&json!("templateGroup"), &json!(1), &json!(2)));
    assert_eq!(members(&group["templates"][0]), ["id", "key", "name", "width", "height", "previewUrl"]);
    let title = &group["fields"][0];
    assert_eq!(members(title), ["name", "type", "label", "description", "required", "default", "example", "constraints", "usedIn"]);
    assert_eq!(title["constraints"], json!({ "minLength": 1, "maxLength": 120 }));
    assert_eq!((&title["required"], &title["default"], &title["example"]), (&json!(true), &json!(null), &json!("Hello *world*")));
    assert_eq!(title["usedIn"], json!(["square", "wide"]));
    let types = ["text", "richText", "image", "color", "number", "boolean", "date", "enum", "url", "qr", "barcode", "rating", "list"];
    for field in group["fields"].as_array().expect("fields") {
        assert!(types.contains(&field["type"].as_str().expect("a type")), "{field}");
    }
    assert_eq!(group["exampleInputData"]["title"], "Hello *world*");
    let list = world.live.get("/v1/templates?tag=testing").await.expect(200).json();
    assert_eq!(list["data"][0], group, "the list and the single one are the same");
    for url in [&group["previewUrl"], &group["templates"][1]["previewUrl"]] {
        let preview = world.server.stranger().get(url.as_str().expect("a url")).await.expect(200);
        assert!(preview.header("content-type").starts_with("image/"));
    }
}

#[tokio::test]
async fn the_schema_describes_the_input() {
    let world = World::new().await;
    let group = world.live.get(&format!("/v1/templates/{}", world.card)).await.expect(200).json();
    let url = group["inputSchemaUrl"].as_str().expect("a url");
    let answer = world.live.get(url).await.expect(200);
    let schema = answer.json();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["required"], json!(["title"]));
    assert_eq!((&schema["properties"]["title"]["type"], &schema["properties"]["title"]["maxLength"]), (&json!("string"), &json!(120)));
    world.server.stranger().get(url).await.error(401, "missing_api_key");
}

#[tokio::test]
async fn the_examples_of_the_built_in_groups_succeed_without_a_warning_above_info() {
    let world = World::new().await;
    for id in BUILT_IN {
        let group = world.live.get(&format!("/v1/templates/{id}")).await.expect(200).json();
        let keys: Vec<&str> =
            group["templates"].as_array().expect("sizes").iter().map(|size| size["key"].as_str().expect("a key")).collect();
        assert_eq!(keys[..4], ["square", "portrait", "story", "landscape"], "{id}");
        let call = json!({ "templateGroupId": id, "inputData": group["exampleInputData"], "waitMs": 30_000 });
        let generation = world.live.generate(&call).await.expect(200).json();
        assert_eq!(generation["status"], "completed", "{id}: {generation}");
        for image in generation["images"].as_array().expect("images") {
            for warning in image["warnings"].as_array().expect("warnings") {
                assert_eq!(warning["severity"], "info", "{id} {}: {warning}", image["key"]);
            }
        }
    }
    let quote = world.live.get("/v1/templates/tg_quote").await.json();
    let required: Vec<_> =
        quote["fields"].as_array().expect("fields").iter().filter(|field| field["required"] == true).map(|field| &field["name"]).collect();
    assert_eq!(required, ["title"]);
}
