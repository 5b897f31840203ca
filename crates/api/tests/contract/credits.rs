//! Credits: `GET /v1/credits`, the `X-Credits` headers, 402.

use serde_json::{Value, json};

use crate::support::World;

fn balance(credits: &Value) -> i64 {
    let of = |name: &str| credits[name].as_i64().expect("a figure");
    of("included") + of("purchased") + of("adjusted") - of("used") - of("reserved")
}

async fn set_remaining(world: &World, wanted: i64) {
    let left = world.remaining().await;
    if wanted != left {
        world.server.operator.adjust_credits(&world.team.id, wanted - left, "test").await.expect("an adjustment");
    }
}

#[tokio::test]
async fn the_balance_adds_up_and_has_every_member() {
    let world = World::new().await;
    let credits = world.live.get("/v1/credits").await.expect(200).json();
    let members: Vec<&str> = credits.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(
        members,
        ["object", "mode", "plan", "unlimited", "period", "included", "purchased", "adjusted", "used", "reserved", "remaining"]
    );
    assert_eq!((&credits["object"], &credits["mode"], &credits["plan"]), (&json!("credits"), &json!("live"), &json!("agency")));
    assert!(credits["period"]["start"].as_str() < credits["period"]["end"].as_str());
    assert_eq!(credits["remaining"], balance(&credits));
    let answer = world.live.generate(&world.call_with(json!({ "templates": null }))).await.expect(200);
    assert_eq!((answer.number("x-credits-charged"), answer.number("x-credits-reserved")), (2, 0));
    let after = world.live.get("/v1/credits").await.expect(200).json();
    assert_eq!(after["used"], credits["used"].as_i64().expect("used") + 2);
    assert_eq!(after["remaining"], balance(&after));
    assert_eq!(answer.number("x-credits-remaining"), after["remaining"].as_i64().expect("remaining"));
}

#[tokio::test]
async fn a_test_key_sees_the_live_balance_and_spends_nothing() {
    let world = World::new().await;
    let _ = world.made().await;
    let _ = world.test.generate(&world.call()).await.expect(200);
    let (mut live, test) = (world.live.get("/v1/credits").await.json(), world.test.get("/v1/credits").await.json());
    assert_eq!(test["mode"], "test");
    live["mode"] = json!("test");
    assert_eq!(live, test);
    assert_eq!(live["used"], 1);
}

#[tokio::test]
async fn too_few_credits_are_402_with_the_figures_and_nothing_happens() {
    let world = World::new().await;
    set_remaining(&world, 1).await;
    let answer = world.live.generate(&world.call_with(json!({ "templates": null }))).await;
    let error = answer.error(402, "insufficient_credits");
    assert_eq!((&error["required"], &error["remaining"]), (&json!(2), &json!(1)));
    assert_eq!([answer.number("x-credits-charged"), answer.number("x-credits-reserved"), answer.number("x-credits-remaining")], [0, 0, 1]);
    assert_eq!(world.remaining().await, 1);
    assert_eq!(world.live.get("/v1/generate").await.json()["data"], json!([]));
    // One size is affordable, and a test key needs none.
    let _ = world.live.generate(&world.call()).await.expect(200);
    assert_eq!(world.remaining().await, 0);
    let _ = world.test.generate(&world.call_with(json!({ "templates": null }))).await.expect(200);
}

#[tokio::test]
async fn the_last_credits_go_to_as_many_calls_as_they_pay() {
    let world = World::new().await;
    set_remaining(&world, 5).await;
    let call = world.call();
    let answers = futures::future::join_all((0..12).map(|_| world.live.generate(&call))).await;
    let paid = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| answer.status == 402).count();
    assert_eq!((paid, refused), (5, 7));
    assert_eq!(world.remaining().await, 0);
    assert!(world.server.operator.audit().await.expect("an audit").is_empty());
}

#[tokio::test]
async fn failed_images_give_their_credits_back() {
    let world = World::new().await;
    let before = world.remaining().await;
    let answer = world.live.generate(&world.inputs(json!({ "photo": "https://nowhere.invalid/a.png" }))).await.expect(200);
    assert_eq!([answer.number("x-credits-charged"), answer.number("x-credits-reserved")], [0, 0]);
    assert_eq!(answer.number("x-credits-remaining"), before);
    assert_eq!(world.remaining().await, before);
    assert!(world.server.operator.audit().await.expect("an audit").is_empty());
}

#[tokio::test]
async fn grants_count_as_purchased_and_corrections_as_adjusted() {
    let world = World::new().await;
    let before = world.live.get("/v1/credits").await.json();
    world.server.operator.grant_credits(&world.team.id, 50).await.expect("a grant");
    world.server.operator.adjust_credits(&world.team.id, -10, "test").await.expect("an adjustment");
    let after = world.live.get("/v1/credits").await.json();
    assert_eq!(after["purchased"], before["purchased"].as_i64().expect("a figure") + 50);
    assert_eq!(after["adjusted"], before["adjusted"].as_i64().expect("a figure") - 10);
    assert_eq!(after["remaining"], balance(&after));
    assert!(world.server.operator.adjust_credits(&world.team.id, -1_000_000, "test").await.is_err());
}

#[tokio::test]
async fn an_unlimited_plan_says_so() {
    let world = World::new().await;
    let team = world.server.team("enterprise").await;
    let client = world.server.client(&team.live);
    let credits = client.get("/v1/credits").await.expect(200).json();
    if credits["unlimited"] == true {
        assert_eq!((&credits["included"], &credits["remaining"]), (&json!(null), &json!(null)));
        let card = crate::support::card(&world.server, &team).await;
        let answer =
            client.generate(&json!({ "templateGroupId": card, "inputData": { "title": "a" }, "templates": ["wide"] })).await.expect(200);
        assert_eq!(answer.header("x-credits-remaining"), "unlimited");
        assert_eq!(answer.number("x-credits-charged"), 1);
    } else {
        assert_eq!(credits["remaining"], balance(&credits));
    }
}
