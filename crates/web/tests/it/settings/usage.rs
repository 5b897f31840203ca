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
