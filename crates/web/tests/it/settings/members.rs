//! Members: invited, changed, removed, by those who may.

use std::time::Duration;

use app::Role;
use testkit::{Server, Shown};

use super::{PASSWORD, joined, owner, still};

/// The link that a page shows once.
fn link(page: &Shown) -> String {
    let html = page.html();
    let at = html.find("/invite/").expect("a link");
    html[at + 8..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn several_are_invited_by_links_and_join_with_the_role() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let pairs = [("emails", "bo@example.com, cy@\nada@example.com"), ("role", "viewer")];
    let page = ada.fill("/members/invite", "/members/invite", &pairs).await.expect(422);
    assert!(page.has("cy@: Write an e-mail address such as name@example.com.") && page.has("bo@example.com, cy@"));
    let pairs = [("emails", "bo@example.com; cy@example.com"), ("role", "viewer")];
    let page = ada.fill("/members/invite", "/members/invite", &pairs).await.expect(200);
    assert!(page.has("bo@example.com") && page.has("cy@example.com"));
    assert_eq!(page.answer.header("cache-control"), "no-store");
    let token = link(&page);
    let who = app::people::Accept::New { name: "Bo", password: PASSWORD };
    server.app.accept_invite(&token, who, &super::caller()).await.unwrap();
    let page = ada.open("/members").await.expect(200);
    assert!(page.has("<bdi>Bo</bdi>") && page.has("cy@example.com") && page.has("2 of 15\u{a0}members"), "{}", page.html());
    server.shut_down().await;
}

#[tokio::test]
async fn an_invitation_is_sent_again_with_another_link_and_taken_back() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let first = link(&ada.fill("/members/invite", "/members/invite", &[("emails", "bo@example.com"), ("role", "member")]).await);
    let list = ada.open("/members").await;
    let html = list.html();
    let action = html.split("/settings").find(|rest| rest.contains("/resend\"")).unwrap().split('"').next().unwrap().to_owned();
    let page = ada.fill("/members", &action, &[]).await.expect(200);
    let second = link(&page);
    assert!(server.app.invitation(&first).await.is_err() && server.app.invitation(&second).await.is_ok());
    let page = ada.fill("/members", &action.replace("resend", "revoke"), &[]).await.expect(200);
    assert!(page.has("Invitation taken back") && !page.has("bo@example.com"));
    assert!(server.app.invitation(&second).await.is_err());
    server.shut_down().await;
}

#[tokio::test]
async fn roles_are_changed_by_those_above_and_read_by_everybody() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let bo = joined(&server, &ada, "bo@example.com", Role::Member).await;
    let role = format!("/members/{}/role", bo.member.user);
    let page = bo.open("/members").await.expect(200);
    assert!(page.has("What each role may do") && !page.has("/role\"") && !page.has("Invite people"));
    for path in ["/members/invite", &format!("/members/{}/remove", ada.member.user)] {
        bo.open(path).await.expect(403);
    }
    let own = ada.open("/members").await;
    let answer = bo.browser.send(&page, &bo.path(&role), &[("role", "owner")]).await;
    assert_eq!(answer.answer.status, 403);
    let page = ada.browser.submit(&own, &ada.path(&role), &[("role", "admin")]).await.expect(200);
    assert!(page.has("Bo has the role Admin now."));
    ada.browser.submit(&own, &ada.path(&role), &[("role", "king")]).await.expect(422);
    bo.open("/members/invite").await.expect(200);
    server.shut_down().await;
}

#[tokio::test]
async fn who_is_removed_sees_nothing_more_and_the_last_owner_stays() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let bo = joined(&server, &ada, "bo@example.com", Role::Admin).await;
    let page = ada.fill("/members/leave", "/members/leave", &[]).await.expect(422);
    assert!(page.has("without an owner"));
    let page = ada.fill("/members", "/members/hand-over", &[("user", &bo.member.user.to_string())]).await.expect(200);
    assert!(page.has("has a new owner. You are an admin now."));
    let remove = format!("/members/{}/remove", ada.member.user);
    bo.fill(&remove, &remove, &[]).await.expect(200);
    ada.open("/members").await.expect(404);
    assert!(!bo.open("/members").await.has("ada@example.com"));
    server.shut_down().await;
}

#[tokio::test]
async fn a_role_changes_after_the_password_alone_and_foreign_members_are_not_there() {
    let (server, clock) = still().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let bo = joined(&server, &ada, "bo@example.com", Role::Member).await;
    let eve = owner(&server, "eve@example.com", "Elsewhere", "agency").await;
    let role = format!("/members/{}/role", bo.member.user);
    let form = eve.open("/members").await;
    assert_eq!(eve.browser.send(&form, &eve.path(&role), &[("role", "viewer")]).await.answer.status, 404);
    assert_eq!(eve.browser.send(&form, &ada.path(&role), &[("role", "viewer")]).await.answer.status, 404);
    let form = ada.open("/members").await;
    clock.advance(Duration::from_secs(16 * 60));
    let page = ada.browser.submit(&form, &ada.path(&role), &[("role", "viewer")]).await;
    assert!(page.heading() == "Confirm your password" && page.has("Nothing was changed yet"));
    assert!(bo.open("/members").await.has("Creates pictures"), "still a member");
    server.shut_down().await;
}
