//! What holds for every page: headers, cookies, and who may ask for a change.

use axum::http::{HeaderMap, HeaderValue};
use testkit::Server;

fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::try_from(value).unwrap())).collect()
}

#[tokio::test]
async fn a_page_and_an_error_have_the_same_protection() {
    let server = Server::start().await;
    let browser = server.browser();
    for (path, status) in [("/design", 200), ("/nothing/here", 404)] {
        let page = browser.open(path).await.expect(status);
        let policy = page.answer.header("content-security-policy");
        for part in ["default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(page.answer.header("x-content-type-options"), "nosniff");
        assert_eq!(page.answer.header("referrer-policy"), "same-origin");
        assert!(page.answer.header("x-request-id").starts_with("req_"));
        assert_eq!(page.answer.header("cache-control"), "private, no-cache");
    }
    browser.set_cookie("rp_session", "whatever");
    assert_eq!(browser.open("/design").await.answer.header("cache-control"), "no-store");
    server.shut_down().await;
}

#[tokio::test]
async fn static_files_are_kept_for_good_under_their_digest_alone() {
    let server = Server::start().await;
    let browser = server.browser();
    let html = browser.open("/design").await.html();
    let sheet = html.split("href=\"").find_map(|rest| rest.split('"').next().filter(|href| href.ends_with("/app.css"))).unwrap();
    browser.set_cookie("rp_session", "whatever");
    let file = browser.open(sheet).await.expect(200);
    assert_eq!(file.answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(file.answer.header("content-type"), "text/css; charset=utf-8");
    browser.open("/static/0000000000000000/app.css").await.expect(404);
    browser.open(&sheet.replace("app.css", "../app.css")).await.expect(404);
    server.shut_down().await;
}

#[tokio::test]
async fn the_look_is_chosen_by_our_own_pages_only_and_kept() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.open("/design").await;
    assert!(page.has("data-theme=\"system\""));
    let page = browser.submit(&page, "/look", &[("theme", "dark")]).await.expect(200);
    assert_eq!(page.path, "/design");
    assert!(page.has("data-theme=\"dark\""));
    let pairs = [("theme", "light".to_owned())];
    for strange in [
        headers(&[]),
        headers(&[("sec-fetch-site", "cross-site".to_owned())]),
        headers(&[("origin", "https://evil.test".to_owned())]),
        headers(&[("sec-fetch-site", "same-site".to_owned()), ("origin", server.url.clone())]),
    ] {
        browser.post("/look", &pairs, &strange).await.expect(403);
    }
    assert_eq!(browser.cookie("rp_theme").as_deref(), Some("dark"));
    let page = browser.post("/look", &pairs, &headers(&[("origin", server.url.clone())])).await.expect(200);
    assert_eq!(page.path, "/");
    assert_eq!(browser.cookie("rp_theme").as_deref(), Some("light"));
    server.shut_down().await;
}

#[tokio::test]
async fn the_api_and_the_pages_answer_for_themselves() {
    let server = Server::start().await;
    let team = server.team("agency").await;
    let browser = server.browser();
    let api = browser.open("/v1/nothing").await.expect(404);
    assert!(api.answer.header("content-type").starts_with("application/json"));
    let page = browser.open("/v2/nothing").await.expect(404);
    assert_eq!(page.heading(), "Page not found");
    // A key opens no page, and a session no call.
    let request = server.client(&team.live).request(reqwest::Method::GET, "/nothing");
    assert_eq!(request.send().await.unwrap().status(), 404);
    browser.set_cookie("rp_session", &team.live);
    browser.open("/v1/credits").await.expect(401);
    server.shut_down().await;
}

#[tokio::test]
async fn the_character_nul_is_refused_in_addresses_and_forms() {
    let server = Server::start().await;
    let browser = server.browser();
    for path in ["/%00", "/t/a%00b/settings", "/log-in?next=%00"] {
        browser.open(path).await.expect(400);
    }
    let page = browser.open("/sign-up").await.expect(200);
    let refused =
        browser.submit(&page, "/sign-up", &[("name", "A\0b"), ("email", "a@example.com"), ("password", "long enough for us")]).await;
    assert!(refused.expect(400).has("U+0000"));
    server.shut_down().await;
}
