//! `serve`: the parts joined, the listeners opened, the first run told.

use std::{sync::Arc, time::Duration};

use api::{Api, ApiConfig, ServerLimits};
use app::{App, AppConfig, Clock, Delivery, MailConfig, Parts, operate::Operator};
use assets::{
    AllowList, Assets, BlobKey, BlobStore, Fetcher, Token,
    sandbox::{Sandbox, Worker},
};
use domain::Network;
use metrics_exporter_prometheus::PrometheusBuilder;
use render::Engine;
use serde_json::json;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use web::{Web, WebConfig};

use super::{Context, Failure};
use crate::{output, settings::Settings};

/// How a `serve` differs from the next one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes {
    pub no_demo: bool,
    pub no_worker: bool,
    /// On a server, where neither happens by itself.
    pub demo: bool,
    pub migrate: bool,
}

/// How long accepted generations may go on after the last connection; leases cover what is left.
const DRAIN: Duration = Duration::from_secs(25);
/// How long a probe has to see that we are not ready before the listener closes.
const NOTICE: Duration = Duration::from_millis(200);

pub async fn run(context: &Context, wishes: Wishes) -> Result<(), Failure> {
    let settings = &context.settings;
    std::fs::create_dir_all(&settings.data_dir).map_err(|e| format!("{}: {e}", settings.data_dir.display()))?;
    let remote = context.server()?.is_some();
    // Nodes that share a server share no folder.
    let lock = if remote { None } else { Some(store::lock::lock(&settings.data_dir)?) };
    let demo = if remote { wishes.demo } else { !wishes.no_demo && !settings.data_dir.join("repeatposts.db").exists() };
    let pepper = context.pepper()?;

    // The port is taken first: who can't listen must not start anything.
    let listener = TcpListener::bind(settings.listen).await.map_err(|e| format!("can't listen on {}: {e}", settings.listen))?;
    let ops = match settings.metrics_listen {
        Some(address) => Some(TcpListener::bind(address).await.map_err(|e| format!("can't listen on {address}: {e}"))?),
        None => None,
    };
    let address = format!("http://{}", listener.local_addr()?);
    let public_url = base(settings.public_url.as_deref(), &address);
    let api_url = base(settings.api_url.as_deref(), &public_url);

    let metrics = PrometheusBuilder::new().install_recorder()?;
    let allow = allow_list(settings)?;
    let trusted: Vec<Network> =
        settings.trusted_proxies.iter().map(|text| text.parse()).collect::<Result<_, _>>().map_err(|e| format!("trusted_proxies: {e}"))?;
    let fonts = tokio::task::spawn_blocking(assets::fonts::load);
    let store = context.store(wishes.migrate || !remote).await?;
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
    let operator = Operator { store: store.clone(), blobs: blobs.clone(), pepper: pepper.clone(), clock: Clock::system() };
    let parts = Parts {
        store: store.clone(),
        assets: Assets::new(blobs.clone(), Fetcher::system(allow.clone())?, sandbox.clone(), (settings.picture_cache_mb as u64) << 20),
        engine: Engine::new(fonts.fonts),
        allow,
        pepper: pepper.clone(),
        clock: Clock::system(),
    };
    let delivery = context.storage()?.delivery;
    let picture_origins = picture_origins(&delivery, &blobs).await?;
    let app = App::open(parts, app_config(settings, delivery, &public_url, &api_url, wishes)?)?;
    app.publish_built_in().await?;
    let demo = if demo { operator.first_run(&sandbox).await? } else { None };
    let background = app.start(!remote).await?;

    let web = Web::new(
        app.clone(),
        WebConfig {
            picture_origins,
            contact: None,
            plans: Arc::new(context.plans.clone()),
            openapi: Arc::new(api::openapi::document(&api_url)),
            public_url: public_url.clone(),
            api_url: api_url.clone(),
            pepper,
        },
    )?;
    let api = Api::new(
        app.clone(),
        ApiConfig {
            trusted_proxies: trusted.clone(),
            metrics: Some(Arc::new(move || metrics.render())),
            details: Some(Arc::new(move || json!({ "sandbox": format!("{confinement:?}"), "decoding": sandbox.counts() }))),
            separate_ops: ops.is_some(),
            public_url: public_url.clone(),
            api_url: api_url.clone(),
            ..ApiConfig::new(address.clone())
        },
    );
    output::line(&format!("Listening on {address}"));
    match &demo {
        Some(demo) => welcome(&public_url, &api_url, demo),
        None => output::line("Create a key with: repeatposts key create --team demo --name \"My server\" --mode live"),
    }
    if ops.is_some() {
        output::line("Metrics and verbose probes have an address of their own.");
    }
    tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "serving");

    let limits = ServerLimits {
        connections: settings.connections,
        per_address: settings.connections_per_address,
        trusted_proxies: trusted,
        ..ServerLimits::default()
    };
    let (stop, stopped) = tokio::sync::watch::channel(());
    let wait = |mut stopped: tokio::sync::watch::Receiver<()>| async move { drop(stopped.changed().await) };
    let public = tokio::spawn(api::serve(listener, api::router_with_pages(&api, web::router(&web)), limits.clone(), wait(stopped.clone())));
    let private = ops.map(|listener| tokio::spawn(api::serve(listener, api::ops_router(&api), limits, wait(stopped))));

    asked_to_stop().await?;
    tracing::info!("stopping: calls in progress finish");
    api.drain();
    tokio::time::sleep(NOTICE).await;
    stop.send_replace(());
    public.await??;
    if let Some(private) = private {
        private.await??;
    }
    background.stop(DRAIN).await;
    store.close().await;
    drop(lock);
    tracing::info!("stopped");
    Ok(())
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

