//! Starts the service and makes teams and keys in it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::{Api, ApiConfig, BodyTime, ServerLimits};
use app::operate::{NewKeyRequest, Operator};
use app::{App, AppConfig, Background, Clock, Parts};
use assets::{AllowList, Assets, Fetcher, Sandbox, builtin};
use domain::{Mode, Network, Pepper, Plans, Scopes};
use render::Engine;
use store::{Database, Options, Store};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use web::{Web, WebConfig};

use crate::database::Place;
use crate::{Browser, Client, S3, Storage};

/// What a test may set before the start.
pub struct Setup {
    pub app: AppConfig,
    pub limits: ServerLimits,
    pub body_time: BodyTime,
    /// Networks that pictures may be fetched from although they are not public.
    pub fetch_allow: Vec<String>,
    pub trusted_proxies: Vec<Network>,
    pub clock: Clock,
    /// Requests a minute for teams that the test makes; `None` leaves the plan's.
    pub rate_limit: Option<u32>,
    /// Where pictures are kept; `None`: as the environment says.
    pub s3: Option<S3>,
}

/// A running service. Dropping it ends it and removes its folder.
pub struct Server {
    pub url: String,
    pub address: SocketAddr,
    pub app: App,
    pub api: Api,
    pub operator: Operator,
    pub storage: Storage,
    sandbox: Sandbox,
    rate_limit: Option<u32>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<std::io::Result<()>>,
    background: Option<Background>,
    folder: TempDir,
    /// Last: it goes when nothing uses it any more.
    _place: Place,
}

/// How long a test waits for accepted generations to end.
const DRAIN: Duration = Duration::from_secs(10);

/// A team with a key of each mode.
#[derive(Clone, Debug)]
pub struct Team {
    pub id: String,
    pub live: String,
    pub test: String,
}

impl Server {
    /// Starts it with generous limits.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts it as `change` says.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn start_with(change: impl FnOnce(&mut Setup)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let url = format!("http://{address}");
        let mut setup = Setup {
            app: AppConfig {
                public_url: url.clone(),
                api_url: url.clone(),
                render_threads: 2,
                // A test's calls all come from one address; tests of the limit set their own.
                address_rate_limit: 100_000,
                ..AppConfig::default()
            },
            limits: ServerLimits::default(),
            body_time: BodyTime::default(),
            fetch_allow: Vec::new(),
            trusted_proxies: Vec::new(),
            clock: Clock::system(),
            rate_limit: Some(100_000),
            s3: None,
        };
        change(&mut setup);
        let Setup { app: config, limits, body_time, fetch_allow, trusted_proxies, clock, rate_limit, s3 } = setup;

        let plans = Arc::new(Plans::built_in().expect("the plans"));
        let place = Place::chosen();
        let store = store(place.database(folder.path()), Arc::clone(&plans)).await;
        let storage = match s3 {
            Some(s3) => Storage::on(s3),
            None => Storage::chosen(&folder.path().join("blobs")).await,
        };
        let blobs = storage.blobs.clone();
        let allow = AllowList::parse(&fetch_allow).expect("networks");
        let sandbox = Sandbox::in_process();
        let pepper = Pepper::new(1, &[7; 32]).expect("a pepper");
        let fetcher = Fetcher::system(allow.clone()).expect("a fetcher");
        let fonts = assets::fonts::load().expect("the fonts");
        let parts = Parts {
            store: store.clone(),
            assets: Assets::new(blobs.clone(), fetcher, sandbox.clone(), 64 << 20),
            engine: Engine::new(fonts.fonts),
            allow,
            pepper: pepper.clone(),
            clock: clock.clone(),
        };
        let app = App::open(parts, config).expect("the use cases");
        app.publish_built_in().await.expect("the built-in groups");
        let background = app.start(store.is_embedded()).await.expect("a start");
        let web = WebConfig {
            picture_origins: Vec::new(),
            contact: None,
            plans,
            openapi: Arc::new(api::openapi::document(&url)),
            public_url: url.clone(),
            api_url: url.clone(),
            pepper: pepper.clone(),
        };
        let web = Web::new(app.clone(), web).expect("the pages");
        let operator = Operator { store, blobs, pepper, clock };
        let config =
            ApiConfig { trusted_proxies, body_time, metrics: Some(Arc::new(|| "testkit 1\n".to_owned())), ..ApiConfig::new(url.clone()) };
        let api = Api::new(app.clone(), config);
        let (stop, stopped) = oneshot::channel();
        let wait = async move { drop(stopped.await) };
        let serving = tokio::spawn(api::serve(listener, api::router_with_pages(&api, web::router(&web)), limits, wait));
        Self {
            url,
            address,
            app,
            api,
            operator,
            storage,
            sandbox,
            rate_limit,
            stop: Some(stop),
            serving,
            background: Some(background),
            folder,
            _place: place,
        }
    }

    /// A new team with a live and a test key.
    ///
    /// # Panics
    /// Where it can't be made, such as on a plan that is not in the settings.
    pub async fn team(&self, plan: &str) -> Team {
        let team = self.operator.create_team("Acme", plan).await.expect("a team");
        if let Some(limit) = self.rate_limit {
            self.operator.set_rate_limit(&team.id, limit).await.expect("a rate limit");
        }
        let live = self.key(&team.id, Mode::Live, Scopes::ALL).await;
        let test = self.key(&team.id, Mode::Test, Scopes::ALL).await;
        Team { id: team.id, live, test }
    }

    /// A new key of a team, in the clear.
    ///
    /// # Panics
    /// Where it can't be made.
    pub async fn key(&self, team: &str, mode: Mode, scopes: Scopes) -> String {
        let request = NewKeyRequest { name: "test".to_owned(), mode, scopes, expires_at: None };
        let made = self.operator.create_key(team, request).await.expect("a key");
        made.plain.reveal().to_owned()
    }

    /// Gives a team one of the demo kits by its folder's name, such as `halvmark`; its id comes back.
    ///
    /// # Panics
    /// Where there is no such kit.
    pub async fn kit(&self, team: &str, name: &str, default: bool) -> String {
        let files = builtin::kits();
        let find = |path: String| files.iter().find(|file| file.path == path).map(|file| file.bytes.to_vec());
        let text = find(format!("{name}/kit.json")).expect("a demo kit");
        let text = String::from_utf8(text).expect("text");
        let read = |file: &str| find(format!("{name}/{file}")).ok_or_else(|| std::io::ErrorKind::NotFound.into());
        let imported = self.operator.import_brand_kit(team, name, &text, read, &self.sandbox, default).await;
        imported.expect("a kit").id
    }

    /// A client with this key.
    #[must_use]
    pub fn client(&self, key: &str) -> Client {
        Client::new(&self.url, Some(key))
    }

    /// A client without a key.
    #[must_use]
    pub fn stranger(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// A browser that has not been here.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// The folder that holds everything.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops it as an operator would: requests in progress finish.
    ///
    /// # Panics
    /// Where serving failed.
    pub async fn shut_down(mut self) {
        self.api.drain();
        drop(self.stop.take());
        let serving = std::mem::replace(&mut self.serving, tokio::spawn(async { Ok(()) }));
        serving.await.expect("no panic").expect("a clean end");
        if let Some(background) = self.background.take() {
            background.stop(DRAIN).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn store(database: Database, plans: Arc<Plans>) -> Store {
    let options = Options { database, connections: 4, plans, migrate: true };
    Store::open(options).await.expect("a database")
}
