//! Mails that wait for being sent. A message is opaque text here, and holds no secret.

use std::time::Duration;

use domain::{RequestId, Timestamp};

use crate::db::{Conn, number, on, row};
use crate::{Result, Store};

/// A mail that was taken for sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub id: String,
    pub recipient: String,
    pub message: String,
    /// This try, from 1 on.
    pub attempt: u32,
    pub created_at: Timestamp,
}

row!(MailRow { id: String, recipient: String, message: String, attempts: i64, created_at: i64 });

impl Store {
    /// Queues a mail; it is due at once.
    pub async fn queue_mail(&self, recipient: &str, message: String, now: Timestamp) -> Result<()> {
        let recipient = recipient.to_owned();
        self.write(move |mut conn| Box::pin(async move { queue(&mut conn, &recipient, &message, now).await })).await
    }

    /// Takes the mail that has been due longest. It is due again after `patience`, whatever becomes of the one who took it.
    pub async fn claim_mail(&self, patience: Duration, now: Timestamp) -> Result<Option<Mail>> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let row: Option<MailRow> = on!(&mut conn, c => sqlx::query_as("update mails set attempts = attempts + 1, due_at = $2 \
                    where id = (select id from mails where due_at <= $1 order by due_at, id limit 1) and due_at <= $1 \
                    returning id, recipient, message, attempts, created_at")
                    .bind(now.as_micros()).bind(now.plus(patience).as_micros()).fetch_optional(c))?;
                row.map(MailRow::mail).transpose()
            })
        })
        .await
    }

    /// Puts a mail that could not be sent off.
    pub async fn postpone_mail(&self, id: &str, until: Timestamp) -> Result<()> {
        let id = id.to_owned();
        self.write(move |mut conn| {
            Box::pin(async move {
                on!(&mut conn, c => sqlx::query("update mails set due_at = $2 where id = $1").bind(id).bind(until.as_micros()).execute(c))
                    .map(drop)
            })
        })
        .await
    }

    /// Forgets a mail that was sent, or given up.
    pub async fn forget_mail(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.write(move |mut conn| {
            Box::pin(async move { on!(&mut conn, c => sqlx::query("delete from mails where id = $1").bind(id).execute(c)).map(drop) })
        })
        .await
    }

    /// Mails that wait, due or not.
    pub async fn mails_waiting(&self) -> Result<u64> {
        let mut read = self.read().await?;
        let count: i64 = on!(&mut read.conn(), c => sqlx::query_scalar("select count(*) from mails").fetch_one(c))?;
        number(count)
    }
}

/// Queues a mail together with what it tells of.
pub(crate) async fn queue(conn: &mut Conn<'_>, recipient: &str, message: &str, now: Timestamp) -> Result<()> {
    let id = RequestId::new().to_string().replacen("req_", "mail_", 1);
    on!(conn, c => sqlx::query("insert into mails (id, recipient, message, attempts, due_at, created_at) values ($1, $2, $3, 0, $4, $4)")
        .bind(id).bind(recipient).bind(message).bind(now.as_micros()).execute(c))?;
    Ok(())
}

impl MailRow {
    fn mail(self) -> Result<Mail> {
        Ok(Mail {
            id: self.id,
            recipient: self.recipient,
            message: self.message,
            attempt: number(self.attempts)?,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}
