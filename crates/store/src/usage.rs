//! What a team used, by day.

use domain::{TeamId, Timestamp};

use crate::db::{on, row};
use crate::{Result, Store};

/// What a day's figures are split by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageBy {
    Template,
    Key,
    /// Who made it in the app.
    Member,
}

/// The figures of one day and one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Midnight UTC.
    pub day: Timestamp,
    /// The id of a template group, key or person; empty for what has none.
    pub part: String,
    /// Credits charged for what was asked for on that day.
    pub credits: i64,
    /// Pictures that were finished, in both modes; also those that were deleted since.
    pub pictures: i64,
    pub failed: i64,
}

row!(UsageRow { day: i64, part: String, credits: i64, pictures: i64, failed: i64 });

row!(NameRow { id: String, name: String });

/// Microseconds.
const DAY: i64 = 86_400_000_000;

/// All of it is read from one index, but for the images of generations that have not ended or that an earlier version ended.
macro_rules! by {
    ($part:literal) => {
        concat!(
            "select day, part, cast(sum(charged) as bigint) as credits, cast(sum(done) as bigint) as pictures, \
             cast(sum(lost) as bigint) as failed from (select g.created_at / 86400000000 as day, coalesce(",
            $part,
            ", '') as part, g.charged as charged, \
             coalesce(g.completed, (select count(*) from images i where i.generation_id = g.id and i.status = 'completed')) as done, \
             coalesce(g.failed, (select count(*) from images i where i.generation_id = g.id and i.status = 'failed')) as lost \
             from generations g where g.team_id = $1 and g.created_at >= $2 and g.created_at < $3) u \
             group by day, part order by day, part"
        )
    };
}

impl Store {
    /// The team's figures from `from` (included) to `to`, by day and part. Days without any are left out.
    pub async fn usage(&self, team: TeamId, from: Timestamp, to: Timestamp, by: UsageBy) -> Result<Vec<Usage>> {
        let text = match by {
            UsageBy::Template => by!("g.template_group_id"),
            UsageBy::Key => by!("g.key_id"),
            UsageBy::Member => by!("g.user_id"),
        };
        let mut read = self.read().await?;
        let rows: Vec<UsageRow> = on!(&mut read.conn(), c => sqlx::query_as(text)
            .bind(team.to_string()).bind(from.as_micros()).bind(to.as_micros()).fetch_all(c))?;
        let usage = |row: UsageRow| Usage {
            day: Timestamp::from_micros(row.day.saturating_mul(DAY)),
            part: row.part,
            credits: row.credits,
            pictures: row.pictures,
            failed: row.failed,
        };
        Ok(rows.into_iter().map(usage).collect())
    }

    /// What the parts of a team's usage are called, by id. People who left have none.
    pub async fn usage_names(&self, team: TeamId, by: UsageBy) -> Result<Vec<(String, String)>> {
        let text = match by {
            UsageBy::Template => "select id, name from template_groups where owner = $1 or owner = 'built-in'",
            UsageBy::Key => "select id, name from api_keys where team_id = $1",
            UsageBy::Member => "select u.id as id, u.name as name from users u join memberships m on m.user_id = u.id where m.team_id = $1",
        };
        let mut read = self.read().await?;
        let rows: Vec<NameRow> = on!(&mut read.conn(), c => sqlx::query_as(text).bind(team.to_string()).fetch_all(c))?;
        Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
    }
}
