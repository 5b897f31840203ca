//! What goes by itself: what is over, and what deleted teams had.

use std::time::Duration;

use domain::TeamId;
use tokio::sync::watch;

use crate::kit::StoredKit;
use crate::{App, Result};

const TIDY: Duration = Duration::from_secs(10);
/// Generations that are emptied in one transaction.
const BATCH: u32 = 100;
/// How long a bulk run's sheet is kept that was never started.
const DRAFT_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(crate) async fn tidy(app: App, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = app.tidy_once().await {
            tracing::error!(%error, "tidying failed");
        }
        tokio::select! {
            () = tokio::time::sleep(TIDY) => {}
            _ = stopped.changed() => {}
        }
    }
}

impl App {
    /// One round: forgets sessions, links, invitations, tries and sheets that are over, and empties deleted teams.
    ///
    /// # Errors
    /// The store's.
    pub async fn tidy_once(&self) -> Result<()> {
        self.store.forget_past(self.clock.now()).await?;
        self.store.forget_bulk_drafts(self.clock.now().minus(DRAFT_KEPT), BATCH).await?;
        for team in self.store.teams_to_purge().await? {
            let blobs = self.kit_blobs(team).await?;
            // Each step is a transaction of its own, so that others get their turn between two.
            while !self.store.purge_step(team, blobs.clone(), BATCH, self.clock.now()).await? {}
        }
        Ok(())
    }

    async fn kit_blobs(&self, team: TeamId) -> Result<Vec<String>> {
        let mut blobs = Vec::new();
        for document in self.store.kit_documents(team).await? {
            // A kit that can't be read names nothing that could be removed.
            if let Ok(kit) = serde_json::from_str::<StoredKit>(&document) {
                blobs.extend(kit.logos.into_iter().flat_map(|logo| [logo.blob, logo.png]));
            }
        }
        blobs.sort_unstable();
        blobs.dedup();
        Ok(blobs)
    }
}