/// Where our picture URLs may lead, which the pages must allow.
async fn picture_origins(delivery: &Delivery, blobs: &BlobStore) -> Result<Vec<String>, Failure> {
    let origin = match delivery {
        Delivery::Through => None,
        Delivery::Redirect(base) => Some(base.clone()),
        Delivery::Presigned(valid) => {
            let any = BlobKey::picture(Token::random()?, "png")?;
            blobs.signed_url(&any, false, *valid, None).await?.map(|url| url.origin().ascii_serialization())
        }
    };
    Ok(origin.into_iter().collect())
}

fn app_config(settings: &Settings, delivery: Delivery, public_url: &str, api_url: &str, wishes: Wishes) -> Result<AppConfig, Failure> {
    let mail = match &settings.smtp_url {
        Some(url) if !url.0.is_empty() => Some(MailConfig::new(&url.0, &settings.mail_from)?),
        _ => None,
    };
    Ok(AppConfig {
        public_url: public_url.to_owned(),
        api_url: api_url.to_owned(),
        delivery,
        test_watermark: settings.test_watermark,
        render_threads: settings.render_threads,
        waiting_calls: settings.waiting_calls,
        unfinished_jobs_per_team: u32::try_from(settings.unfinished_jobs_per_team).unwrap_or(u32::MAX),
        address_rate_limit: settings.address_rate_limit,
        create_rate_limit: settings.create_rate_limit,
        preview_rate_limit: settings.preview_rate_limit,
        visitor_rate_limit: settings.visitor_rate_limit,
        worker: !wishes.no_worker,
        trial_credits: settings.trial_credits,
        mail,
        ..AppConfig::default()
    })
}

fn base(set: Option<&str>, default: &str) -> String {
    set.filter(|url| !url.is_empty()).unwrap_or(default).trim_end_matches('/').to_owned()
}

fn or_cores(count: usize) -> usize {
    if count > 0 { count } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

/// Standard output only: the keys are shown once, and never to the log.
fn welcome(public_url: &str, api_url: &str, demo: &app::operate::Demo) {
    output::line(&format!(
        r#"
The team `{team}` is ready, on the Agency plan, with four template groups and four brand kits. Its keys are shown once:

  live  {live}
  test  {test}

Its owner gets in with this link, once, within 24 hours; later `repeatposts user reset owner@localhost` prints another one:

  {public_url}/welcome/{owner}

Paste this for four finished pictures (4 credits):

curl -s {api_url}/v1/generate -H 'X-API-Key: {live}' -H 'Content-Type: application/json' -d '{{"templateGroupId":"tg_quote","inputData":{{"title":"Good design is a promise you can *keep* at every size."}}}}'
"#,
        team = demo.team,
        live = demo.live.reveal(),
        test = demo.test.reveal(),
        owner = demo.owner.reveal(),
    ));
}

async fn asked_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
