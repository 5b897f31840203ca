//! Every public function of the store, on each engine: the functions here know a [`Store`] and nothing of what is behind it.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::library;
use crate::support::{self, *};
use domain::rate::{BucketKey, Buckets};
use domain::{
    AssetId, GenerationId, GenerationStatus, ImageErrorCode, ImageStatus, KeyId, Maker, Mode, RequestId, Source, TeamId, TemplateGroupId,
    Timestamp, UserId,
};
use store::{
    Accept, Database, Deleted, Error, Finish, GenerationFilter, ImageEnd, NewAsset, NewBrandKit, NewGeneration, NewTeam, NewTemplateGroup,
    Store, StoredFile, TemplateFilter,
};

on_both_engines!(every_function_keeps_its_word,);

async fn every_function_keeps_its_word(fresh: Fresh) {
    let store = &fresh.store;
    assert!(store.applied_migrations().starts_with(&["0001_first"]));
    teams(store).await;
    keys(store).await;
    templates(store).await;
    brand_kits(store).await;
    library::kits(store).await;
    library::groups(store).await;
    library::fonts(store).await;
    assets(store).await;
    generations(store).await;
    failures(store).await;
    jobs(store).await;
    idempotency(store).await;
    expiry(store).await;
    crate::people::contract(store).await;
    rates(store).await;
    clean(store, start()).await;
    store.ping().await.unwrap();
    store.ping_write().await.unwrap();
    assert_eq!(store.plans().iter().count(), 3);
    backup(&fresh).await;
    store.close().await;
    assert!(matches!(store.ping().await, Err(Error::Unavailable(_))));
    assert!(matches!(store.ping_write().await, Err(Error::Unavailable(_))));
}

async fn backup(fresh: &Fresh) {
    let store = &fresh.store;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    if !store.is_embedded() {
        let Err(Error::Invalid(message)) = store.backup(&copy).await else { panic!("backed up") };
        assert!(message.contains("pg_dump"), "{message}");
        return;
    }
    store.backup(&copy).await.unwrap();
    assert!(matches!(store.backup(&copy).await, Err(Error::Taken(_))));
    let other = Store::open(store::Options { migrate: false, ..options(Database::File(copy)) }).await.unwrap();
    assert_eq!(other.teams(start()).await.unwrap(), store.teams(start()).await.unwrap());
    clean(&other, start()).await;
    other.close().await;
}

async fn teams(store: &Store) {
    let new = |name: &str, slug: Option<&str>| NewTeam { name: name.into(), slug: slug.map(str::to_owned), plan: "agency".into() };
    let first = store.create_team(new("Café & Söhne", None), start()).await.unwrap();
    assert_eq!((first.slug.as_str(), first.plan.as_str(), first.rate_limit), ("caf-s-hne", "agency", None));
    assert_eq!(store.create_team(new("Café & Söhne", None), start()).await.unwrap().slug, "caf-s-hne-2");
    assert!(matches!(store.create_team(new("X", Some("caf-s-hne")), start()).await, Err(Error::Taken(_))));
    assert!(matches!(store.create_team(new("X", Some("No Slug")), start()).await, Err(Error::Invalid(_))));
    assert!(matches!(store.create_team(new(" ", None), start()).await, Err(Error::Invalid(_))));
    let unknown = NewTeam { plan: "gold".into(), ..new("X", None) };
    assert!(matches!(store.create_team(unknown, start()).await, Err(Error::UnknownPlan(_))));
    assert_eq!(store.find_team("caf-s-hne", start()).await.unwrap().unwrap(), first);
    assert_eq!(store.find_team(&first.id.to_string(), start()).await.unwrap().unwrap(), first);
    assert!(store.find_team("nobody", start()).await.unwrap().is_none());
    assert_eq!(store.team(first.id, start()).await.unwrap().unwrap(), first);
    assert!(store.team(TeamId::new(), start()).await.unwrap().is_none());
    assert_eq!(store.set_rate_limit(first.id, Some(7), start()).await.unwrap().rate_limit, Some(7));
    assert_eq!(store.set_rate_limit(first.id, None, start()).await.unwrap().rate_limit, None);
    assert!(store.set_rate_limit(first.id, Some(0), start()).await.is_err());
    assert!(matches!(store.set_rate_limit(TeamId::new(), Some(1), start()).await, Err(Error::Missing(_))));
    assert!(matches!(store.set_plan(first.id, "gold", start()).await, Err(Error::UnknownPlan(_))));
    assert!(matches!(store.set_plan(TeamId::new(), "tiny", start()).await, Err(Error::Missing(_))));
    assert!(matches!(store.choose_plan(first.id, "gold", domain::Cycle::Month, None, start()).await, Err(Error::UnknownPlan(_))));
    assert!(store.credits(TeamId::new(), start()).await.unwrap().is_none());
    assert!(matches!(store.grant_credits(TeamId::new(), 5, "x", None, start()).await, Err(Error::Missing(_))));
    assert_eq!(store.teams(start()).await.unwrap().len(), 2);
}

