//! What mailed and printed links do: confirm an address, choose a new password, sign in.

use std::time::Duration;

use domain::{Email, SecretToken, Timestamp, UserId};
use store::{LinkPurpose, NewLink, Try};

use super::check::Check;
use super::{Browser, SignedIn};
use crate::mail::Message;
use crate::{App, Error, Result};

/// How long mailed links are good.
pub(crate) const CONFIRM: Duration = Duration::from_secs(3 * 24 * 60 * 60);
pub(crate) const RESET: Duration = Duration::from_secs(60 * 60);
/// How long printed ones are: somebody has to pass them on.
pub(crate) const PRINTED: Duration = Duration::from_secs(24 * 60 * 60);
/// Mails about an account to one address within 15 minutes.
const MAILS: u32 = 5;

impl App {
    /// Proves the address of a link, and signs in.
    ///
    /// # Errors
    /// [`Error::LinkInvalid`]; [`Error::Conflict`] where somebody else has the address by now.
    pub async fn confirm_email(&self, token: &str, browser: &Browser) -> Result<SignedIn> {
        let token = link_token(token)?;
        let link = self.store.find_link(&token.digest(), LinkPurpose::Confirm, self.clock.now()).await?.ok_or(Error::LinkInvalid)?;
        let before = self.store.user(link.user).await?.ok_or(Error::LinkInvalid)?;
        let user = match self.store.use_confirm_link(token.digest(), self.clock.now()).await {
            Err(store::Error::Taken(_)) => return Err(Error::Conflict("This address belongs to another account by now.".to_owned())),
            other => other?.ok_or(Error::LinkInvalid)?,
        };
        // Whoever has the old address learns that the account has gone from it.
        if before.email_confirmed_at.is_some() && link.email.is_some_and(|email| email != before.email) {
            self.queue_mail(&before.email, &Message::Moved { name: before.name }).await?;
        }
        self.enter_by_link(user, "account.email_confirmed", browser).await
    }

    /// Has a link for a new password mailed. Nobody learns whether the address has an account: the answer is the same, and
    /// it does not wait. Without a mail server the log says that a reset is wanted.
    ///
    /// # Errors
    /// [`Error::TooManyTries`]; a text that is no address.
    pub async fn request_reset(&self, email: &str, browser: &Browser) -> Result<()> {
        let mut check = Check::default();
        let email = check.email("email", email);
        check.finish()?;
        self.count_request("reset", browser).await?;
        let app = self.clone();
        tokio::spawn(async move {
            let Some(email) = email else { return };
            match app.store.user_by_email(&email).await {
                Ok(Some(user)) if app.mails() => {
                    let message = Message::Reset { user: user.id, name: user.name };
                    if let Err(error) = app.queue_limited(&user.email, &message).await {
                        tracing::warn!(%error, "a mail for a reset was not queued");
                    }
                }
                Ok(Some(user)) => tracing::info!(user = %user.id, "a password reset is wanted; `repeatposts user reset` prints a link"),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "a reset could not be looked up"),
            }
        });
        Ok(())
    }

    /// Whether a link for a new password is good; it stays so.
    ///
    /// # Errors
    /// [`Error::LinkInvalid`].
    pub async fn check_reset(&self, token: &str) -> Result<()> {
        self.reset_user(&link_token(token)?).await.map(drop)
    }

    /// Keeps a new password, ends every session, and signs in.
    ///
    /// # Errors
    /// [`Error::LinkInvalid`]; faults of `password`.
    pub async fn reset_password(&self, token: &str, password: &str, browser: &Browser) -> Result<SignedIn> {
        let token = link_token(token)?;
        let email = self.reset_user(&token).await?;
        let mut check = Check::default();
        let password = check.password("password", password, email.as_str());
        check.finish()?;
        let Some(password) = password else { return Err(Error::internal("a checked form lacks a value")) };
        let hash = self.hasher.hash(password).await?;
        let user = self.store.use_reset_link(token.digest(), hash, self.clock.now()).await?.ok_or(Error::LinkInvalid)?;
        self.enter_by_link(user, "account.password_reset", browser).await
    }

    /// Signs in by a link that an operator's command or the first start printed.
    ///
    /// # Errors
    /// [`Error::LinkInvalid`].
    pub async fn enter_with_link(&self, token: &str, browser: &Browser) -> Result<SignedIn> {
        let user = self.store.use_sign_in_link(link_token(token)?.digest(), self.clock.now()).await?.ok_or(Error::LinkInvalid)?;
        self.enter_by_link(user, "account.signed_in_by_link", browser).await
    }

    /// The mail that an address with an account gets when somebody signs up with it, or logs in before it is confirmed.
    pub(super) async fn remind(&self, email: &Email) -> Result<()> {
        let Some(user) = self.store.user_by_email(email).await? else { return Ok(()) };
        let message = match user.email_confirmed_at {
            None => Message::Confirm { user: user.id, email: user.email.to_string(), name: user.name },
            Some(_) => Message::Known { user: user.id, name: user.name },
        };
        match self.queue_limited(&user.email, &message).await {
            // The caller must not learn more than that a mail may be there.
            Err(Error::TooManyTries { .. }) => Ok(()),
            other => other,
        }
    }

    /// Queues a mail unless the address had several just now.
    pub(super) async fn queue_limited(&self, email: &Email, message: &Message) -> Result<()> {
        let scope = format!("mail:{}", self.pepper.tag("mail", &email.key()));
        self.take_tries(vec![Try { scope, limit: MAILS }]).await?;
        self.queue_mail(email, message).await
    }

    async fn enter_by_link(&self, user: UserId, action: &'static str, browser: &Browser) -> Result<SignedIn> {
        let name = self.store.user(user).await?.ok_or(Error::LinkInvalid)?.name;
        let signed_in = self.open_session(user, true, browser).await?;
        self.note_account(user, &name, action, browser).await;
        Ok(signed_in)
    }

    async fn reset_user(&self, token: &SecretToken) -> Result<Email> {
        let link = self.store.find_link(&token.digest(), LinkPurpose::Reset, self.clock.now()).await?.ok_or(Error::LinkInvalid)?;
        Ok(self.store.user(link.user).await?.ok_or(Error::LinkInvalid)?.email)
    }
}

pub(super) fn link_token(text: &str) -> Result<SecretToken> {
    SecretToken::parse(text).map_err(|_| Error::LinkInvalid)
}

/// Keeps a fresh link to somebody's account and gives its token.
pub(crate) async fn make_link(
    store: &store::Store,
    purpose: LinkPurpose,
    user: UserId,
    email: Option<Email>,
    life: Duration,
    now: Timestamp,
) -> Result<SecretToken> {
    let token = SecretToken::generate().map_err(Error::internal)?;
    store.create_link(NewLink { digest: token.digest(), purpose, user, email, expires_at: now.plus(life) }, now).await?;
    Ok(token)
}
