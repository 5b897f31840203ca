//! The use cases: what RepeatPosts does, apart from how it is asked (HTTP, commands) and where it is kept (SQL, files).
//!
//! [`App`] is the whole of it, cheap to clone. A handler parses, calls one method of [`App`], and views the result.

mod archive;
mod asset;
mod built_in;
pub mod bulk;
mod catalog;
mod clock;
mod config;
mod data_url;
pub mod draw;
pub mod encoding;
mod error;
mod gate;
mod generate;
mod generations;
pub mod kit;
mod kits;
pub mod library;
mod live;
mod mail;
pub mod operate;
mod oversee;
pub mod people;
mod pictures;
mod plan;
mod pool;
mod present;
mod preview;
mod query;
mod rates;
mod records;
mod run;
mod slots;
mod stripe;
mod templates;
mod thumbnail;
mod uploads;
mod usage;
pub mod view;
mod worker;

use std::ops::Deref;
use std::sync::Arc;

use assets::{AllowList, Assets};
use domain::{KeyDigest, Pepper};
use quick_cache::sync::Cache;
use render::Engine;
use store::Store;

pub use archive::Archive;
pub use asset::MAX_ASSET;
pub use clock::Clock;
pub use config::{AppConfig, Parts};
pub use data_url::data_bytes;
pub use domain::{Maker, Mode, Right, Role, Scope, Scopes, SecretToken, Source, Timestamp};
pub use encoding::Encoding;
pub use error::{Detail, Error, Missing, Result};
pub use gate::{Admission, Principal, Rate, RateClass};
pub use generate::request::BrandChoice;
pub use generate::{GenerateAnswer, GenerateCall, Generated};
pub use generations::Tagged;
pub use live::{Preview, PreviewCall, PreviewPicture, VisitorCall, WIDEST};
pub use mail::MailConfig;
pub use oversee::{OverseenTeam, TeamOrder};
pub use people::{Browser, Member, Visitor};
pub use pictures::{Delivery, PictureFile, StoredPicture};
pub use plan::{Chosen, PlanView, WishView};
pub use query::Query;
pub use stripe::{Heard, StripeConfig};
pub use usage::{UsageBy, UsageOf, UsageView};
pub use worker::Background;

use gate::Remembered;
use pool::Pool;
use slots::Slots;
use worker::Ends;

/// Every use case. Clones share one state.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What clones of an [`App`] share; nothing of it is for others.
#[doc(hidden)]
pub struct Inner {
    config: AppConfig,
    store: Store,
    assets: Assets,
    engine: Arc<Engine>,
    engine_info: view::EngineInfo,
    allow: AllowList,
    pepper: Pepper,
    clock: Clock,
    pool: Pool,
    slots: Slots,
    previews: live::Places,
    looks: live::Looks,
    rates: rates::Rates,
    /// Keys by digest, for a few seconds.
    keys: Cache<KeyDigest, Remembered>,
    catalog: catalog::Catalog,
    ends: Ends,
    hasher: people::Hasher,
    mail_queued: tokio::sync::Notify,
    /// A bulk run was started by this process.
    bulk_started: tokio::sync::Notify,
    /// This process, as leases name it.
    owner: String,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Keys that are remembered at a time.
const KEYS: usize = 10_000;

impl App {
    /// Joins the parts and starts the render threads. Nothing works on jobs before [`App::start`].
    ///
    /// # Errors
    /// Where threads or random numbers can't be had.
    pub fn open(parts: Parts, config: AppConfig) -> Result<Self> {
        let Parts { store, assets, engine, allow, pepper, clock } = parts;
        let info = engine.info();
        let engine_info = view::EngineInfo { version: info.version.to_owned(), target: info.target.to_owned(), fonts: info.fonts };
        let pool = Pool::start(config.threads()).map_err(Error::internal)?;
        let slots = Slots::new(config.running(), config.waiting_calls, 2 * config.threads());
        let owner = assets::Token::random()?.to_string();
        Ok(Self(Arc::new(Inner {
            config,
            rates: rates::Rates::of(&store),
            store,
            assets,
            engine: Arc::new(engine),
            engine_info,
            allow,
            pepper,
            clock,
            pool,
            slots,
            previews: live::Places::default(),
            looks: live::looks(),
            keys: Cache::new(KEYS),
            catalog: catalog::Catalog::default(),
            ends: Ends::default(),
            hasher: people::Hasher::default(),
            mail_queued: tokio::sync::Notify::new(),
            bulk_started: tokio::sync::Notify::new(),
            owner,
        })))
    }

    /// Whether the service can take calls: a write can be committed, and a blob put. One small write each.
    ///
    /// # Errors
    /// What is not ready, in words for an operator.
    pub async fn ready(&self) -> std::result::Result<(), String> {
        self.store.ping_write().await.map_err(|error| format!("database: {error}"))?;
        self.assets.blobs().probe().await.map_err(|error| error.to_string())?;
        Ok(())
    }

    /// The time by the clock that everything here goes by.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What draws the pictures.
    #[must_use]
    pub fn engine(&self) -> &view::EngineInfo {
        &self.engine_info
    }
}

/// Servers move calls between threads: every use case must be `Send`, which only its callers would find out.
#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn sent<T: Send>(_: T) {}

    #[test]
    fn use_cases_can_move_between_threads() {
        let check = |app: &App, who: &Principal, member: &Member, call: GenerateCall, query: &Query| {
            sent(app.generate(who, call));
            sent(app.generation(who, "", query));
            sent(app.generations(who, query));
            sent(app.delete_generation(who, ""));
            sent(app.templates(who, query));
            sent(app.brand_kits(who, query));
            sent(app.upload_asset(who, bytes::Bytes::new(), ""));
            sent(app.public_picture(""));
            sent(app.admit(None, Ipv4Addr::LOCALHOST.into(), Scope::Generate, RateClass::Standard));
            sent(app.start(true));
            sent(app.create_kit(member, "", None));
            sent(app.save_kit(member, "", 1, ""));
            sent(app.copy_demo_kit(member, "", None));
            sent(app.upload_logo(member, bytes::Bytes::new()));
            sent(app.rename_document(member, "", ""));
        };
        let _ = check;
    }
}
