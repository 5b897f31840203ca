//! The outbox, worked off: one mail after another, again and later where it fails, given up after a day.

use std::time::Duration;

use domain::SecretToken;
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message as Envelope, Tokio1Executor};
use store::{LinkPurpose, Mail};
use tokio::sync::watch;

use super::texts::{self, Written};
use super::{MailConfig, Message};
use crate::people::links::{self, make_link};
use crate::{App, Error, Result};

/// How often the outbox is looked at, because another process may have filled it.
const POLL: Duration = Duration::from_secs(5);
/// How long one mail may take; then another try, or process, may take it.
const PATIENCE: Duration = Duration::from_secs(60);
const TIMEOUT: Duration = Duration::from_secs(20);
/// The wait after the first failure; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
/// A mail that could not be sent for so long is given up.
const GIVE_UP: Duration = Duration::from_secs(24 * 60 * 60);

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Sends for as long as the service runs.
pub(crate) async fn work(app: App, config: MailConfig, mut stopped: watch::Receiver<bool>) {
    let transport: Transport = match Transport::from_url(&config.url) {
        Ok(builder) => builder.timeout(Some(TIMEOUT)).build(),
        Err(error) => {
            tracing::error!(%error, "the mail server's address can't be used");
            return;
        }
    };
    while !*stopped.borrow() {
        match app.store.claim_mail(PATIENCE, app.clock.now()).await {
            Ok(Some(mail)) => {
                if let Err(error) = app.send_mail(&transport, &config.from, &mail).await {
                    tracing::error!(mail = mail.id, %error, "the outbox failed");
                }
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the outbox can't be read"),
        }
        tokio::select! {
            () = app.mail_queued.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stopped.changed() => {}
        }
    }
}

impl App {
    async fn send_mail(&self, transport: &Transport, from: &Mailbox, mail: &Mail) -> Result<()> {
        let envelope = match self.envelope(from, mail).await {
            Ok(Some(envelope)) => envelope,
            // What it was about is gone, such as an invitation that was taken back.
            Ok(None) => return Ok(self.store.forget_mail(&mail.id).await?),
            Err(error) => return self.postpone_mail(mail, &error.to_string()).await,
        };
        match transport.send(envelope).await {
            Ok(_) => Ok(self.store.forget_mail(&mail.id).await?),
            Err(error) => self.postpone_mail(mail, &error.to_string()).await,
        }
    }

    async fn postpone_mail(&self, mail: &Mail, why: &str) -> Result<()> {
        let now = self.clock.now();
        if now.since(mail.created_at) >= GIVE_UP {
            tracing::error!(mail = mail.id, attempt = mail.attempt, why, "a mail was given up");
            return Ok(self.store.forget_mail(&mail.id).await?);
        }
        let wait = FIRST_WAIT.saturating_mul(1 << mail.attempt.saturating_sub(1).min(10)).min(LONGEST_WAIT);
        tracing::warn!(mail = mail.id, attempt = mail.attempt, why, wait = wait.as_secs(), "a mail could not be sent");
        Ok(self.store.postpone_mail(&mail.id, now.plus(wait)).await?)
    }

    /// The mail with its link, which is made now; `None` where it has lost its point.
    async fn envelope(&self, from: &Mailbox, mail: &Mail) -> Result<Option<Envelope>> {
        let message: Message = serde_json::from_str(&mail.message).map_err(Error::internal)?;
        let Some(link) = self.link(&message).await? else { return Ok(None) };
        let Written { subject, text, html } = texts::write(&message, &link);
        let to: Mailbox = mail.recipient.parse().map_err(Error::internal)?;
        let envelope = Envelope::builder()
            .from(from.clone())
            .to(to)
            .subject(subject)
            .multipart(MultiPart::alternative_plain_html(text, html))
            .map_err(Error::internal)?;
        Ok(Some(envelope))
    }

    async fn link(&self, message: &Message) -> Result<Option<String>> {
        let now = self.clock.now();
        let base = &self.config.public_url;
        let person = async |purpose, path, user, email: Option<&str>, life| -> Result<Option<String>> {
            if self.store.user(user).await?.is_none() {
                return Ok(None);
            }
            let email = email.map(str::parse).transpose().map_err(Error::internal)?;
            let token = make_link(&self.store, purpose, user, email, life, now).await?;
            Ok(Some(format!("{base}/{path}/{}", token.reveal())))
        };
        match message {
            Message::Confirm { user, email, .. } => person(LinkPurpose::Confirm, "confirm", *user, Some(email), links::CONFIRM).await,
            Message::Reset { user, .. } => person(LinkPurpose::Reset, "reset", *user, None, links::RESET).await,
            Message::Known { .. } => Ok(Some(format!("{base}/log-in"))),
            Message::Moved { .. } => Ok(Some(format!("{base}/reset"))),
            Message::Invite { invite, .. } => {
                let token = SecretToken::generate().map_err(Error::internal)?;
                let open = self.store.link_invitation(*invite, token.digest(), now.plus(crate::people::invites::LIFE), now).await?;
                Ok(open.then(|| format!("{base}/invite/{}", token.reveal())))
            }
            Message::Credits { slug, .. } => Ok(Some(format!("{base}/t/{slug}/settings/usage"))),
        }
    }
}
