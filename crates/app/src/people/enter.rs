//! Getting in and out: sign-up, log-in, sessions.

use domain::network::client_unit;
use domain::{Email, PlainPassword, SecretToken, SessionId, Timestamp, UserId};
use sha2::{Digest, Sha256};
use store::{NewSession, NewTeam, NewUser, Trial, Try};

use super::check::Check;
use super::{Browser, Visitor};
use crate::mail::Message;
use crate::{App, Error, Missing, Result};

/// Failed log-ins within 15 minutes, of one account and from one address.
const ACCOUNT_TRIES: u32 = 10;
const ADDRESS_TRIES: u32 = 100;
/// Sign-ups and requests for mails from one address within 15 minutes.
const REQUESTS: u32 = 30;
/// The longest description of a device that is kept, in characters.
const DEVICE: usize = 200;
/// The plan that a new team starts on.
pub(super) const FIRST_PLAN: &str = "essentials";

/// The form of a sign-up, as typed.
#[derive(Clone)]
pub struct SignUp {
    pub email: String,
    pub name: String,
    pub password: String,
    /// The first team's name.
    pub team: String,
}

/// A new session. The token goes into the cookie and nowhere else.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub token: SecretToken,
    pub user: UserId,
    pub session: SessionId,
}

/// How a sign-up ended.
#[derive(Clone, Debug)]
pub enum SignedUp {
    /// Without a mail server: signed in already.
    In(SignedIn),
    /// A mail is on its way, whether or not the address had an account before.
    Confirm,
}

/// A browser that somebody is signed in with, as they see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    pub id: SessionId,
    pub device: String,
    pub address: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    /// The one that asks.
    pub current: bool,
}

