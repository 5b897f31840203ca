//! API Keys: shown once, then a hint.

use std::time::{Duration, Instant};

use app::Role;
use serde_json::json;
use testkit::{Server, Shown};

use super::{PASSWORD, Person, joined, owner, still};

/// All boxes as the form has them at first.
const FORM: [(&str, &str); 9] = [
    ("mode", "test"),
    ("expires", "never"),
    ("date", ""),
    ("scope-generate", "on"),
    ("scope-generations-read", "on"),
    ("scope-templates-read", "on"),
    ("scope-brandkits-read", "on"),
    ("scope-credits-read", "on"),
    ("scope-assets", "on"),
];

async fn create(person: &Person, name: &str) -> Shown {
    person.fill("/keys/new", "/keys/new", &[&[("name", name)], FORM.as_slice()].concat()).await
}

/// The plain key that a page shows.
fn plain(page: &Shown) -> String {
    let html = page.html();
    let found = html.split("id=\"new-key\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    found.expect("a key").to_owned()
}

/// The address of the first key's page.
fn first(list: &Shown) -> String {
    let html = list.html();
    let at = html.find("/keys/key_").expect("a key's link");
    html[at..].split(['"', '#']).next().unwrap().to_owned()
}

#[tokio::test]
async fn a_key_is_shown_once_works_and_is_kept_as_a_hint_alone() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    assert!(ada.open("/keys").await.expect(200).has("No keys yet"));
    let made = create(&ada, "Storefront <server>").await.expect(200);
    let key = plain(&made);
    assert!(key.starts_with("rp_test_"), "{key}");
    assert_eq!(made.answer.header("cache-control"), "no-store");
    assert!(!format!("{:?}", made.answer.headers.get_all("set-cookie").iter().collect::<Vec<_>>()).contains(&key));
    let body = json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Keep your promise at *every* size." } });
    assert!(made.has("tg_quote") && made.has("Keep your promise at *every* size."), "the page's own call");
    let answer = server.client(&key).post("/v1/generate", &body).await;
    assert!([200, 201, 202].contains(&answer.status), "{}", answer.status);
    let list = ada.open("/keys").await.expect(200);
    assert!(!list.has(&key) && list.has(&key[..12]), "a hint only");
    assert!(list.has("Storefront &#60;server&#62;") && !list.has("<server>"));
    server.shut_down().await;
}

#[tokio::test]
async fn a_bad_form_keeps_what_was_typed_and_names_each_fault() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let long = "n".repeat(51);
    let page = ada.fill("/keys/new", "/keys/new", &[("name", &long), ("mode", "gold"), ("expires", "date"), ("date", "2020-01-01")]).await;
    let page = page.expect(422);
    for part in ["4 things to mend", "51 characters", "Choose Production or Test.", "Choose a day", "at least one thing", &long] {
        assert!(page.has(part), "{part}");
    }
    assert!(ada.open("/keys").await.has("No keys yet"));
    server.shut_down().await;
}

#[tokio::test]
async fn a_key_in_use_is_revoked_by_its_name_and_refused_from_then_on() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let key = plain(&create(&ada, "Storefront").await);
    server.client(&key).get("/v1/credits").await.expect(200);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let one = first(&ada.open("/keys").await);
    let page = ada.fill(&one, &format!("{one}/revoke"), &[("typed", "storefront")]).await.expect(422);
    assert!(page.has("Type the key&#39;s name: Storefront"), "{}", page.html());
    let page = ada.fill(&one, &format!("{one}/revoke"), &[("typed", "Storefront")]).await.expect(200);
    assert!(page.has("revoked. Requests with it fail from now on."));
    // Keys are remembered for some seconds, by the system's clock.
    let until = Instant::now() + Duration::from_secs(5);
    while server.client(&key).get("/v1/credits").await.status != 401 {
        assert!(Instant::now() < until, "it still works after 5 s");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    server.shut_down().await;
}

