//! A person's own account: name, address, password, and its end.

use domain::{Email, PlainPassword};

use super::check::Check;
use super::enter::log_in_tries;
use super::{Browser, Membership, SignedIn, Visitor};
use crate::mail::Message;
use crate::{App, Error, Result};

/// How the deletion of an account ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deletion {
    Done,
    /// These teams would be without an owner: hand them over or delete them first.
    OwnerOf(Vec<Membership>),
}

impl App {
    /// # Errors
    /// Faults of `name`.
    pub async fn change_name(&self, visitor: &Visitor, name: &str) -> Result<()> {
        let mut check = Check::default();
        let name = check.name("name", name);
        check.finish()?;
        self.store.rename_user(visitor.user.id, &name).await?;
        self.note_own(visitor, "account.renamed", &name).await;
        Ok(())
    }

    /// Changes the address: at once without a mail server (true), else once the link that is mailed to it is opened
    /// (false, also where somebody else has the address).
    ///
    /// # Errors
    /// [`Error::PasswordNeeded`]; faults of `email`; [`Error::TooManyTries`].
    pub async fn change_email(&self, visitor: &Visitor, email: &str) -> Result<bool> {
        visitor.need_password()?;
        let mut check = Check::default();
        let email = check.email("email", email);
        check.finish()?;
        let Some(email) = email else { return Err(Error::internal("a checked form lacks a value")) };
        let holder = self.store.user_by_email(&email).await?.filter(|user| user.id != visitor.user.id);
        if self.mails() {
            let (user, name) = (visitor.user.id, visitor.user.name.clone());
            let message = match holder {
                None => Message::Confirm { user, email: email.to_string(), name },
                Some(holder) => Message::Known { user: holder.id, name: holder.name },
            };
            self.queue_limited(&email, &message).await?;
            return Ok(false);
        }
        let taken = || Error::fault("email", "taken", "This address belongs to another account.");
        if holder.is_some() {
            return Err(taken());
        }
        match self.store.set_email(visitor.user.id, email.clone(), self.clock.now()).await {
            Err(store::Error::Taken(_)) => return Err(taken()),
            other => other?,
        }
        self.note_own(visitor, "account.email_changed", email.as_str()).await;
        Ok(true)
    }

    /// Changes the password, ends the other sessions, and gives this one another token. `current` is not looked at where
    /// there is none yet.
    ///
    /// # Errors
    /// Faults of `current` and `password`; [`Error::TooManyTries`].
    pub async fn change_password(&self, visitor: &Visitor, current: &str, password: &str, browser: &Browser) -> Result<SignedIn> {
        let mut check = Check::default();
        let password = check.password("password", password, &visitor.user.email);
        if self.store.password_hash(visitor.user.id).await?.is_some() && !self.is_password(visitor, current, browser).await? {
            check.fault("current", "wrong", "This is not your password.");
        }
        check.finish()?;
        let Some(password) = password else { return Err(Error::internal("a checked form lacks a value")) };
        let hash = self.hasher.hash(password).await?;
        self.store.set_password(visitor.user.id, hash, Some(visitor.session)).await?;
        self.note_own(visitor, "account.password_changed", "").await;
        self.renew_session(visitor, true).await
    }

    /// The password given again, before what needs it. The session gets another token.
    ///
    /// # Errors
    /// A fault of `password`; [`Error::TooManyTries`].
    pub async fn confirm_password(&self, visitor: &Visitor, password: &str, browser: &Browser) -> Result<SignedIn> {
        if !self.is_password(visitor, password, browser).await? {
            return Err(Error::fault("password", "wrong", "This is not your password."));
        }
        self.renew_session(visitor, true).await
    }

    /// Removes the account with its sessions, memberships and open invitations, for good. `typed` is its address.
    ///
    /// # Errors
    /// [`Error::PasswordNeeded`]; a fault of `typed`.
    pub async fn delete_account(&self, visitor: &Visitor, typed: &str) -> Result<Deletion> {
        visitor.need_password()?;
        if typed.parse::<Email>().ok() != visitor.user.email.parse().ok() {
            return Err(Error::fault("typed", "wrong", "Type the account's e-mail address."));
        }
        let orphaned = self.store.delete_user(visitor.user.id).await?;
        if orphaned.is_empty() {
            return Ok(Deletion::Done);
        }
        Ok(Deletion::OwnerOf(visitor.teams.iter().filter(|team| orphaned.contains(&team.team)).cloned().collect()))
    }

    /// Counted like a log-in: a stolen session must not be a place to guess.
    async fn is_password(&self, visitor: &Visitor, password: &str, browser: &Browser) -> Result<bool> {
        let tries = log_in_tries(&visitor.user.email, browser);
        let scopes: Vec<String> = tries.iter().map(|one| one.scope.clone()).collect();
        self.take_tries(tries).await?;
        let kept = self.store.password_hash(visitor.user.id).await?;
        let verified = self.hasher.verify(PlainPassword::given(password), kept).await;
        if !matches!(verified, Ok(false)) {
            self.store.give_back_tries(scopes).await?;
        }
        verified
    }
}
