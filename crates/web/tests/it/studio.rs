//! Create, generations and assets, walked by people of a team.

use app::people::{Accept, Browser as Caller, SignUp, SignedIn, SignedUp};
use app::{Member, Role};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use testkit::{Browser, Server, Shown};

const PASSWORD: &str = "seven green kettles";

fn caller() -> Caller {
    Caller { address: "192.0.2.7".parse().unwrap(), device: "a test".into() }
}

/// A person's browser, and who they are in their team.
pub(crate) struct Person {
    pub browser: Browser,
    pub member: Member,
    cookie: String,
}

async fn person(server: &Server, session: &SignedIn, slug: Option<&str>) -> Person {
    let visitor = server.app.visitor(session.token.reveal()).await.unwrap().unwrap();
    let slug = slug.unwrap_or(&visitor.teams[0].slug).to_owned();
    let member = server.app.member(&visitor, &slug).await.unwrap();
    let browser = server.browser();
    browser.set_cookie("rp_session", session.token.reveal());
    Person { browser, member, cookie: format!("rp_session={}", session.token.reveal()) }
}

pub(crate) async fn owner(server: &Server, email: &str, team: &str) -> Person {
    let form = SignUp { email: email.into(), name: "Ada <Bell>".into(), password: PASSWORD.into(), team: team.into() };
    let SignedUp::In(session) = server.app.sign_up(form, &caller()).await.unwrap() else { panic!("a mail without a mail server") };
    person(server, &session, None).await
}

pub(crate) async fn joined(server: &Server, by: &Person, email: &str, role: Role) -> Person {
    let invited = server.app.invite(&by.member, &[email.to_owned()], role).await.unwrap();
    let link = invited[0].link.clone().unwrap();
    let who = Accept::New { name: "Bo", password: PASSWORD };
    let (session, slug) = server.app.accept_invite(link.rsplit('/').next().unwrap(), who, &caller()).await.unwrap();
    person(server, &session, Some(&slug)).await
}

impl Person {
    pub fn path(&self, rest: &str) -> String {
        format!("/t/{}{rest}", self.member.slug)
    }

    pub async fn open(&self, rest: &str) -> Shown {
        self.browser.open(&self.path(rest)).await
    }

    /// Fills the form of a template and generates, in one size.
    async fn generate(&self, pairs: &[(&str, &str)]) -> Shown {
        let action = self.path("/create/tg_quote");
        let page = self.browser.open(&action).await.expect(200);
        let all: Vec<(&str, &str)> = [("size", "square")].iter().chain(pairs).copied().collect();
        self.browser.submit(&page, &action, &all).await
    }

    pub async fn left(&self, server: &Server) -> i64 {
        server.app.credits(&self.member.principal()).await.unwrap().remaining.unwrap()
    }

    /// Sends a file as the form of the assets' page does.
    async fn upload(&self, server: &Server, token: &str, name: &str, bytes: Vec<u8>, accept: &str) -> reqwest::Response {
        let (boundary, mut body) = ("xyz", Vec::new());
        body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n").into_bytes());
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.into_bytes());
        body.extend(bytes);
        body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
        reqwest::Client::new()
            .post(format!("{}{}", server.url, self.path("/assets")))
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header("accept", accept)
            .header("content-type", format!("multipart/form-data; boundary={boundary}"))
            .body(body)
            .send()
            .await
            .unwrap()
    }
}

fn same_origin(more: &[(&'static str, String)]) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([(HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static("same-origin"))]);
    headers.extend(more.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::try_from(value).unwrap())));
    headers
}

/// The addresses in a page that have this part.
fn addresses(page: &Shown, part: &str) -> Vec<String> {
    let html = page.html();
    let quoted = html.split('"').filter(|text| text.starts_with('/') && text.contains(part));
    quoted.map(|text| text.replace("&#38;", "&")).collect()
}

