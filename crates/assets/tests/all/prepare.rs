//! From wanted pictures to the world that a render asks.

use std::time::Duration;

use assets::{AllowList, Assets, BlobKey, BlobStore, Digest, Fetcher, Need, Origin, Wanted, builtin};
use bytes::Bytes;
use render::{PictureError, World as _};
use tokio::time::Instant;

use crate::{
    server::Server,
    support::{noise, png, sandbox, soon},
};

fn assets(folder: &tempfile::TempDir) -> Assets {
    let blobs = BlobStore::folder(folder.path()).expect("a store");
    let allow = AllowList::parse(&["127.0.0.0/8"]).expect("a network");
    Assets::new(blobs, Fetcher::system(allow).expect("set up"), sandbox(2), 64 * 1024 * 1024)
}

fn wanted(key: &str, origin: Origin) -> Wanted {
    Wanted { key: key.into(), origin, need: Need::cover(20, 20) }
}

#[tokio::test]
async fn pictures_come_from_everywhere_at_once_and_each_failure_has_its_own_name() {
    let (server, folder) = (Server::start().await, tempfile::tempdir().expect("a folder"));
    let assets = assets(&folder);
    let file = Bytes::from(png(50, 50, noise));
    let (there, absent) = (BlobKey::asset("asset_1").expect("a key"), BlobKey::asset("asset_2").expect("a key"));
    assets.blobs().put(&there, file.clone()).await.expect("written");
    let url = |path: &str| Origin::Url(server.url(path).parse().expect("a URL"));
    let prepared = assets
        .prepare(
            vec![
                wanted("remote", url("/picture")),
                wanted("by name", Origin::Url(format!("http://localhost:{}/picture", server.address.port()).parse().expect("a URL"))),
                wanted("missing", url("/missing")),
                wanted("lying", url("/lying")),
                wanted("large", url("/claims/99999999")),
                wanted("stored", Origin::Blob(there)),
                wanted("absent", Origin::Blob(absent)),
                wanted("given", Origin::Bytes(file.clone())),
                wanted("broken", Origin::Bytes(Bytes::from_static(b"GIF89a"))),
                wanted("unknown", Origin::Builtin("asset_demo_nothing".into())),
            ],
            soon(),
        )
        .await;
    let error = |key: &str| prepared.picture(key).err();
    for key in ["remote", "by name", "stored", "given"] {
        assert_eq!(error(key), None, "{key}");
    }
    for key in ["missing", "absent", "unknown", "never asked for"] {
        assert_eq!(error(key), Some(PictureError::FetchFailed), "{key}");
    }
    assert_eq!(error("lying"), Some(PictureError::DecodeFailed));
    assert_eq!(error("broken"), Some(PictureError::DecodeFailed));
    assert_eq!(error("large"), Some(PictureError::TooLarge));
    assert_eq!(prepared.digest("given"), Some(Digest::of(&file)));
    assert_eq!(prepared.digest("stored"), Some(Digest::of(&file)));
    assert_eq!(prepared.digest("remote"), Some(Digest::of(&png(40, 30, noise))));
    assert_eq!(prepared.digest("missing"), None);
}

#[tokio::test]
async fn a_key_wanted_twice_is_had_once_at_the_larger_size() {
    let folder = tempfile::tempdir().expect("a folder");
    let svg = Bytes::from_static(br#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>"#);
    let twice =
        [Need::contain(30, 50), Need::contain(40, 20)].map(|need| Wanted { key: "logo".into(), origin: Origin::Bytes(svg.clone()), need });
    let prepared = assets(&folder).prepare(twice.into(), soon()).await;
    let picture = prepared.picture("logo").expect("drawn");
    assert_eq!((picture.width, picture.height), (40, 40));
}

#[tokio::test]
async fn a_picture_is_decoded_once_and_then_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let assets = assets(&folder);
    let file = Bytes::from(png(300, 300, noise));
    let once = async || assets.prepare(vec![wanted("a", Origin::Bytes(file.clone()))], soon()).await.picture("a").expect("decoded");
    let (first, second) = (once().await, once().await);
    assert!(std::ptr::addr_eq((*first.pixels).as_ref(), (*second.pixels).as_ref()));
    assert!(assets.cached() >= 4 * u64::from(first.width) * u64::from(first.height));
}

#[tokio::test]
async fn the_deadline_ends_everything_and_what_was_there_stays() {
    let (server, folder) = (Server::start().await, tempfile::tempdir().expect("a folder"));
    let assets = assets(&folder);
    let start = Instant::now();
    let pictures = vec![
        wanted("mute", Origin::Url(server.url("/mute").parse().expect("a URL"))),
        wanted("given", Origin::Bytes(png(9, 9, noise).into())),
    ];
    let prepared = assets.prepare(pictures, start + Duration::from_millis(700)).await;
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(prepared.picture("mute").err(), Some(PictureError::FetchFailed));
    assert!(prepared.picture("given").is_ok());
    assert!(prepared.elapsed() >= Duration::from_millis(600));
}

#[tokio::test]
async fn every_built_in_picture_and_logo_decodes() {
    let folder = tempfile::tempdir().expect("a folder");
    let assets = assets(&folder);
    assert!(!builtin::pictures().is_empty());
    for file in builtin::pictures() {
        let id = format!("{}{}", builtin::ASSET_PREFIX, file.stem());
        let prepared = assets.prepare(vec![wanted(&id, Origin::Builtin(id.clone()))], soon()).await;
        let picture = prepared.picture(&id).unwrap_or_else(|error| panic!("{}: {error}", file.path));
        let own: Option<&[u8]> = picture.file.as_deref().map(|own| own.as_ref());
        assert_eq!(own, file.path.ends_with(".jpg").then_some(&*file.bytes), "only a JPEG goes along: {}", file.path);
        let pixels = u64::from(picture.width) * u64::from(picture.height) * 4;
        assert!(assets.cached() >= pixels + own.map_or(0, |own| own.len() as u64), "and counts");
        assert_eq!(prepared.digest(&id), Some(Digest::of(&file.bytes)), "{}", file.path);
    }
    let logos = builtin::kits().into_iter().filter(|file| file.path.ends_with(".svg"));
    for file in logos {
        let bytes = Bytes::copy_from_slice(&file.bytes);
        let prepared = assets.prepare(vec![wanted("logo", Origin::Bytes(bytes))], soon()).await;
        let picture = prepared.picture("logo").expect("a logo");
        let pixels: &[u8] = (*picture.pixels).as_ref();
        assert!(pixels.iter().any(|&byte| byte != 0), "{} draws nothing", file.path);
    }
    assert!(builtin::templates().iter().all(|file| file.path.ends_with(".json")));
}

#[test]
fn the_font_set_is_what_its_manifest_says() {
    let loaded = assets::fonts::load().expect("fonts");
    assert!(loaded.families.len() >= 10, "{:?}", loaded.families);
    for family in &loaded.families {
        assert!(loaded.fonts.has_family(family), "{family}");
    }
    for absent in &loaded.absent {
        assert!(absent.to_string().contains("missing_glyphs"));
    }
}
