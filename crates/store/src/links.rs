//! One-time links: for confirming an address, a new password, and getting in without one. Kept as digests.

use domain::{Email, Timestamp, TokenDigest, UserId};

use crate::db::{Conn, on, row, word};
use crate::{Error, Result, Store, people};

/// What a link to a person's account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Proves an e-mail address.
    Confirm,
    /// Lets a new password be chosen.
    Reset,
    /// Signs in.
    SignIn,
}

impl LinkPurpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reset => "reset",
            Self::SignIn => "sign_in",
        }
    }
}

/// A link to be kept.
#[derive(Clone, Debug)]
pub struct NewLink {
    pub digest: TokenDigest,
    pub purpose: LinkPurpose,
    pub user: UserId,
    /// The address that a `Confirm` link proves.
    pub email: Option<Email>,
    pub expires_at: Timestamp,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub user: UserId,
    pub email: Option<Email>,
}

row!(LinkRow {
    user_id: Option<String>,
    email: Option<String>,
});

impl LinkRow {
    fn link(self) -> Result<Link> {
        let user = self.user_id.ok_or_else(|| Error::Corrupt("a link to nobody".into()))?;
        Ok(Link { user: word(&user)?, email: self.email.as_deref().map(word).transpose()? })
    }
}

impl Store {
    /// Keeps a link. Older ones of the same purpose stay good until they are used or over.
    pub async fn create_link(&self, link: NewLink, now: Timestamp) -> Result<()> {
        self.write(move |mut conn| {
            Box::pin(async move {
                on!(&mut conn, c => sqlx::query("insert into links (digest, purpose, user_id, email, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)")
                    .bind(link.digest.as_str()).bind(link.purpose.as_str()).bind(link.user.to_string())
                    .bind(link.email.as_ref().map(Email::as_str)).bind(now.as_micros()).bind(link.expires_at.as_micros()).execute(c))?;
                Ok(())
            })
        })
        .await
    }

    /// What a link leads to; it stays good.
    pub async fn find_link(&self, digest: &TokenDigest, purpose: LinkPurpose, now: Timestamp) -> Result<Option<Link>> {
        let mut read = self.read().await?;
        let row: Option<LinkRow> = on!(&mut read.conn(), c => sqlx::query_as(
            "select user_id, email from links where digest = $1 and purpose = $2 and expires_at > $3")
            .bind(digest.as_str()).bind(purpose.as_str()).bind(now.as_micros()).fetch_optional(c))?;
        row.map(LinkRow::link).transpose()
    }

    /// Signs in: uses the link up. The address that it was sent to is not touched.
    pub async fn use_sign_in_link(&self, digest: TokenDigest, now: Timestamp) -> Result<Option<UserId>> {
        self.write(move |mut conn| {
            Box::pin(async move { Ok(take(&mut conn, &digest, LinkPurpose::SignIn, now).await?.map(|link| link.user)) })
        })
        .await
    }

    /// Makes the address of a link the person's confirmed one, and uses the link up.
    ///
    /// # Errors
    /// `Taken` where somebody else has the address by now.
    pub async fn use_confirm_link(&self, digest: TokenDigest, now: Timestamp) -> Result<Option<UserId>> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let Some(Link { user, email: Some(email) }) = take(conn, &digest, LinkPurpose::Confirm, now).await? else {
                    return Ok(None);
                };
                people::set_email(conn, user, &email, now).await?;
                Ok(Some(user))
            })
        })
        .await
    }

    /// Keeps a new password's hash and uses the link up. Who has the mail has the address: it counts as confirmed. All
    /// sessions of the person end.
    pub async fn use_reset_link(&self, digest: TokenDigest, hash: String, now: Timestamp) -> Result<Option<UserId>> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let Some(link) = take(conn, &digest, LinkPurpose::Reset, now).await? else { return Ok(None) };
                people::set_password(conn, link.user, &hash, None).await?;
                on!(conn, c => sqlx::query("update users set email_confirmed_at = coalesce(email_confirmed_at, $2) where id = $1")
                    .bind(link.user.to_string()).bind(now.as_micros()).execute(c))?;
                Ok(Some(link.user))
            })
        })
        .await
    }
}

/// Of two who use a link at once, one gets it.
async fn take(conn: &mut Conn<'_>, digest: &TokenDigest, purpose: LinkPurpose, now: Timestamp) -> Result<Option<Link>> {
    let row: Option<LinkRow> = on!(conn, c => sqlx::query_as(
        "delete from links where digest = $1 and purpose = $2 and expires_at > $3 returning user_id, email")
        .bind(digest.as_str()).bind(purpose.as_str()).bind(now.as_micros()).fetch_optional(c))?;
    row.map(LinkRow::link).transpose()
}
