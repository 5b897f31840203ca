//! General and the audit log.

use app::Role;
use testkit::Server;

use super::{joined, owner};

#[tokio::test]
async fn a_team_is_renamed_moved_and_its_faults_named() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let bo = joined(&server, &ada, "bo@example.com", Role::Member).await;
    let pairs = [("name", ""), ("slug", "No!"), ("locale", "?"), ("timeZone", "Mars/Base")];
    let page = ada.fill("/general", "/general", &pairs).await.expect(422);
    assert!(page.has("4 things to mend") && page.has("Mars/Base"));
    assert!(bo.open("/general").await.expect(200).has("Ask an owner or admin"));
    let pairs = [("name", "South & Bank"), ("slug", "southbank"), ("locale", "de"), ("timeZone", "Europe/Berlin")];
    let answer = bo.browser.send(&bo.open("/members").await, &bo.path("/general"), &pairs).await;
    assert_eq!(answer.answer.status, 403);
    let page = ada.fill("/general", "/general", &pairs).await.expect(200);
    assert!(page.path == "/t/southbank/settings/general" && page.has("South &#38; Bank") && page.has("Settings saved."));
    server.shut_down().await;
}

#[tokio::test]
async fn an_admin_takes_everything_along_as_a_zip() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let bo = joined(&server, &ada, "bo@example.com", Role::Member).await;
    let file = ada.fill("/general", "/general/export", &[]).await.expect(200);
    assert_eq!(file.answer.header("content-disposition"), "attachment; filename=\"northbank.zip\"");
    assert!(file.answer.bytes.starts_with(b"PK") && file.answer.bytes.len() > 1000);
    assert!(!bo.open("/general").await.has("/export"));
    let answer = bo.browser.send(&bo.open("/members").await, &bo.path("/general/export"), &[]).await;
    assert_eq!(answer.answer.status, 403);
    server.shut_down().await;
}

#[tokio::test]
async fn a_team_is_deleted_by_its_typed_name_alone() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let bo = joined(&server, &ada, "bo@example.com", Role::Admin).await;
    bo.open("/general/delete").await.expect(403);
    let page = ada.fill("/general/delete", "/general/delete", &[("typed", "northbank")]).await.expect(422);
    assert!(page.has("Type the team&#39;s name: Northbank"));
    ada.fill("/general/delete", "/general/delete", &[("typed", "Northbank")]).await.expect(200);
    ada.open("/general").await.expect(404);
    server.shut_down().await;
}

#[tokio::test]
async fn the_audit_log_says_who_did_what_pages_and_filters() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let eve = owner(&server, "eve@example.com", "Elsewhere", "agency").await;
    let bo = joined(&server, &ada, "bo@example.com", Role::Member).await;
    for index in 0..55 {
        server.app.note(&ada.member, "key.renamed", &format!("=key {index}"), "").await;
    }
    let page = ada.open("/audit").await.expect(200);
    assert!(page.has("=key 54") && !page.has("=key 4<") && page.has("Ada &#60;Bell&#62;"));
    let html = page.html();
    let older = html.split("href=\"").find(|rest| rest.contains("rel=\"next\"")).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    let page = ada.browser.open(&older).await.expect(200);
    assert!(page.has("=key 4<") && page.has("Joined the team") && page.has("rel=\"prev\""));
    let page = ada.open("/audit?action=member.").await.expect(200);
    assert!(page.has("Invited somebody") && !page.has("=key"));
    assert!(ada.open("/audit?action=plan.").await.has("Clear filters"));
    ada.open("/audit?cursor=nonsense").await.expect(400);
    let file = ada.open("/audit.csv?action=key.").await.expect(200);
    assert_eq!(file.answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.html().lines().count(), 56);
    assert!(file.has("\"'=key 0\"") && !file.has("member."));
    bo.open("/audit").await.expect(403);
    bo.open("/audit.csv").await.expect(403);
    assert!(!eve.open("/audit").await.has("=key"));
    server.shut_down().await;
}
