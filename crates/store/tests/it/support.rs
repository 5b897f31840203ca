//! A fresh store, a clock, and short ways to make what the tests need.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::{
    GenerationId, ImageErrorCode, ImageId, KeyDigest, KeyId, Maker, Mode, Pepper, PlainKey, Plans, Scopes, Source, TeamId, TemplateGroupId,
    TemplateId, Timestamp,
};
use store::{
    Accept, Finish, FinishedFile, FinishedGeneration, FinishedImage, Idempotency, ImageEnd, Lease, NewFile, NewGeneration, NewImage,
    NewKey, NewTeam, Options, Store,
};

pub const PLANS: &str = r#"
[plans.tiny]
name = "Tiny"
credits = 10
rate_limit = 60
api = true
[plans.agency]
name = "Agency"
credits = 5000
rate_limit = 60
api = true
retention_days = 30
[plans.free]
name = "Unlimited"
rate_limit = 600
api = true
"#;

pub struct Fresh {
    pub store: Store,
    pub folder: tempfile::TempDir,
}

pub fn options(folder: &Path) -> Options {
    Options { path: folder.join("test.db"), readers: 4, plans: Arc::new(Plans::parse(PLANS).unwrap()), migrate: true }
}

pub async fn fresh() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(options(folder.path())).await.unwrap();
    Fresh { store, folder }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The moment at which the tests' teams are made; their periods start on the 15th.
pub fn start() -> Timestamp {
    at("2026-01-15T09:00:00Z")
}

pub fn days(count: u64) -> Duration {
    Duration::from_secs(count * 86_400)
}

pub async fn team(store: &Store, plan: &str) -> (TeamId, KeyId) {
    let team = store.create_team(NewTeam { name: "Some Team".into(), slug: None, plan: plan.into() }, start()).await.unwrap();
    let key = key(store, team.id, Mode::Live).await;
    (team.id, key.0)
}

pub async fn key(store: &Store, team: TeamId, mode: Mode) -> (KeyId, KeyDigest) {
    let (new, digest) = new_key(team, mode);
    let key = store.create_key(new, start()).await.unwrap();
    (key.id, digest)
}

pub fn new_key(team: TeamId, mode: Mode) -> (NewKey, KeyDigest) {
    let plain = PlainKey::generate(mode).unwrap();
    let digest = Pepper::new(1, &[9; 32]).unwrap().digest(&plain);
    let new = NewKey {
        id: KeyId::new(),
        team,
        mode,
        name: "test".into(),
        digest: digest.clone(),
        hint: plain.hint(),
        scopes: Scopes::ALL,
        networks: vec!["10.0.0.0/8".parse().unwrap()],
        expires_at: None,
        created_by: "operator".into(),
    };
    (new, digest)
}

/// A call for `images` images, worked on by its caller.
pub fn call(team: TeamId, key: KeyId, images: usize) -> NewGeneration {
    let group: TemplateGroupId = "tg_quote".parse().unwrap();
    let image = |index: usize| {
        let id = ImageId::new();
        let size = format!("size{index}");
        NewImage {
            id,
            template: TemplateId::of(&group, &size),
            key: size,
            name: "A size".into(),
            width: 1080,
            height: 1350,
            files: vec![
                NewFile { format: "png".into(), blob_key: format!("blob/{id}.png") },
                NewFile { format: "webp".into(), blob_key: format!("blob/{id}.webp") },
            ],
        }
    };
    NewGeneration {
        id: GenerationId::new(),
        team,
        mode: Mode::Live,
        source: Source::Api,
        maker: Maker::Key(key),
        request: None,
        template_group: group.clone(),
        template_version: 1,
        brand_kit: None,
        locale: "en".into(),
        input_data: r#"{"title":"Hello"}"#.into(),
        external_id: None,
        metadata: "{}".into(),
        warnings: "[]".into(),
        work: r#"{"output":"png"}"#.into(),
        engine: "{}".into(),
        images: (0..images).map(image).collect(),
        idempotency: None,
        lease: Some(lease("me", start().plus(Duration::from_secs(60)))),
        max_unfinished: None,
    }
}

pub fn lease(owner: &str, until: Timestamp) -> Lease {
    Lease { owner: owner.into(), until }
}

pub fn with_key(mut call: NewGeneration, key: &str, body: &str) -> NewGeneration {
    call.idempotency = Some(Idempotency { key: key.into(), body_digest: body.into() });
    call
}

/// The end of a call: the images of `failed` (by position) failed, the others completed.
pub fn end(call: &NewGeneration, attempt: u32, failed: &[usize]) -> FinishedGeneration {
    let image = |(index, image): (usize, &NewImage)| {
        let done =
            image.files.iter().map(|file| FinishedFile { format: file.format.clone(), bytes: 1234, sha256: "ab".repeat(32) }).collect();
        let failure = ImageEnd::Failed {
            code: ImageErrorCode::ImageFetchFailed,
            message: "The picture can't be had.".into(),
            field: Some("photo".into()),
        };
        FinishedImage {
            id: image.id,
            alt_text: "Hello".into(),
            render_ms: 4.1,
            warnings: "[]".into(),
            end: if failed.contains(&index) { failure } else { ImageEnd::Completed(done) },
        }
    };
    FinishedGeneration {
        id: call.id,
        team: call.team,
        attempt,
        images: call.images.iter().enumerate().map(image).collect(),
        warnings: "[]".into(),
        error: None,
        input_data: None,
    }
}

pub async fn accepted(store: &Store, call: &NewGeneration, now: Timestamp) {
    let outcome = store.accept(call.clone(), now).await.unwrap();
    assert!(matches!(outcome, Accept::Accepted { .. }), "{outcome:?}");
}

pub async fn finished(store: &Store, call: &NewGeneration, failed: &[usize], now: Timestamp) {
    let outcome = store.finish(end(call, 1, failed), now).await.unwrap();
    assert!(matches!(outcome, Finish::Finished { .. }), "{outcome:?}");
}

pub async fn remaining(store: &Store, team: TeamId, now: Timestamp) -> i64 {
    store.credits(team, now).await.unwrap().unwrap().remaining()
}

/// The auditor finds nothing.
pub async fn clean(store: &Store, now: Timestamp) {
    let found = store.audit_ledger(now).await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
}
