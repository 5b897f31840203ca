//! Bulk runs, walked from the file to the ZIP.

use std::time::{Duration, Instant};

use app::{Query, Role};
use testkit::{Server, Shown};

use crate::studio::{Person, joined, owner};

/// What a busy machine may take for 200 pictures.
const PATIENCE: Duration = Duration::from_secs(180);

/// Small and quick to draw.
const FORM: [(&str, &str); 4] = [("column.title", "0"), ("external", "2"), ("kit", "none"), ("size", "square")];

fn quotes(rows: std::ops::Range<usize>) -> String {
    let rows: Vec<String> = rows.map(|row| format!("Quote number {row},Ada,sku-{row}")).collect();
    format!("Quote,Who said it,SKU\n{}\n", rows.join("\n"))
}

impl Person {
    /// Brings a sheet for the quote template; gives the page where its columns are matched.
    async fn bring(&self, name: &str, sheet: &[u8]) -> Shown {
        let page = self.open("/bulk/new").await.expect(200);
        self.browser.upload(&page, &self.path("/bulk/new"), &[("template", "tg_quote")], &[("file", name, sheet)]).await
    }

    /// Matches the columns as they are, and gives the check and the run's address.
    async fn checked(&self, sheet: &str) -> (Shown, String) {
        let matching = self.bring("spring.csv", sheet.as_bytes()).await.expect(200);
        let check = self.browser.submit(&matching, &matching.path, &FORM).await.expect(200);
        let here = check.path.trim_end_matches("/check").to_owned();
        assert_ne!(here, check.path, "{}", check.html());
        (check, here)
    }

    async fn started(&self, sheet: &str) -> String {
        let (check, here) = self.checked(sheet).await;
        let run = self.browser.submit(&check, &format!("{here}/start"), &[]).await.expect(200);
        assert_eq!(run.path, here);
        here
    }

