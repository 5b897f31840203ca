//! People: accounts, and the sessions that they are signed in with.

use std::time::Duration;

use domain::Timestamp;
use domain::{Email, SessionId, TokenDigest, UserId};

use crate::db::{Conn, on, row, word};
use crate::{Error, Result, Store};

/// A person's account. The password's hash is apart: see [`Store::password_hash`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub email: Email,
    pub email_confirmed_at: Option<Timestamp>,
    pub name: String,
    pub has_password: bool,
    /// May see and change every team's plan and limits.
    pub operator: bool,
    pub created_at: Timestamp,
    /// Exact to a minute.
    pub seen_at: Option<Timestamp>,
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub id: UserId,
    pub email: Email,
    /// Whether the address is known to be theirs.
    pub confirmed: bool,
    pub name: String,
    /// PHC string.
    pub password: Option<String>,
}

/// A browser that somebody is signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user: UserId,
    pub created_at: Timestamp,
    /// Exact to a minute.
    pub seen_at: Timestamp,
    /// When the password was last given.
    pub password_at: Option<Timestamp>,
    pub device: String,
    pub address: String,
}

/// A session to be kept.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub digest: TokenDigest,
    pub id: SessionId,
    pub user: UserId,
    pub with_password: bool,
    pub device: String,
    pub address: String,
}

/// A session without use ends after this time.
pub const IDLE: Duration = Duration::from_secs(12 * 60 * 60);
/// Every session ends after this time.
pub const ABSOLUTE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How exact `seen_at` is.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

row!(UserRow {
    id: String,
    email: String,
    email_confirmed_at: Option<i64>,
    name: String,
    has_password: bool,
    operator: bool,
    created_at: i64,
    seen_at: Option<i64>,
});

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select u.id, u.email, u.email_confirmed_at, u.name, u.password is not null as has_password, u.operator, u.created_at, u.seen_at \
             from users u ",
            $rest
        )
    };
}

impl UserRow {
    fn user(self) -> Result<User> {
        Ok(User {
            id: word(&self.id)?,
            email: word(&self.email)?,
            email_confirmed_at: self.email_confirmed_at.map(Timestamp::from_micros),
            name: self.name,
            has_password: self.has_password,
            operator: self.operator,
            created_at: Timestamp::from_micros(self.created_at),
            seen_at: self.seen_at.map(Timestamp::from_micros),
        })
    }
}

row!(SessionRow {
    id: String,
    user_id: String,
    created_at: i64,
    seen_at: i64,
    password_at: Option<i64>,
    device: String,
    address: String,
});

macro_rules! select_sessions {
    ($rest:literal) => {
        concat!("select id, user_id, created_at, seen_at, password_at, device, address from sessions ", $rest)
    };
}

impl SessionRow {
    fn session(self) -> Result<Session> {
        Ok(Session {
            id: word(&self.id)?,
            user: word(&self.user_id)?,
            created_at: Timestamp::from_micros(self.created_at),
            seen_at: Timestamp::from_micros(self.seen_at),
            password_at: self.password_at.map(Timestamp::from_micros),
            device: self.device,
            address: self.address,
        })
    }
}

impl Store {
    /// Makes an account without a team.
    ///
    /// # Errors
    /// `Taken` where the address has one.
    pub async fn create_user(&self, user: NewUser, now: Timestamp) -> Result<User> {
        self.write(move |mut conn| Box::pin(async move { insert(&mut conn, user, now).await })).await
    }

    pub async fn user(&self, id: UserId) -> Result<Option<User>> {
        let mut read = self.read().await?;
        by_id(&mut read.conn(), id).await
    }

    pub async fn user_by_email(&self, email: &Email) -> Result<Option<User>> {
        let mut read = self.read().await?;
        let row: Option<UserRow> = on!(&mut read.conn(), c => sqlx::query_as(select!("where u.email_key = $1"))
            .bind(email.key()).fetch_optional(c))?;
        row.map(UserRow::user).transpose()
    }

