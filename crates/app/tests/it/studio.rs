//! Making pictures by hand: people's calls, previews, the history and its downloads.

use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use app::operate::NewKeyRequest;
use app::{
    AppConfig, BrandChoice, Error, GenerateAnswer, Maker, Member, Missing, Mode, Preview, PreviewCall, Principal, Query, RateClass, Right,
    Role, Scope, Scopes, Source, VisitorCall,
};
use bytes::Bytes;
use futures::StreamExt as _;
use serde_json::{Value, json};

use crate::house::*;
use crate::people::{joined, owner};

/// A team with an owner, and keys of both modes.
struct Studio {
    house: House,
    member: Member,
    live: Principal,
    test: Principal,
}

async fn open(config: AppConfig) -> Studio {
    let house = House::with(config, &[]).await;
    let (_, member) = owner(&house, "ada@northbank.test", "Northbank").await;
    house.operator.set_plan(&member.slug, "agency").await.unwrap();
    let key = async |mode: Mode| {
        let request = NewKeyRequest { name: format!("A {mode} key"), mode, scopes: Scopes::ALL, expires_at: None };
        let key = house.operator.create_key(&member.slug, request).await.unwrap();
        house.app.admit(Some(key.plain.reveal()), HOME, Scope::Generate, RateClass::Standard).await.principal.unwrap()
    };
    let (live, test) = (key(Mode::Live).await, key(Mode::Test).await);
    Studio { house, member, live, test }
}

impl Studio {
    async fn remaining(&self) -> i64 {
        self.house.app.credits(&self.member.principal()).await.unwrap().remaining.unwrap()
    }

    async fn made(&self, body: Value) -> app::view::Generation {
        match self.house.app.create(&self.member, call(body)).await {
            Ok(GenerateAnswer::Generation(generated)) => generated.generation,
            other => panic!("not accepted: {other:?}"),
        }
    }

    async fn previewed(&self, call: PreviewCall) -> Preview {
        self.house.app.preview_pictures(&self.member, &call).await.unwrap()
    }
}

fn form(input: Value) -> PreviewCall {
    PreviewCall {
        group: "tg_quote".into(),
        version: None,
        sizes: Vec::new(),
        input,
        brand: BrandChoice::TeamDefault,
        locale: None,
        bounds: (540, 540),
    }
}

