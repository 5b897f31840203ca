//! Templates, brand kits and assets as integrators see them.

use app::{Error, Missing, Query};
use bytes::Bytes;

use crate::house::{House, small, with};
use serde_json::json;

fn query(pairs: &[(&str, &str)]) -> Query {
    Query(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
}

/// A document of a team's own.
const OWN: &str = r##"{"format": 1, "name": "Plain card", "tags": ["own"],
  "fields": [{"name": "title", "type": "text", "label": "Title", "required": true, "example": "Hello"}],
  "layers": [{"id": "title", "type": "text", "text": "{{title}}", "size": "0.1s", "left": "m", "right": "m", "top": "m", "color": "brand.colors.text"}],
  "templates": [{"key": "square", "name": "Square", "width": 400, "height": 400}]}"##;

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_groups_are_listed_searched_and_paged() {
    let house = House::new().await;
    let all = house.app.templates(&house.live, &query(&[])).await.unwrap();
    let mut ids: Vec<_> = all.data.iter().map(|group| group.id.clone()).collect();
    ids.sort();
    let shipped: Vec<_> = assets::builtin::templates().iter().map(|file| format!("tg_{}", file.stem())).collect();
    assert_eq!(ids, shipped);
    assert!(!all.has_more);
    let first = house.app.templates(&house.live, &query(&[("limit", "3")])).await.unwrap();
    let rest =
        house.app.templates(&house.live, &query(&[("limit", "50"), ("cursor", first.next_cursor.as_deref().unwrap())])).await.unwrap();
    assert_eq!((first.data.len(), rest.data.len(), rest.has_more), (3, shipped.len() - 3, false));
    let found = house.app.templates(&house.live, &query(&[("search", "BIG MARK")])).await.unwrap();
    assert_eq!(found.data.iter().map(|g| g.id.as_str()).collect::<Vec<_>>(), ["tg_quote"]);
    let tagged = house.app.templates(&house.live, &query(&[("tag", "quote")])).await.unwrap();
    assert!(tagged.data.iter().any(|g| g.id == "tg_quote"));
    assert!(matches!(house.app.templates(&house.live, &query(&[("cursor", "x")])).await, Err(Error::InvalidCursor)));
    // Publishing once more changes nothing.
    house.app.publish_built_in().await.unwrap();
    let again = house.app.template(&house.live, "tg_quote").await.unwrap();
    assert_eq!(again.version, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_says_what_it_takes_and_shows_itself() {
    let house = House::new().await;
    let group = house.app.template(&house.test, "tg_quote").await.unwrap();
    assert_eq!((group.credit_cost, group.templates.len()), (4, 4));
    let title = group.fields.iter().find(|field| field.name == "title").unwrap();
    assert!(title.required);
    assert_eq!(title.constraints["maxLength"], 160);
    assert_eq!(title.used_in, ["square", "portrait", "story", "landscape"]);
    assert_eq!(group.input_schema_url, "http://api.test/v1/templates/tg_quote/schema");
    let schema = house.app.template_schema(&house.test, "tg_quote").await.unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let path = group.preview_url.strip_prefix("http://pictures.test/m/").unwrap();
    let preview = house.app.public_picture(path).await.unwrap();
    let header = render::codec::header(&preview.bytes).unwrap();
    assert_eq!((preview.media_type, header.width, header.height), ("image/png", 540, 540));
    assert_eq!(house.app.public_picture(path).await.unwrap().bytes, preview.bytes);
    assert!(matches!(house.app.template(&house.test, "tg_none").await, Err(Error::NotFound { what: Missing::TemplateGroup, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teams_own_group_is_its_own_and_old_versions_stay() {
    let house = House::new().await;
    let first = house.operator.import_template(&house.team, "card", OWN).await.unwrap();
    let second = house.operator.import_template(&house.team, "card", &OWN.replace("0.1s", "0.2s")).await.unwrap();
    assert_eq!((first.id.as_str(), first.version, second.version), (second.id.as_str(), 1, 2));
    let body =
        |version| json!({"templateGroupId": first.id, "templateGroupVersion": version, "inputData": {"title": "Hi"}, "waitMs": 30000});
    let old = house.made(&house.live, body(1)).await.generation;
    let new = house.made(&house.live, body(2)).await.generation;
    let latest = house.made(&house.live, with(body(1), json!({"templateGroupVersion": null}))).await.generation;
    assert_eq!((old.template_group_version, new.template_group_version, latest.template_group_version), (1, 2, 2));
    assert_ne!(old.images[0].sha256, new.images[0].sha256);
    assert_eq!(latest.images[0].sha256, new.images[0].sha256);
    house.operator.create_team("Other", "agency").await.unwrap();
    let other = app::Principal { team: house.store.find_team("other", house.clock.now()).await.unwrap().unwrap().id, ..house.live.clone() };
    assert!(matches!(house.app.template(&other, &first.id).await, Err(Error::NotFound { .. })));
    assert!(matches!(house.call(&other, body(1)).await, Err(Error::NotFound { what: Missing::TemplateGroup, .. })));
    assert_eq!(house.app.templates(&other, &query(&[])).await.unwrap().data.len(), assets::builtin::templates().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_kits_show_their_colours_fonts_and_logos() {
    let house = House::new().await;
    let kits = house.app.brand_kits(&house.live, &query(&[])).await.unwrap().data;
    assert_eq!(kits.len(), 4);
    assert_eq!(kits.iter().filter(|kit| kit.is_default).count(), 1);
    for kit in &kits {
        let primary = kit.colors.iter().find(|color| color.role == "primary").unwrap();
        assert!(primary.hex.starts_with('#') && primary.on_hex.starts_with('#'));
        assert!(kit.fonts.iter().any(|font| font.role == "heading"));
        let logo = kit.logos.first().unwrap();
        let picture = house.app.public_picture(logo.url.strip_prefix("http://pictures.test/m/").unwrap()).await.unwrap();
        let header = render::codec::header(&picture.bytes).unwrap();
        assert_eq!((header.width, header.height), (logo.width, logo.height));
        assert_eq!(house.app.brand_kit(&house.test, &kit.id).await.unwrap().name, kit.name);
    }
    assert!(matches!(house.app.brand_kit(&house.live, "bk_none").await, Err(Error::NotFound { what: Missing::BrandKit, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_are_one_asset_until_it_is_deleted() {
    let house = House::new().await;
    let bytes = Bytes::from(assets::builtin::picture("asset_demo_hills").unwrap().bytes.to_vec());
    let (asset, new) = house.app.upload_asset(&house.live, bytes.clone(), "photo.png").await.unwrap();
    assert!(new);
    assert_eq!((asset.format.as_str(), asset.bytes), ("jpeg", bytes.len() as u64));
    let (again, new) = house.app.upload_asset(&house.test, bytes, "").await.unwrap();
    assert!(!new);
    assert_eq!(again.id, asset.id);
    assert_eq!(house.app.asset(&house.test, &asset.id).await.unwrap().sha256, asset.sha256);
    let body = with(small(), json!({"inputData": {"title": "x", "photo": {"assetId": asset.id}}}));
    assert_eq!(house.made(&house.live, body.clone()).await.generation.status, app::view::Status::Completed);
    house.app.delete_asset(&house.live, &asset.id).await.unwrap();
    assert!(matches!(house.app.delete_asset(&house.live, &asset.id).await, Err(Error::NotFound { .. })));
    assert!(matches!(house.app.asset(&house.live, &asset.id).await, Err(Error::NotFound { .. })));
    assert!(matches!(house.call(&house.live, body).await, Err(Error::NotFound { what: Missing::Asset, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_no_asset() {
    let house = House::new().await;
    for bytes in [&b""[..], b"hello", b"\x89PNG\r\n\x1a\n", b"<svg"] {
        assert!(
            matches!(house.app.upload_asset(&house.live, Bytes::from_static(bytes), "").await, Err(Error::UnsupportedMedia(_))),
            "{bytes:?}"
        );
    }
    let large = Bytes::from(vec![0; 20 * 1024 * 1024 + 1]);
    assert!(matches!(house.app.upload_asset(&house.live, large, "").await, Err(Error::PayloadTooLarge { limit: 20_971_520 })));
}