async fn keys(store: &Store) {
    let (team, key) = team(store, "agency").await;
    let (other, _) = support::team(store, "agency").await;
    let (test, digest) = support::key(store, team, Mode::Test).await;
    let found = store.find_key(&digest, start()).await.unwrap().unwrap();
    assert_eq!((found.key.id, found.team.id, found.key.mode, found.key.scopes.is_all()), (test, team, Mode::Test, true));
    assert_eq!(found.key.networks.len(), 1);
    assert!(found.key.is_usable(start()));
    let (_, unknown) = new_key(team, Mode::Live);
    assert!(store.find_key(&unknown, start()).await.unwrap().is_none());
    assert_eq!(store.keys(Some(team)).await.unwrap().iter().map(|key| key.id).collect::<BTreeSet<_>>(), BTreeSet::from([key, test]));
    assert_eq!(store.keys(None).await.unwrap().len(), 3);

    let (mut again, _) = new_key(team, Mode::Live);
    again.digest = digest.clone();
    assert!(matches!(store.create_key(again, None, start()).await, Err(Error::Taken(_))));
    assert!(matches!(store.create_key(new_key(TeamId::new(), Mode::Live).0, None, start()).await, Err(Error::Missing(_))));

    store.touch_key(test, start()).await.unwrap();
    store.touch_key(test, start().plus(Duration::from_secs(59))).await.unwrap();
    assert_eq!(store.find_key(&digest, start()).await.unwrap().unwrap().key.last_used_at, Some(start()));
    let minute = start().plus(Duration::from_secs(60));
    store.touch_key(test, minute).await.unwrap();
    assert_eq!(store.find_key(&digest, start()).await.unwrap().unwrap().key.last_used_at, Some(minute));

    assert!(!store.revoke_key(Some(other), test, None, start()).await.unwrap(), "another team's key");
    assert!(!store.revoke_key(None, KeyId::new(), None, start()).await.unwrap());
    assert!(store.revoke_key(Some(team), test, None, start()).await.unwrap());
    assert!(!store.revoke_key(None, test, None, start()).await.unwrap(), "revoked before");
    assert!(!store.find_key(&digest, start()).await.unwrap().unwrap().key.is_usable(start()));

    let (new, new_digest) = new_key(team, Mode::Live);
    let replacement = store.replace_key(key, new, Duration::from_secs(3600), None, start()).await.unwrap();
    let keys = store.keys(Some(team)).await.unwrap();
    let old = keys.iter().find(|known| known.id == key).unwrap();
    assert_eq!(old.replaced_by, Some(replacement.id));
    assert!(old.is_usable(start()) && !old.is_usable(start().plus(Duration::from_secs(3600))));
    assert!(store.find_key(&new_digest, start()).await.unwrap().is_some());
    let (foreign, _) = new_key(other, Mode::Live);
    assert!(matches!(store.replace_key(replacement.id, foreign, Duration::ZERO, None, start()).await, Err(Error::Missing(_))));
    assert_eq!(store.keys(Some(other)).await.unwrap().len(), 1, "the refused replacement left no key behind");
}

fn group(team: Option<TeamId>, id: Option<&str>, slug: &str, text: &str) -> NewTemplateGroup {
    NewTemplateGroup {
        id: id.map(|id| id.parse().unwrap()),
        team,
        slug: slug.into(),
        name: format!("Group {slug}"),
        description: "For 50% off".into(),
        tags: vec!["Sale".into(), "quote_s".into()],
        document: text.into(),
        digest: format!("digest of {text}"),
    }
}