    /// The hash of a person's password, where they have one.
    pub async fn password_hash(&self, user: UserId) -> Result<Option<String>> {
        let mut read = self.read().await?;
        let hash: Option<Option<String>> = on!(&mut read.conn(), c => sqlx::query_scalar("select password from users where id = $1")
            .bind(user.to_string()).fetch_optional(c))?;
        Ok(hash.flatten())
    }

    pub async fn rename_user(&self, user: UserId, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.write(move |mut conn| {
            Box::pin(async move {
                on!(&mut conn, c => sqlx::query("update users set name = $2 where id = $1").bind(user.to_string()).bind(name).execute(c))?;
                Ok(())
            })
        })
        .await
    }

    /// Keeps another hash, ends the person's sessions but `keep`, and makes their open reset and sign-in links useless.
    pub async fn set_password(&self, user: UserId, hash: String, keep: Option<SessionId>) -> Result<()> {
        self.write(move |mut conn| Box::pin(async move { set_password(&mut conn, user, &hash, keep).await })).await
    }

    /// Makes `email` the person's confirmed address.
    ///
    /// # Errors
    /// `Taken` where somebody else has it.
    pub async fn set_email(&self, user: UserId, email: Email, now: Timestamp) -> Result<()> {
        self.write(move |mut conn| Box::pin(async move { set_email(&mut conn, user, &email, now).await })).await
    }

    /// Gives or takes the operator's rights. False where there is no such person.
    pub async fn set_operator(&self, user: UserId, operator: bool) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query("update users set operator = $2 where id = $1")
                    .bind(user.to_string()).bind(operator).execute(c))?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    /// Keeps a new session; the person's old ones that are over are removed.
    pub async fn create_session(&self, session: NewSession, now: Timestamp) -> Result<()> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                on!(conn, c => sqlx::query("delete from sessions where user_id = $1 and (seen_at <= $2 or created_at <= $3)")
                    .bind(session.user.to_string()).bind(now.minus(IDLE).as_micros()).bind(now.minus(ABSOLUTE).as_micros()).execute(c))?;
                on!(conn, c => sqlx::query("insert into sessions (digest, id, user_id, created_at, seen_at, password_at, device, address) \
                    values ($1, $2, $3, $4, $4, $5, $6, $7)")
                    .bind(session.digest.as_str()).bind(session.id.to_string()).bind(session.user.to_string()).bind(now.as_micros())
                    .bind(session.with_password.then_some(now.as_micros())).bind(&session.device).bind(&session.address).execute(c))?;
                on!(conn, c => sqlx::query("update users set seen_at = $2 where id = $1")
                    .bind(session.user.to_string()).bind(now.as_micros()).execute(c))?;
                Ok(())
            })
        })
        .await
    }

    /// Gives a session another token, and notes the password where it was given. False where the session is gone.
    pub async fn renew_session(&self, session: SessionId, digest: TokenDigest, with_password: bool, now: Timestamp) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query("update sessions set digest = $2, password_at = coalesce($3, password_at) where id = $1")
                    .bind(session.to_string()).bind(digest.as_str()).bind(with_password.then_some(now.as_micros())).execute(c))?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    /// The session of a token with its person, where it is not over.
    pub async fn find_session(&self, digest: &TokenDigest, now: Timestamp) -> Result<Option<(Session, User)>> {
        let mut read = self.read().await?;
        let conn = &mut read.conn();
        let row: Option<SessionRow> = on!(conn, c => sqlx::query_as(select_sessions!("where digest = $1 and seen_at > $2 and created_at > $3"))
            .bind(digest.as_str()).bind(now.minus(IDLE).as_micros()).bind(now.minus(ABSOLUTE).as_micros()).fetch_optional(c))?;
        let Some(session) = row.map(SessionRow::session).transpose()? else { return Ok(None) };
        // A person who was deleted in between has no sessions either.
        Ok(by_id(conn, session.user).await?.map(|user| (session, user)))
    }

    /// Notes that a session is in use, where the last note is older than a minute.
    pub async fn touch_session(&self, session: &Session, now: Timestamp) -> Result<()> {
        let due = now.minus(TOUCH_EVERY);
        if session.seen_at > due {
            return Ok(());
        }
        let (id, user) = (session.id, session.user);
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                on!(conn, c => sqlx::query("update sessions set seen_at = $2 where id = $1 and seen_at <= $3")
                    .bind(id.to_string()).bind(now.as_micros()).bind(due.as_micros()).execute(c))?;
                on!(conn, c => sqlx::query("update users set seen_at = $2 where id = $1").bind(user.to_string()).bind(now.as_micros()).execute(c))?;
                Ok(())
            })
        })
        .await
    }

    /// A person's sessions that are not over, last used first.
    pub async fn sessions(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>> {
        let mut read = self.read().await?;
        let rows: Vec<SessionRow> = on!(&mut read.conn(), c => sqlx::query_as(select_sessions!(
            "where user_id = $1 and seen_at > $2 and created_at > $3 order by seen_at desc, id desc"))
            .bind(user.to_string()).bind(now.minus(IDLE).as_micros()).bind(now.minus(ABSOLUTE).as_micros()).fetch_all(c))?;
        rows.into_iter().map(SessionRow::session).collect()
    }

    /// Ends one of a person's sessions. False where there is none of this id.
    pub async fn end_session(&self, user: UserId, session: SessionId) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query("delete from sessions where id = $1 and user_id = $2")
                    .bind(session.to_string()).bind(user.to_string()).execute(c))?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    /// Ends all of a person's sessions but `keep`; gives their number.
    pub async fn end_other_sessions(&self, user: UserId, keep: Option<SessionId>) -> Result<u64> {
        self.write(move |mut conn| Box::pin(async move { end_sessions(&mut conn, user, keep).await })).await
    }
}