#[tokio::test]
async fn a_rotated_key_is_replaced_and_works_on_in_its_grace_time() {
    let (server, clock) = still().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let old = plain(&create(&ada, "Storefront").await);
    let one = first(&ada.open("/keys").await);
    ada.fill(&one, &format!("{one}/rotate"), &[("grace", "5")]).await.expect(422);
    let made = ada.fill(&one, &format!("{one}/rotate"), &[("grace", "1")]).await.expect(200);
    let new = plain(&made);
    assert!(new != old && made.has("works on for 1\u{a0}hour"));
    assert!(ada.open("/keys").await.has("Works until"));
    server.client(&old).get("/v1/credits").await.expect(200);
    clock.advance(Duration::from_secs(3_606));
    server.client(&old).get("/v1/credits").await.expect(401);
    server.client(&new).get("/v1/credits").await.expect(200);
    server.shut_down().await;
}

#[tokio::test]
async fn a_plan_without_the_api_explains_it_and_makes_nothing() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let form = ada.open("/keys/new").await;
    create(&ada, "Storefront").await.expect(200);
    let bo = joined(&server, &ada, "bo@example.com", Role::Member).await;
    bo.open("/keys").await.expect(403);
    server.operator.set_plan(&ada.member.slug, "growth").await.unwrap();
    let page = ada.open("/keys").await.expect(200);
    for part in ["API access starts with Agency", "Upgrade to Agency", "Paused by plan", "View Documentation"] {
        assert!(page.has(part), "{part}");
    }
    assert!(!page.has("/keys/new"));
    assert_eq!(ada.open("/keys/new").await.path, ada.path("/keys"));
    let pairs = [&[("name", "Sly")], FORM.as_slice()].concat();
    let page = ada.browser.submit(&form, &ada.path("/keys/new"), &pairs).await;
    assert!(page.path == ada.path("/keys") && !page.has("Sly"));
    let page = bo.open("/keys").await.expect(200);
    assert!(page.has("Ask an owner or admin") && !page.has("Upgrade to") && !page.has("Storefront"));
    server.shut_down().await;
}

#[tokio::test]
async fn the_password_is_asked_for_again_and_the_browser_comes_back() {
    let (server, clock) = still().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let form = ada.open("/keys/new").await.expect(200);
    clock.advance(Duration::from_secs(16 * 60));
    let page = ada.browser.submit(&form, &ada.path("/keys/new"), &[&[("name", "Late <key>")], FORM.as_slice()].concat()).await;
    assert_eq!(page.heading(), "Confirm your password");
    let page = ada.browser.submit(&page, "/confirm-password", &[("password", "wrong kettles")]).await.expect(422);
    let page = ada.browser.submit(&page, "/confirm-password", &[("password", PASSWORD)]).await.expect(200);
    assert_eq!(page.heading(), "Go on");
    assert!(page.has("name=\"name\" value=\"Late &#60;key&#62;\"") && !page.has("kettles"), "{}", page.html());
    let page = ada.browser.submit(&page, &ada.path("/keys/new"), &[]).await.expect(200);
    assert!(page.heading() == "Save your key" && page.has("Late &#60;key&#62;"), "nothing had to be typed again");
    let away = ada.browser.open("/confirm-password?next=https://evil.test").await;
    assert!(away.answer.status == 200 && !away.path.contains("evil"), "{}", away.path);
    server.shut_down().await;
}

#[tokio::test]
async fn another_team_s_keys_are_not_there_and_a_viewer_can_do_nothing() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let eve = owner(&server, "eve@example.com", "Elsewhere", "agency").await;
    create(&ada, "Storefront").await;
    let one = first(&ada.open("/keys").await);
    let form = eve.open("/keys/new").await;
    for (who, status) in [(&eve, 404), (&joined(&server, &ada, "vi@example.com", Role::Viewer).await, 403)] {
        who.open(&one).await.expect(status);
        who.browser.open(&ada.path("/keys/new")).await.expect(if status == 404 { 404 } else { 403 });
        for action in ["rename", "rotate", "revoke"] {
            let page = if status == 404 { &form } else { &who.browser.open("/design/frame").await };
            let answer = who.browser.send(page, &format!("{}/{action}", who.path(&one)), &[("name", "x"), ("grace", "0")]).await;
            assert_eq!(answer.answer.status, status, "{action}");
        }
    }
    assert!(ada.open("/keys").await.has("Active"));
    server.shut_down().await;
}
