//! Support: articles, their search, and the links to them.

use testkit::Server;

#[tokio::test]
async fn every_link_of_the_articles_leads_somewhere() {
    let server = Server::start().await;
    let browser = server.browser();
    let start = browser.open("/support").await.expect(200);
    let mut links = vec!["/support".to_owned()];
    let mut seen = 0;
    while let Some(link) = links.get(seen).cloned() {
        seen += 1;
        let (path, anchor) = link.split_once('#').map_or((link.as_str(), None), |(path, anchor)| (path, Some(anchor)));
        let page = browser.open(path).await.expect(200);
        let html = page.html();
        if let Some(anchor) = anchor {
            assert!(html.contains(&format!("id=\"{anchor}\"")), "{link} has no such place");
        }
        if path.starts_with("/support") && !path.contains('?') {
            let article = html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap();
            let found = article.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
            for next in found.map(|link| if link.starts_with('#') { format!("{path}{link}") } else { link.to_owned() }) {
                if next.starts_with('/') && !links.contains(&next) {
                    links.push(next);
                }
            }
        }
    }
    assert!(seen > 60, "only {seen} links");
    assert_eq!(start.answer.maybe("set-cookie"), None, "reading needs no cookie");
    browser.open("/support/nothing").await.expect(404);
    server.shut_down().await;
}

#[tokio::test]
async fn the_search_works_without_script_and_shows_what_was_typed_as_text() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.open("/support?q=rate+limits").await.expect(200);
    assert!(page.has("href=\"/support/api-access#rate-limits\"") && page.has("<mark>"), "{}", page.html());
    let none = browser.open("/support?q=%3Czebra%3E").await.expect(200);
    assert!(none.has("Nothing found for “&#60;zebra&#62;”") && !none.has("<zebra>"));
    server.shut_down().await;
}
