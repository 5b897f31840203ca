//! Brand kits in a browser without script.

use app::Role;
use testkit::{Server, Shown};

use crate::people::{Signed, joined, owner};

const SVG: &[u8] = br##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><script>alert(1)</script><rect width="30" height="10" fill="#1f3a8a"/><rect x="30" width="10" height="10" fill="#f59e0b"/></svg>"##;

async fn created(ada: &Signed, start: &str, name: &str, files: &[(&str, &str, &[u8])]) -> Shown {
    let page = ada.browser.open(&ada.path("/kits/new")).await.expect(200);
    ada.browser.upload(&page, &ada.path("/kits/new"), &[("name", name), ("start", start)], files).await
}

/// What the editor's form holds: names and values of its inputs and selects.
fn values(page: &Shown) -> Vec<(String, String)> {
    let html = page.html();
    let form = html.split("data-kit").nth(1).and_then(|rest| rest.split("</form>").next()).unwrap_or_default().to_owned();
    let attribute = |tag: &str, name: &str| Some(tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.replace("&#34;", "\""));
    let mut values = Vec::new();
    for tag in form.split("<input").skip(1).filter_map(|rest| rest.split('>').next()).filter(|tag| !tag.contains("type=\"file\"")) {
        if let Some(name) = attribute(tag, "name").filter(|name| name != "csrf") {
            values.push((name, attribute(tag, "value").unwrap_or_default()));
        }
    }
    for select in form.split("<select").skip(1).filter_map(|rest| rest.split("</select>").next()) {
        let chosen = select.split("<option").skip(1).find(|option| option.contains(" selected")).or_else(|| select.split("<option").nth(1));
        if let (Some(name), Some(option)) = (attribute(select, "name"), chosen) {
            values.push((name, attribute(option, "value").unwrap_or_default()));
        }
    }
    values
}

