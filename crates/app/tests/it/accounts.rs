//! Credits: what calls hold, charge and release.

use app::{Error, GenerateAnswer};
use futures::future::join_all;
use serde_json::json;

use crate::house::{House, call, small, with};

#[tokio::test(flavor = "multi_thread")]
async fn credits_that_run_out_amid_concurrent_calls_are_never_overdrawn() {
    let house = House::new().await;
    let all = house.remaining().await;
    house.operator.adjust_credits(&house.team, 3 - all, "test").await.unwrap();
    let answers = join_all((0..10).map(|_| house.app.generate(&house.live, call(small())))).await;
    let made = answers.iter().filter(|answer| answer.is_ok()).count();
    let refused =
        answers.iter().filter(|answer| matches!(answer, Err(Error::InsufficientCredits { required: 1, remaining: 0..=2 }))).count();
    assert_eq!((made, refused), (3, 7), "{answers:?}");
    assert_eq!(house.remaining().await, 0);
    let credits = house.app.credits(&house.live).await.unwrap();
    assert_eq!((credits.used, credits.reserved), (3, 0));
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_few_credits_refuse_the_whole_call_and_keep_no_key() {
    let house = House::new().await;
    let all = house.remaining().await;
    house.operator.adjust_credits(&house.team, 2 - all, "test").await.unwrap();
    let body = json!({"templateGroupId": "tg_quote", "inputData": {"title": "x"}, "output": {"scale": 0.1}});
    let keyed = || crate::house::keyed(body.clone(), "k");
    assert!(matches!(house.app.generate(&house.live, keyed()).await, Err(Error::InsufficientCredits { required: 4, remaining: 2 })));
    assert_eq!(house.remaining().await, 2);
    house.operator.grant_credits(&house.team, 2).await.unwrap();
    let Ok(GenerateAnswer::Generation(made)) = house.app.generate(&house.live, keyed()).await else { panic!("refused") };
    assert!(!made.replayed);
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_balance_is_the_same_for_both_keys_and_adds_up() {
    let house = House::new().await;
    house.made(&house.live, small()).await;
    house.made(&house.live, with(small(), json!({"waitMs": 0}))).await;
    let live = house.app.credits(&house.live).await.unwrap();
    let test = house.app.credits(&house.test).await.unwrap();
    assert_eq!((live.mode.as_str(), test.mode.as_str()), ("live", "test"));
    assert_eq!((live.used, live.reserved, live.plan.as_str(), live.unlimited), (1, 1, "agency", false));
    assert_eq!(live.remaining, test.remaining);
    assert_eq!(live.remaining, Some(live.included.unwrap() + live.purchased + live.adjusted - live.used - live.reserved));
    assert!(live.period.start < live.period.end);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unlimited_plan_has_no_figures_that_could_run_out() {
    let house = House::new().await;
    house.operator.set_plan(&house.team, "enterprise").await.unwrap();
    let made = house.made(&house.live, small()).await;
    assert_eq!(made.credits.unwrap().remaining, None);
    let credits = house.app.credits(&house.live).await.unwrap();
    assert_eq!((credits.unlimited, credits.included, credits.remaining), (true, None, None));
    house.audit().await;
}
