//! Notices about used credits: each share of a period once, with its mails or not at all.

use domain::{CREDIT_SHARES, TeamId, Timestamp};

use crate::db::{number, on, row, word};
use crate::{Result, Store, mails};

/// A share of a period's credits that is used, and was not told of yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditNotice {
    pub team: TeamId,
    pub period_start: Timestamp,
    /// One of [`CREDIT_SHARES`].
    pub percent: u8,
}

row!(NoticeRow { team_id: String, period_start: i64, percent: i64 });

/// A running period that has used a share `$1` per cent, and told of less.
macro_rules! reached {
    () => {
        "not unlimited and period_start <= $2 and period_end > $2 and noticed < $1 \
         and included + purchased + adjusted > 0 and used * 100 >= (included + purchased + adjusted) * $1"
    };
}

impl Store {
    /// The greatest share of each team that is to be told of now.
    pub async fn credit_notices(&self, now: Timestamp) -> Result<Vec<CreditNotice>> {
        let mut read = self.read().await?;
        let mut notices: Vec<CreditNotice> = Vec::new();
        for share in CREDIT_SHARES.into_iter().rev() {
            let rows: Vec<NoticeRow> = on!(&mut read.conn(), c => sqlx::query_as(
                concat!("select team_id, period_start, cast($1 as bigint) as percent from credits where ", reached!(), " order by team_id"))
                .bind(i64::from(share)).bind(now.as_micros()).fetch_all(c))?;
            for row in rows {
                let notice = row.notice()?;
                if notices.iter().all(|greater| greater.team != notice.team) {
                    notices.push(notice);
                }
            }
        }
        Ok(notices)
    }

    /// Takes a notice and queues its mails, both or neither. False where it was taken before, or has lost its point.
    pub async fn give_notice(&self, notice: &CreditNotice, recipients: Vec<String>, message: String, now: Timestamp) -> Result<bool> {
        let notice = notice.clone();
        self.write(move |mut conn| {
            Box::pin(async move {
                let taken = on!(&mut conn, c => sqlx::query(
                    concat!("update credits set noticed = $1 where team_id = $3 and period_start = $4 and ", reached!()))
                    .bind(i64::from(notice.percent)).bind(now.as_micros())
                    .bind(notice.team.to_string()).bind(notice.period_start.as_micros()).execute(c))?;
                if taken.rows_affected() == 0 {
                    return Ok(false);
                }
                for recipient in &recipients {
                    mails::queue(&mut conn, recipient, &message, now).await?;
                }
                Ok(true)
            })
        })
        .await
    }
}

impl NoticeRow {
    fn notice(self) -> Result<CreditNotice> {
        Ok(CreditNotice {
            team: word(&self.team_id)?,
            period_start: Timestamp::from_micros(self.period_start),
            percent: number(self.percent)?,
        })
    }
}
