//! What `serve` and `worker` have in common: the parts of a node, joined, and the way it ends.

use std::{sync::Arc, time::Duration};

use api::{Api, ApiConfig};
use app::{App, AppConfig, MailConfig, Parts, StripeConfig, operate::Operator};
use assets::{
    AllowList, Assets, Fetcher,
    sandbox::{Confinement, Sandbox, Worker},
};
use domain::{Billing, Network, Packs, Plans};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use render::Engine;
use serde_json::json;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::{
    Context, Failure,
    clock::{self, Clock},
};
use crate::settings::{Hidden, Settings};

/// How long accepted generations may go on after the last connection; leases cover what is left.
pub const DRAIN: Duration = Duration::from_secs(25);

/// Addresses as callers see them, without a slash at their ends.
#[derive(Clone, Debug)]
pub struct Urls {
    pub public: String,
    pub api: String,
}

/// The parts of a process that draws; nothing works on jobs yet.
pub struct Node {
    pub app: App,
    pub operator: Operator,
    pub sandbox: Sandbox,
    pub trusted_proxies: Vec<Network>,
    confinement: Confinement,
    metrics: PrometheusHandle,
}

impl Urls {
    /// As the settings say, else `address`.
    pub fn of(settings: &Settings, address: &str) -> Self {
        let base = |set: &Option<String>, default: &str| {
            set.as_deref().filter(|url| !url.is_empty()).unwrap_or(default).trim_end_matches('/').to_owned()
        };
        let public = base(&settings.public_url, address);
        Self { api: base(&settings.api_url, &public), public }
    }
}

impl Node {
    /// Opens database, storage, fonts and sandbox. `worker`: whether it takes queued jobs once it is started.
    ///
    /// # Errors
    /// The first part that can't be had, and what to do.
    pub async fn open(context: &Context, urls: &Urls, worker: bool, migrate: bool) -> Result<Self, Failure> {
        let settings = &context.settings;
        let pepper = context.pepper()?;
        let metrics = PrometheusBuilder::new().install_recorder()?;
        let allow = allow_list(settings)?;
        let trusted_proxies = settings
            .trusted_proxies
            .iter()
            .map(|text| text.parse())
            .collect::<Result<_, _>>()
            .map_err(|e| format!("trusted_proxies: {e}"))?;
        let fonts = tokio::task::spawn_blocking(assets::fonts::load);
        let store = context.store(migrate).await?;
        match clock::compare(&store).await? {
            Clock::Off(why) => return Err(why.into()),
            Clock::Drifting(why) => tracing::warn!("{why}"),
            Clock::Alone | Clock::Good(_) => {}
        }
        let blobs = context.blobs()?;
        blobs.check().await?;
        let sandbox = Sandbox::start(or_cores(settings.decode_processes), &Worker::this_binary()?)?;
        let confinement = sandbox.confinement();
        if !confinement.is_full() {
            tracing::warn!(?confinement, "the kernel lacks parts of the sandbox for untrusted pictures");
        }
        let fonts = fonts.await??;
        for absent in &fonts.absent {
            tracing::warn!(%absent, "a font is absent");
        }
        let operator = Operator { store: store.clone(), blobs: blobs.clone(), pepper: pepper.clone(), clock: app::Clock::system() };
        let parts = Parts {
            store,
            assets: Assets::new(blobs, Fetcher::system(allow.clone())?, sandbox.clone(), (settings.picture_cache_mb as u64) << 20),
            engine: Engine::new(fonts.fonts),
            allow,
            pepper,
            clock: app::Clock::system(),
        };
        let app = App::open(parts, app_config(context, urls, worker)?)?;
        app.publish_built_in().await?;
        Ok(Self { app, operator, sandbox, trusted_proxies, confinement, metrics })
    }

    /// `address`: our own, for who knows no other.
    pub fn api(&self, settings: &Settings, urls: &Urls, address: &str) -> Api {
        let (metrics, confinement, sandbox) = (self.metrics.clone(), self.confinement, self.sandbox.clone());
        Api::new(
            self.app.clone(),
            ApiConfig {
                trusted_proxies: self.trusted_proxies.clone(),
                metrics: Some(Arc::new(move || metrics.render())),
                details: Some(Arc::new(move || json!({ "sandbox": format!("{confinement:?}"), "decoding": sandbox.counts() }))),
                separate_ops: settings.metrics_listen.is_some(),
                public_url: urls.public.clone(),
                api_url: urls.api.clone(),
                ..ApiConfig::new(address)
            },
        )
    }
}

/// The listener for metrics and verbose probes, where the settings want one.
pub async fn ops_listener(settings: &Settings) -> Result<Option<TcpListener>, Failure> {
    let Some(address) = settings.metrics_listen else { return Ok(None) };
    Ok(Some(TcpListener::bind(address).await.map_err(|e| format!("can't listen on {address}: {e}"))?))
}

/// # Errors
/// Names the entry that is no network.
pub fn allow_list(settings: &Settings) -> Result<AllowList, Failure> {
    let allow = AllowList::parse(&settings.fetch_allow).map_err(|e| format!("fetch_allow: {e}"))?;
    if !allow.is_empty() {
        tracing::warn!(networks = ?settings.fetch_allow, "pictures may be fetched from networks that are not public");
    }
    Ok(allow)
}

/// Those that ship where the settings name neither plans nor packs.
fn packs(settings: &Settings) -> Result<Packs, Failure> {
    if settings.plans.is_empty() && settings.packs.is_empty() {
        return Ok(Packs::parse(Plans::DEFAULT_TEXT)?);
    }
    let mut table = toml::Table::new();
    table.insert("packs".to_owned(), settings.packs.clone().into());
    Ok(Packs::parse(&table.to_string())?)
}

fn app_config(context: &Context, urls: &Urls, worker: bool) -> Result<AppConfig, Failure> {
    let settings = &context.settings;
    let mail = match &settings.smtp_url {
        Some(url) if !url.0.is_empty() => Some(MailConfig::new(&url.0, &settings.mail_from)?),
        _ => None,
    };
    let secret = |setting: &Option<Hidden>| setting.as_ref().map_or_else(String::new, |secret| secret.0.clone());
    let stripe = match settings.billing {
        Billing::Stripe => {
            let (key, webhook) = (secret(&settings.stripe_secret_key), secret(&settings.stripe_webhook_secret));
            Some(StripeConfig::new(StripeConfig::API, &key, &webhook)?)
        }
        Billing::None | Billing::Request => None,
    };
    Ok(AppConfig {
        public_url: urls.public.clone(),
        api_url: urls.api.clone(),
        delivery: context.storage()?.delivery,
        test_watermark: settings.test_watermark,
        render_threads: settings.render_threads,
        waiting_calls: settings.waiting_calls,
        unfinished_jobs_per_team: u32::try_from(settings.unfinished_jobs_per_team).unwrap_or(u32::MAX),
        address_rate_limit: settings.address_rate_limit,
        create_rate_limit: settings.create_rate_limit,
        preview_rate_limit: settings.preview_rate_limit,
        visitor_rate_limit: settings.visitor_rate_limit,
        worker,
        trial_credits: settings.trial_credits,
        billing: settings.billing,
        stripe,
        packs: packs(settings)?,
        mail,
        ..AppConfig::default()
    })
}

fn or_cores(count: usize) -> usize {
    if count > 0 { count } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

/// Resolves at SIGTERM or SIGINT.
pub async fn asked_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
