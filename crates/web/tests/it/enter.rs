//! Getting in and out: what a page tells, what a link does, and what ends a session.

use std::time::Duration;

use app::{Clock, MailConfig, Role};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use testkit::{Browser, Server, Shown};

const PASSWORD: &str = "seven green kettles";

async fn with_mail() -> Server {
    Server::start_with(|setup| {
        // Nobody listens there: mails wait, which no page may show.
        setup.app.mail = Some(MailConfig::new("smtp://127.0.0.1:9", "robot@example.com").unwrap());
    })
    .await
}

async fn sign_up(browser: &Browser, email: &str) -> Shown {
    let page = browser.open("/sign-up").await.expect(200);
    browser.submit(&page, "/sign-up", &[("email", email), ("name", "Ada"), ("password", PASSWORD), ("team", "Northbank")]).await
}

async fn log_in(browser: &Browser, email: &str, password: &str) -> Shown {
    let page = browser.open("/log-in").await.expect(200);
    browser.submit(&page, "/log-in", &[("email", email), ("password", password)]).await
}

/// The page of a link and the press of its button.
async fn press(browser: &Browser, path: &str) -> Shown {
    let page = browser.open(path).await.expect(200);
    browser.submit(&page, path, &[]).await
}

#[tokio::test]
async fn signing_up_signs_in_and_logging_out_ends_it() {
    let server = Server::start().await;
    let browser = server.browser();
    let inside = sign_up(&browser, "ada@example.com").await.expect(200);
    assert!(inside.path.starts_with("/t/northbank") || inside.path == "/teams", "{}", inside.path);
    let session = browser.cookie("rp_session").unwrap();
    let page = browser.open("/account").await.expect(200);
    assert!(page.has("ada@example.com") && page.has("This one"));
    browser.submit(&page, "/log-out", &[]).await.expect(200);
    assert_eq!(browser.cookie("rp_session"), None);
    browser.set_cookie("rp_session", &session);
    assert_eq!(browser.open("/account").await.expect(200).path, "/log-in?next=%2Faccount");
    let faulty = sign_up(&server.browser(), "no address").await.expect(422);
    assert!(faulty.has("value=\"Northbank\"") && faulty.has("href=\"#field-email\"") && !faulty.has(PASSWORD));
    server.shut_down().await;
}

#[tokio::test]
async fn a_sessions_cookie_is_out_of_scripts_reach_and_new_at_each_log_in() {
    let server = Server::start().await;
    let browser = server.browser();
    sign_up(&browser, "ada@example.com").await.expect(200);
    let before = browser.cookie("rp_session").unwrap();
    let other = server.browser();
    let page = other.open("/log-in").await;
    let pairs = [("csrf", page.hidden("csrf").unwrap()), ("email", "ada@example.com".to_owned()), ("password", PASSWORD.to_owned())];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
    let request = server.stranger().request(reqwest::Method::POST, "/log-in").header(ORIGIN, &server.url);
    let answer = request
        .header(COOKIE, format!("rp_form={}", other.cookie("rp_form").unwrap()))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()[LOCATION].to_str().unwrap()), (303, "/"));
    let lines: Vec<&str> = answer.headers().get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect();
    let line = lines.iter().find(|line| line.starts_with("rp_session=")).unwrap();
    assert!(line.contains("; HttpOnly") && line.contains("; SameSite=Lax") && line.contains("; Path=/"), "{line}");
    assert!(!line.contains(&before));
    server.shut_down().await;
}

#[tokio::test]
async fn nobody_learns_which_addresses_have_an_account() {
    let server = with_mail().await;
    let known = sign_up(&server.browser(), "ada@example.com").await.expect(200);
    assert_eq!(known.path, "/sign-up/sent");
    let again = sign_up(&server.browser(), "ada@example.com").await.expect(200);
    assert_eq!((again.path.as_str(), again.heading()), (known.path.as_str(), known.heading()));
    let mut pages = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        let browser = server.browser();
        let page = browser.open("/reset").await;
        let asked = browser.submit(&page, "/reset", &[("email", email)]).await.expect(200);
        let wrong = log_in(&browser, email, "not the password").await.expect(422);
        let summary = wrong.html().split("<ul>").nth(1).and_then(|rest| rest.split("</ul>").next()).map(str::to_owned);
        pages.push((asked.path.clone(), asked.heading(), summary));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0].0, "/reset/sent");
    // The right password of an address that is not confirmed gets no session.
    let browser = server.browser();
    assert_eq!(log_in(&browser, "ada@example.com", PASSWORD).await.expect(200).path, "/sign-up/sent");
    assert_eq!(browser.cookie("rp_session"), None);
    server.shut_down().await;
}

