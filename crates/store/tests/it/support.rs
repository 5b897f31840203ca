//! A fresh store, a clock, and short ways to make what the tests need.

use std::sync::Arc;
use std::time::Duration;

use domain::{
    GenerationId, ImageErrorCode, ImageId, KeyDigest, KeyId, Maker, Mode, Pepper, PlainKey, Plans, Scopes, Source, TeamId, TemplateGroupId,
    TemplateId, Timestamp,
};
use sqlx::Connection as _;
use store::{
    Accept, Database, Finish, FinishedFile, FinishedGeneration, FinishedImage, Idempotency, ImageEnd, Lease, NewFile, NewGeneration,
    NewImage, NewKey, NewTeam, Options, Store,
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

/// The engines that every test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A store on a database of its own.
pub struct Fresh {
    pub store: Store,
    pub place: Place,
}

/// Where the database is; it goes with this value.
pub enum Place {
    Folder(tempfile::TempDir),
    Server(testdb::Database),
}

impl Place {
    /// An empty one.
    pub fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::Folder(tempfile::tempdir().unwrap()),
            Engine::Postgres => Self::Server(testdb::Database::fresh().unwrap()),
        }
    }

    pub fn database(&self) -> Database {
        match self {
            Self::Folder(folder) => Database::File(folder.path().join("test.db")),
            Self::Server(database) => Database::Server(database.url().parse().unwrap()),
        }
    }

    pub fn options(&self) -> Options {
        options(self.database())
    }

    /// Another store on the same database, as another process has it.
    pub async fn open(&self) -> Store {
        Store::open(Options { migrate: false, ..self.options() }).await.unwrap()
    }

    /// Runs a statement behind the store's back; gives the number of rows that it changed.
    pub async fn run(&self, statement: &'static str) -> Result<u64, sqlx::Error> {
        match self {
            Self::Folder(folder) => {
                let path = folder.path().join("test.db");
                let mut connection = sqlx::SqliteConnection::connect(path.to_str().unwrap()).await?;
                let done = sqlx::query(statement).execute(&mut connection).await?;
                connection.close().await?;
                Ok(done.rows_affected())
            }
            Self::Server(database) => {
                let mut connection = sqlx::PgConnection::connect(&database.url()).await?;
                let done = sqlx::query(statement).execute(&mut connection).await?;
                connection.close().await?;
                Ok(done.rows_affected())
            }
        }
    }
}

pub fn options(database: Database) -> Options {
    Options { database, connections: 6, plans: Arc::new(Plans::parse(PLANS).unwrap()), migrate: true }
}

pub async fn fresh(engine: Engine) -> Fresh {
    let place = Place::new(engine);
    let store = Store::open(place.options()).await.unwrap();
    Fresh { store, place }
}

/// Each named function becomes a test on either engine: `name::sqlite` and `name::postgres`.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use crate::support::{Engine, fresh};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(fresh(Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(fresh(Engine::Postgres).await).await;
            }
        }
    )+};
}
pub(crate) use on_both_engines;

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
    let key = store.create_key(new, None, start()).await.unwrap();
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
        row: None,
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
