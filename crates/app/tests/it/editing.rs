//! Kits and groups as their team edits them, and what integrators see of it.

use app::library::{KitChoice, check_text, contrast_matrix};
use app::{App, Error, Member, Missing, Principal, Query, Role};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::house::{House, small, with};
use crate::people::{joined, owner};

const CARD: &str = r##"{
  "format": 1, "name": "Plain card", "tags": ["own"],
  "fields": [{"name": "title", "type": "text", "label": "Title", "required": true, "example": "Hello"}],
  "layers": [{"id": "title", "type": "text", "text": "{{title}}", "size": "0.1s", "left": "m", "right": "m", "top": "m", "color": "brand.colors.text"}],
  "templates": [{"key": "square", "name": "Square", "width": 400, "height": 400}]
}"##;

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><script>alert(1)</script><rect width="40" height="10" fill="#1f3a8a"/></svg>"##;

fn kit(primary: &str, logos: Value) -> String {
    json!({
        "format": 1, "name": "Northbank",
        "colors": [{"role": "primary", "hex": primary}, {"role": "background", "hex": "#ffffff"}, {"role": "text", "hex": "#111111"}],
        "fonts": [{"role": "heading", "family": "Sora", "weight": 600}],
        "logos": logos
    })
    .to_string()
}

/// A house with a team of people, on a plan with room, and a caller of its API.
struct Desk {
    house: House,
    member: Member,
    who: Principal,
}

impl Desk {
    async fn new() -> Self {
        let house = House::new().await;
        let (_, mut member) = owner(&house, "ada@example.com", "Northbank").await;
        house.operator.set_plan(&member.team.to_string(), "agency").await.unwrap();
        member.plan = "agency".to_owned();
        let who = Principal { team: member.team, ..house.live.clone() };
        Self { house, member, who }
    }

    async fn other(&self) -> Member {
        owner(&self.house, "bo@example.com", "Other").await.1
    }
}