#[tokio::test]
async fn guessing_ends_in_a_page_that_says_when_to_try_again() {
    let server = Server::start().await;
    sign_up(&server.browser(), "ada@example.com").await.expect(200);
    let browser = server.browser();
    for _ in 0..10 {
        log_in(&browser, "ada@example.com", "not the password").await.expect(422);
    }
    let refused = log_in(&browser, "ada@example.com", PASSWORD).await.expect(429);
    assert_eq!(refused.heading(), "Too many tries");
    assert!((1..=900).contains(&refused.answer.number("retry-after")));
    server.shut_down().await;
}

#[tokio::test]
async fn a_change_needs_this_browsers_own_token() {
    let server = Server::start().await;
    let (ada, bo) = (server.browser(), server.browser());
    sign_up(&ada, "ada@example.com").await.expect(200);
    sign_up(&bo, "bo@example.com").await.expect(200);
    let page = ada.open("/account").await;
    let strange = bo.open("/account").await.hidden("csrf").unwrap();
    for token in ["", strange.as_str()] {
        ada.submit(&page, "/log-out", &[("csrf", token)]).await.expect(403);
    }
    ada.open("/account").await.expect(200);
    assert!(ada.cookie("rp_session").is_some());
    // A session opens pages only.
    ada.open("/v1/credits").await.expect(401);
    server.shut_down().await;
}

#[tokio::test]
async fn after_the_log_in_nobody_is_sent_to_another_site() {
    let server = Server::start().await;
    let browser = server.browser();
    sign_up(&browser, "ada@example.com").await.expect(200);
    let page = server.browser().open("/log-in?next=%2Faccount").await;
    assert_eq!(page.hidden("next").as_deref(), Some("/account"));
    for evil in ["https://evil.test/", "//evil.test/", "/\\evil.test", "/\t/evil.test", "javascript:alert(1)"] {
        let browser = server.browser();
        let page = browser.open("/log-in").await;
        let inside =
            browser.submit(&page, "/log-in", &[("email", "ada@example.com"), ("password", PASSWORD), ("next", evil)]).await.expect(200);
        assert!(inside.path.starts_with("/t") && !inside.path.contains("evil"), "{evil:?} led to {}", inside.path);
    }
    server.shut_down().await;
}

