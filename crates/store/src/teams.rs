//! Teams: who pays, on which plan, with which limits.

use domain::{BrandKitId, TeamId, Timestamp};

use crate::db::{Conn, number, on, row, word};
use crate::{Error, Result, Store, ledger};

/// A team as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    pub id: TeamId,
    pub slug: String,
    pub name: String,
    /// The plan's slug; a due renewal is already counted in.
    pub plan: String,
    /// The plan from the next renewal on.
    pub next_plan: Option<String>,
    /// The day that its periods start on.
    pub anchor: Timestamp,
    /// Requests a minute, in place of the plan's.
    pub rate_limit: Option<u32>,
    pub default_brand_kit: Option<BrandKitId>,
    pub created_at: Timestamp,
}

/// A team to be made.
#[derive(Clone, Debug)]
pub struct NewTeam {
    pub name: String,
    /// Small letters, digits, hyphens; made from the name where absent.
    pub slug: Option<String>,
    pub plan: String,
}

row!(TeamRow {
    id: String,
    slug: String,
    name: String,
    plan: String,
    next_plan: Option<String>,
    period_end: i64,
    anchor: i64,
    rate_limit: Option<i64>,
    default_brand_kit: Option<String>,
    created_at: i64,
});

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select t.id, t.slug, t.name, t.plan, t.next_plan, c.period_end, t.anchor, t.rate_limit, t.default_brand_kit, t.created_at \
             from teams t join credits c on c.team_id = t.id ",
            $rest
        )
    };
}