fn query(pairs: &[(&str, &str)]) -> Query {
    Query(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

#[tokio::test]
async fn what_a_person_makes_is_live_charged_and_theirs_whatever_the_plan_says_about_keys() {
    let studio = open(config()).await;
    let (app, member) = (&studio.house.app, &studio.member);
    studio.house.operator.set_plan(&member.slug, "essentials").await.unwrap();
    let before = studio.remaining().await;
    let generation = studio.made(with(small(), json!({"externalId": "Spring Sale/1"}))).await;
    assert_eq!(generation.credits.charged, 1);
    assert_eq!(studio.remaining().await, before - 1);
    let record = app.record(member, &generation.id).await.unwrap();
    assert_eq!((record.source, record.maker, record.maker_name.as_deref()), (Source::App, Maker::Person(member.user), Some("Ada")));
    assert_eq!(record.file_names, ["quote-square-Spring-Sale-1.png"]);
    let api = app.generations(&studio.live, &Query::default()).await.unwrap();
    assert_eq!(api.data[0].id, generation.id, "an API list of live keys has what people made");
    assert!(app.generations(&studio.test, &Query::default()).await.unwrap().data.is_empty());
    studio.house.audit().await;
}

#[tokio::test]
async fn a_viewer_looks_and_downloads_and_a_stranger_sees_nothing() {
    let studio = open(config()).await;
    let (app, member) = (&studio.house.app, &studio.member);
    let generation = studio.made(small()).await;
    let (_, viewer) = joined(&studio.house, member, "bo@northbank.test", Role::Viewer).await;
    assert_eq!(app.records(&viewer, &Query::default()).await.unwrap().data.len(), 1);
    assert!(app.archive(&viewer, &generation.id).await.is_ok());
    assert!(matches!(app.create(&viewer, call(small())).await, Err(Error::Forbidden(Right::Create))));
    assert!(matches!(app.preview_pictures(&viewer, &form(json!({}))).await, Err(Error::Forbidden(Right::Create))));
    assert!(matches!(app.delete_record(&viewer, &generation.id).await, Err(Error::Forbidden(_))));
    assert!(matches!(app.keep_upload(&viewer, Bytes::new(), "a.png").await, Err(Error::Forbidden(_))));
    assert!(matches!(app.delete_upload(&viewer, "asset_x").await, Err(Error::Forbidden(_))));
    let (_, stranger) = owner(&studio.house, "eve@other.test", "Other").await;
    assert!(app.records(&stranger, &Query::default()).await.unwrap().data.is_empty());
    assert!(matches!(app.record(&stranger, &generation.id).await, Err(Error::NotFound { what: Missing::Generation, .. })));
    assert!(matches!(app.archive(&stranger, &generation.id).await, Err(Error::NotFound { .. })));
    assert!(matches!(app.delete_record(&stranger, &generation.id).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn the_history_holds_both_modes_and_finds_by_every_filter() {
    let studio = open(config()).await;
    let (app, member) = (&studio.house.app, &studio.member);
    let by_hand = studio.made(with(small(), json!({"externalId": "Spring-42"}))).await;
    let by_test = studio.house.made(&studio.test, with(small(), json!({"externalId": "autumn-7"}))).await.generation;
    let ids = async |pairs: &[(&str, &str)]| {
        let page = app.records(member, &query(pairs)).await.unwrap();
        page.data.into_iter().map(|record| record.generation.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]).await, [by_test.id.clone(), by_hand.id.clone()]);
    for (pairs, id) in [
        (vec![("mode", "test")], &by_test.id),
        (vec![("source", "app")], &by_hand.id),
        (vec![("text", "SPRING-4")], &by_hand.id),
        (vec![("template", "tg_quote"), ("source", "api"), ("status", "completed")], &by_test.id),
    ] {
        assert_eq!(ids(&pairs).await, std::slice::from_ref(id), "{pairs:?}");
    }
    assert_eq!(ids(&[("from", "2020-01-01"), ("to", "2020-01-02")]).await, Vec::<String>::new());
    assert_eq!(ids(&[("template", "tg_tip")]).await, Vec::<String>::new());
    let first = app.records(member, &query(&[("limit", "1")])).await.unwrap();
    assert_eq!(first.data[0].maker_name.as_deref(), Some("A test key"));
    assert_eq!(ids(&[("limit", "1"), ("cursor", &first.next_cursor.unwrap())]).await, std::slice::from_ref(&by_hand.id));
    let Err(Error::Validation(faults)) = app.records(member, &query(&[("mode", "x"), ("from", "today"), ("status", "done")])).await else {
        panic!("accepted")
    };
    assert_eq!(faults.iter().map(|fault| fault.param.as_str()).collect::<Vec<_>>(), ["mode", "status", "from"]);
}

#[tokio::test]
async fn every_picture_of_a_generation_comes_in_one_zip() {
    let studio = open(config()).await;
    let (app, member) = (&studio.house.app, &studio.member);
    let body = json!({
        "templateGroupId": "tg_quote", "inputData": {"title": "Hello"}, "templates": ["square", "story"], "externalId": "No. 7",
        "output": {"scale": 0.1, "formats": ["png", "webp"]}, "waitMs": 30000,
    });
    let generation = studio.made(body).await;
    let archive = app.archive(member, &generation.id).await.unwrap();
    assert_eq!(archive.file_name, "quote-No-7.zip");
    let bytes: Vec<Bytes> = archive.bytes.map(Result::unwrap).collect().await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes.concat())).unwrap();
    let mut names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["quote-square-No-7.png", "quote-square-No-7.webp", "quote-story-No-7.png", "quote-story-No-7.webp"]);
    let mut png = Vec::new();
    zip.by_name(&names[0]).unwrap().read_to_end(&mut png).unwrap();
    assert_eq!(png.len() as u64, generation.images[0].files[0].bytes);
}

#[tokio::test]
async fn a_thumbnail_is_small_and_goes_with_its_picture() {
    let studio = open(config()).await;
    // The last two can't be read again: their thumbnails are made from the pixels.
    for format in ["png", "avif", "pdf"] {
        thumbnail_of(&studio, format).await;
    }
}

async fn thumbnail_of(studio: &Studio, format: &str) {
    let (app, member) = (&studio.house.app, &studio.member);
    let generation = studio.made(with(small(), json!({"output": {"scale": 0.5, "format": format}}))).await;
    let record = app.record(member, &generation.id).await.unwrap();
    let path = record.thumbnails[0].clone().unwrap();
    let path = path.strip_prefix("/m/").unwrap();
    let first = app.public_picture(path).await.unwrap();
    assert_eq!((first.media_type, &first.bytes[8..12]), ("image/webp", b"WEBP".as_slice()));
    assert!(first.bytes.len() < 20_000, "{}", first.bytes.len());
    assert_eq!(app.public_picture(path).await.unwrap().etag, first.etag);
    app.delete_record(member, &generation.id).await.unwrap();
    assert!(matches!(app.public_picture(path).await, Err(Error::Expired)));
    let left: Vec<(assets::BlobKey, u64)> = futures::TryStreamExt::try_collect(studio.house.storage.blobs.list()).await.unwrap();
    assert!(!left.iter().any(|(key, _)| key.to_string().contains("thumbs-")), "{left:?}");
}

#[tokio::test]
async fn a_preview_draws_every_size_small_and_keeps_and_charges_nothing() {
    let studio = open(config()).await;
    let before = studio.remaining().await;
    let preview = studio.previewed(form(json!({"title": "Hello *world*"}))).await;
    assert!(preview.faults.is_empty() && preview.placeholders.is_empty());
    assert!(preview.pictures.len() >= 4);
    for picture in &preview.pictures {
        assert!(picture.width <= 540 && picture.height <= 540, "{} is {} × {}", picture.key, picture.width, picture.height);
        assert_eq!((picture.media_type, &picture.bytes[..2]), ("image/jpeg", [0xff, 0xd8].as_slice()));
        assert!(picture.texts.iter().any(|text| text.field.as_deref() == Some("title")));
    }
    let one = PreviewCall { sizes: vec!["story".into()], bounds: (5_000, 5_000), ..form(json!({"title": "Hello"})) };
    let one = studio.previewed(one).await.pictures;
    assert_eq!((one.len(), one[0].width, one[0].height), (1, 540, 960));
    assert_eq!(studio.remaining().await, before);
    assert!(studio.house.app.records(&studio.member, &Query::default()).await.unwrap().data.is_empty());
}

#[tokio::test]
async fn faults_come_beside_the_picture_of_what_is_valid() {
    let studio = open(config()).await;
    let empty = studio.previewed(form(json!({}))).await;
    assert_eq!((empty.placeholders, empty.faults.len()), (vec!["title".to_owned()], 0));
    let long = "word ".repeat(60);
    let wrong = form(json!({"title": long, "photo": "http://127.0.0.1/x.png", "name": 7}));
    let wrong = studio.previewed(wrong).await;
    let faults: Vec<_> = wrong.faults.iter().map(|fault| (fault.param.as_str(), fault.code)).collect();
    assert_eq!(faults, [("inputData.title", "too_long"), ("inputData.name", "invalid_type"), ("inputData.photo", "invalid_url")]);
    assert!(wrong.pictures.len() >= 4);
    assert!(wrong.pictures.iter().all(|picture| picture.warnings.iter().any(|warning| warning.field.as_deref() == Some("title"))));
    let gone = form(json!({"title": "Hi", "photo": {"assetId": "asset_01JQZ3K9V5X7N2M4P6R8T0W1Y3"}}));
    assert_eq!(studio.previewed(gone).await.faults[0].param, "inputData.photo");
}

#[tokio::test]
async fn a_soft_photo_is_told_of_at_the_size_that_it_will_have() {
    let studio = open(config()).await;
    let (app, member) = (&studio.house.app, &studio.member);
    let mut png = Vec::new();
    let pixels = vec![200_u8; 200 * 200 * 4];
    let pixels = render::codec::Pixels { width: 200, height: 200, opaque: true, rgba: &pixels };
    png.extend(render::codec::encode(&mut render::codec::Buffers::default(), pixels, render::Format::Png, 90).unwrap());
    let (upload, _) = app.keep_upload(member, png.into(), "small.png").await.unwrap();
    let call = PreviewCall {
        group: "tg_product".into(),
        sizes: vec!["landscape".into()],
        bounds: (270, 270),
        ..form(json!({"title": "Hi", "photo": {"assetId": upload.asset.id}}))
    };
    let preview = studio.previewed(call).await;
    let warning = preview.pictures[0].warnings.iter().find(|warning| warning.field.as_deref() == Some("photo")).expect("a warning");
    assert_eq!(warning.measured["width"], 200);
    assert!(warning.limit["height"].as_u64().unwrap() >= 500, "{warning:?}");
}

#[tokio::test]
async fn previews_and_creations_have_limits_of_their_own_per_person() {
    let studio = open(AppConfig { preview_rate_limit: 2, create_rate_limit: 1, ..config() }).await;
    let (app, member) = (&studio.house.app, &studio.member);
    let (_, other) = joined(&studio.house, member, "bo@northbank.test", Role::Member).await;
    let call_of = || PreviewCall { sizes: vec!["square".into()], ..form(json!({"title": "Hi"})) };
    studio.previewed(call_of()).await;
    studio.previewed(call_of()).await;
    assert!(matches!(app.preview_pictures(member, &call_of()).await, Err(Error::RateLimited)));
    assert!(app.preview_pictures(&other, &call_of()).await.is_ok());
    studio.made(small()).await;
    assert!(matches!(app.create(member, call(small())).await, Err(Error::RateLimited)));
    studio.house.made(&studio.live, small()).await;
}

#[tokio::test]
async fn a_gallery_shows_each_template_in_the_look_that_was_chosen() {
    let studio = open(config()).await;
    let (app, member) = (&studio.house.app, &studio.member);
    let look = async |brand: BrandChoice| app.look_picture(member, "tg_quote", "square", &brand).await;
    let (ours, own) = (look(BrandChoice::TeamDefault).await.unwrap(), look(BrandChoice::OwnLook).await.unwrap());
    assert_ne!(ours.0, own.0);
    assert_eq!(look(BrandChoice::TeamDefault).await.unwrap(), ours);
    assert!(matches!(look(BrandChoice::Kit("bk_nobody".into())).await, Err(Error::NotFound { what: Missing::BrandKit, .. })));
    assert!(matches!(app.look_picture(member, "tg_quote", "poster", &BrandChoice::OwnLook).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn a_visitor_sees_built_in_groups_in_demo_kits_with_their_text_and_fetches_nothing() {
    let house = House::with(AppConfig { visitor_rate_limit: 3, ..config() }, &[]).await;
    let home = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let call = |group: &str, kit: &str, text: &str| VisitorCall {
        group: group.into(),
        sizes: vec!["square".into()],
        kit: kit.into(),
        text: text.into(),
        bounds: (300, 300),
    };
    assert_eq!(app::App::demo_kits().len(), 4);
    let (mine, example) = (call("tg_quote", "pomblo", "Hello there"), call("tg_quote", "pomblo", ""));
    let mine = house.app.visitor_preview(home, &mine).await.unwrap();
    let example = house.app.visitor_preview(home, &example).await.unwrap();
    assert_eq!((mine.pictures.len(), mine.faults.len()), (1, 0));
    assert_ne!(mine.pictures[0].bytes, example.pictures[0].bytes);
    assert!(matches!(
        house.app.visitor_preview(home, &call("tg_quote", "acme", "")).await,
        Err(Error::NotFound { what: Missing::BrandKit, .. })
    ));
    assert!(matches!(house.app.visitor_preview(home, &call("tg_quote", "pomblo", "")).await, Err(Error::RateLimited)));
}

#[tokio::test]
async fn uploads_are_found_by_name_and_say_where_they_are_used() {
    let studio = open(config()).await;
    let (app, member) = (&studio.house.app, &studio.member);
    let builtin = Bytes::copy_from_slice(&assets::builtin::picture("asset_demo_hills").unwrap().bytes);
    let (upload, new) = app.keep_upload(member, builtin.clone(), "C:\\Photos\\Evening hills.jpg").await.unwrap();
    let id = upload.asset.id.as_str();
    assert!(new);
    let (again, new) = app.keep_upload(member, builtin, "other.jpg").await.unwrap();
    assert_eq!((again.asset.id.as_str(), new), (id, false));
    let found = app.uploads(member, &query(&[("search", "HILLS")])).await.unwrap();
    assert_eq!((found.data[0].asset.id.as_str(), found.data[0].name.as_str()), (id, "Evening hills.jpg"));
    assert!(app.uploads(member, &query(&[("search", "sea")])).await.unwrap().data.is_empty());
    assert!(app.upload_thumbnail(member, id).await.unwrap().len() < 30_000);
    assert_eq!(app.upload_uses(member, id).await.unwrap(), 0);
    studio.made(with(small(), json!({"inputData": {"title": "Hi", "photo": {"assetId": id}}}))).await;
    assert_eq!(app.upload_uses(member, id).await.unwrap(), 1);
    let (_, stranger) = owner(&studio.house, "eve@other.test", "Other").await;
    assert!(app.uploads(&stranger, &Query::default()).await.unwrap().data.is_empty());
    assert!(matches!(app.upload_uses(&stranger, id).await, Err(Error::NotFound { .. })));
    assert!(matches!(app.upload_thumbnail(&stranger, id).await, Err(Error::NotFound { .. })));
    assert!(app::App::built_in_pictures().iter().any(|(id, name)| id == "asset_demo_hills" && name == "hills"));
    app.delete_upload(member, id).await.unwrap();
    assert!(matches!(app.upload(member, id).await, Err(Error::NotFound { .. })));
}

/// Figures of a debug build say little; what must hold in any build is that a warm preview of four sizes is quick beside
/// the patience of a person.
#[tokio::test]
async fn a_warm_preview_of_four_sizes_is_drawn_while_somebody_types() {
    let studio = open(config()).await;
    let typed = |text: &str| {
        let sizes = ["square", "portrait", "story", "landscape"].map(ToOwned::to_owned).to_vec();
        PreviewCall { sizes, ..form(json!({"title": text, "photo": {"assetId": "asset_demo_hills"}})) }
    };
    studio.previewed(typed("H")).await;
    let start = std::time::Instant::now();
    for text in ["He", "Hel", "Hell", "Hello"] {
        studio.previewed(typed(text)).await;
    }
    let each = start.elapsed() / 4;
    assert!(each < Duration::from_secs(2), "{each:?}");
}
