//! Corners of the contract where a caller's words could be taken in two ways.

use app::view::Status;
use app::{Error, GenerateAnswer, Missing, Query};
use serde_json::json;

use crate::house::{House, keyed, small, with};

#[tokio::test(flavor = "multi_thread")]
async fn a_number_written_otherwise_is_the_same_body_for_an_idempotency_key() {
    let house = House::new().await;
    let body = |wait: &str, quality: &str| {
        let text = format!(
            r#"{{"templateGroupId": "tg_quote", "inputData": {{"title": "a"}}, "templates": ["square"], "waitMs": {wait}, "output": {{"scale": 0.1, "quality": {quality}}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    };
    let call = async |body| match house.app.generate(&house.live, keyed(body, "k")).await.unwrap() {
        GenerateAnswer::Generation(generated) => (generated.replayed, generated.generation.id),
        other @ GenerateAnswer::DryRun { .. } => panic!("{other:?}"),
    };
    let (_, first) = call(body("30000", "80")).await;
    assert_eq!(call(body("1e4", "80.0")).await, (true, first));
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_an_overridden_required_field_stand_where_the_caller_wrote_it() {
    let house = House::new().await;
    let base = with(small(), json!({"inputData": {}, "output": {"scale": 0.1, "quality": 0}}));
    let faults = house.faults(with(base, json!({"overrides": {"square": {"inputData": {"title": "x".repeat(4000)}}}}))).await;
    let found: Vec<_> = faults.iter().map(|(param, code)| (param.as_str(), *code)).collect();
    assert_eq!(found, [("output.quality", "out_of_range"), ("overrides.square.inputData.title", "too_long")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_under_our_own_address_is_read_from_the_store() {
    let house = House::new().await;
    let kits = house.app.brand_kits(&house.live, &Query::default()).await.unwrap().data;
    let logo = kits.iter().flat_map(|kit| &kit.logos).next().unwrap().url.clone();
    let with_photo = |url: &str| with(small(), json!({"inputData": {"title": "a", "photo": url}}));
    let made = house.made(&house.live, with_photo(&logo)).await.generation;
    assert_eq!(made.status, Status::Completed, "{:?}", made.images);
    let preview = house.made(&house.live, with_photo("http://pictures.test/m/previews/tg_sale/1/square.png")).await.generation;
    assert_eq!(preview.status, Status::Completed, "{:?}", preview.images);
    let own = made.images[0].url.clone().unwrap();
    assert_eq!(house.made(&house.live, with_photo(&own)).await.generation.status, Status::Completed);
    for absent in ["http://pictures.test/nothing.png", "http://pictures.test/m/logos/a/b.png", "http://pictures.test"] {
        let failed = house.made(&house.live, with_photo(absent)).await.generation;
        assert_eq!(failed.error.map(|error| error.code), Some("image_fetch_failed".to_owned()), "{absent}");
    }
    // What only begins like it is somebody else's.
    let faults = house.faults(with_photo("http://pictures.test:22/a.png")).await;
    assert_eq!(faults, [("inputData.photo".to_owned(), "invalid_url")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_generation_is_missing_whatever_the_query_says() {
    let house = House::new().await;
    let query = Query(vec![("waitMs".to_owned(), "99999".to_owned())]);
    for id in ["gen_x", "gen_01JD3W5M5Q6X7Y8Z9A0B1C2D3E"] {
        let answer = house.app.generation(&house.live, id, &query).await;
        assert!(matches!(answer, Err(Error::NotFound { what: Missing::Generation, .. })), "{id}");
    }
    let made = house.made(&house.live, small()).await.generation;
    assert!(matches!(house.app.generation(&house.live, &made.id, &query).await, Err(Error::Validation(_))));
}