/// Presses a button of the editor after typing `changes`.
async fn pressed(ada: &Signed, page: &Shown, action: &str, changes: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Shown {
    let mut pairs = values(page);
    for (name, value) in changes {
        pairs.retain(|(key, _)| key != name);
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    pairs.push(("action".to_owned(), action.to_owned()));
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let path = page.path.split('?').next().unwrap_or_default().to_owned();
    ada.browser.upload(page, &path, &pairs, files).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kit_is_made_from_a_logo_edited_and_seen_by_the_api() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let page = created(&ada, "logo", "From logo", &[("logo", "logo.svg", SVG)]).await.expect(200);
    assert_eq!(page.heading(), "From logo");
    assert!(page.has("value=\"#1f3a8a\"") && page.has("value=\"#f59e0b\""), "colours of the logo");
    let page = pressed(&ada, &page, "save", &[("colors-0-hex", "#0b6b8a")], &[]).await.expect(200);
    assert!(page.has("Brand kit saved.") && page.has("Version 2") && page.has("value=\"#0b6b8a\""), "{}", page.html());
    let id = page.path.rsplit('/').next().unwrap().to_owned();
    let kit = server.app.edited_kit(&ada.member, &id).await.unwrap();
    assert_eq!((kit.version, kit.logos.len(), kit.name.as_str()), (2, 1, "From logo"));
    for place in 0..3 {
        let picture = ada.browser.open(&ada.path(&format!("/kits/{id}/preview/{place}"))).await.expect(200);
        assert_eq!(picture.answer.header("content-type"), "image/jpeg");
    }
    ada.browser.open(&ada.path(&format!("/kits/{id}/preview/3"))).await.expect(404);
    server.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_drawn_and_kept_in_the_form_before_it_is_saved() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let page = created(&ada, "empty", "Plain", &[]).await.expect(200);
    let shown = pressed(&ada, &page, "preview", &[("colors-3-hex", "#fff3c4")], &[]).await.expect(200);
    assert!(shown.has("value=\"#fff3c4\"") && shown.has("src=\"data:image/jpeg;base64,") && shown.has("Version 1"));
    let more = pressed(&ada, &shown, "add-color", &[], &[]).await.expect(200);
    assert!(more.has("name=\"colors-7-role\"") && more.has("value=\"#fff3c4\""));
    let saved = pressed(&ada, &more, "save", &[("colors-7-role", "sun"), ("colors-7-hex", "#ffcc00")], &[]).await.expect(200);
    assert!(saved.has("Version 2") && saved.has("value=\"sun\""));
    let with_logo = pressed(&ada, &saved, "upload", &[], &[("logo", "mark.svg", SVG)]).await.expect(200);
    assert!(with_logo.has("name=\"logos-0-file\"") && with_logo.has("<img src=\"/m/logos/") || with_logo.has("/m/logos/"));
    let bad = pressed(&ada, &saved, "save", &[("colors-0-hex", "blue"), ("name", ""), ("fonts-0-weight", "fat")], &[]).await.expect(422);
    for field in ["#field-colors-0-hex", "#field-name", "#field-fonts-0-weight"] {
        assert!(bad.has(&format!("href=\"{field}\"")), "{field}: {}", bad.html());
    }
    assert!(bad.has("value=\"blue\"") && bad.has("value=\"fat\""), "values survive");
    let stale = pressed(&ada, &page, "save", &[("colors-0-hex", "#123456")], &[]).await.expect(422);
    assert!(stale.has("Somebody else saved this brand kit meanwhile."));
    let refused = pressed(&ada, &saved, "upload", &[], &[("logo", "x.gif", b"GIF89a"), ("font", "x.ttf", b"hello")]).await.expect(422);
    assert!(refused.has("A logo is a PNG or an SVG file.") && refused.has("no TTF, OTF or WOFF2 font"));
    server.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kits_are_copied_made_default_deleted_and_taken_back() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let page = created(&ada, "halvmark", "", &[]).await.expect(200);
    assert_eq!(page.heading(), "Halvmark");
    let id = page.path.rsplit('/').next().unwrap().to_owned();
    let at = |what: &str| ada.path(&format!("/kits/{id}/{what}"));
    let list = ada.browser.submit(&page, &at("default"), &[]).await.expect(200);
    assert!(list.has("is the default brand kit."));
    let copy = ada.browser.submit(&list, &at("duplicate"), &[]).await.expect(200);
    assert_eq!(copy.heading(), "Copy of Halvmark");
    let copy_id = copy.path.rsplit('/').next().unwrap().to_owned();
    let ask = ada.browser.open(&at("delete")).await.expect(200);
    let again = ada.browser.submit(&ask, &at("delete"), &[]).await.expect(422);
    assert!(again.has("Choose the one that takes its place."));
    let list = ada.browser.submit(&again, &at("delete"), &[("next", &copy_id)]).await.expect(200);
    assert!(list.has("Brand kit &#34;Halvmark&#34; deleted.") && list.has("Restore"));
    ada.browser.open(&ada.path(&format!("/kits/{id}"))).await.expect(404);
    let list = ada.browser.submit(&list, &at("restore"), &[]).await.expect(200);
    assert!(list.has("Brand kit restored.") && list.has(&at("default")));
    server.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn viewers_look_strangers_find_nothing_and_nobody_logs_in() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let page = created(&ada, "empty", "Plain", &[]).await.expect(200);
    let (path, id) = (page.path.clone(), page.path.rsplit('/').next().unwrap().to_owned());
    let viewer = joined(&server, &ada.member, "vi@example.com", Role::Viewer).await;
    let seen = viewer.browser.open(&path).await.expect(200);
    assert!(!seen.has("data-save") && seen.has("<fieldset class=\"stack is-loose\" disabled>"));
    assert!(!viewer.browser.open(&viewer.path("/kits")).await.expect(200).has("/kits/new"));
    viewer.browser.open(&viewer.path("/kits/new")).await.expect(403);
    pressed(&viewer, &seen, "save", &[("name", "Mine")], &[]).await.expect(403);
    viewer.browser.send(&seen, &viewer.path(&format!("/kits/{id}/duplicate")), &[]).await.expect(403);
    let bo = owner(&server, "bo@example.com", "Other").await;
    bo.browser.open(&path).await.expect(404);
    bo.browser.open(&bo.path(&format!("/kits/{id}"))).await.expect(404);
    bo.browser.open(&bo.path(&format!("/kits/{id}/preview/0"))).await.expect(404);
    let own = bo.browser.open(&bo.path("/kits/new")).await.expect(200);
    for what in ["duplicate", "default", "restore"] {
        bo.browser.send(&own, &bo.path(&format!("/kits/{id}/{what}")), &[]).await.expect(404);
    }
    let nobody = server.browser().open(&path).await;
    assert!(nobody.path.starts_with("/log-in?next="), "{}", nobody.path);
    server.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_whose_plan_has_one_kit_takes_the_colours_of_its_logo_into_it() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let id = server.app.edited_kits(&ada.member).await.unwrap()[0].id.clone();
    let page = ada.browser.open(&ada.path(&format!("/kits/{id}"))).await.expect(200);
    let with_logo = pressed(&ada, &page, "upload", &[], &[("logo", "mark.svg", SVG)]).await.expect(200);
    assert!(!with_logo.has("value=\"#1f3a8a\""));
    let taken = pressed(&ada, &with_logo, "colors-of-0", &[], &[]).await.expect(200);
    assert!(taken.has("value=\"#1f3a8a\"") && taken.has("value=\"#f59e0b\""), "{}", taken.html());
    let saved = pressed(&ada, &taken, "save", &[], &[]).await.expect(200);
    let again = pressed(&ada, &saved, "colors-of-0", &[("colors-0-hex", "#000000")], &[]).await.expect(200);
    assert!(again.has("value=\"#1f3a8a\""), "of a saved logo too");
    pressed(&ada, &saved, "colors-of-0", &[("logos-0-file", "uploads/none")], &[]).await.expect(404);
    server.shut_down().await;
}
