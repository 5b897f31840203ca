//! `serve`: a node that takes calls, and the first run told.

use std::{sync::Arc, time::Duration};

use api::ServerLimits;
use app::Delivery;
use assets::{BlobKey, BlobStore, Token};
use tokio::net::TcpListener;
use web::{Web, WebConfig};

use super::{
    Context, Failure, moving,
    node::{self, DRAIN, Node, Urls},
};
use crate::output;

/// How a `serve` differs from the next one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes {
    pub no_demo: bool,
    pub no_worker: bool,
    /// On a server, where neither happens by itself.
    pub demo: bool,
    pub migrate: bool,
}

pub async fn run(context: &Context, wishes: Wishes) -> Result<(), Failure> {
    let settings = &context.settings;
    let remote = context.server()?.is_some();
    // Nodes that share a server share no folder.
    let lock = if remote {
        None
    } else {
        std::fs::create_dir_all(&settings.data_dir).map_err(|e| format!("{}: {e}", settings.data_dir.display()))?;
        let lock = store::lock::lock(&settings.data_dir)?;
        moving::refuse_moved(&settings.data_dir)?;
        Some(lock)
    };
    let demo = if remote { wishes.demo } else { !wishes.no_demo && !settings.data_dir.join("repeatposts.db").exists() };
    // Asked for before anything is opened: without it nothing else is of use.
    context.pepper()?;

    // The port is taken first: who can't listen must not start anything.
    let listener = TcpListener::bind(settings.listen).await.map_err(|e| format!("can't listen on {}: {e}", settings.listen))?;
    let ops = node::ops_listener(settings).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let urls = Urls::of(settings, &address);
    let node = Node::open(context, &urls, !wishes.no_worker, wishes.migrate || !remote).await?;
    let demo = if demo { node.operator.first_run(&node.sandbox).await? } else { None };
    let background = node.app.start(!remote).await?;

    let web = Web::new(
        node.app.clone(),
        WebConfig {
            picture_origins: picture_origins(&context.storage()?.delivery, &node.operator.blobs).await?,
            contact: settings.contact.clone().filter(|contact| !contact.is_empty()),
            plans: Arc::new(context.plans.clone()),
            openapi: Arc::new(api::openapi::document(&urls.api)),
            public_url: urls.public.clone(),
            api_url: urls.api.clone(),
            pepper: node.operator.pepper.clone(),
        },
    )?;
    let api = node.api(settings, &urls, &address);
    output::line(&format!("Listening on {address}"));
    match &demo {
        Some(demo) => welcome(&urls.public, &urls.api, demo),
        None => output::line("Create a key with: repeatposts key create --team demo --name \"My server\" --mode live"),
    }
    if ops.is_some() {
        output::line("Metrics and verbose probes have an address of their own.");
    }
    tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "serving");

    let limits = ServerLimits {
        connections: settings.connections,
        per_address: settings.connections_per_address,
        trusted_proxies: node.trusted_proxies.clone(),
        ..ServerLimits::default()
    };
    let (stop, stopped) = tokio::sync::watch::channel(());
    let wait = |mut stopped: tokio::sync::watch::Receiver<()>| async move { drop(stopped.changed().await) };
    let public = tokio::spawn(api::serve(listener, api::router_with_pages(&api, web::router(&web)), limits.clone(), wait(stopped.clone())));
    let private = ops.map(|listener| tokio::spawn(api::serve(listener, api::ops_router(&api), limits, wait(stopped))));

    node::asked_to_stop().await?;
    tracing::info!("stopping: calls in progress finish");
    api.drain();
    // A load balancer sends calls until its next probes have seen that we are not ready.
    tokio::time::sleep(Duration::from_millis(settings.stop_notice_ms)).await;
    stop.send_replace(());
    public.await??;
    if let Some(private) = private {
        private.await??;
    }
    background.stop(DRAIN).await;
    node.operator.store.close().await;
    drop(lock);
    tracing::info!("stopped");
    Ok(())
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

/// Standard output only: the keys are shown once, and never to the log.
fn welcome(public_url: &str, api_url: &str, demo: &app::operate::Demo) {
    output::line(&format!(
        r#"
The team `{team}` is ready, on the Agency plan, with {groups} template groups and {kits} brand kits. Its keys are shown once:

  live  {live}
  test  {test}

Its owner gets in with this link, once, within 24 hours; later `repeatposts user reset owner@localhost` prints another one:

  {public_url}/welcome/{owner}

Paste this for four finished pictures (4 credits):

curl -s {api_url}/v1/generate -H 'X-API-Key: {live}' -H 'Content-Type: application/json' -d '{{"templateGroupId":"tg_quote","inputData":{{"title":"Good design is a promise you can *keep* at every size."}}}}'
"#,
        team = demo.team,
        groups = assets::builtin::templates().len(),
        kits = app::App::demo_kits().len(),
        live = demo.live.reveal(),
        test = demo.test.reveal(),
        owner = demo.owner.reveal(),
    ));
}