impl App {
    /// Makes an account with its first team: Essentials, the trial credits, and a brand kit to start with.
    ///
    /// # Errors
    /// Every fault of the form at once; [`Error::TooManyTries`]. Without a mail server a taken address is a fault of
    /// `email`; with one, it gets a mail and the answer is the same as for a new one.
    pub async fn sign_up(&self, form: SignUp, browser: &Browser) -> Result<SignedUp> {
        let mut check = Check::default();
        let email = check.email("email", &form.email);
        let name = check.name("name", &form.name);
        let password = check.password("password", &form.password, &form.email);
        let team = check.name("team", &form.team);
        check.finish()?;
        let (Some(email), Some(password)) = (email, password) else { return Err(Error::internal("a checked form lacks a value")) };
        self.count_request("sign-up", browser).await?;
        let hash = self.hasher.hash(password).await?;
        let now = self.clock.now();
        let mailed = self.mails();
        let user = NewUser { id: UserId::new(), email: email.clone(), confirmed: !mailed, name: name.clone(), password: Some(hash) };
        let team = NewTeam { name: team, slug: None, plan: self.first_plan()? };
        match self.store.sign_up(user, team, self.trial(), now).await {
            Ok((user, team)) => {
                self.give_starter_kit(&team).await;
                self.note_account(user.id, &name, "account.created", browser).await;
                if mailed {
                    self.queue_mail(&email, &Message::Confirm { user: user.id, email: email.to_string(), name }).await?;
                    return Ok(SignedUp::Confirm);
                }
                Ok(SignedUp::In(self.open_session(user.id, true, browser).await?))
            }
            Err(store::Error::Taken(_)) if mailed => {
                self.remind(&email).await?;
                Ok(SignedUp::Confirm)
            }
            Err(store::Error::Taken(_)) => {
                Err(Error::fault("email", "taken", "This address has an account. Log in, or reset its password."))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Signs in with address and password.
    ///
    /// # Errors
    /// [`Error::WrongCredentials`]; [`Error::TooManyTries`] after 10 failures of the account or 100 of the address within
    /// 15 minutes; [`Error::Unconfirmed`].
    pub async fn log_in(&self, email: &str, password: &str, browser: &Browser) -> Result<SignedIn> {
        let tries = log_in_tries(email, browser);
        let scopes: Vec<String> = tries.iter().map(|one| one.scope.clone()).collect();
        self.take_tries(tries).await?;
        let user = match email.parse::<Email>() {
            Ok(email) => self.store.user_by_email(&email).await?,
            Err(_) => None,
        };
        let kept = match &user {
            Some(user) => self.store.password_hash(user.id).await?,
            None => None,
        };
        let right = match self.hasher.verify(PlainPassword::given(password), kept).await {
            Ok(right) => right,
            Err(error) => {
                // The password was never looked at.
                self.store.give_back_tries(scopes).await?;
                return Err(error);
            }
        };
        let Some(user) = user.filter(|_| right) else { return Err(Error::WrongCredentials) };
        self.store.give_back_tries(scopes).await?;
        if user.email_confirmed_at.is_none() && self.mails() {
            self.remind(&user.email).await?;
            return Err(Error::Unconfirmed);
        }
        let signed_in = self.open_session(user.id, true, browser).await?;
        self.note_account(user.id, &user.name, "account.signed_in", browser).await;
        Ok(signed_in)
    }

    /// Ends the session.
    ///
    /// # Errors
    /// The store's.
    pub async fn log_out(&self, visitor: &Visitor) -> Result<()> {
        self.store.end_session(visitor.user.id, visitor.session).await?;
        Ok(())
    }

    /// The visitor's sessions, last used first.
    ///
    /// # Errors
    /// The store's.
    pub async fn sessions(&self, visitor: &Visitor) -> Result<Vec<SessionView>> {
        let sessions = self.store.sessions(visitor.user.id, self.clock.now()).await?;
        let view = |session: store::Session| SessionView {
            current: session.id == visitor.session,
            id: session.id,
            device: session.device,
            address: session.address,
            created_at: session.created_at,
            seen_at: session.seen_at,
        };
        Ok(sessions.into_iter().map(view).collect())
    }

    /// Ends one of the visitor's sessions.
    ///
    /// # Errors
    /// [`Missing::Session`] for somebody else's as for none.
    pub async fn end_session(&self, visitor: &Visitor, session: &str) -> Result<()> {
        let missing = || Error::missing(Missing::Session);
        let session = session.parse().map_err(|_| missing())?;
        if self.store.end_session(visitor.user.id, session).await? { Ok(()) } else { Err(missing()) }
    }

    /// Ends all but the one that asks; gives their number.
    ///
    /// # Errors
    /// The store's.
    pub async fn end_other_sessions(&self, visitor: &Visitor) -> Result<u64> {
        Ok(self.store.end_other_sessions(visitor.user.id, Some(visitor.session)).await?)
    }

    pub(super) async fn open_session(&self, user: UserId, with_password: bool, browser: &Browser) -> Result<SignedIn> {
        let token = SecretToken::generate().map_err(Error::internal)?;
        let session = SessionId::new();
        let new = NewSession {
            digest: token.digest(),
            id: session,
            user,
            with_password,
            device: browser.device.chars().filter(|c| !c.is_control()).take(DEVICE).collect(),
            address: browser.address.to_canonical().to_string(),
        };
        self.store.create_session(new, self.clock.now()).await?;
        Ok(SignedIn { token, user, session })
    }

    /// The same session under another token, at a change of rights.
    pub(super) async fn renew_session(&self, visitor: &Visitor, with_password: bool) -> Result<SignedIn> {
        let token = SecretToken::generate().map_err(Error::internal)?;
        if !self.store.renew_session(visitor.session, token.digest(), with_password, self.clock.now()).await? {
            return Err(Error::missing(Missing::Session));
        }
        Ok(SignedIn { token, user: visitor.user.id, session: visitor.session })
    }

    /// # Errors
    /// [`Error::TooManyTries`].
    pub(super) async fn take_tries(&self, tries: Vec<Try>) -> Result<()> {
        let now = self.clock.now();
        match self.store.take_try(tries, now).await? {
            None => Ok(()),
            Some(until) => {
                let wait = until.since(now);
                Err(Error::TooManyTries { retry_after: (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1) })
            }
        }
    }

    /// Counts what anybody may ask for without an account.
    pub(super) async fn count_request(&self, kind: &str, browser: &Browser) -> Result<()> {
        self.take_tries(vec![Try { scope: format!("{kind}:{}", client_unit(browser.address)), limit: REQUESTS }]).await
    }

    pub(super) fn trial(&self) -> Trial {
        Trial { credits: i64::from(self.config.trial_credits) }
    }

    /// Essentials, or the smallest plan where the settings have other ones.
    pub(crate) fn first_plan(&self) -> Result<String> {
        let plans = self.store.plans();
        let plan = plans.get(FIRST_PLAN).or_else(|| plans.iter().next());
        plan.map(|plan| plan.slug.clone()).ok_or_else(|| Error::internal("there are no plans"))
    }
}

/// The tries that a password costs: of its account, and of the client's address.
pub(super) fn log_in_tries(email: &str, browser: &Browser) -> Vec<Try> {
    // As a digest: what was typed may be anything, also a password in the wrong field.
    let account = hex::encode(Sha256::digest(email.trim().to_lowercase().as_bytes()));
    vec![
        Try { scope: format!("account:{account}"), limit: ACCOUNT_TRIES },
        Try { scope: format!("address:{}", client_unit(browser.address)), limit: ADDRESS_TRIES },
    ]
}
