use testkit::{CARD, Server};

use super::{LANGUAGES, chapters, code, openapi};
use crate::people::owner;

#[tokio::test]
async fn every_operation_has_a_section_and_an_example_in_each_language() {
    let server = Server::start().await;
    let document = openapi(&server).await;
    let browser = server.browser();
    let mut seen = 0;
    for (chapter, operations) in chapters(&document) {
        for language in LANGUAGES {
            let page = browser.open(&format!("/docs/{chapter}?lang={language}")).await.expect(200);
            for id in &operations {
                assert!(page.has(&format!("<section class=\"docs-part\" id=\"{id}\"")), "{chapter}: no section {id}");
                assert!(
                    page.has(&format!("data-lang=\"{language}\" aria-controls=\"code-{id}-code\" aria-selected=\"true\"")),
                    "{language}"
                );
                let text = code(&page, &format!("code-{id}"));
                assert!(text.contains(&server.url) && text.len() > 40, "{id} in {language}: {text}");
                seen += 1;
            }
        }
        assert_eq!(browser.cookie("rp_lang").as_deref(), Some("rust"), "the choice is kept");
    }
    let count: usize = document["paths"].as_object().unwrap().values().map(|methods| methods.as_object().unwrap().len()).sum();
    assert_eq!(seen, count * LANGUAGES.len());
    let page = browser.open("/docs/credits").await;
    assert!(page.has("data-lang=\"rust\" aria-controls=\"code-getCredits-code\" aria-selected=\"true\""));
    for language in LANGUAGES {
        let page = browser.open(&format!("/docs/idempotency?lang={language}")).await;
        assert!(code(&page, "code-generate").contains("Idempotency-Key"), "{language}");
    }
    browser.open("/docs/nothing").await.expect(404);
    assert_eq!(browser.open("/docs").await.expect(200).path, "/docs/quickstart");
    server.shut_down().await;
}

#[tokio::test]
async fn every_parameter_member_status_and_code_of_the_document_is_on_the_pages() {
    let server = Server::start().await;
    let document = openapi(&server).await;
    let browser = server.browser();
    let mut all = String::new();
    for (chapter, _) in chapters(&document) {
        all += &browser.open(&format!("/docs/{chapter}")).await.expect(200).html();
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let is_list = name.ends_with("List");
        for member in schema["properties"].as_object().into_iter().flatten().map(|(member, _)| member) {
            assert!(is_list || all.contains(&format!("<code>{member}</code>")), "{name}.{member}");
        }
    }
    let errors = browser.open("/docs/errors").await.html();
    for code in document["x-codes"]["errors"].as_array().unwrap() {
        let code = code["code"].as_str().unwrap();
        assert!(errors.contains(&format!("<tr id=\"{code}\">")), "docUrl leads to {code}");
    }
    let warnings = browser.open("/docs/warnings").await.html();
    for code in document["components"]["schemas"]["Warning"]["properties"]["code"]["examples"].as_array().unwrap() {
        assert!(warnings.contains(&format!("<tr id=\"{}\">", code.as_str().unwrap())), "{code}");
    }
    let limits = browser.open("/docs/limits").await.html();
    for name in document["components"]["headers"].as_object().unwrap().keys() {
        assert!(limits.contains(&format!("<tr id=\"{name}\">")), "{name}");
    }
    assert!(limits.contains("60 requests a minute") && limits.contains("600 requests a minute"));
    server.shut_down().await;
}

