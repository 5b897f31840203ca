//! Notices about used credits. They are looked for now and then, apart from the calls that spend: no picture waits for
//! them, and what a crash left out is made up for.

use std::time::Duration;

use domain::Right;
use tokio::sync::watch;

use super::Message;
use crate::{App, Error, Result};

const POLL: Duration = Duration::from_secs(20);

/// Gives notices for as long as the service runs.
pub(crate) async fn give(app: App, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = app.give_notices().await {
            tracing::error!(%error, "notices about credits failed");
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            _ = stopped.changed() => {}
        }
    }
}

impl App {
    /// Tells those who handle a team's plan that 80 or 100 per cent of its credits are used: each of the two once a period,
    /// whichever process finds it. Gives the number of notices. Without a mail server nothing is told, and nothing is noted
    /// as told.
    ///
    /// # Errors
    /// The store's.
    pub async fn give_notices(&self) -> Result<usize> {
        if !self.mails() {
            return Ok(0);
        }
        let now = self.clock.now();
        let mut given = 0;
        for notice in self.store.credit_notices(now).await? {
            let Some(team) = self.store.team(notice.team, now).await? else { continue };
            let members = self.store.members(team.id).await?;
            let recipients = members.into_iter().filter(|member| member.role.may(Right::Plan)).map(|member| member.email.to_string());
            let message = Message::Credits { team: team.name, slug: team.slug, percent: notice.percent };
            let message = serde_json::to_string(&message).map_err(Error::internal)?;
            given += usize::from(self.store.give_notice(&notice, recipients.collect(), message, now).await?);
        }
        if given > 0 {
            self.mail_queued.notify_one();
        }
        Ok(given)
    }
}