async fn templates(store: &Store) {
    let (team, _) = team(store, "agency").await;
    let (other, _) = support::team(store, "agency").await;
    let quote = store.publish_template_group(group(None, Some("tg_quote"), "quote", "{1}"), start()).await.unwrap();
    assert_eq!((quote.id.as_str(), quote.version, quote.changed), ("tg_quote", 1, true));
    let same = store.publish_template_group(group(None, Some("tg_quote"), "quote", "{1}"), start()).await.unwrap();
    assert_eq!((same.version, same.changed), (1, false));
    let later = start().plus(days(1));
    assert_eq!(store.publish_template_group(group(None, Some("tg_quote"), "quote", "{2}"), later).await.unwrap().version, 2);
    let thief = store.publish_template_group(group(Some(team), Some("tg_quote"), "mine", "{3}"), later).await;
    assert!(matches!(thief, Err(Error::Taken(_))), "{thief:?}");

    let own = store.publish_template_group(group(Some(team), None, "own", "{own}"), later).await.unwrap();
    assert!(!own.id.is_built_in());
    let again = store.publish_template_group(group(Some(team), None, "own", "{own 2}"), later.plus(days(1))).await.unwrap();
    assert_eq!((&again.id, again.version), (&own.id, 2));
    let theirs = store.publish_template_group(group(Some(other), None, "own", "{theirs}"), later).await.unwrap();
    assert_ne!(theirs.id, own.id);

    let published = store.template_revision(team, &quote.id, None).await.unwrap().unwrap();
    assert_eq!((published.version, published.document.as_str(), published.group.tags.len(), published.group.team), (2, "{2}", 2, None));
    assert_eq!((published.group.created_at, published.group.updated_at), (start(), later));
    assert_eq!(store.template_revision(team, &quote.id, Some(1)).await.unwrap().unwrap().document, "{1}");
    assert!(store.template_revision(team, &quote.id, Some(3)).await.unwrap().is_none());
    assert_eq!(store.template_group(team, &own.id).await.unwrap().unwrap().team, Some(team));
    assert!(store.template_group(other, &own.id).await.unwrap().is_none());
    assert!(store.template_revision(other, &own.id, Some(1)).await.unwrap().is_none());
    assert_eq!(store.any_template_revision(&own.id, 1).await.unwrap().unwrap().document, "{own}");

    for index in 0..5 {
        store.publish_template_group(group(Some(team), None, &format!("g{index}"), "{}"), later.plus(days(2))).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.template_groups(team, &TemplateFilter::default(), 3, cursor.as_deref()).await.unwrap();
        seen.extend(page.rows.iter().map(|row| row.group.id.clone()));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 7);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 7);
    assert_eq!(&seen[5..], &[own.id.clone(), quote.id.clone()], "newest first");
    assert!(!seen.contains(&theirs.id));

    let found = async |search: Option<&str>, tag: Option<&str>| {
        let filter = TemplateFilter { search: search.map(str::to_owned), tag: tag.map(str::to_owned), ..TemplateFilter::default() };
        store.template_groups(team, &filter, 100, None).await.unwrap().rows.len()
    };
    assert_eq!(found(Some("GROUP OWN"), None).await, 1);
    assert_eq!(found(Some("50%"), None).await, 7);
    assert_eq!(found(Some("5_%"), None).await, 0);
    assert_eq!(found(None, Some("sale")).await, 7);
    assert_eq!(found(None, Some("sal")).await, 0);
    assert_eq!(found(None, Some("quoteXs")).await, 0);
    assert!(matches!(store.template_groups(team, &TemplateFilter::default(), 3, Some("nonsense")).await, Err(Error::Cursor)));
    assert!(store.template_group(team, &"tg_absent".parse::<TemplateGroupId>().unwrap()).await.unwrap().is_none());
}