#[tokio::test]
async fn from_the_gallery_to_a_download_that_says_what_it_is() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let gallery = ada.open("/create").await.expect(200);
    assert!(gallery.has("Quote: the big mark") && gallery.has("Northbank&#39;s look"), "{}", gallery.html());
    let look = addresses(&gallery, "/look/").remove(0);
    assert_eq!(ada.browser.open(&look).await.expect(200).answer.header("content-type"), "image/jpeg");
    let found = ada.open("/create?search=swiss").await.expect(200);
    assert!(found.has("Swiss bill") && !found.has("the big mark"));
    assert!(ada.open("/create?search=nothing-like-it").await.expect(200).has("No template matches"));

    let before = ada.left(&server).await;
    let made = ada.generate(&[("in.title", "Less, but *better*"), ("reference", "spring 42")]).await.expect(200);
    assert!(made.path.starts_with(&ada.path("/generations/gen_")), "{}", made.path);
    assert_eq!(ada.left(&server).await, before - 1);
    assert!(made.has("Completed") && made.has("spring 42") && made.has("curl ") && made.has("Ada &#60;Bell&#62;"), "{}", made.html());
    let download = addresses(&made, "?download=").remove(0);
    let picture = ada.browser.open(&download).await.expect(200);
    assert!(picture.answer.header("content-disposition").contains("quote-square-spring-42.png"));
    let zip = ada.browser.open(&format!("{}/zip", made.path)).await.expect(200);
    assert_eq!(zip.answer.header("content-type"), "application/zip");
    assert!(zip.answer.header("content-disposition").contains("quote-spring-42.zip"));
    assert!(zip.answer.bytes.starts_with(b"PK\x03\x04"));

    let again = ada.browser.open(&addresses(&made, "?from=").remove(0)).await.expect(200);
    assert!(again.has("Less, but *better*") && again.has("value=\"spring 42\""));
    server.shut_down().await;
}

#[tokio::test]
async fn the_same_page_sent_twice_makes_one_generation() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let action = ada.path("/create/tg_quote");
    let page = ada.browser.open(&action).await;
    let pairs = [("size", "square"), ("in.title", "Once")];
    let (first, second) = (ada.browser.submit(&page, &action, &pairs).await, ada.browser.submit(&page, &action, &pairs).await);
    assert_eq!(first.path, second.path);
    let other = ada.browser.submit(&page, &action, &[("size", "square"), ("in.title", "Another")]).await.expect(200);
    assert_ne!(first.path, other.path);
    server.shut_down().await;
}

#[tokio::test]
async fn every_fault_stands_beside_its_field_and_what_was_written_stays() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let long = "a".repeat(170);
    let page = ada.generate(&[("in.title", &long), ("in.photo.url", "ftp://x/y.png"), ("in.name", "Grete")]).await.expect(422);
    assert!(
        page.has("2 things to mend") && page.has("href=\"#field-in.title\"") && page.has("href=\"#field-in.photo\""),
        "{}",
        page.html()
    );
    assert!(page.has("<fieldset class=\"field picture\" id=\"field-in.photo\""), "controls are markup");
    assert!(page.has("170 characters; this template takes 160. Shorten it by 10.") && page.has(&long) && page.has("value=\"Grete\""));
    let none = ada.browser.submit(&page, &ada.path("/create/tg_quote"), &[("in.title", "x")]).await.expect(422);
    assert!(none.has("Choose at least one size."));
    let number = ada.path("/create/tg_product");
    let form = ada.browser.open(&number).await;
    let wrong = ada.browser.submit(&form, &number, &[("size", "square"), ("in.title", "Tonic"), ("in.price", "12,5O")]).await.expect(422);
    assert!(wrong.has("Price: use digits, for example 12.50.") && wrong.has("value=\"12,5O\""), "{}", wrong.html());
    assert_eq!(server.app.records(&ada.member, &app::Query::default()).await.unwrap().data.len(), 0);
    server.shut_down().await;
}

