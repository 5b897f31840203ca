//! Rate limits that several processes share: a decision is one statement.

use domain::Timestamp;
use domain::rate::{Bucket, BucketKey, Decision, SKEW, WINDOW};

use crate::db::{number, on, row};
use crate::{Result, Store};

row!(RateRow { started: i64, used: i64, allowed: bool });

impl RateRow {
    fn bucket(&self) -> Result<Bucket> {
        Ok(Bucket::resume(Timestamp::from_micros(self.started), number(self.used)?))
    }
}

impl Store {
    /// Counts one request, as [`Bucket::take`] does.
    pub async fn take_rate(&self, key: BucketKey, limit: u32, now: Timestamp) -> Result<Decision> {
        let (key, limit_rows) = (key.to_string(), i64::from(limit));
        // Whether the window is another one; the row's columns are those before the statement.
        let (oldest, newest) = (now.minus(WINDOW).as_micros(), now.plus(SKEW).as_micros());
        let row: RateRow = self
            .write_alone(move |mut conn| {
                Box::pin(async move {
                    on!(&mut conn, c => sqlx::query_as(
                        "insert into rates (bucket, started, used, allowed) values ($1, $2, case when $3 > 0 then 1 else 0 end, $3 > 0) \
                         on conflict (bucket) do update set \
                         started = case when rates.started <= $4 or rates.started > $5 then excluded.started else rates.started end, \
                         used = case when rates.started <= $4 or rates.started > $5 then excluded.used \
                           when rates.used < $3 then rates.used + 1 else rates.used end, \
                         allowed = case when rates.started <= $4 or rates.started > $5 then excluded.allowed else rates.used < $3 end \
                         returning started, used, allowed")
                        .bind(key).bind(now.as_micros()).bind(limit_rows).bind(oldest).bind(newest).fetch_one(c))
                })
            })
            .await?;
        Ok(row.bucket()?.show(limit, row.allowed))
    }

    /// The figures without counting a request, as [`Bucket::peek`] gives them.
    pub async fn peek_rate(&self, key: BucketKey, limit: u32, now: Timestamp) -> Result<Decision> {
        let mut read = self.read().await?;
        let row: Option<RateRow> = on!(&mut read.conn(), c => sqlx::query_as("select started, used, allowed from rates where bucket = $1")
            .bind(key.to_string()).fetch_optional(c))?;
        let bucket = row.map_or_else(|| Ok(Bucket::open(now)), |row| row.bucket())?;
        Ok(bucket.peek(limit, now))
    }

    /// Forgets windows that are long over. Gives their number.
    pub async fn forget_rates(&self, now: Timestamp) -> Result<u64> {
        // Of the same length once more, for the clocks of others.
        let over = now.minus(WINDOW).minus(WINDOW).as_micros();
        self.write_alone(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query("delete from rates where started < $1").bind(over).execute(c))?;
                Ok(done.rows_affected())
            })
        })
        .await
    }
}