async fn brand_kits(store: &Store) {
    let (team, _) = team(store, "agency").await;
    let (other, _) = support::team(store, "agency").await;
    let kit = |slug: &str, text: &str, default: bool| NewBrandKit {
        team,
        slug: slug.into(),
        name: format!("Kit {slug}"),
        document: text.into(),
        digest: text.into(),
        default,
    };
    assert!(store.default_brand_kit(team).await.unwrap().is_none());
    let acme = store.publish_brand_kit(kit("acme", "{1}", false), start()).await.unwrap();
    assert!(!store.brand_kit(team, &acme.id, None).await.unwrap().unwrap().is_default);
    let again = store.publish_brand_kit(kit("acme", "{2}", true), start()).await.unwrap();
    assert_eq!((&again.id, again.version, again.changed), (&acme.id, 2, true));
    assert!(!store.publish_brand_kit(kit("acme", "{2}", false), start()).await.unwrap().changed);
    let default = store.default_brand_kit(team).await.unwrap().unwrap();
    assert_eq!((&default.id, default.version, default.document.as_str(), default.is_default), (&acme.id, 2, "{2}", true));
    assert_eq!(store.team(team, start()).await.unwrap().unwrap().default_brand_kit, Some(acme.id.clone()));
    assert_eq!(store.brand_kit(team, &acme.id, Some(1)).await.unwrap().unwrap().document, "{1}");
    assert!(store.brand_kit(team, &acme.id, Some(9)).await.unwrap().is_none());
    assert!(store.brand_kit(other, &acme.id, None).await.unwrap().is_none());
    store.publish_brand_kit(kit("bold", "{3}", false), start().plus(days(1))).await.unwrap();
    let page = store.brand_kits(team, 1, None).await.unwrap();
    assert_eq!((page.rows.len(), page.rows[0].slug.as_str()), (1, "bold"));
    let page = store.brand_kits(team, 1, page.next.as_deref()).await.unwrap();
    assert_eq!((page.rows[0].slug.as_str(), page.next), ("acme", None));
    assert!(store.brand_kits(other, 10, None).await.unwrap().rows.is_empty());
    assert!(matches!(store.brand_kits(team, 10, Some("x")).await, Err(Error::Cursor)));
    let lost = NewBrandKit { team: TeamId::new(), ..kit("x", "{}", false) };
    assert!(matches!(store.publish_brand_kit(lost, start()).await, Err(Error::Missing(_))));
}

async fn assets(store: &Store) {
    let (team, _) = team(store, "agency").await;
    let (other, _) = support::team(store, "agency").await;
    let new = |team: TeamId| NewAsset {
        id: AssetId::new(),
        team,
        sha256: "cd".repeat(32),
        format: "png".into(),
        width: 640,
        height: 480,
        bytes: 5_000_000_000,
        blob_key: format!("asset/{team}"),
        name: "Pier at Dusk 100%.png".into(),
    };
    let (asset, fresh) = store.put_asset(new(team), start()).await.unwrap();
    assert!(fresh && asset.bytes == 5_000_000_000);
    let (same, fresh) = store.put_asset(new(team), start()).await.unwrap();
    assert!(!fresh && same == asset);
    let (theirs, fresh) = store.put_asset(new(other), start()).await.unwrap();
    assert!(fresh && theirs.id != asset.id);
    assert!(matches!(store.put_asset(new(TeamId::new()), start()).await, Err(Error::Missing(_))));
    assert_eq!(store.asset(team, &asset.id).await.unwrap().unwrap(), asset);
    assert!(store.asset(other, &asset.id).await.unwrap().is_none());
    assert_eq!(store.asset_by_digest(team, &asset.sha256).await.unwrap().unwrap(), asset);
    assert!(store.asset_by_digest(team, "00").await.unwrap().is_none());
    let found = async |team: TeamId, search: &str| store.assets(team, Some(search), 10, None).await.unwrap().rows.len();
    assert_eq!((found(team, "").await, found(team, "dusk 100%").await, found(team, "dusk_100").await), (1, 1, 0));
    assert_eq!(store.assets(other, None, 10, None).await.unwrap().rows, [theirs]);
    assert!(matches!(store.assets(team, None, 10, Some("AAAA")).await, Err(Error::Cursor)));
    assert!(store.delete_asset(other, &asset.id, start()).await.unwrap().is_none());
    assert_eq!(store.delete_asset(team, &asset.id, start()).await.unwrap().unwrap(), asset.blob_key);
    assert!(store.delete_asset(team, &asset.id, start()).await.unwrap().is_none());
    assert_eq!(store.doomed_blobs(10).await.unwrap(), std::slice::from_ref(&asset.blob_key));
    store.forget_blobs(vec![asset.blob_key]).await.unwrap();
    assert!(store.doomed_blobs(10).await.unwrap().is_empty());
}