pub(crate) async fn insert(conn: &mut Conn<'_>, user: NewUser, now: Timestamp) -> Result<User> {
    let done = on!(conn, c => sqlx::query("insert into users (id, email, email_key, email_confirmed_at, name, password, operator, created_at) \
        values ($1, $2, $3, $4, $5, $6, false, $7)")
        .bind(user.id.to_string()).bind(user.email.as_str()).bind(user.email.key()).bind(user.confirmed.then_some(now.as_micros()))
        .bind(&user.name).bind(&user.password).bind(now.as_micros()).execute(c));
    match done {
        Err(error) if error.is_duplicate() => return Err(Error::Taken("the e-mail address".into())),
        other => {
            other?;
        }
    }
    by_id(conn, user.id).await?.ok_or(Error::Missing("user"))
}

pub(crate) async fn by_id(conn: &mut Conn<'_>, id: UserId) -> Result<Option<User>> {
    let row: Option<UserRow> = on!(conn, c => sqlx::query_as(select!("where u.id = $1")).bind(id.to_string()).fetch_optional(c))?;
    row.map(UserRow::user).transpose()
}

/// # Errors
/// `Taken` where somebody else has the address.
pub(crate) async fn set_email(conn: &mut Conn<'_>, user: UserId, email: &Email, now: Timestamp) -> Result<()> {
    let done = on!(conn, c => sqlx::query("update users set email = $2, email_key = $3, email_confirmed_at = $4 where id = $1")
        .bind(user.to_string()).bind(email.as_str()).bind(email.key()).bind(now.as_micros()).execute(c));
    match done {
        Err(error) if error.is_duplicate() => Err(Error::Taken("the e-mail address".into())),
        other => other.map(drop),
    }
}

pub(crate) async fn set_password(conn: &mut Conn<'_>, user: UserId, hash: &str, keep: Option<SessionId>) -> Result<()> {
    on!(conn, c => sqlx::query("update users set password = $2 where id = $1").bind(user.to_string()).bind(hash).execute(c))?;
    on!(conn, c => sqlx::query("delete from links where user_id = $1 and purpose in ('reset', 'sign_in')").bind(user.to_string()).execute(c))?;
    end_sessions(conn, user, keep).await.map(drop)
}

async fn end_sessions(conn: &mut Conn<'_>, user: UserId, keep: Option<SessionId>) -> Result<u64> {
    let keep = keep.map(|id| id.to_string()).unwrap_or_default();
    let done =
        on!(conn, c => sqlx::query("delete from sessions where user_id = $1 and id <> $2").bind(user.to_string()).bind(keep).execute(c))?;
    Ok(done.rows_affected())
}
