//! A whole service in a temporary folder: real database, real blobs, real engine and fonts, the demo team.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::operate::Operator;
use app::view::Generation;
use app::{App, AppConfig, Clock, Error, GenerateAnswer, GenerateCall, Generated, Parts, Principal, RateClass, Scope};
use assets::{AllowList, Assets, BlobStore, Fetcher, Sandbox};
use bytes::Bytes;
use domain::{Mode, Pepper, Plans};
use render::Engine;
use serde_json::{Value, json};
use store::{Options, Store};
use tempfile::TempDir;
use testkit::{Place, Storage};

pub const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub struct House {
    pub app: App,
    pub store: Store,
    pub operator: Operator,
    pub team: String,
    pub live_key: String,
    pub test_key: String,
    pub live: Principal,
    pub test: Principal,
    pub clock: Clock,
    pub storage: Storage,
    pub dir: Arc<Dir>,
}

/// What outlives the service: the blobs' folder, and the place of the database.
pub struct Dir {
    folder: TempDir,
    place: Place,
}

impl Dir {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), place: Place::chosen() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

pub async fn parts(dir: &Dir, blobs: BlobStore, clock: &Clock, allow: &[&str], plans: &str) -> Parts {
    let plans = Arc::new(Plans::parse(plans).unwrap());
    let options = Options { database: dir.place.database(dir.path()), connections: 2, plans, migrate: true };
    let store = Store::open(options).await.unwrap();
    let allow = AllowList::parse(allow).unwrap();
    let fetcher = Fetcher::system(allow.clone()).unwrap();
    let assets = Assets::new(blobs, fetcher, Sandbox::in_process(), 256 << 20);
    let engine = Engine::new(assets::fonts::load().unwrap().fonts);
    Parts { store, assets, engine, allow, pepper: pepper(), clock: clock.clone() }
}

fn pepper() -> Pepper {
    Pepper::new(1, &[7; 32]).unwrap()
}

pub fn config() -> AppConfig {
    AppConfig { public_url: "http://pictures.test".into(), api_url: "http://api.test".into(), render_threads: 2, ..AppConfig::default() }
}

impl House {
    pub async fn new() -> Self {
        Self::with(config(), &[]).await
    }

    pub async fn with(config: AppConfig, allow: &[&str]) -> Self {
        Self::built(config, allow, Plans::DEFAULT_TEXT, Clock::system()).await
    }

    pub async fn built(config: AppConfig, allow: &[&str], plans: &str, clock: Clock) -> Self {
        let dir = Arc::new(Dir::new());
        let storage = Storage::chosen(&dir.path().join("blobs")).await;
        let parts = parts(&dir, storage.blobs.clone(), &clock, allow, plans).await;
        let store = parts.store.clone();
        let operator = Operator { store: store.clone(), blobs: storage.blobs.clone(), pepper: pepper(), clock: clock.clone() };
        let demo = operator.first_run(&Sandbox::in_process()).await.unwrap().unwrap();
        let app = App::open(parts, config).unwrap();
        app.publish_built_in().await.unwrap();
        let (live_key, test_key) = (demo.live.reveal().to_owned(), demo.test.reveal().to_owned());
        let live = app.admit(Some(&live_key), HOME, Scope::Generate, RateClass::Standard).await.principal.unwrap();
        let test = app.admit(Some(&test_key), HOME, Scope::Generate, RateClass::Standard).await.principal.unwrap();
        assert_eq!((live.mode, test.mode), (Mode::Live, Mode::Test));
        Self { app, store, operator, team: demo.team, live_key, test_key, live, test, clock, storage, dir }
    }

    pub async fn call(&self, who: &Principal, body: Value) -> Result<GenerateAnswer, Error> {
        self.app.generate(who, call(body)).await
    }

    /// A call that must be accepted.
    pub async fn made(&self, who: &Principal, body: Value) -> Generated {
        match self.call(who, body).await {
            Ok(GenerateAnswer::Generation(generated)) => *generated,
            other => panic!("not accepted: {other:?}"),
        }
    }

    /// The codes and paths of a call's faults.
    pub async fn faults(&self, body: Value) -> Vec<(String, &'static str)> {
        match self.call(&self.live, body).await {
            Err(Error::Validation(faults)) => faults.into_iter().map(|fault| (fault.param, fault.code)).collect(),
            other => panic!("not refused: {other:?}"),
        }
    }

    /// The media type and the bytes of a finished picture, by the last part of its URL.
    pub async fn picture(&self, name: &str) -> (&'static str, Bytes) {
        let file = self.app.picture(name).await.unwrap();
        (file.media_type, self.app.picture_bytes(&file, 0..file.length).await.unwrap())
    }

    pub async fn remaining(&self) -> i64 {
        self.app.credits(&self.live).await.unwrap().remaining.unwrap()
    }

    /// Waits until a generation has ended.
    pub async fn ended(&self, who: &Principal, id: &str) -> Generation {
        let query = app::Query(vec![("waitMs".into(), "30000".into())]);
        let generation = self.app.generation(who, id, &query).await.unwrap().generation;
        assert!(generation.status.finished(), "{:?}", generation.status);
        generation
    }

    /// The ledger adds up.
    pub async fn audit(&self) {
        let found = self.operator.audit().await.unwrap();
        assert!(found.is_empty(), "{found:?}");
    }
}

pub fn call(body: Value) -> GenerateCall {
    GenerateCall { body, idempotency_key: None, prefer_async: false, request: None, received: Instant::now() }
}

pub fn keyed(body: Value, key: &str) -> GenerateCall {
    GenerateCall { idempotency_key: Some(key.to_owned()), ..call(body) }
}

/// The smallest call: one small picture.
pub fn small() -> Value {
    json!({"templateGroupId": "tg_quote", "inputData": {"title": "Hello *world*"}, "templates": ["square"], "output": {"scale": 0.1}, "waitMs": 30000})
}

/// `value` with members of `over` in place of its own.
pub fn with(mut value: Value, over: Value) -> Value {
    if let (Value::Object(map), Value::Object(over)) = (&mut value, over) {
        map.extend(over);
    }
    value
}

/// Tries until `check` holds, at most `patience`.
pub async fn eventually(patience: Duration, mut check: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + patience;
    while !check().await {
        assert!(Instant::now() < end, "it did not happen within {patience:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