#[tokio::test]
async fn opening_a_link_changes_nothing_and_its_button_works_once() {
    let server = Server::start().await;
    let team = server.team("agency").await;
    let made = server.operator.create_user("ada@example.com", "Ada", Some((&team.id, Role::Owner))).await.unwrap();
    let path = format!("/welcome/{}", made.token.reveal());
    for _ in 0..3 {
        server.browser().open(&path).await.expect(200);
    }
    let browser = server.browser();
    let inside = press(&browser, &path).await.expect(200);
    assert!(inside.has("Choose a password") || inside.has("choose a password"), "{}", inside.html());
    browser.open("/account").await.expect(200);
    let late = press(&server.browser(), &path).await.expect(404);
    assert_eq!(late.heading(), "Link is over");
    server.browser().open("/reset/nothing").await.expect(404);
    server.shut_down().await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_its_link() {
    let server = Server::start().await;
    let (here, there) = (server.browser(), server.browser());
    sign_up(&here, "ada@example.com").await.expect(200);
    log_in(&there, "ada@example.com", PASSWORD).await.expect(200);
    let page = here.open("/account/password").await;
    here.submit(&page, "/account/password", &[("current", "wrong"), ("password", "x")]).await.expect(422);
    let before = here.cookie("rp_session").unwrap();
    let page = here.open("/account/password").await;
    let changed = here.submit(&page, "/account/password", &[("current", PASSWORD), ("password", "six blue kettles")]).await.expect(200);
    assert_eq!(changed.path, "/account");
    assert_ne!(here.cookie("rp_session").unwrap(), before);
    assert!(there.open("/account").await.path.starts_with("/log-in"));

    let link = server.operator.reset_user("ada@example.com").await.unwrap();
    let path = format!("/reset/{}", link.token.reveal());
    let page = there.open(&path).await.expect(200);
    there.submit(&page, &path, &[("password", "short")]).await.expect(422);
    there.submit(&page, &path, &[("password", "five red kettles")]).await.expect(200);
    there.open("/account").await.expect(200);
    assert!(here.open("/account").await.path.starts_with("/log-in"));
    server.browser().open(&path).await.expect(404);
    server.shut_down().await;
}

#[tokio::test]
async fn one_session_is_ended_from_another_and_nobody_ends_a_strangers() {
    let server = Server::start().await;
    let (here, there, stranger) = (server.browser(), server.browser(), server.browser());
    sign_up(&here, "ada@example.com").await.expect(200);
    log_in(&there, "ada@example.com", PASSWORD).await.expect(200);
    sign_up(&stranger, "bo@example.com").await.expect(200);
    let page = here.open("/account").await;
    let end =
        page.html().split("action=\"").filter_map(|rest| rest.split('"').next()).find(|path| path.contains("/ses_")).unwrap().to_owned();
    let own = stranger.open("/account").await;
    stranger.send(&own, &end, &[]).await.expect(404);
    here.submit(&page, &end, &[]).await.expect(200);
    assert!(there.open("/account").await.path.starts_with("/log-in"));
    server.shut_down().await;
}

#[tokio::test]
async fn an_invitation_makes_an_account_or_joins_the_one_that_is_signed_in_once() {
    let server = Server::start().await;
    let team = server.team("agency").await;
    let invite =
        async |email: &str| format!("/invite/{}", server.operator.invite(email, &team.id, Role::Member).await.unwrap().token.reveal());
    let path = invite("new@example.com").await;
    let browser = server.browser();
    let page = browser.open(&path).await.expect(200);
    assert!(page.has("new@example.com") && page.has("Acme"));
    browser.submit(&page, &path, &[("name", ""), ("password", "x")]).await.expect(422);
    let inside = browser.submit(&page, &path, &[("name", "New"), ("password", PASSWORD)]).await.expect(200);
    assert!(inside.path.starts_with("/t"), "{}", inside.path);
    assert!(browser.open("/teams").await.has("Acme"));
    server.browser().open(&path).await.expect(404);

    // An account of another address is told which one joins.
    let other = server.browser();
    sign_up(&other, "ada@example.com").await.expect(200);
    let path = invite("somebody@example.com").await;
    let page = other.open(&path).await.expect(200);
    assert!(page.has("went to somebody@example.com, and you are signed in as ada@example.com"), "{}", page.html());
    other.submit(&page, &path, &[]).await.expect(200);
    assert!(other.open("/teams").await.has("Acme"));

    // An address with an account logs in first and comes back.
    sign_up(&server.browser(), "cy@example.com").await.expect(200);
    let path = invite("cy@example.com").await;
    assert_eq!(server.browser().open(&path).await.hidden("next").as_deref(), Some(path.as_str()));
    server.shut_down().await;
}

#[tokio::test]
async fn the_password_is_asked_again_before_an_account_changes_hands_or_ends() {
    let clock = Clock::manual(app::Timestamp::from_micros(1_790_000_000_000_000));
    let server = Server::start_with(|setup| setup.clock = clock.clone()).await;
    let browser = server.browser();
    sign_up(&browser, "ada@example.com").await.expect(200);
    clock.advance(Duration::from_secs(16 * 60));
    for path in ["/account/email", "/account/delete"] {
        assert!(browser.open(path).await.path.starts_with("/confirm-password?next="), "{path}");
    }
    let page = browser.open("/account/delete").await;
    let page = browser.submit(&page, "/confirm-password", &[("password", PASSWORD)]).await.expect(200);
    assert_eq!(page.path, "/account/delete");
    browser.submit(&page, "/account/delete", &[("typed", "other@example.com")]).await.expect(422);
    let stopped = browser.submit(&page, "/account/delete", &[("typed", "ada@example.com")]).await.expect(422);
    assert!(stopped.has("nobody would own Northbank"), "{}", stopped.html());
    let page = browser.open("/account/email").await.expect(200);
    browser.submit(&page, "/account/email", &[("email", "new@example.com")]).await.expect(200);
    assert!(browser.open("/account").await.has("new@example.com"));
    server.shut_down().await;
}

#[tokio::test]
async fn the_start_leads_into_the_team_that_was_looked_at_last() {
    let server = Server::start().await;
    let browser = server.browser();
    sign_up(&browser, "ada@example.com").await.expect(200);
    let page = browser.open("/teams/new").await;
    browser.submit(&page, "/teams/new", &[("name", "")]).await.expect(422);
    browser.submit(&page, "/teams/new", &[("name", "Aaa first")]).await.expect(200);
    browser.open("/t/northbank").await.expect(200);
    assert_eq!(browser.cookie("rp_team").as_deref(), Some("northbank"));
    browser.open("/").await.expect(200);
    assert_eq!(browser.cookie("rp_team").as_deref(), Some("northbank"));
    browser.open("/t/nobodys").await.expect(404);
    server.shut_down().await;
}
