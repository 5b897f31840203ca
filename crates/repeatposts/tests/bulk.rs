//! A bulk run that is killed in the middle, twice, and goes on.

mod common;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use common::{Service, client, folder, get, json};
use serde_json::json;
use testkit::{Browser, Shown};

const ROWS: usize = 200;
const PATIENCE: Duration = Duration::from_secs(300);

/// The run's page, once as many rows are dealt with as `enough` wants.
async fn page(browser: &Browser, here: &str, enough: impl Fn(usize, &Shown) -> bool) -> Shown {
    let until = Instant::now() + PATIENCE;
    loop {
        let page = browser.open(here).await.expect(200);
        let html = page.html();
        let dealt = html.split("value=\"").find_map(|part| part.split_once("\" aria-label=\"Rows dealt with\""));
        let dealt = dealt.map_or_else(|| panic!("{html}"), |(value, _)| value.parse().unwrap());
        if enough(dealt, &page) {
            return page;
        }
        assert!(Instant::now() < until, "{html}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn every_row_is_made_and_paid_once() {
    let (_keep, data) = folder();
    let mut service = Service::start(&data, &[]);
    let (live, _) = service.keys();
    let welcome = service.printed.lines().map(str::trim).find_map(|line| line.split_once("/welcome/")).unwrap().1.to_owned();
    let mut browser = Browser::new(&service.address);
    let link = format!("/welcome/{welcome}");
    let entered = browser.open(&link).await.expect(200);
    browser.submit(&entered, &link, &[]).await.expect(200);

    let rows: Vec<String> = (0..ROWS).map(|row| format!("Row {row} of many,sku-{row}")).collect();
    let sheet = format!("Quote,SKU\n{}\n", rows.join("\n"));
    let new = browser.open("/t/demo/bulk/new").await.expect(200);
    let files = [("file", "many.csv", sheet.as_bytes())];
    let matching = browser.upload(&new, "/t/demo/bulk/new", &[("template", "tg_quote")], &files).await.expect(200);
    let pairs = [("column.title", "0"), ("external", "1"), ("kit", "none"), ("size", "square"), ("format", "jpeg")];
    let check = browser.submit(&matching, &matching.path, &pairs).await.expect(200);
    let here = check.path.trim_end_matches("/check").to_owned();
    browser.submit(&check, &format!("{here}/start"), &[]).await.expect(200);

    for kill_at in [ROWS / 5, ROWS / 2] {
        let seen = page(&browser, &here, |dealt, _| dealt >= kill_at).await;
        assert!(seen.has("data-running"), "it was over before it could be killed");
        service.kill();
        service = Service::start(&data, &[]);
        let session = browser.cookie("rp_session").unwrap();
        browser = Browser::new(&service.address);
        browser.set_cookie("rp_session", &session);
    }
    let done = page(&browser, &here, |_, page| !page.has("data-running")).await;
    assert!(done.has("200 of 200\u{a0}rows") && done.has("Done"), "{}", done.html());

    let results = browser.open(&format!("{here}/results.csv")).await.expect(200).html();
    let made: Vec<Vec<&str>> = results.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert!(made.iter().all(|cells| cells[2] == "completed" && cells[5] == "1"), "{results}");
    let generations: BTreeSet<&str> = made.iter().map(|cells| cells[6]).collect();
    assert_eq!((made.len(), generations.len()), (ROWS, ROWS));
    let credits = get(&client(), &format!("{}/v1/credits", service.address), Some(&live)).await.json();
    assert_eq!((&credits["used"], &credits["reserved"]), (&json!(ROWS), &json!(0)));
    assert_eq!(json(&data, &["ledger", "audit"]), json!([]));
    let (log, _) = service.terminate();
    assert!(!log.contains("\"ERROR\"") && !log.contains("panicked"), "{log}");
}