fn is_missing<T: std::fmt::Debug>(result: Result<T, Error>, what: Missing) -> bool {
    matches!(result, Err(Error::NotFound { what: found, .. }) if found == what)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_save_of_a_kit_is_a_version_that_calls_draw_with() {
    let Desk { house, member, who } = Desk::new().await;
    let app = &house.app;
    let logo = app.upload_logo(&member, Bytes::from(SVG)).await.unwrap();
    assert_eq!((logo.width, logo.height), (1024, 256));
    let logos = json!([{"role": "primary", "theme": "any", "file": logo.file}]);
    let id = app.create_kit(&member, &kit("#1f3a8a", logos.clone()), None).await.unwrap().to_string();
    let body = with(small(), json!({"brandKitId": id}));
    let first = house.made(&who, body.clone()).await.generation;
    assert_eq!(app.save_kit(&member, &id, 1, &kit("#b91c1c", logos.clone())).await.unwrap(), 2);
    assert_eq!(app.save_kit(&member, &id, 2, &kit("#b91c1c", logos.clone())).await.unwrap(), 2, "the same text is the same version");
    assert!(
        matches!(app.save_kit(&member, &id, 1, &kit("#00ff00", logos.clone())).await, Err(Error::Conflict(_))),
        "somebody else was faster"
    );
    let second = house.made(&who, body.clone()).await.generation;
    assert_eq!((first.brand_kit_version, second.brand_kit_version), (Some(1), Some(2)));
    let seen = app.brand_kit(&who, &id).await.unwrap();
    assert_eq!((seen.version, seen.colors[0].hex.as_str(), seen.logos[0].width), (2, "#b91c1c", 1024));
    let picture = app.public_picture(seen.logos[0].url.strip_prefix("http://pictures.test/m/").unwrap()).await.unwrap();
    assert_eq!(picture.media_type, "image/png");
    assert!(!picture.bytes.windows(6).any(|part| part == b"script"));

    let copy = app.duplicate_kit(&member, &id).await.unwrap().to_string();
    let copied = app.edited_kit(&member, &copy).await.unwrap();
    assert_eq!((copied.name.as_str(), copied.version, copied.is_default, copied.logos.len()), ("Copy of Northbank", 1, false, 1));
    app.make_kit_default(&member, &copy).await.unwrap();
    let refused = app.delete_kit(&member, &copy, None).await;
    assert!(matches!(refused, Err(Error::Validation(ref faults)) if faults[0].param == "next"), "{refused:?}");
    app.delete_kit(&member, &copy, Some(&id)).await.unwrap();
    assert!(is_missing(app.brand_kit(&who, &copy).await, Missing::BrandKit));
    assert!(is_missing(house.call(&who, with(small(), json!({"brandKitId": copy}))).await, Missing::BrandKit));
    assert!(app.edited_kit(&member, &id).await.unwrap().is_default);
    assert_eq!(app.deleted_kits(&member).await.unwrap()[0].name, "Copy of Northbank");
    app.restore_kit(&member, &copy).await.unwrap();
    assert_eq!(app.brand_kit(&who, &copy).await.unwrap().name, "Copy of Northbank");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_kit_is_said_and_nothing_is_kept() {
    let Desk { house, member, .. } = Desk::new().await;
    let before = house.app.edited_kits(&member).await.unwrap().len();
    let text = json!({"format": 1, "name": "", "colors": [{"role": "primary", "hex": "red"}], "fonts": [{"role": "body", "family": "Inter", "weight": 9999}]});
    let Err(Error::Document(faults)) = house.app.create_kit(&member, &text.to_string(), None).await else { panic!("accepted") };
    let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
    for pointer in ["/name", "/colors/0/hex", "/fonts/0/weight"] {
        assert!(pointers.contains(&pointer), "{pointers:?}");
    }
    let unknown = kit("#ff0000", json!([{"role": "mark", "file": format!("uploads/{}", "0".repeat(64))}]));
    let Err(Error::Document(faults)) = house.app.create_kit(&member, &unknown, None).await else { panic!("accepted") };
    assert_eq!(faults[0].pointer, "/logos/0/file");
    assert_eq!(house.app.edited_kits(&member).await.unwrap().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn kits_stop_at_the_plans_limit_also_when_made_side_by_side() {
    let Desk { house, member, .. } = Desk::new().await;
    house.operator.set_plan(&member.team.to_string(), "growth").await.unwrap();
    let limit = house.store.plans().get("growth").unwrap().brand_kits.unwrap() as usize;
    let before = house.app.edited_kits(&member).await.unwrap().len();
    let text = kit("#1f3a8a", json!([]));
    let made = futures::future::join_all((0..limit + 3).map(|_| house.app.create_kit(&member, &text, None))).await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), limit - before);
    assert!(made.iter().all(|made| matches!(made, Ok(_) | Err(Error::Conflict(_)))), "{made:?}");
    let id = made.iter().find_map(|made| made.as_ref().ok()).unwrap().to_string();
    house.app.delete_kit(&member, &id, None).await.unwrap();
    house.app.copy_demo_kit(&member, "halvmark", Some("Ours")).await.unwrap();
    assert!(house.app.edited_kits(&member).await.unwrap().iter().any(|kit| kit.name == "Ours"));
    assert!(matches!(house.app.restore_kit(&member, &id).await, Err(Error::Conflict(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_may_change_what_a_viewer_may_only_see_and_the_log_names_them() {
    let Desk { house, member: by, .. } = Desk::new().await;
    let app = &house.app;
    let (_, viewer) = joined(&house, &by, "vi@example.com", Role::Viewer).await;
    let (_, member) = joined(&house, &by, "mo@example.com", Role::Member).await;
    let text = kit("#1f3a8a", json!([]));
    let id = app.create_kit(&member, &text, None).await.unwrap().to_string();
    let group = app.import_document(&member, CARD).await.unwrap().to_string();
    app.publish_document(&member, &group, 1, &CARD.replace("0.1s", "0.2s")).await.unwrap();
    app.edited_kit(&viewer, &id).await.unwrap();
    app.document_text(&viewer, &group).await.unwrap();
    app.export_document(&viewer, &group, Some(1)).await.unwrap();
    let refused = [
        app.create_kit(&viewer, &text, None).await.err(),
        app.save_kit(&viewer, &id, 1, &text).await.err(),
        app.duplicate_kit(&viewer, &id).await.err(),
        app.copy_demo_kit(&viewer, "halvmark", None).await.err(),
        app.make_kit_default(&viewer, &id).await.err(),
        app.delete_kit(&viewer, &id, None).await.err(),
        app.restore_kit(&viewer, &id).await.err(),
        app.upload_logo(&viewer, Bytes::from(SVG)).await.err(),
        app.upload_font(&viewer, own_font()).await.err(),
        app.import_document(&viewer, CARD).await.err(),
        app.duplicate_document(&viewer, "tg_quote").await.err(),
        app.save_document_draft(&viewer, &group, 2, CARD.into()).await.err(),
        app.discard_document_draft(&viewer, &group).await.err(),
        app.publish_document(&viewer, &group, 2, CARD).await.err(),
        app.restore_document(&viewer, &group, 1).await.err(),
        app.rename_document(&viewer, &group, "x").await.err(),
        app.delete_document(&viewer, &group).await.err(),
        app.undelete_document(&viewer, &group).await.err(),
    ];
    for (place, error) in refused.iter().enumerate() {
        assert!(matches!(error, Some(Error::Forbidden(_))), "{place}: {error:?}");
    }
    let events = app.history(&by, &Query(Vec::new())).await.unwrap().events;
    let noted: Vec<(&str, &str)> = events.iter().map(|event| (event.action.as_str(), event.subject.as_str())).collect();
    for entry in [("kit.created", "Northbank"), ("template.created", "Plain card"), ("template.published", "Plain card")] {
        assert!(noted.contains(&entry), "{noted:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_teams_kits_logos_and_groups_are_not_there() {
    let desk = Desk::new().await;
    let other = &desk.other().await;
    let (app, member) = (&desk.house.app, &desk.member);
    let logo = app.upload_logo(member, Bytes::from(SVG)).await.unwrap();
    let theirs = app.create_kit(other, &kit("#1f3a8a", json!([{"role": "mark", "file": logo.file}])), None).await;
    assert!(matches!(theirs, Err(Error::Document(_))));
    let id = app.create_kit(member, &kit("#1f3a8a", json!([])), None).await.unwrap().to_string();
    let text = kit("#000000", json!([]));
    assert!(is_missing(app.edited_kit(other, &id).await, Missing::BrandKit));
    assert!(is_missing(app.save_kit(other, &id, 1, &text).await, Missing::BrandKit));
    assert!(is_missing(app.duplicate_kit(other, &id).await, Missing::BrandKit));
    assert!(is_missing(app.make_kit_default(other, &id).await, Missing::BrandKit));
    assert!(is_missing(app.delete_kit(other, &id, None).await, Missing::BrandKit));
    assert!(is_missing(app.create_kit(other, &text, Some(&id)).await, Missing::BrandKit));
    let group = app.import_document(member, CARD).await.unwrap().to_string();
    assert!(is_missing(app.document_text(other, &group).await, Missing::TemplateGroup));
    assert!(is_missing(app.export_document(other, &group, Some(1)).await, Missing::TemplateGroup));
    assert!(is_missing(app.save_document_draft(other, &group, 1, CARD.into()).await, Missing::TemplateGroup));
    assert!(is_missing(app.publish_document(other, &group, 1, CARD).await, Missing::TemplateGroup));
    assert!(is_missing(app.rename_document(other, &group, "x").await, Missing::TemplateGroup));
    assert!(is_missing(app.delete_document(other, &group).await, Missing::TemplateGroup));
    // What ships inside is everybody's to read and nobody's to change.
    assert!(!app.document_text(other, "tg_quote").await.unwrap().own);
    assert!(is_missing(app.publish_document(other, "tg_quote", 1, CARD).await, Missing::TemplateGroup));
    assert!(is_missing(app.rename_document(other, "tg_quote", "x").await, Missing::TemplateGroup));
    assert!(is_missing(app.delete_document(other, "tg_quote").await, Missing::TemplateGroup));
    assert!(is_missing(app.save_document_draft(other, "tg_quote", 1, CARD.into()).await, Missing::TemplateGroup));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_stays_apart_until_it_is_published_and_old_versions_come_back() {
    let Desk { house, member, who } = Desk::new().await;
    let app = &house.app;
    let id = app.import_document(&member, CARD).await.unwrap().to_string();
    app.save_document_draft(&member, &id, 1, "{ half".into()).await.unwrap();
    let seen = app.document_text(&member, &id).await.unwrap();
    assert_eq!((seen.version, seen.own, seen.draft.as_ref().unwrap().text.as_str(), seen.published.as_str()), (1, true, "{ half", CARD));
    assert_eq!(app.template(&who, &id).await.unwrap().version, 1);
    assert!(matches!(app.publish_document(&member, &id, 1, "{ half").await, Err(Error::Document(_))));
    assert_eq!(check_text("{ half").problems[0].line, 1);

    let larger = CARD.replace("0.1s", "0.2s");
    assert_eq!(app.document_changes(&member, &id, &larger).await.unwrap(), ["Layers changed: title."]);
    assert_eq!(app.publish_document(&member, &id, 1, &larger).await.unwrap(), 2);
    assert!(app.document_text(&member, &id).await.unwrap().draft.is_none());
    assert!(matches!(app.publish_document(&member, &id, 1, CARD).await, Err(Error::Conflict(_))), "begun from version 1");
    assert!(matches!(app.publish_document(&member, &id, 2, &larger).await, Err(Error::Conflict(_))), "nothing changed");
    assert_eq!(app.restore_document(&member, &id, 1).await.unwrap(), 3);
    assert_eq!(app.document_text(&member, &id).await.unwrap().published, CARD);
    assert!(is_missing(app.restore_document(&member, &id, 9).await, Missing::TemplateVersion));

    app.save_document_draft(&member, &id, 3, larger.clone()).await.unwrap();
    assert_eq!(app.rename_document(&member, &id, "Big card").await.unwrap(), 4);
    let renamed = app.document_text(&member, &id).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.draft.as_ref().unwrap().base), ("Big card", 4));
    assert_eq!(renamed.draft.unwrap().text, larger.replace("Plain card", "Big card"));
    assert!(matches!(app.rename_document(&member, &id, " ").await, Err(Error::Validation(_))));
    assert_eq!(app.export_document(&member, &id, Some(2)).await.unwrap(), ("big-card-2.json".to_owned(), larger));
    assert_eq!(renamed.versions.iter().map(|version| version.version).collect::<Vec<_>>(), [4, 3, 2, 1]);

    app.delete_document(&member, &id).await.unwrap();
    let body = json!({"templateGroupId": id, "templateGroupVersion": 1, "inputData": {"title": "Hi"}});
    assert!(is_missing(app.template(&who, &id).await, Missing::TemplateGroup));
    assert!(is_missing(house.call(&who, body.clone()).await, Missing::TemplateGroup));
    assert!(is_missing(app.export_document(&member, &id, Some(1)).await, Missing::TemplateGroup));
    assert_eq!(app.deleted_documents(&member).await.unwrap()[0].name, "Big card");
    app.undelete_document(&member, &id).await.unwrap();
    assert_eq!(app.template(&who, &id).await.unwrap().version, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_built_in_group_can_be_copied_and_the_copy_draws() {
    let Desk { house, member, who } = Desk::new().await;
    let groups = house.app.templates(&who, &Query(Vec::new())).await.unwrap().data;
    for group in groups {
        let copy = house.app.duplicate_document(&member, &group.id).await.unwrap().to_string();
        let copied = house.app.template(&who, &copy).await.unwrap();
        assert_eq!((copied.name, copied.version), (format!("Copy of {}", group.name), 1));
        let body = json!({"templateGroupId": copy, "inputData": copied.example_input_data, "output": {"scale": 0.1}, "waitMs": 30000});
        assert_eq!(house.made(&who, body).await.generation.status, app::view::Status::Completed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_kits_are_copied_whole_and_their_palettes_hold_what_templates_ask() {
    let Desk { house, member, .. } = Desk::new().await;
    let groups: Vec<(String, Value)> =
        assets::builtin::templates().iter().map(|file| (file.path.to_string(), serde_json::from_slice(&file.bytes).unwrap())).collect();
    for (slug, name) in App::demo_kits() {
        let id = house.app.copy_demo_kit(&member, slug, None).await.unwrap().to_string();
        let kit = house.app.edited_kit(&member, &id).await.unwrap();
        assert_eq!((kit.name.as_str(), kit.logos.len()), (name, kit.file.logos.len()));
        let colors: Vec<_> = kit.file.colors.iter().map(|color| color.color.clone()).collect();
        let matrix = contrast_matrix(&colors, &groups);
        assert!(matrix.failing.is_empty(), "{name}: {:?}", matrix.failing);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_png_or_svg_is_no_logo() {
    let Desk { house, member, .. } = Desk::new().await;
    let jpeg = assets::builtin::picture("asset_demo_hills").unwrap().bytes.to_vec();
    for bytes in [Bytes::new(), Bytes::from_static(b"hello"), Bytes::from_static(b"\x89PNG\r\n\x1a\n"), Bytes::from(jpeg)] {
        assert!(matches!(house.app.upload_logo(&member, bytes).await, Err(Error::UnsupportedMedia(_))));
    }
    let large = Bytes::from(vec![0; 20 * 1024 * 1024 + 1]);
    assert!(matches!(house.app.upload_logo(&member, large).await, Err(Error::PayloadTooLarge { .. })));
}

/// A font that ships inside under a name of its own: every place of the family's name holds as many letters.
fn own_font() -> Bytes {
    let file = std::fs::read(format!("{}/../../assets/fonts/sora/sora-latin-wght-normal.woff2", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut sfnt = render::clean_font(&file).unwrap();
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    for (from, to) in [(wide("Sora"), wide("Aros")), (b"Sora".to_vec(), b"Aros".to_vec())] {
        while let Some(at) = sfnt.windows(from.len()).position(|part| part == from) {
            sfnt[at..at + to.len()].copy_from_slice(&to);
        }
    }
    sfnt.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teams_own_font_draws_what_the_same_font_that_ships_inside_draws() {
    let Desk { house, member, who } = Desk::new().await;
    let app = &house.app;
    let with_family = |family: &str| kit("#1f3a8a", json!([])).replace("Sora", family);
    let Err(Error::Document(faults)) = app.create_kit(&member, &with_family("Aros"), None).await else { panic!("accepted") };
    assert_eq!(faults[0].pointer, "/fonts/0/family");
    let font = app.upload_font(&member, own_font()).await.unwrap();
    assert_eq!((font.family.as_str(), font.weights, font.italic), ("Aros", Some((100, 800)), false));
    assert_eq!(app.upload_font(&member, own_font()).await.unwrap().id, font.id, "the same bytes are one font");
    let other = &owner(&house, "bo@example.com", "Other").await.1;
    assert!(app.team_fonts(other).await.unwrap().is_empty());
    assert!(is_missing(app.delete_font(other, &font.id).await, Missing::Other));
    assert!(matches!(app.create_kit(other, &with_family("Aros"), None).await, Err(Error::Document(_))));

    let own = app.create_kit(&member, &with_family("Aros"), None).await.unwrap().to_string();
    let inside = app.create_kit(&member, &with_family("Sora"), None).await.unwrap().to_string();
    let plain = app.create_kit(&member, &with_family("Inter"), None).await.unwrap().to_string();
    let source = async |id: &str| app.brand_kit(&who, id).await.unwrap().fonts[0].source;
    assert_eq!((source(&own).await, source(&inside).await), ("uploaded", "bundled"));
    let drawn = async |id: &str| house.made(&who, with(small(), json!({"brandKitId": id}))).await.generation.images[0].clone();
    let (first, same, different) = (drawn(&own).await, drawn(&inside).await, drawn(&plain).await);
    assert_eq!(first.sha256, same.sha256);
    assert_ne!(first.sha256, different.sha256, "the heading's family is seen at all");
    assert!(!format!("{:?}", first.warnings).contains("font_fallback"), "{:?}", first.warnings);

    // The list loses it; the kit's version keeps it, and so does the next one.
    app.delete_font(&member, &font.id).await.unwrap();
    assert!(app.team_fonts(&member).await.unwrap().is_empty());
    assert_eq!(drawn(&own).await.sha256, first.sha256);
    assert_eq!(app.save_kit(&member, &own, 1, &with_family("Aros").replace("Northbank", "Southbank")).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_font_or_ships_inside_is_refused() {
    let Desk { house, member, .. } = Desk::new().await;
    for bytes in [Bytes::new(), Bytes::from_static(b"hello"), Bytes::from(SVG), own_font().slice(..5000)] {
        assert!(matches!(house.app.upload_font(&member, bytes).await, Err(Error::UnsupportedMedia(_))));
    }
    let sora = std::fs::read(format!("{}/../../assets/fonts/sora/sora-latin-wght-normal.woff2", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert!(matches!(house.app.upload_font(&member, sora.into()).await, Err(Error::Conflict(_))));
    let large = Bytes::from(vec![0; 10 * 1024 * 1024 + 1]);
    assert!(matches!(house.app.upload_font(&member, large).await, Err(Error::PayloadTooLarge { .. })));
}

const CHOICES: [KitChoice; 2] =
    [KitChoice { group: "tg_quote", size: "square", name: "Quote" }, KitChoice { group: "tg_sale", size: "square", name: "Sale" }];

#[tokio::test(flavor = "multi_thread")]
async fn a_kit_is_drawn_before_it_is_saved_and_a_document_in_all_its_sizes() {
    let Desk { house, member, .. } = Desk::new().await;
    let app = &house.app;
    let id = app.create_kit(&member, &kit("#1f3a8a", json!([])), None).await.unwrap().to_string();
    let saved = app.preview_kit(&member, &id, None, &CHOICES).await.unwrap();
    let same = app.preview_kit(&member, &id, Some(&kit("#1f3a8a", json!([]))), &CHOICES).await.unwrap();
    let other = app.preview_kit(&member, &id, Some(&kit("#b91c1c", json!([]))), &CHOICES).await.unwrap();
    assert_eq!(saved.iter().map(|picture| (picture.name.as_str(), picture.width)).collect::<Vec<_>>(), [("Quote", 540), ("Sale", 540)]);
    assert_eq!(saved[1].bytes, same[1].bytes);
    assert_ne!(saved[1].bytes, other[1].bytes, "the primary colour is seen");
    assert_eq!(app.edited_kit(&member, &id).await.unwrap().version, 1, "nothing was saved");
    assert!(matches!(app.preview_kit(&member, &id, Some("{}"), &CHOICES).await, Err(Error::Document(_))));
    let stranger = owner(&house, "bo@example.com", "Other").await.1;
    assert!(is_missing(app.preview_kit(&stranger, &id, None, &CHOICES).await, Missing::BrandKit));
    let drawn = app.preview_document(&member, CARD).await.unwrap();
    assert_eq!(
        drawn.iter().map(|picture| (picture.name.as_str(), picture.width, picture.height)).collect::<Vec<_>>(),
        [("Square", 320, 320)]
    );
    assert!(app.preview_document(&member, "{").await.unwrap().is_empty());
}
