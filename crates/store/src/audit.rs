//! The auditor: whether the ledger is what it must be.

use std::time::Duration;

use domain::{TeamId, Timestamp};

use crate::db::{Conn, on, row, word};
use crate::{Result, Store};

/// Something that does not add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The name of the rule that is broken: `balance`, `zero_sum`, `image_end`, ….
    pub rule: &'static str,
    pub team: Option<TeamId>,
    /// The row concerned, and the figures.
    pub message: String,
}

/// How long after its lease's end a generation may still hold credits.
const GRACE: Duration = Duration::from_secs(60);

/// Each rule as a query that gives the rows that break it: the team, and what is wrong in words and figures.
const RULES: &[(&str, &str)] = &[
    (
        "balance",
        "select a.team_id, a.kind || ': balance ' || a.balance || ', transfers ' || s.total as message from accounts a join ( \
           select a.team_id, a.kind, cast(coalesce(sum(case when t.to_account = a.kind then t.amount else 0 end), 0) \
             - coalesce(sum(case when t.from_account = a.kind then t.amount else 0 end), 0) as bigint) as total \
           from accounts a left join transfers t on t.team_id = a.team_id and (t.to_account = a.kind or t.from_account = a.kind) \
           group by a.team_id, a.kind) s on s.team_id = a.team_id and s.kind = a.kind where s.total <> a.balance",
    ),
    (
        "zero_sum",
        "select team_id, 'balances sum to ' || cast(sum(balance) as bigint) as message from accounts group by team_id having sum(balance) <> 0",
    ),
    (
        "accounts",
        "select t.id as team_id, 'has ' || count(a.kind) || ' accounts' as message from teams t left join accounts a on a.team_id = t.id \
         group by t.id having count(a.kind) <> 5",
    ),
    (
        "period",
        "select c.team_id, 'available ' || a.balance || ', the period says ' || (c.included + c.purchased + c.adjusted - c.used - c.reserved) as message \
         from credits c join accounts a on a.team_id = c.team_id and a.kind = 'available' \
         where a.balance <> c.included + c.purchased + c.adjusted - c.used - c.reserved",
    ),
    (
        "reserved",
        "select a.team_id, 'reserved ' || a.balance || ', generations hold ' || cast(coalesce(sum(g.reserved), 0) as bigint) as message \
         from accounts a left join generations g on g.team_id = a.team_id and g.reserved > 0 where a.kind = 'reserved' \
         group by a.team_id, a.balance having a.balance <> coalesce(sum(g.reserved), 0)",
    ),
    (
        "one_reserve",
        "select g.team_id, g.id || ' reserved ' || cast(coalesce(sum(t.amount), 0) as bigint) || ' for ' || \
           (select count(*) from images i where i.generation_id = g.id) || ' images' as message \
         from generations g left join transfers t on t.generation_id = g.id and t.kind = 'reserve' and t.team_id = g.team_id \
         where g.mode = 'live' group by g.id, g.team_id \
         having coalesce(sum(t.amount), 0) <> (select count(*) from images i where i.generation_id = g.id)",
    ),
    (
        "image_end",
        "select g.team_id, i.id || ' of ' || g.id || ' is ' || i.status || ' and its ledger entry is ' || coalesce(t.kind, 'missing') as message \
         from generations g join images i on i.generation_id = g.id \
         left join transfers t on t.image_id = i.id and t.kind in ('settle', 'release') \
         where g.mode = 'live' and (case i.status when 'completed' then 'settle' when 'failed' then 'release' else 'none' end) \
           <> (case when t.id is null then 'none' when t.amount = 1 and t.team_id = g.team_id and t.generation_id = g.id then t.kind else 'wrong' end)",
    ),
    (
        "finished",
        "select g.team_id, g.id || ' is ' || g.status || ', charged ' || g.charged || ', holds ' || g.reserved as message from generations g \
         where g.mode = 'live' and g.status in ('completed', 'partial', 'failed') and (g.reserved <> 0 \
           or g.charged <> (select count(*) from images i where i.generation_id = g.id and i.status = 'completed') \
           or exists (select 1 from images i where i.generation_id = g.id and i.status = 'queued') \
           or exists (select 1 from jobs j where j.generation_id = g.id))",
    ),
    (
        "unfinished_without_job",
        "select g.team_id, g.id || ' is ' || g.status || ' and nobody will work on it' as message from generations g \
         where g.status in ('queued', 'processing') and not exists (select 1 from jobs j where j.generation_id = g.id)",
    ),
    (
        "orphans",
        "select t.team_id, t.id || ' (' || t.kind || ') belongs to no image or generation' as message from transfers t \
         where (t.kind in ('settle', 'release') and not exists (select 1 from images i where i.id = t.image_id)) \
            or (t.kind = 'reserve' and not exists (select 1 from generations g where g.id = t.generation_id))",
    ),
    (
        "test_mode",
        "select g.team_id, g.id || ' was made in test mode and has ledger entries' as message from generations g \
         where g.mode = 'test' and (g.reserved <> 0 or g.charged <> 0 or exists (select 1 from transfers t where t.generation_id = g.id))",
    ),
];

row!(BrokenRow {
    team_id: Option<String>,
    message: String,
});

impl Store {
    /// All mismatches, in one consistent read; none is what it should be.
    pub async fn audit_ledger(&self, now: Timestamp) -> Result<Vec<Mismatch>> {
        let mut read = self.long_snapshot().await?;
        let conn = &mut read.conn();
        let mut found = Vec::new();
        for (rule, query) in RULES {
            let rows: Vec<BrokenRow> = on!(conn, c => sqlx::query_as(*query).fetch_all(c))?;
            collect(&mut found, rule, rows)?;
        }
        let rows = stale(conn, now).await?;
        collect(&mut found, "stale_reserve", rows)?;
        Ok(found)
    }
}

/// Holds whose worker is overdue by more than the grace: the sweeper should have taken the job back.
async fn stale(conn: &mut Conn<'_>, now: Timestamp) -> Result<Vec<BrokenRow>> {
    on!(conn, c => sqlx::query_as("select g.team_id, g.id || ' holds ' || g.reserved || ' past its lease' as message \
        from jobs j join generations g on g.id = j.generation_id where g.reserved > 0 and j.lease_owner is not null and j.lease_until < $1")
        .bind(now.minus(GRACE).as_micros()).fetch_all(c))
}

fn collect(found: &mut Vec<Mismatch>, rule: &'static str, rows: Vec<BrokenRow>) -> Result<()> {
    for BrokenRow { team_id, message } in rows {
        found.push(Mismatch { rule, team: team_id.as_deref().map(word).transpose()?, message });
    }
    Ok(())
}
