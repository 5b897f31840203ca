//! Generations after their making: read, wait, list, delete.

use std::time::Duration;

use assets::Digest;
use domain::GenerationId;
use store::{Deleted, GenerationFilter};
use tokio::time::Instant;

use crate::generate::request::MAX_WAIT_MS;
use crate::present::status;
use crate::view::{Generation, Page};
use crate::{App, Error, Missing, Principal, Query, Result};

/// A generation's answer with its `ETag` (quoted).
#[derive(Clone, Debug)]
pub struct Tagged {
    pub generation: Generation,
    pub etag: String,
}

/// Rows of a page, unasked and at most.
pub(crate) const PAGE: i64 = 20;
pub(crate) const MAX_PAGE: i64 = 100;

impl App {
    /// One generation of the key's mode; `waitMs` of the query waits for its end.
    ///
    /// # Errors
    /// Faults of the query; [`Missing::Generation`].
    pub async fn generation(&self, who: &Principal, id: &str, query: &Query) -> Result<Tagged> {
        let mut reader = query.reader();
        let wait = reader.number("waitMs", 0, MAX_WAIT_MS, 0);
        let id = generation_id(id)?;
        let until = Instant::now() + Duration::from_millis(wait.unsigned_abs());
        let row = self.wait_for_end(who, id, until).await?.ok_or_else(|| Error::missing(Missing::Generation))?;
        // After the 404: what is not there can't be asked for wrongly.
        reader.finish()?;
        let generation = self.present(row, true);
        let text = serde_json::to_vec(&generation).map_err(Error::internal)?;
        let etag = format!("\"{}\"", &Digest::of(&text).to_string()[..32]);
        Ok(Tagged { generation, etag })
    }

    /// The list of the key's mode, newest first: `limit`, `cursor`, `status`, `externalId`, `createdAfter`, `createdBefore`.
    ///
    /// # Errors
    /// Faults of the query; [`Error::InvalidCursor`].
    pub async fn generations(&self, who: &Principal, query: &Query) -> Result<Page<Generation>> {
        let mut reader = query.reader();
        let limit = reader.number("limit", 1, MAX_PAGE, PAGE);
        let wanted = reader.text("status");
        let state = wanted.and_then(status);
        if let Some(text) = wanted.filter(|_| state.is_none()) {
            reader.fault(
                "status",
                "not_allowed",
                "status must be queued, processing, completed, partial or failed.".into(),
                None,
                text.into(),
            );
        }
        let filter = GenerationFilter {
            mode: Some(who.mode),
            status: state,
            external_id: reader.text("externalId").map(ToOwned::to_owned),
            created_after: reader.time("createdAfter"),
            created_before: reader.time("createdBefore"),
            ..GenerationFilter::default()
        };
        let cursor = reader.text("cursor");
        reader.finish()?;
        let page = self.store.generations(who.team, &filter, limit as u32, cursor).await?;
        let data = page.rows.into_iter().map(|row| self.present(row, false)).collect();
        Ok(Page::new(data, page.next))
    }

    /// Ends it if it runs, and removes pictures and inputs.
    ///
    /// # Errors
    /// [`Missing::Generation`], also for the second time.
    pub async fn delete_generation(&self, who: &Principal, id: &str) -> Result<()> {
        let id = generation_id(id)?;
        match self.store.delete_generation(who.team, who.mode, id, self.clock.now()).await? {
            Deleted::Missing => Err(Error::missing(Missing::Generation)),
            Deleted::Done { .. } => {
                self.ends.end(id);
                // Nobody is served any more, because the row says so; what is left now, the sweeper removes.
                if let Err(error) = self.remove_doomed().await {
                    tracing::warn!(generation = %id, %error, "pictures wait for the sweeper");
                }
                Ok(())
            }
        }
    }
}

fn generation_id(text: &str) -> Result<GenerationId> {
    text.parse().map_err(|_| Error::missing(Missing::Generation))
}
