//! `worker`: a node that works off queued jobs and takes no calls.

use api::ServerLimits;
use tokio::sync::oneshot;

use super::{
    Context, Failure,
    node::{self, DRAIN, Node, Urls},
};
use crate::output;

pub async fn run(context: &Context, migrate: bool) -> Result<(), Failure> {
    let settings = &context.settings;
    if context.server()?.is_none() {
        let message = "worker needs database_url: the jobs of a data folder are worked off by its one `serve`".to_owned();
        return Err(Failure { message, code: 2 });
    }
    let ops = node::ops_listener(settings).await?;
    let urls = Urls::of(settings, &settings.public_base());
    let node = Node::open(context, &urls, true, migrate).await?;
    let background = node.app.start(false).await?;
    let api = node.api(settings, &urls, &urls.public);
    let (stop, stopped) = oneshot::channel::<()>();
    let mut probes = None;
    if let Some(listener) = ops {
        output::line(&format!("Metrics and probes on http://{}", listener.local_addr()?));
        let stopped = async move { drop(stopped.await) };
        probes = Some(tokio::spawn(api::serve(listener, api::ops_router(&api), ServerLimits::default(), stopped)));
    }
    output::line("Working off jobs");
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "working");

    node::asked_to_stop().await?;
    tracing::info!("stopping: jobs in progress finish");
    api.drain();
    background.stop(DRAIN).await;
    drop(stop);
    if let Some(probes) = probes {
        probes.await??;
    }
    node.operator.store.close().await;
    tracing::info!("stopped");
    Ok(())
}