#[tokio::test]
async fn too_few_credits_are_said_before_anything_is_made() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let left = ada.left(&server).await;
    server.operator.adjust_credits(&ada.member.slug, 1 - left, "a test").await.unwrap();
    let action = ada.path("/create/tg_quote");
    let page = ada.browser.open(&action).await;
    let refused = ada.browser.submit(&page, &action, &[("in.title", "Hi"), ("size", "square")]).await;
    assert_eq!(refused.answer.status, 200, "one credit makes one picture");
    let refused = ada.browser.submit(&page, &action, &[("in.title", "Hi again"), ("size", "square")]).await.expect(422);
    assert!(refused.has("This needs 1\u{a0}credit; 0 are left."), "{}", refused.html());
    server.shut_down().await;
}

#[tokio::test]
async fn a_live_preview_answers_with_pictures_and_notes_by_field() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let page = ada.open("/create/tg_quote").await;
    let token = page.hidden("csrf").unwrap();
    let path = ada.path("/create/tg_quote/preview");
    let pairs = [("size", "square".to_owned()), ("in.title", "word ".repeat(40)), ("height", "200".to_owned())];
    let headers = same_origin(&[("x-csrf-token", token), ("accept", "application/json".to_owned())]);
    let answer = ada.browser.post(&path, &pairs, &headers).await.expect(200);
    let json: Value = serde_json::from_slice(&answer.answer.bytes).unwrap();
    let pictures = json["pictures"].as_array().unwrap();
    assert_eq!((pictures.len(), &pictures[0]["key"], &pictures[0]["width"]), (1, &"square".into(), &200.into()));
    assert!(pictures[0]["src"].as_str().unwrap().starts_with("data:image/jpeg;base64,/9j/"));
    let title = json["notes"]["title"].as_array().unwrap();
    assert!(title[0]["text"].as_str().unwrap().contains("this template takes 160"), "{title:?}");
    assert!(title.iter().any(|note| note["text"].as_str().unwrap().starts_with("Instagram square: text reduced")), "{title:?}");
    assert_eq!(json["said"], "Previews updated, 1\u{a0}warning");
    let untrusted = same_origin(&[("accept", "application/json".to_owned())]);
    ada.browser.post(&path, &pairs, &untrusted).await.expect(403);
    assert_eq!(server.app.records(&ada.member, &app::Query::default()).await.unwrap().data.len(), 0, "nothing is kept");
    server.shut_down().await;
}

#[tokio::test]
async fn without_script_a_button_draws_the_previews() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let action = ada.path("/create/tg_quote");
    let page = ada.browser.open(&action).await;
    let shown = ada.browser.submit(&page, &action, &[("size", "square"), ("preview", "1")]).await.expect(200);
    assert!(shown.has("src=\"data:image/jpeg;base64,"));
    assert!(shown.has("Shown with example text until you fill it in"));
    server.shut_down().await;
}

#[tokio::test]
async fn what_people_write_stands_on_pages_as_text() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let made = ada.generate(&[("in.title", evil), ("reference", evil)]).await.expect(200);
    let list = ada.open("/generations").await;
    let again = ada.browser.open(&addresses(&made, "?from=").remove(0)).await;
    let searched = ada.open(&format!("/generations?text={}", url_encoded(evil))).await;
    for page in [&made, &list, &again, &searched] {
        assert!(!page.has("<script>alert") && !page.has("<img src=x"), "{}", page.html());
        assert!(page.has("&#60;script&#62;"), "{}", page.path);
    }
    server.shut_down().await;
}

fn url_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn a_viewer_looks_and_downloads_and_others_are_led_away() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let made = ada.generate(&[("in.title", "Ours")]).await;
    let id = made.path.rsplit('/').next().unwrap().to_owned();
    let bo = joined(&server, &ada, "bo@northbank.test", Role::Viewer).await;
    let seen = bo.browser.open(&made.path).await.expect(200);
    assert!(!seen.has("Use these inputs again") && !seen.has("/delete\""));
    bo.browser.open(&format!("{}/zip", made.path)).await.expect(200);
    bo.open("/generations").await.expect(200);
    assert!(!bo.open("/assets").await.expect(200).has("Upload pictures"));
    for path in ["/create", "/create/tg_quote"] {
        assert!(bo.open(path).await.expect(403).has("Ask an owner, admin or member"), "{path}");
    }
    let list = bo.open("/generations").await;
    bo.browser.send(&list, &bo.path(&format!("/generations/{id}/delete")), &[]).await.expect(403);

    let eve = owner(&server, "eve@other.test", "Other").await;
    for path in ["/create", "/create/tg_quote", "/generations", &format!("/generations/{id}"), "/assets"] {
        eve.browser.open(&ada.path(path)).await.expect(404);
        let away = server.browser().open(&ada.path(path)).await;
        assert!(away.path.starts_with("/log-in?next="), "{}", away.path);
    }
    for path in [format!("/generations/{id}"), format!("/generations/{id}/zip"), format!("/create/tg_quote?from={id}")] {
        eve.open(&path).await.expect(404);
    }
    server.shut_down().await;
}