    /// The run's page once it stands still.
    async fn stands(&self, here: &str) -> Shown {
        let until = Instant::now() + PATIENCE;
        loop {
            let page = self.browser.open(here).await.expect(200);
            if !page.has("data-running") {
                return page;
            }
            assert!(Instant::now() < until, "{}", page.html());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn top_up(&self, server: &Server, to: i64) {
        let left = self.left(server).await;
        server.operator.adjust_credits(&self.member.slug, to - left, "a test").await.unwrap();
    }
}

fn lines(csv: &Shown) -> Vec<String> {
    csv.html().lines().map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn two_hundred_rows_become_two_hundred_pictures() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    ada.top_up(&server, 1_000).await;
    let empty = ada.open("/bulk").await.expect(200);
    assert!(empty.has("No bulk runs yet") && empty.has("/bulk/new"));

    // Semicolons, a BOM and CRLF, as Excel writes them; the rows 4 and 203 can't be made.
    let mut sheet = format!("\u{feff}{}", quotes(0..200).replace(',', ";").replace('\n', "\r\n"));
    sheet = sheet.replace("Quote number 2;", &format!("{};", "long ".repeat(40)));
    sheet.push_str(";nobody;sku-x\r\n\"Quote; number \"\"203\"\"\";Ada;sku-1\r\n");
    let matching = ada.bring("Spring 2026.csv", sheet.as_bytes()).await.expect(200);
    assert_eq!(matching.heading(), "Match columns");
    assert!(matching.has("<option value=\"0\" data-cells=\"Quote number 0 · Quote number 1 · long long"), "{}", matching.html());
    assert!(matching.has("guessed") && matching.has("Spring 2026.csv · 202\u{a0}rows"));

    let nothing =
        ada.browser.submit(&matching, &matching.path, &[("kit", "none"), ("column.name", "1"), ("text.name", "x")]).await.expect(422);
    assert!(nothing.has("choose a column or write a text, not both") && nothing.has("Choose at least one size."), "{}", nothing.html());
    let unmatched = ada.browser.submit(&matching, &matching.path, &[("kit", "none"), ("size", "square")]).await.expect(422);
    assert!(unmatched.has("Quote is required: choose a column, or write a text for all rows."), "{}", unmatched.html());
    let check = ada.browser.submit(&matching, &matching.path, &FORM).await.expect(200);
    assert!(check.has("200\u{a0}rows can be made; 2 are left out."), "{}", check.html());
    assert!(check.has("Quote: Shorten the text to 160 characters.") && check.has("1\u{a0}row: 4"), "{}", check.html());
    assert!(check.has("Row 202, Quote: the cell is empty. This template needs it."));
    assert!(check.has("These rows share an external id with another row: 3 and 203."));
    assert!(check.has("200\u{a0}rows × 1\u{a0}size = 200\u{a0}credits") && check.has("1,000 left"));
    assert_eq!(check.html().matches("/look/").count(), 5);
    let look = check.html().split("src=\"").find(|part| part.contains("/look/")).unwrap().split('"').next().unwrap().to_owned();
    let picture = ada.browser.open(&look).await.expect(200);
    assert!(picture.answer.bytes.starts_with(b"\xff\xd8\xff") && picture.answer.bytes.len() < 60_000);

    let here = check.path.trim_end_matches("/check").to_owned();
    let rejected = ada.browser.open(&format!("{here}/left-out.csv")).await.expect(200);
    assert!(rejected.answer.header("content-disposition").contains("spring-2026-left-out.csv"));
    let rejected = lines(&rejected);
    assert_eq!((rejected.len(), rejected[0].as_str()), (3, "Quote,Who said it,SKU,Row,What to mend"));
    assert!(rejected[2].starts_with(",nobody,sku-x,202,"), "{rejected:?}");

    let run = ada.browser.submit(&check, &format!("{here}/start"), &[]).await.expect(200);
    assert!(run.has("data-running") && run.has("Reload"), "{}", run.html());
    let again = ada.browser.send(&run, &format!("{here}/start"), &[]).await.expect(200);
    assert!(again.has("This run was started already."), "a second click changes nothing");
    let done = ada.stands(&here).await;
    assert!(done.has("Done") && done.has("200 of 200\u{a0}rows"), "{}", done.html());
    assert_eq!(ada.left(&server).await, 800);
    assert!(server.operator.audit().await.unwrap().is_empty());

    let zip = ada.browser.open(&format!("{here}/pictures.zip")).await.expect(200);
    assert!(zip.answer.header("content-disposition").contains("quote-Spring-2026.zip"), "{}", zip.answer.header("content-disposition"));
    let names = names(&zip.answer.bytes);
    assert_eq!((names.len(), names.iter().collect::<std::collections::BTreeSet<_>>().len()), (200, 200));
    assert!(
        names.contains(&"quote-square-sku-0.png".to_owned()) && names.contains(&"quote-square-sku-1-row-203.png".to_owned()),
        "{names:?}"
    );
    let results = lines(&ada.browser.open(&format!("{here}/results.csv")).await.expect(200));
    assert_eq!(results.len(), 203);
    assert_eq!(results.iter().filter(|line| line.contains(",completed,,http")).count(), 200, "{results:?}");
    assert!(results[3].starts_with("4,sku-2,rejected,"), "{}", results[3]);
    let history = ada.open("/generations?source=bulk&text=sku-199").await.expect(200);
    assert!(history.has("sku-199") && history.has("Bulk · "));
    assert!(ada.open("/bulk").await.has("200 of 200\u{a0}rows"));
    server.shut_down().await;
}

/// The names of a ZIP's files, from its central directory.
fn names(zip: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for at in 0..zip.len().saturating_sub(46) {
        if zip[at..].starts_with(b"PK\x01\x02") {
            let length = usize::from(u16::from_le_bytes([zip[at + 28], zip[at + 29]]));
            names.push(String::from_utf8(zip[at + 46..at + 46 + length].to_vec()).unwrap());
        }
    }
    names
}

#[tokio::test]
async fn a_run_stops_where_the_credits_end_and_goes_on_after_a_top_up() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    ada.top_up(&server, 5).await;
    let (check, here) = ada.checked(&quotes(0..12)).await;
    assert!(check.has("This needs 12\u{a0}credits; 5 are left. Buy a pack or run the first 5\u{a0}rows."), "{}", check.html());
    ada.browser.submit(&check, &format!("{here}/start"), &[("rows", "3")]).await.expect(200);
    let stopped = ada.stands(&here).await;
    assert!(stopped.has("Row 5 is next") && stopped.has("3 of 12\u{a0}rows"), "{}", stopped.html());
    ada.browser.submit(&stopped, &format!("{here}/go-on"), &[]).await.expect(200);
    let out = ada.stands(&here).await;
    assert!(out.has("Out of credits at row 7.") && out.has("5 of 12\u{a0}rows"), "{}", out.html());
    let refused = ada.browser.submit(&out, &format!("{here}/go-on"), &[]).await.expect(200);
    assert!(refused.has("A row needs 1\u{a0}credit; 0 are left."), "{}", refused.html());
    ada.top_up(&server, 20).await;
    ada.browser.submit(&refused, &format!("{here}/go-on"), &[]).await.expect(200);
    let done = ada.stands(&here).await;
    assert!(done.has("12 of 12\u{a0}rows") && done.has("Done"), "{}", done.html());
    assert_eq!(ada.left(&server).await, 13, "no row was paid twice");
    let made = server.app.records(&ada.member, &Query(vec![("limit".into(), "100".into())])).await.unwrap().data;
    assert_eq!(made.len(), 12);
    assert!(server.operator.audit().await.unwrap().is_empty());
    server.shut_down().await;
}

#[tokio::test]
async fn a_paused_run_waits_and_goes_on_and_is_deleted_without_its_pictures() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    ada.top_up(&server, 100).await;
    let here = ada.started(&quotes(0..40)).await;
    let run = ada.browser.open(&here).await;
    let busy = ada.browser.send(&run, &format!("{here}/delete"), &[]).await.expect(200);
    assert!(busy.has("Pause the run first"), "{}", busy.html());
    ada.browser.submit(&busy, &format!("{here}/pause"), &[]).await.expect(200);
    let paused = ada.stands(&here).await;
    assert!(paused.has("Paused before row "), "{}", paused.html());
    // What was begun ends; nothing else is made.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let left = ada.left(&server).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ada.left(&server).await, left);
    assert!(left > 60, "{left}");
    ada.browser.submit(&paused, &format!("{here}/go-on"), &[]).await.expect(200);
    let done = ada.stands(&here).await;
    assert!(done.has("40 of 40\u{a0}rows"), "{}", done.html());
    assert_eq!(ada.left(&server).await, 60);
    let gone = ada.browser.submit(&done, &format!("{here}/delete"), &[]).await.expect(200);
    assert!(gone.has("deleted. Its pictures are still in Generations.") && gone.has("No bulk runs yet"), "{}", gone.html());
    let log = ada.open("/settings/audit?action=bulk.").await;
    assert!(log.has("Started a bulk run") && log.has("Deleted a bulk run"), "{}", log.html());
    ada.browser.open(&here).await.expect(404);
    assert!(ada.open("/generations?source=bulk").await.has("sku-39"));
    server.shut_down().await;
}