async fn generations(store: &Store) {
    let (team, key) = team(store, "agency").await;
    let (other, _) = support::team(store, "agency").await;
    let mut call = call(team, key, 2);
    call.external_id = Some("order-42".into());
    call.brand_kit = Some(("bk_acme".parse().unwrap(), 3));
    accepted(store, &call, start()).await;
    let running = store.generation(team, Mode::Live, call.id).await.unwrap().unwrap();
    assert_eq!((running.status, running.reserved, running.charged), (GenerationStatus::Processing, 2, 0));
    assert_eq!(running.brand_kit, call.brand_kit);
    assert_eq!(
        running.images.iter().map(|image| image.id).collect::<Vec<_>>(),
        call.images.iter().map(|image| image.id).collect::<Vec<_>>()
    );
    let blob = running.images[0].files[0].blob_key.clone();
    assert_eq!(running.images[0].files[0].format, "png");
    assert!(matches!(store.file(&blob).await.unwrap(), Some(StoredFile { bytes: None, gone: false, .. })));

    let mut done = end(&call, 1, &[1]);
    done.input_data = Some(r#"{"photo":{"assetId":"asset_x"}}"#.into());
    done.images.reverse();
    assert!(matches!(store.finish(done, start()).await.unwrap(), Finish::Finished { status: GenerationStatus::Partial, charged: 1, .. }));
    let ended = store.generation(team, Mode::Live, call.id).await.unwrap().unwrap();
    assert_eq!((ended.reserved, ended.charged, ended.completed_at), (0, 1, Some(start())));
    assert!(ended.input_data.contains("asset_x"));
    assert_eq!((ended.images[0].status, ended.images[0].render_ms), (ImageStatus::Completed, Some(4.1)));
    assert_eq!(ended.images[0].files.iter().map(|file| file.bytes).collect::<Vec<_>>(), [Some(1234), Some(1234)]);
    let error = ended.images[1].error.as_ref().unwrap();
    assert_eq!((error.code, error.field.as_deref()), (ImageErrorCode::ImageFetchFailed, Some("photo")));
    assert!(matches!(store.file(&blob).await.unwrap(), Some(StoredFile { bytes: Some(1234), gone: false, .. })));
    assert!(store.file("blob/none").await.unwrap().is_none());

    assert!(store.generation(other, Mode::Live, call.id).await.unwrap().is_none());
    assert!(store.generation(team, Mode::Test, call.id).await.unwrap().is_none());
    assert!(store.generation(team, Mode::Live, GenerationId::new()).await.unwrap().is_none());
    lists(store, team, key, other).await;

    assert_eq!(store.delete_generation(other, Mode::Live, call.id, start()).await.unwrap(), Deleted::Missing);
    assert_eq!(store.delete_generation(team, Mode::Test, call.id, start()).await.unwrap(), Deleted::Missing);
    let Deleted::Done { blob_keys } = store.delete_generation(team, Mode::Live, call.id, start()).await.unwrap() else { panic!() };
    assert_eq!(blob_keys.len(), 4);
    assert_eq!(store.doomed_blobs(100).await.unwrap(), blob_keys);
    store.forget_blobs(blob_keys).await.unwrap();
    assert!(store.generation(team, Mode::Live, call.id).await.unwrap().is_none());
    assert!(store.file(&blob).await.unwrap().unwrap().gone);
    assert_eq!(store.delete_generation(team, Mode::Live, call.id, start()).await.unwrap(), Deleted::Missing);
}

async fn lists(store: &Store, team: TeamId, key: KeyId, other: TeamId) {
    for minute in 1..=6 {
        let mut call = call(team, key, 1);
        call.external_id = Some("many".into());
        let now = start().plus(Duration::from_secs(60 * minute));
        accepted(store, &call, now).await;
        finished(store, &call, if minute == 6 { &[0] } else { &[] }, now).await;
    }
    let list = async |filter: GenerationFilter| {
        let page = store.generations(team, &filter, 100, None).await.unwrap();
        assert!(page.rows.windows(2).all(|pair| pair[0].created_at >= pair[1].created_at));
        assert!(page.rows.iter().all(|row| row.input_data.is_empty() && row.warnings.is_empty() && !row.images.is_empty()));
        page.rows.len()
    };
    assert_eq!(list(GenerationFilter::default()).await, 7);
    assert_eq!(list(GenerationFilter { status: Some(GenerationStatus::Failed), ..Default::default() }).await, 1);
    assert_eq!(list(GenerationFilter { external_id: Some("many".into()), ..Default::default() }).await, 6);
    let minute = |count: u64| Some(start().plus(Duration::from_secs(60 * count)));
    let between = GenerationFilter { created_after: minute(2), created_before: minute(4), ..Default::default() };
    assert_eq!(list(between).await, 2);
    let (mut seen, mut cursor) = (BTreeSet::new(), None);
    loop {
        let page = store.generations(team, &live(), 2, cursor.as_deref()).await.unwrap();
        seen.extend(page.rows.iter().map(|row| row.id));
        let theirs = store.generations(other, &live(), 2, page.next.as_deref()).await.unwrap();
        assert!(theirs.rows.is_empty(), "a cursor gives nobody another team's rows");
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 7);
    history(store, team, key).await;
    assert!(
        store
            .generations(team, &GenerationFilter { mode: Some(Mode::Test), ..GenerationFilter::default() }, 10, None)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    assert!(matches!(store.generations(team, &live(), 10, Some("AAAA")).await, Err(Error::Cursor)));
}

/// What a person makes is theirs by name, and found by where it came from.
async fn history(store: &Store, team: TeamId, key: KeyId) {
    let asset = AssetId::new();
    let user = UserId::new();
    let call = NewGeneration {
        source: Source::App,
        maker: Maker::Person(user),
        request: Some(RequestId::new()),
        template_group: "tg_tip".parse().unwrap(),
        external_id: Some("Spring 50%_A".into()),
        input_data: format!(r#"{{"photo":{{"assetId":"{asset}"}}}}"#),
        ..call(team, key, 1)
    };
    accepted(store, &call, start()).await;
    let list = async |filter: GenerationFilter| store.generations(team, &filter, 100, None).await.unwrap().rows;
    let by_person = list(GenerationFilter { source: Some(Source::App), ..live() }).await;
    assert_eq!(by_person.iter().map(|row| (row.id, row.maker, row.request)).collect::<Vec<_>>(), [(call.id, call.maker, call.request)]);
    assert!(
        list(GenerationFilter { source: Some(Source::Api), ..live() }).await.iter().all(|row| row.maker_name.as_deref() == Some("test"))
    );
    assert_eq!(list(GenerationFilter { template_group: Some(call.template_group.clone()), ..Default::default() }).await.len(), 1);
    for (text, count) in [("spring 50%_a", 1), ("50_", 0), ("MAN", 6), ("a", 7)] {
        assert_eq!(list(GenerationFilter { external_text: Some(text.into()), ..Default::default() }).await.len(), count, "{text}");
    }
    assert_eq!(store.generation(team, None, call.id).await.unwrap().unwrap().maker, Maker::Person(user));
    assert_eq!((store.asset_uses(team, &asset).await.unwrap(), store.asset_uses(TeamId::new(), &asset).await.unwrap()), (1, 0));
    finished(store, &call, &[], start()).await;
    store.delete_generation(team, Mode::Live, call.id, start()).await.unwrap();
    assert_eq!(store.asset_uses(team, &asset).await.unwrap(), 0);
    let doomed = store.doomed_blobs(10).await.unwrap();
    store.forget_blobs(doomed).await.unwrap();
}

fn live() -> GenerationFilter {
    GenerationFilter { mode: Some(Mode::Live), ..GenerationFilter::default() }
}

async fn failures(store: &Store) {
    let (team, key) = team(store, "agency").await;
    let call = call(team, key, 2);
    accepted(store, &call, start()).await;
    let mut short = end(&call, 1, &[]);
    short.images.pop();
    assert!(matches!(store.finish(short, start()).await, Err(Error::Invalid(_))));
    let mut fileless = end(&call, 1, &[]);
    fileless.images[0].end = ImageEnd::Completed(Vec::new());
    assert!(matches!(store.finish(fileless, start()).await, Err(Error::Invalid(_))));
    assert_eq!(store.finish(end(&call, 2, &[]), start()).await.unwrap(), Finish::Lost, "another attempt's");
    clean(store, start()).await;
    finished(store, &call, &[0, 1], start()).await;
    let failed = store.generation(team, Mode::Live, call.id).await.unwrap().unwrap();
    assert_eq!((failed.status, failed.charged), (GenerationStatus::Failed, 0));
    half_stored(store, team, key).await;
    let mut empty = support::call(team, key, 1);
    empty.images.clear();
    assert!(matches!(store.accept(empty, start()).await, Err(Error::Invalid(_))));
    assert!(matches!(store.accept(support::call(TeamId::new(), key, 1), start()).await, Err(Error::Missing(_))));
    assert!(!store.entries(team, 10).await.unwrap().is_empty());
}

/// What was stored of an image that then failed by the storage is listed for removal, and nothing else is.
async fn half_stored(store: &Store, team: TeamId, key: KeyId) {
    let call = support::call(team, key, 3);
    accepted(store, &call, start()).await;
    let before = store.doomed_blobs(100).await.unwrap();
    let mut stored_in_part = end(&call, 1, &[1, 2]);
    stored_in_part.images[2].end =
        ImageEnd::Failed { code: ImageErrorCode::StorageFailed, message: "The picture could not be stored.".into(), field: None };
    assert!(matches!(store.finish(stored_in_part, start()).await.unwrap(), Finish::Finished { charged: 1, .. }));
    let mut doomed = store.doomed_blobs(100).await.unwrap();
    doomed.retain(|key| !before.contains(key));
    doomed.sort();
    let mut files: Vec<String> = call.images[2].files.iter().map(|file| file.blob_key.clone()).collect();
    files.sort();
    assert_eq!(doomed, files);
    clean(store, start()).await;
}

async fn jobs(store: &Store) {
    let (team, key) = team(store, "agency").await;
    let later = start().plus(Duration::from_secs(60));
    assert_eq!(store.claim_job(lease("w1", later), start()).await.unwrap(), None);
    let mut queued = call(team, key, 1);
    queued.lease = None;
    accepted(store, &queued, start()).await;
    assert_eq!(store.job_counts().await.unwrap(), (1, 0));
    assert_eq!(store.generation(team, Mode::Live, queued.id).await.unwrap().unwrap().status, GenerationStatus::Queued);
    let job = store.claim_job(lease("w1", later), start()).await.unwrap().unwrap();
    assert_eq!((job.generation, job.attempt, job.work.as_str(), job.mode), (queued.id, 1, r#"{"output":"png"}"#, Mode::Live));
    assert_eq!(store.generation(team, Mode::Live, queued.id).await.unwrap().unwrap().status, GenerationStatus::Processing);
    assert_eq!(store.claim_job(lease("w2", later), start()).await.unwrap(), None);
    assert_eq!(store.renew_leases(lease("w1", later.plus(days(1))), vec![GenerationId::new()]).await.unwrap(), 0);
    assert_eq!(store.renew_leases(lease("w1", later.plus(days(1))), Vec::new()).await.unwrap(), 0);
    assert_eq!(store.renew_leases(lease("w2", later.plus(days(1))), vec![queued.id]).await.unwrap(), 0, "another's");
    assert_eq!(store.renew_leases(lease("w1", later.plus(Duration::from_secs(60))), vec![queued.id]).await.unwrap(), 1);
    assert_eq!(store.take_back_overdue(later.plus(Duration::from_secs(59))).await.unwrap(), 0);
    assert_eq!(store.take_back_overdue(later.plus(Duration::from_secs(61))).await.unwrap(), 1);
    assert_eq!(store.finish(end(&queued, 1, &[]), start()).await.unwrap(), Finish::Lost, "its job was taken back");
    let second = store.claim_job(lease("w2", later), start()).await.unwrap().unwrap();
    assert_eq!(second.attempt, 2);
    assert_eq!(store.finish(end(&queued, 1, &[]), start()).await.unwrap(), Finish::Lost, "it is another worker's now");
    assert_eq!(store.take_back_others("w2").await.unwrap(), 0);
    assert_eq!(store.take_back_others("w3").await.unwrap(), 1);
    store.claim_job(lease("w4", later), start()).await.unwrap().unwrap();
    assert_eq!(store.hand_back("w3").await.unwrap(), 0);
    assert_eq!(store.hand_back("w4").await.unwrap(), 1);
    let third = store.claim_job(lease("w3", later), start()).await.unwrap().unwrap();
    assert_eq!(third.handed_back, 1);
    assert!(matches!(store.finish(end(&queued, third.attempt, &[]), start()).await.unwrap(), Finish::Finished { charged: 1, .. }));
    assert_eq!(store.job_counts().await.unwrap(), (0, 0));

    let mut limited = call(team, key, 1);
    limited.max_unfinished = Some(1);
    accepted(store, &limited, start()).await;
    let mut beyond = call(team, key, 1);
    beyond.max_unfinished = Some(1);
    assert_eq!(store.accept(beyond, start()).await.unwrap(), Accept::TooManyJobs);
    finished(store, &limited, &[], start()).await;
}

async fn idempotency(store: &Store) {
    let (team, key) = team(store, "agency").await;
    let (other, other_key) = support::team(store, "agency").await;
    let first = with_key(call(team, key, 1), "order-1", "body");
    accepted(store, &first, start()).await;
    finished(store, &first, &[], start()).await;
    let replay = Accept::Replay { generation: first.id, deleted: false };
    assert_eq!(store.accept(with_key(call(team, key, 1), "order-1", "body"), start()).await.unwrap(), replay);
    assert_eq!(store.accept(with_key(call(team, key, 1), "order-1", "other"), start()).await.unwrap(), Accept::KeyReused);
    let known = store.known_key(team, Mode::Live, "order-1", start()).await.unwrap().unwrap();
    assert_eq!((known.generation, known.body_digest.as_str(), known.deleted), (first.id, "body", false));
    assert!(store.known_key(team, Mode::Test, "order-1", start()).await.unwrap().is_none());
    assert!(store.known_key(other, Mode::Live, "order-1", start()).await.unwrap().is_none());
    let theirs = with_key(call(other, other_key, 1), "order-1", "other");
    accepted(store, &theirs, start()).await;
    finished(store, &theirs, &[], start()).await;
    let day = start().plus(days(1));
    assert_eq!(store.accept(with_key(call(team, key, 1), "order-1", "body"), day.minus(Duration::from_micros(1))).await.unwrap(), replay);
    assert!(store.known_key(team, Mode::Live, "order-1", day).await.unwrap().is_none());
    let second = with_key(call(team, key, 1), "order-1", "another body");
    accepted(store, &second, day).await;
    finished(store, &second, &[], day).await;
    assert_eq!(store.forget_idempotency_keys(day).await.unwrap(), 1);
    assert_eq!(store.forget_idempotency_keys(day.plus(days(1))).await.unwrap(), 1);
}

async fn expiry(store: &Store) {
    let (team, key) = team(store, "agency").await;
    let call = call(team, key, 1);
    accepted(store, &call, start()).await;
    let month = start().plus(days(30));
    let before = store.doomed_blobs(1000).await.unwrap().len();
    finished(store, &call, &[], start()).await;
    while store.expire_generations(2, month.minus(Duration::from_micros(1))).await.unwrap() > 0 {}
    assert!(store.generation(team, Mode::Live, call.id).await.unwrap().unwrap().expired_at.is_none());
    while store.expire_generations(2, month).await.unwrap() > 0 {}
    assert_eq!(store.expire_generations(2, month).await.unwrap(), 0);
    let expired = store.generation(team, Mode::Live, call.id).await.unwrap().unwrap();
    assert_eq!(expired.expired_at, Some(month));
    assert!(store.file(&call.images[0].files[0].blob_key).await.unwrap().unwrap().gone);
    assert!(store.doomed_blobs(1000).await.unwrap().len() >= before + 2);
}

async fn rates(store: &Store) {
    let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
    let mut model = Buckets::default();
    let (one, other) = (BucketKey::Team(TeamId::new(), Mode::Live), BucketKey::address([10, 0, 0, 1].into()));
    // A window, its end, a limit that changes, a clock that lags, and one that was set back.
    let story =
        [(0, 2), (1, 2), (1, 2), (59, 2), (59, 3), (59, 1), (60, 1), (61, 1), (51, 1), (49, 1), (49, 0), (200, 0), (201, 1), (5, 1)];
    for (second, limit) in story {
        for key in [one, other] {
            assert_eq!(store.peek_rate(key, limit, at(second)).await.unwrap(), model.peek(key, limit, at(second)), "{second}");
            assert_eq!(store.take_rate(key, limit, at(second)).await.unwrap(), model.take(key, limit, at(second)), "{second}");
        }
    }
    assert_eq!(store.forget_rates(at(5 + 120)).await.unwrap(), 0);
    assert_eq!(store.forget_rates(at(5 + 121)).await.unwrap(), 2);
}