/// The targets of a page's links into the documentation.
fn links(html: &str) -> Vec<String> {
    let all = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    all.filter(|href| href.contains('#') && !href.contains("lang=")).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_link_to_an_anchor_finds_it() {
    let server = Server::start().await;
    let browser = server.browser();
    let mut pages = std::collections::BTreeMap::new();
    for (chapter, _) in chapters(&openapi(&server).await) {
        let path = format!("/docs/{chapter}");
        pages.insert(path.clone(), browser.open(&path).await.expect(200).html());
    }
    for (path, html) in &pages {
        for link in links(html) {
            let (page, anchor) = link.split_once('#').unwrap();
            let page = if page.is_empty() { path } else { page };
            let target = pages.get(page).unwrap_or_else(|| panic!("{path} leads to {link}"));
            assert!(target.contains(&format!("id=\"{anchor}\"")), "{path} leads to {link}");
        }
    }
    server.shut_down().await;
}

#[tokio::test]
async fn a_team_sees_its_own_ids_and_never_another_s() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let eve = owner(&server, "eve@example.com", "Elsewhere").await;
    let group = server.operator.import_template(&ada.member.team.to_string(), "card", CARD).await.unwrap().id;
    let kit = server.kit(&ada.member.team.to_string(), "halvmark", true).await;
    for language in LANGUAGES {
        let page = ada.browser.open(&ada.path(&format!("/settings/docs/generate?lang={language}"))).await.expect(200);
        let text = code(&page, "code-generate");
        assert!(text.contains(&group) && text.contains(&kit) && text.contains("rp_test_YOUR_KEY"), "{text}");
    }
    let quick = ada.browser.open(&ada.path("/settings/docs?lang=curl")).await.expect(200);
    assert!(quick.has(&group) && quick.has("<li aria-current=\"page\">Quickstart</li>"));
    let kits = ada.browser.open(&ada.path("/settings/docs/brandkits")).await.expect(200);
    assert!(code(&kits, "code-getBrandKit").contains(&format!("/v1/brandkits/{kit}")));
    let key = server.key(&ada.member.team.to_string(), app::Mode::Test, app::Scopes::ALL).await;
    let body = serde_json::json!({ "templateGroupId": group, "inputData": { "title": "Hello" }, "templates": ["square"] });
    let made = server.client(&key).post("/v1/generate", &body).await.expect(200).json()["id"].as_str().unwrap().to_owned();
    let page = ada.browser.open(&ada.path("/settings/docs/generations")).await.expect(200);
    assert!(code(&page, "code-getGeneration").contains(&made), "its newest test generation");
    assert!(!code(&page, "code-deleteGeneration").contains(&made), "nobody deletes something real by trying it out");
    let plain = ada.browser.open(&ada.path("/settings/docs/generate.md")).await.expect(200);
    assert!(plain.has(&group) && plain.answer.header("content-type").starts_with("text/markdown"));
    let places = ["generate", "brandkits", "generations"].map(|chapter| eve.path(&format!("/settings/docs/{chapter}")));
    for path in places.into_iter().chain(["/docs/generate".to_owned()]) {
        let page = eve.browser.open(&path).await.expect(200);
        assert!(!page.has(&group) && !page.has(&kit) && !page.has(&made), "{path}");
    }
    eve.browser.open(&ada.path("/settings/docs")).await.expect(404);
    server.shut_down().await;
}

#[tokio::test]
async fn programs_find_an_index_and_every_chapter_as_markdown() {
    let server = Server::start().await;
    let browser = server.browser();
    let index = browser.open("/llms.txt").await.expect(200).html();
    assert!(index.starts_with("# RepeatPosts API\n\n> ") && index.contains("\n## API\n"), "{index}");
    let full = browser.open("/llms-full.txt").await.expect(200).html();
    for (chapter, operations) in chapters(&openapi(&server).await) {
        assert!(index.contains(&format!("({}/docs/{chapter}.md)", server.url)), "{chapter}");
        let page = browser.open(&format!("/docs/{chapter}.md")).await.expect(200).html();
        assert!(page.starts_with("# ") && full.contains(page.trim()), "{chapter}");
        assert!(!page.contains("<span") && page.matches("\n### Example\n").count() == operations.len(), "{page}");
    }
    assert!(full.contains("- `rate_limited` (429): "));
    server.shut_down().await;
}

/// The names of the files in a text, each behind `start`.
fn names<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split('"').next())
}

/// A browser's requests, which take gzip and count what came.
struct Counter {
    http: reqwest::Client,
    cookie: String,
    base: String,
}

impl Counter {
    /// Bytes on the wire, and the text.
    async fn get(&self, path: &str) -> (usize, String) {
        let plain = || self.http.get(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        let answer = plain().header("accept-encoding", "gzip").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let bytes = answer.bytes().await.unwrap().len();
        (bytes, plain().send().await.unwrap().text().await.unwrap())
    }

    /// A script with what it imports.
    async fn script(&self, path: String, seen: &mut Vec<String>) -> usize {
        if seen.contains(&path) {
            return 0;
        }
        seen.push(path.clone());
        let (mut bytes, text) = self.get(&path).await;
        let folder = path.rsplit_once('/').unwrap().0;
        for name in names(&text, "from \"./") {
            bytes += Box::pin(self.script(format!("{folder}/{name}"), seen)).await;
        }
        bytes
    }
}

#[tokio::test]
async fn the_first_load_of_each_chapter_is_under_100_kb() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    server.kit(&ada.member.team.to_string(), "halvmark", true).await;
    let http = reqwest::Client::builder().no_proxy().no_gzip().build().unwrap();
    let cookie = format!("rp_session={}", ada.browser.cookie("rp_session").unwrap());
    let counter = Counter { http, cookie, base: server.url.clone() };
    for (chapter, _) in chapters(&openapi(&server).await) {
        let path = ada.path(&format!("/settings/docs/{chapter}?lang=java"));
        let (html, page) = counter.get(&path).await;
        let (mut bytes, mut seen) = (html, Vec::new());
        for file in names(&page, "href=\"").filter(|file| file.ends_with(".css")) {
            bytes += counter.get(file).await.0;
        }
        for file in names(&page, "src=\"").filter(|file| file.ends_with(".js")) {
            bytes += counter.script(file.to_owned(), &mut seen).await;
        }
        assert!(bytes < 100_000, "{chapter}: {bytes} bytes, of them {html} of HTML");
        assert!(seen.len() > 10, "{chapter}: every script was counted");
    }
    server.shut_down().await;
}
