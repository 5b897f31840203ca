//! Mail: queued in the database with what it is about, made and sent in the background. A link's secret exists from the
//! making of its mail to the sending, and nowhere else.

mod notices;
mod outbox;
mod texts;

use std::fmt;

use domain::{Email, InviteId, UserId};
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use serde::{Deserialize, Serialize};

use crate::{App, Error, Result};

pub(crate) use notices::give;
pub(crate) use outbox::work;

/// How mail is sent. `Debug` shows no secret.
#[derive(Clone)]
pub struct MailConfig {
    /// `smtps://user:secret@host`, `smtp://host?tls=required`, or `smtp://host:25` without encryption.
    url: String,
    from: Mailbox,
}

impl fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailConfig").field("from", &self.from).finish_non_exhaustive()
    }
}

impl MailConfig {
    /// # Errors
    /// Which of the two can't be used, in words without the secret.
    pub fn new(url: &str, from: &str) -> std::result::Result<Self, String> {
        AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| "smtp_url is no address of a mail server: write smtps://user:password@host or smtp://host:587?tls=required")?;
        let from = from.parse().map_err(|_| format!("mail_from is {from:?}: write Name <name@example.com>"))?;
        Ok(Self { url: url.to_owned(), from })
    }
}

/// What a mail is about; its words are made when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Message {
    /// Proves `email` by a link.
    Confirm {
        user: UserId,
        email: String,
        name: String,
    },
    /// A link for a new password.
    Reset {
        user: UserId,
        name: String,
    },
    /// Somebody signed up with an address that has an account.
    Known {
        user: UserId,
        name: String,
    },
    /// The account of this address has another one now.
    Moved {
        name: String,
    },
    Invite {
        invite: InviteId,
        team: String,
        by: String,
    },
    /// Per cent of the period's credits that are used: 80 or 100.
    Credits {
        team: String,
        slug: String,
        percent: u8,
    },
}

impl App {
    /// Whether mail is sent at all.
    #[must_use]
    pub fn mails(&self) -> bool {
        self.config.mail.is_some()
    }

    /// Without a mail server nothing is queued.
    pub(crate) async fn queue_mail(&self, to: &Email, message: &Message) -> Result<()> {
        if !self.mails() {
            return Ok(());
        }
        let text = serde_json::to_string(message).map_err(Error::internal)?;
        self.store.queue_mail(to.as_str(), text, self.clock.now()).await?;
        self.mail_queued.notify_one();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_s_secret_is_never_shown() {
        let config = MailConfig::new("smtps://robot:hunter2@mail.example.com", "RepeatPosts <robot@example.com>").unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("robot@example.com") && !shown.contains("hunter2"), "{shown}");
        let wrong = MailConfig::new("https://robot:hunter2@mail.example.com", "x@example.com").unwrap_err();
        assert!(wrong.contains("smtp_url") && !wrong.contains("hunter2"), "{wrong}");
        assert!(MailConfig::new("smtp://localhost", "nobody").unwrap_err().contains("mail_from"));
    }
}
