//! Templates in a browser without script.

use app::Role;
use testkit::{CARD, Server, Shown};

use crate::people::{Signed, joined, owner};

async fn imported(ada: &Signed, text: &str) -> Shown {
    let page = ada.browser.open(&ada.path("/templates/import")).await.expect(200);
    ada.browser.upload(&page, &ada.path("/templates/import"), &[("text", text)], &[]).await
}

fn id_of(page: &Shown) -> String {
    page.path.rsplit('/').next().unwrap().to_owned()
}

/// What the text area shows, as a browser would read it.
fn text_of(page: &Shown) -> String {
    let html = page.html();
    let area = html.split("id=\"field-text\"").nth(1).and_then(|rest| rest.split_once('>')).map_or("", |(_, rest)| rest);
    let text = area.split("</textarea>").next().unwrap_or_default().trim_start_matches('\n');
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_imported_edited_reviewed_published_and_restored() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let page = imported(&ada, CARD).await.expect(200);
    let id = id_of(&page);
    assert_eq!(text_of(&page), CARD);
    assert!(page.has("Version 1 is published") && page.has("src=\"data:image/"), "every size is drawn");
    let here = page.path.clone();
    let wider = CARD.replace("\"width\": 200", "\"width\": 220");
    assert_ne!(wider, CARD);
    let saved = ada.browser.submit(&page, &here, &[("text", &wider.replace('\n', "\r\n")), ("action", "save")]).await.expect(200);
    assert!(saved.has("Draft saved.") && saved.has("Draft, saved"));
    assert_eq!(text_of(&saved), wider, "line ends stay what they were");
    assert_eq!(server.app.document_text(&ada.member, &id).await.unwrap().version, 1);
    let review = ada.browser.submit(&saved, &here, &[("text", &wider), ("action", "review")]).await.expect(200);
    assert!(review.has("Publish version 2?") && review.has(" px.</li>"), "{}", review.html());
    let published = ada.browser.submit(&review, &here, &[("text", &wider), ("action", "publish")]).await.expect(200);
    assert!(published.has("Version 2 is published.") && !published.has("Draft, saved"));
    let stale = ada.browser.submit(&page, &here, &[("text", CARD), ("action", "publish")]).await.expect(422);
    assert!(stale.has("Version 2 was published after this text was begun."));
    let restore = ada.path(&format!("/templates/{id}/restore"));
    let restored = ada.browser.submit(&published, &restore, &[("version", "1")]).await.expect(200);
    assert!(restored.has("Version 1 is published again, as version 3."));
    assert_eq!(text_of(&restored), CARD);
    let export = ada.browser.open(&ada.path(&format!("/templates/{id}/export?version=2"))).await.expect(200);
    assert_eq!(export.html(), wider);
    assert!(export.answer.header("content-disposition").starts_with("attachment; filename=\""));
    let renamed = ada.browser.submit(&restored, &ada.path(&format!("/templates/{id}/rename")), &[("name", "Our card")]).await.expect(200);
    assert_eq!(renamed.heading(), "Our card");
    let unnamed = ada.browser.submit(&renamed, &ada.path(&format!("/templates/{id}/rename")), &[("name", "")]).await.expect(422);
    assert!(unnamed.has("href=\"#field-name\""));
    server.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_stand_with_their_lines_and_a_faulty_draft_is_kept() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let bad = imported(&ada, "{\n  \"format\": 1,\n  \"name\": \"X\",\n  \"fields\": [{\"name\": \"t\", \"type\": \"txt\"}]\n}")
        .await
        .expect(422);
    assert!(bad.has("Line 4</b>") && bad.has("/fields/0/type"), "{}", bad.html());
    assert!(imported(&ada, "").await.expect(422).has("Choose a file, or paste a document."));
    let page = imported(&ada, CARD).await.expect(200);
    let here = page.path.clone();
    let text = "{\n  \"format\": 1,\n  \"name\": ,\n}";
    let saved = ada.browser.submit(&page, &here, &[("text", text), ("action", "save")]).await.expect(200);
    assert!(saved.has("data-line=\"3\"") && saved.has("Line 3"));
    assert_eq!(text_of(&saved), text);
    let review = ada.browser.submit(&saved, &here, &[("text", text), ("action", "review")]).await.expect(422);
    assert!(review.has("Mend the problems on the side first"));
    let discarded = ada.browser.submit(&saved, &format!("{here}/discard"), &[]).await.expect(200);
    assert_eq!(text_of(&discarded), CARD);
    server.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_built_in_group_is_read_copied_and_the_copy_deleted_and_taken_back() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let list = ada.browser.open(&ada.path("/templates")).await.expect(200);
    assert!(list.has("No templates of your own yet") && list.has("/templates/tg_quote"));
    let built_in = ada.browser.open(&ada.path("/templates/tg_quote")).await.expect(200);
    assert!(built_in.has(" readonly>") && !built_in.has("value=\"publish\""));
    let copy = ada.browser.submit(&built_in, &ada.path("/templates/tg_quote/duplicate"), &[]).await.expect(200);
    assert!(copy.heading().starts_with("Copy of "));
    let id = id_of(&copy);
    let list = ada.browser.submit(&copy, &ada.path(&format!("/templates/{id}/delete")), &[]).await.expect(200);
    assert!(list.has("deleted.") && list.has("Restore"));
    ada.browser.open(&ada.path(&format!("/templates/{id}"))).await.expect(404);
    let list = ada.browser.submit(&list, &ada.path(&format!("/templates/{id}/undelete")), &[]).await.expect(200);
    assert!(list.has("Template restored.") && list.has(&format!("/templates/{id}")));
    server.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn viewers_read_and_strangers_find_nothing() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let page = imported(&ada, CARD).await.expect(200);
    let (here, id) = (page.path.clone(), id_of(&page));
    let viewer = joined(&server, &ada.member, "vi@example.com", Role::Viewer).await;
    let seen = viewer.browser.open(&here).await.expect(200);
    assert!(seen.has(" readonly>") && !seen.has("/delete\""));
    viewer.browser.open(&viewer.path("/templates/import")).await.expect(403);
    viewer.browser.send(&seen, &here, &[("text", CARD), ("base", "1"), ("action", "publish")]).await.expect(403);
    for what in ["duplicate", "delete", "discard", "undelete"] {
        viewer.browser.send(&seen, &viewer.path(&format!("/templates/{id}/{what}")), &[]).await.expect(403);
    }
    let bo = owner(&server, "bo@example.com", "Other").await;
    let own = bo.browser.open(&bo.path("/templates")).await.expect(200);
    bo.browser.open(&here).await.expect(404);
    for what in ["", "/export", "/export?version=1"] {
        bo.browser.open(&bo.path(&format!("/templates/{id}{what}"))).await.expect(404);
    }
    for what in ["duplicate", "delete", "undelete", "check"] {
        bo.browser.send(&own, &bo.path(&format!("/templates/{id}/{what}")), &[]).await.expect(404);
    }
    server.shut_down().await;
}