#[tokio::test]
async fn a_viewer_looks_and_downloads_and_another_team_finds_nothing() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let here = ada.started(&quotes(0..2)).await;
    ada.stands(&here).await;
    let (_, draft) = ada.checked(&quotes(0..2)).await;
    let bo = joined(&server, &ada, "bo@northbank.test", Role::Viewer).await;
    assert!(!bo.open("/bulk").await.expect(200).has("New bulk run"));
    let seen = bo.browser.open(&here).await.expect(200);
    assert!(seen.has("2 of 2\u{a0}rows") && !seen.has("Delete run"));
    for file in ["pictures.zip", "results.csv", "left-out.csv"] {
        bo.browser.open(&format!("{here}/{file}")).await.expect(200);
    }
    for path in [ada.path("/bulk/new"), format!("{draft}/match"), format!("{draft}/check"), format!("{draft}/look/2/square")] {
        bo.browser.open(&path).await.expect(403);
    }
    let refused = bo.browser.upload(&seen, &bo.path("/bulk/new"), &[("template", "tg_quote")], &[("file", "x.csv", b"a\n1")]).await;
    assert_eq!(refused.answer.status, 403);
    for act in ["pause", "go-on", "delete", "start"] {
        bo.browser.send(&seen, &format!("{draft}/{act}"), &[]).await.expect(403);
    }
    bo.browser.send(&seen, &format!("{draft}/match"), &FORM).await.expect(403);

    let eve = owner(&server, "eve@other.test", "Other").await;
    let page = eve.open("/bulk").await.expect(200);
    let id = here.rsplit('/').next().unwrap();
    let own = |rest: &str| eve.path(&format!("/bulk/{id}{rest}"));
    for rest in ["", "/match", "/check", "/look/2/square", "/pictures.zip", "/results.csv", "/left-out.csv", "/look/x/square"] {
        eve.browser.open(&own(rest)).await.expect(404);
    }
    for act in ["pause", "go-on", "delete", "start"] {
        eve.browser.send(&page, &own(&format!("/{act}")), &[]).await.expect(404);
    }
    eve.browser.send(&page, &own("/match"), &FORM).await.expect(404);
    eve.browser.open(&here).await.expect(404);
    server.shut_down().await;
}

