//! Usage: what was used, by whom, and as a file.

use app::Role;
use serde_json::json;

use super::{joined, owner, still};

#[tokio::test]
async fn figures_are_the_team_s_own_split_and_downloadable() {
    let (server, _) = still().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let eve = owner(&server, "eve@example.com", "Elsewhere", "agency").await;
    let bo = joined(&server, &ada, "bo@example.com", Role::Viewer).await;
    assert!(bo.open("/usage").await.expect(200).has("No pictures in this time"));
    let key = server.key(&ada.member.team.to_string(), app::Mode::Live, app::Scopes::ALL).await;
    let body = json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Hello" } });
    let made = server.client(&key).generate(&body).await;
    assert!(made.status < 300, "{}", made.json());
    let page = bo.open("/usage").await.expect(200);
    assert!(page.has("Credits used by day") && page.has("Quote"));
    assert!(ada.open("/usage?by=key").await.has("<li><svg"));
    assert!(ada.open("/usage?by=member&range=30").await.has("By API keys"));
    let file = ada.open("/usage.csv?by=key").await.expect(200);
    let html = file.html();
    let line = html.lines().nth(1).unwrap();
    assert!(line.starts_with("2026-03-01,test,"), "{line}");
    assert!(!eve.open("/usage").await.has("Quote"));
    eve.browser.open(&ada.path("/usage")).await.expect(404);
    ada.open("/usage?range=nonsense&by=nonsense").await.expect(200);
    server.shut_down().await;
}

#[tokio::test]
async fn at_80_and_100_per_cent_every_page_of_the_team_says_so() {
    let (server, _) = still().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let bo = joined(&server, &ada, "bo@example.com", Role::Viewer).await;
    let team = ada.member.team.to_string();
    let key = server.key(&team, app::Mode::Live, app::Scopes::ALL).await;
    let left = async |left: i64| {
        let credits = server.operator.store.credits(ada.member.team, server.app.now()).await.unwrap().unwrap();
        server.operator.adjust_credits(&team, left - credits.remaining(), "test").await.unwrap();
    };
    let make = async || {
        let body = json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Hello" }, "templates": ["square"] });
        assert!(server.client(&key).generate(&body).await.status < 300);
    };
    make().await;
    left(1).await;
    assert!(!ada.open("/general").await.has("period’s credits are used"), "half of them");
    left(4).await;
    for _ in 0..3 {
        make().await;
    }
    let page = ada.open("/general").await.expect(200);
    assert!(page.has("80\u{a0}% of this period’s credits are used: 1 of 5\u{a0}credits"), "{}", page.html());
    assert!(page.has("Add credits") && !bo.open("/usage").await.has("Add credits"));
    make().await;
    assert!(bo.open("/usage").await.has("All 5\u{a0}credits of this period are used."));
    server.shut_down().await;
}
