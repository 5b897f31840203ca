//! The pages for everybody.

use testkit::Server;

#[tokio::test]
async fn the_front_page_shows_pictures_that_are_there() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.open("/").await.expect(200);
    let html = page.html();
    let pictures: Vec<&str> = html.split("src=\"/m/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(pictures.len(), 8);
    for picture in pictures {
        let shown = browser.open(&format!("/m/{picture}")).await.expect(200);
        assert_eq!(shown.answer.header("content-type"), "image/png", "{picture}");
    }
    assert_eq!(page.answer.maybe("set-cookie"), None, "looking needs no cookie");
    server.shut_down().await;
}

#[tokio::test]
async fn prices_are_shown_by_month_and_by_year_without_script() {
    let server = Server::start().await;
    let browser = server.browser();
    let month = browser.open("/pricing").await.expect(200);
    assert!(month.has("$149<") && month.has("Agency") && month.has("Enterprise"));
    let year = browser.open("/pricing?by=year").await.expect(200);
    assert!(year.has("$1,490<") && !year.has("$149<"));
    server.shut_down().await;
}
