//! The pages for everybody.

use testkit::Server;

#[tokio::test]
async fn the_front_page_shows_pictures_that_are_there() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.open("/").await.expect(200);
    let html = page.html();
    let pictures: Vec<String> =
        html.split("src=\"/try/").skip(1).filter_map(|rest| rest.split('"').next()).map(|path| path.replace("&#38;", "&")).collect();
    assert_eq!(pictures.len(), 16);
    for picture in pictures {
        let shown = browser.open(&format!("/try/{picture}")).await.expect(200);
        assert_eq!(shown.answer.header("content-type"), "image/jpeg", "{picture}");
        assert!(shown.answer.bytes.len() < 90_000, "{picture} has {} bytes", shown.answer.bytes.len());
    }
    assert_eq!(page.answer.maybe("set-cookie"), None, "looking needs no cookie");
    server.shut_down().await;
}

#[tokio::test]
async fn a_visitors_line_is_drawn_in_every_size_with_and_without_script() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.open("/?kit=pomblo&text=%3Cb%3EHello").await.expect(200);
    assert!(page.has("value=\"&#60;b&#62;Hello\"") && page.has("/try/tg_quote/square?kit=pomblo&#38;text=%3Cb%3EHello"), "{}", page.html());
    let own = browser.open("/try/tg_quote/square?kit=pomblo&text=Hello").await.expect(200);
    let example = browser.open("/try/tg_quote/square?kit=pomblo").await.expect(200);
    assert_ne!(own.answer.bytes, example.answer.bytes);
    assert_eq!(browser.open("/try/tg_quote/square?kit=pomblo").await.answer.bytes, example.answer.bytes);
    let all = browser.open("/try?kit=halvmark&text=Hello").await.expect(200).answer.json();
    let sizes: Vec<&str> = all["pictures"].as_array().unwrap().iter().map(|picture| picture["key"].as_str().unwrap()).collect();
    assert_eq!(sizes, ["square", "portrait", "story", "landscape"]);
    assert!(all["pictures"][0]["src"].as_str().unwrap().starts_with("data:image/jpeg;base64,"));
    browser.open("/try/tg_nothing/square").await.expect(404);
    browser.open("/try/tg_quote/nothing").await.expect(404);
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