#[tokio::test]
async fn previews_and_pictures_are_made_while_a_run_goes_on() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    ada.top_up(&server, 1_000).await;
    let here = ada.started(&quotes(0..150)).await;
    let action = ada.path("/create/tg_quote");
    let page = ada.browser.open(&action).await.expect(200);
    for round in 0..5 {
        let title = format!("By hand {round}");
        let shown = ada.browser.submit(&page, &action, &[("size", "square"), ("in.title", &title), ("preview", "1")]).await.expect(200);
        assert!(shown.has("src=\"data:image/jpeg;base64,"), "a preview is drawn before rows");
    }
    let made = ada.browser.submit(&page, &action, &[("size", "square"), ("in.title", "By hand")]).await.expect(200);
    assert!(made.has("Completed"), "{}", made.html());
    assert!(ada.browser.open(&here).await.has("data-running"), "all that took longer than the run");
    ada.stands(&here).await;
    server.shut_down().await;
}

#[tokio::test]
async fn an_example_sheet_is_a_run_as_it_is() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let new = ada.open("/bulk/new").await.expect(200);
    assert!(new.has("Product name (needed), ") && new.has("/bulk/example/tg_product"), "{}", new.html());
    let example = ada.open("/bulk/example/tg_product").await.expect(200);
    assert!(example.answer.header("content-disposition").contains("-example.csv"));
    let page = ada.open("/bulk/new").await;
    let files = [("file", "example.csv", example.answer.bytes.as_slice())];
    let matching = ada.browser.upload(&page, &ada.path("/bulk/new"), &[("template", "tg_product")], &files).await.expect(200);
    assert!(matching.has("data-ignored hidden"), "every column is guessed: {}", matching.html());
    let columns: Vec<(String, String)> = matching
        .html()
        .split("name=\"column.")
        .skip(1)
        .map(|part| {
            let (name, rest) = part.split_once('"').unwrap();
            let chosen = rest.split("</select>").next().unwrap().split("<option value=\"").find(|option| option.contains(" selected"));
            (format!("column.{name}"), chosen.unwrap_or("\"").split('"').next().unwrap().to_owned())
        })
        .collect();
    let mut pairs: Vec<(&str, &str)> = columns.iter().map(|(name, column)| (name.as_str(), column.as_str())).collect();
    pairs.extend([("kit", "none"), ("size", "square")]);
    let check = ada.browser.submit(&matching, &matching.path, &pairs).await.expect(200);
    assert!(check.has("The row can be made."), "{}", check.html());
    server.shut_down().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why_and_keeps_what_was_pasted() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let page = ada.open("/bulk/new").await.expect(200);
    let path = ada.path("/bulk/new");
    let nothing = ada.browser.upload(&page, &path, &[("template", "tg_quote"), ("sheet", " ")], &[]).await.expect(422);
    assert!(nothing.has("Choose a file, or paste rows."));
    let latin = ada.bring("latin.csv", b"Quote\nG\xfcnther").await.expect(422);
    assert!(latin.has("Line 2 has a character that is not UTF-8.") && latin.has("href=\"#field-file\""), "{}", latin.html());
    let open = "Quote\n\"never <closed>";
    let pasted = ada.browser.upload(&page, &path, &[("template", "tg_quote"), ("sheet", open)], &[]).await.expect(422);
    assert!(pasted.has("Line 2 opens a quote that is never closed.") && pasted.has("never &#60;closed&#62;"), "{}", pasted.html());
    let gone = ada.browser.upload(&page, &path, &[("template", "tg_none"), ("sheet", "Quote\nx")], &[]).await.expect(422);
    assert!(gone.has("This template is no longer there."));
    let big = vec![b'a'; 6 * 1024 * 1024];
    assert_eq!(ada.bring("big.csv", &big).await.answer.status, 413);

    let tabs = ada
        .browser
        .upload(&page, &path, &[("template", "tg_quote"), ("sheet", "Who\tQuote\r\nAda\tLess, but better")], &[])
        .await
        .expect(200);
    assert!(tabs.has("Pasted sheet · 1\u{a0}row") && tabs.has("Less, but better"), "{}", tabs.html());
    server.shut_down().await;
}