impl TeamRow {
    fn team(self, now: Timestamp) -> Result<Team> {
        let due = now.as_micros() >= self.period_end;
        let (plan, next_plan) = match self.next_plan {
            Some(next) if due => (next, None),
            next => (self.plan, next),
        };
        Ok(Team {
            id: word(&self.id)?,
            slug: self.slug,
            name: self.name,
            plan,
            next_plan,
            anchor: Timestamp::from_micros(self.anchor),
            rate_limit: self.rate_limit.map(number).transpose()?,
            default_brand_kit: self.default_brand_kit.as_deref().map(word).transpose()?,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

/// The longest slug, in bytes.
const LONGEST_SLUG: usize = 63;
/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

impl Store {
    /// Makes a team; its first period's included credits are granted at once. The anchor is today.
    ///
    /// # Errors
    /// `UnknownPlan`; `Taken` for a slug that was asked for; `Invalid` for an empty name or a bad slug.
    pub async fn create_team(&self, team: NewTeam, now: Timestamp) -> Result<Team> {
        let NewTeam { name, slug, plan } = team;
        if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(Error::Invalid(format!("a team's name has 1 to {LONGEST_NAME} characters")));
        }
        if slug.as_deref().is_some_and(|slug| !is_slug(slug)) {
            return Err(Error::Invalid(format!("a slug has 1 to {LONGEST_SLUG} small letters, digits and hyphens")));
        }
        if self.plans().get(&plan).is_none() {
            return Err(Error::UnknownPlan(plan));
        }
        let plans = self.shared_plans();
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let slug = match slug {
                    Some(slug) if is_taken(conn, &slug).await? => return Err(Error::Taken(slug)),
                    Some(slug) => slug,
                    None => free_slug(conn, &name).await?,
                };
                let id = TeamId::new();
                on!(conn, c => sqlx::query("insert into teams (id, slug, name, plan, anchor, created_at) values ($1, $2, $3, $4, $5, $5)")
                    .bind(id.to_string()).bind(slug).bind(name).bind(&plan).bind(now.as_micros()).execute(c))?;
                ledger::open(conn, &plans, id, &plan, now).await?;
                by_id(conn, id, now).await?.ok_or(Error::Missing("team"))
            })
        })
        .await
    }

    pub async fn team(&self, id: TeamId, now: Timestamp) -> Result<Option<Team>> {
        let mut read = self.read().await?;
        by_id(&mut read.conn(), id, now).await
    }

    /// By id or slug, as commands name a team.
    pub async fn find_team(&self, id_or_slug: &str, now: Timestamp) -> Result<Option<Team>> {
        let mut read = self.read().await?;
        let row: Option<TeamRow> = on!(&mut read.conn(), c => sqlx::query_as(select!("where t.id = $1 or t.slug = $1"))
            .bind(id_or_slug).fetch_optional(c))?;
        row.map(|row| row.team(now)).transpose()
    }

    /// All teams, oldest first.
    pub async fn teams(&self, now: Timestamp) -> Result<Vec<Team>> {
        let mut read = self.read().await?;
        let rows: Vec<TeamRow> = on!(&mut read.conn(), c => sqlx::query_as(select!("order by t.created_at, t.id")).fetch_all(c))?;
        rows.into_iter().map(|row| row.team(now)).collect()
    }

    /// The operator's change of plan, at once: access and limits follow the plan; included credits only grow until renewal.
    ///
    /// # Errors
    /// `UnknownPlan`, `Missing`.
    pub async fn set_plan(&self, team: TeamId, plan: &str, now: Timestamp) -> Result<Team> {
        let (plans, plan) = (self.shared_plans(), plan.to_owned());
        self.write(move |mut conn| {
            Box::pin(async move {
                let mut ledger = ledger::current(&mut conn, &plans, team, now).await?;
                ledger.change_plan(&mut conn, &plans, &plan, now).await?;
                by_id(&mut conn, team, now).await?.ok_or(Error::Missing("team"))
            })
        })
        .await
    }

    /// The team's own choice: a larger plan at once, a smaller one from the next renewal on.
    ///
    /// # Errors
    /// `UnknownPlan`, `Missing`.
    pub async fn choose_plan(&self, team: TeamId, plan: &str, now: Timestamp) -> Result<Team> {
        let (plans, plan) = (self.shared_plans(), plan.to_owned());
        self.write(move |mut conn| {
            Box::pin(async move {
                let chosen = plans.get(&plan).ok_or_else(|| Error::UnknownPlan(plan.clone()))?;
                let mut ledger = ledger::current(&mut conn, &plans, team, now).await?;
                if plans.get(&ledger.plan).is_some_and(|present| chosen.is_below(present)) {
                    on!(&mut conn, c => sqlx::query("update teams set next_plan = $2 where id = $1")
                        .bind(team.to_string()).bind(&plan).execute(c))?;
                } else {
                    ledger.change_plan(&mut conn, &plans, &plan, now).await?;
                }
                by_id(&mut conn, team, now).await?.ok_or(Error::Missing("team"))
            })
        })
        .await
    }

    /// Another limit than the plan's; `None` goes back to the plan's.
    ///
    /// # Errors
    /// `Missing`; `Invalid` for 0.
    pub async fn set_rate_limit(&self, team: TeamId, limit: Option<u32>, now: Timestamp) -> Result<Team> {
        if limit == Some(0) {
            return Err(Error::Invalid("a rate limit is at least 1".into()));
        }
        self.write(move |mut conn| {
            Box::pin(async move {
                on!(&mut conn, c => sqlx::query("update teams set rate_limit = $2 where id = $1")
                    .bind(team.to_string()).bind(limit.map(i64::from)).execute(c))?;
                by_id(&mut conn, team, now).await?.ok_or(Error::Missing("team"))
            })
        })
        .await
    }
}

pub(crate) async fn by_id(conn: &mut Conn<'_>, id: TeamId, now: Timestamp) -> Result<Option<Team>> {
    let row: Option<TeamRow> = on!(conn, c => sqlx::query_as(select!("where t.id = $1")).bind(id.to_string()).fetch_optional(c))?;
    row.map(|row| row.team(now)).transpose()
}

fn is_slug(text: &str) -> bool {
    (1..=LONGEST_SLUG).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

async fn is_taken(conn: &mut Conn<'_>, slug: &str) -> Result<bool> {
    let found: Option<i64> =
        on!(conn, c => sqlx::query_scalar("select created_at from teams where slug = $1").bind(slug).fetch_optional(c))?;
    Ok(found.is_some())
}

/// A slug from the name, with a number behind it where another team has it.
async fn free_slug(conn: &mut Conn<'_>, name: &str) -> Result<String> {
    let mut base = String::new();
    for character in name.to_lowercase().chars() {
        if character.is_ascii_alphanumeric() {
            base.push(character);
        } else if !base.is_empty() && !base.ends_with('-') {
            base.push('-');
        }
    }
    base.truncate(LONGEST_SLUG - 10);
    let base = base.trim_end_matches('-');
    let base = if base.is_empty() { "team" } else { base };
    let mut slug = base.to_owned();
    let mut number = 1;
    while is_taken(conn, &slug).await? {
        number += 1;
        slug = format!("{base}-{number}");
    }
    Ok(slug)
}