#[tokio::test]
async fn the_history_is_narrowed_by_its_address_and_says_what_is_wrong_with_it() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    assert!(ada.open("/generations").await.expect(200).has("Nothing made yet"));
    ada.generate(&[("in.title", "One"), ("reference", "spring-1")]).await.expect(200);
    ada.generate(&[("in.title", "Two"), ("reference", "autumn-2")]).await.expect(200);
    let spring = ada.open("/generations?text=SPRING&source=app&status=completed&mode=live").await.expect(200);
    assert!(spring.has("spring-1") && !spring.has("autumn-2"));
    assert!(ada.open("/generations?source=api").await.expect(200).has("No generation matches"));
    let wrong = ada.open("/generations?status=done&from=soon").await.expect(422);
    assert!(wrong.has("2 things to mend") && wrong.has("#field-status") && wrong.has("#field-from"));
    let made = ada.browser.open(&addresses(&spring, "/generations/gen_").remove(0)).await;
    let gone = ada.browser.submit(&made, &format!("{}/delete", made.path), &[]).await.expect(200);
    assert!(gone.has("Generation deleted.") && !gone.has("spring-1"));
    ada.browser.open(&made.path).await.expect(404);
    server.shut_down().await;
}

#[tokio::test]
async fn uploads_are_kept_once_found_again_and_deleted_after_a_question() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@northbank.test", "Northbank").await;
    let page = ada.open("/assets").await.expect(200);
    assert!(page.has("No uploads yet") && page.has("Built in"));
    let token = page.hidden("csrf").unwrap();
    let picture = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/pictures/hills.jpg")).unwrap();
    let html = "text/html";
    let sent = ada.upload(&server, &token, "Evening hills.jpg", picture.clone(), html).await;
    assert_eq!(sent.status(), 200, "after the redirect");
    let again = ada.upload(&server, &token, "again.jpg", picture.clone(), "application/json").await;
    let again: Value = serde_json::from_slice(&again.bytes().await.unwrap()).unwrap();
    assert_eq!(again["name"], "Evening hills.jpg");
    let id = again["id"].as_str().unwrap();
    let refused = ada.upload(&server, &token, "notes.txt", b"no picture".to_vec(), html).await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.unwrap().contains("notes.txt is no picture that we can read."));
    assert_eq!(ada.upload(&server, "wrong", "x.jpg", picture, html).await.status(), 403);

    let found = ada.open("/assets?search=HILLS").await.expect(200);
    assert!(found.has("Evening hills.jpg") && found.has(id));
    assert!(ada.open("/assets?search=harbour-x").await.expect(200).has("No upload has this name"));
    let thumb = ada.open(&format!("/assets/{id}/thumb")).await.expect(200);
    assert_eq!(thumb.answer.header("content-type"), "image/webp");
    ada.generate(&[("in.title", "Hills"), ("in.photo.asset", id)]).await.expect(200);
    let question = ada.open(&format!("/assets/{id}/delete")).await.expect(200);
    assert!(question.has("1 generation was made with it."));
    let gone = ada.browser.send(&question, &ada.path(&format!("/assets/{id}/delete")), &[]).await.expect(200);
    assert!(gone.has("Picture deleted.") && !gone.has(id));
    ada.open(&format!("/assets/{id}/thumb")).await.expect(404);
    server.shut_down().await;
}
