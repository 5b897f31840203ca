//! Teams: who pays, on which plan, with which limits.

use domain::slug::{LONGEST_SLUG, is_slug, slug_of};
use domain::{BrandKitId, Cycle, Period, Plans, TeamId, Terms, Timestamp};

use crate::db::{Conn, number, on, one_at_a_time, row, word};
use crate::history::{self, NewEvent};
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
    /// How long a payment lasts.
    pub cycle: Cycle,
    pub next_cycle: Option<Cycle>,
    /// When the plan renews.
    pub renews_at: Timestamp,
    /// What pays for the plan, by the payment provider's id.
    pub subscription: Option<String>,
    /// The day that its periods start on.
    pub anchor: Timestamp,
    /// Requests a minute, in place of the plan's.
    pub rate_limit: Option<u32>,
    pub default_brand_kit: Option<BrandKitId>,
    /// BCP 47, for the team's numbers and dates.
    pub locale: String,
    /// Name of the IANA database.
    pub time_zone: String,
    pub members: u32,
    pub created_at: Timestamp,
}

/// Settings of a team to be changed; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct TeamChange {
    pub name: Option<String>,
    pub slug: Option<String>,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
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
    cycle: String,
    next_cycle: Option<String>,
    paid_until: Option<i64>,
    subscription: Option<String>,
    period_end: i64,
    anchor: i64,
    rate_limit: Option<i64>,
    default_brand_kit: Option<String>,
    locale: String,
    time_zone: String,
    members: i64,
    created_at: i64,
});

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select t.id, t.slug, t.name, t.plan, t.next_plan, t.cycle, t.next_cycle, t.paid_until, t.subscription, c.period_end, t.anchor, t.rate_limit, t.default_brand_kit, \
             t.locale, t.time_zone, t.members, t.created_at \
             from teams t join credits c on c.team_id = t.id ",
            $rest
        )
    };
}

impl TeamRow {
    fn team(self, now: Timestamp) -> Result<Team> {
        let anchor = Timestamp::from_micros(self.anchor);
        let terms = Terms {
            plan: self.plan,
            next_plan: self.next_plan,
            cycle: word(&self.cycle)?,
            next_cycle: self.next_cycle.as_deref().map(word).transpose()?,
            paid_until: self.paid_until.map(Timestamp::from_micros),
        };
        let terms = terms.at(anchor, Timestamp::from_micros(self.period_end), now);
        Ok(Team {
            id: word(&self.id)?,
            slug: self.slug,
            name: self.name,
            renews_at: terms.renew_at(Period::containing(anchor, now).end),
            plan: terms.plan,
            next_plan: terms.next_plan,
            subscription: self.subscription,
            cycle: terms.cycle,
            next_cycle: terms.next_cycle,
            anchor,
            rate_limit: self.rate_limit.map(number).transpose()?,
            default_brand_kit: self.default_brand_kit.as_deref().map(word).transpose()?,
            locale: self.locale,
            time_zone: self.time_zone,
            members: number(self.members)?,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

impl Store {
    /// Makes a team; its first period's included credits are granted at once. The anchor is today.
    ///
    /// # Errors
    /// `UnknownPlan`; `Taken` for a slug that was asked for; `Invalid` for an empty name or a bad slug.
    pub async fn create_team(&self, team: NewTeam, now: Timestamp) -> Result<Team> {
        let (plans, team) = (self.shared_plans(), self.checked(team)?);
        self.write(move |mut conn| Box::pin(async move { insert(&mut conn, &plans, team, now).await })).await
    }

    /// A team whose name, slug and plan are good.
    pub(crate) fn checked(&self, team: NewTeam) -> Result<NewTeam> {
        check_name(&team.name)?;
        if let Some(slug) = &team.slug {
            check_slug(slug)?;
        }
        if self.plans().get(&team.plan).is_none() {
            return Err(Error::UnknownPlan(team.plan));
        }
        Ok(team)
    }

    /// Changes a team's settings.
    ///
    /// # Errors
    /// `Taken` for another team's slug; `Invalid` for an empty name or a bad slug; `Missing`.
    pub async fn change_team(&self, team: TeamId, change: TeamChange, note: Option<NewEvent>, now: Timestamp) -> Result<Team> {
        if let Some(name) = &change.name {
            check_name(name)?;
        }
        if let Some(slug) = &change.slug {
            check_slug(slug)?;
        }
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let done = on!(conn, c => sqlx::query("update teams set name = coalesce($2, name), slug = coalesce($3, slug), \
                    locale = coalesce($4, locale), time_zone = coalesce($5, time_zone) where id = $1 and deleted_at is null")
                    .bind(team.to_string()).bind(&change.name).bind(&change.slug).bind(&change.locale).bind(&change.time_zone).execute(c));
                match done {
                    Err(error) if error.is_duplicate() => return Err(Error::Taken(change.slug.unwrap_or_default())),
                    other => {
                        other?;
                    }
                }
                let changed = by_id(conn, team, now).await?.ok_or(Error::Missing("team"))?;
                history::keep(conn, note.as_ref(), now).await?;
                Ok(changed)
            })
        })
        .await
    }

    pub async fn team(&self, id: TeamId, now: Timestamp) -> Result<Option<Team>> {
        let mut read = self.read().await?;
        let row: Option<TeamRow> = on!(&mut read.conn(), c => sqlx::query_as(select!("where t.id = $1 and t.deleted_at is null"))
            .bind(id.to_string()).fetch_optional(c))?;
        row.map(|row| row.team(now)).transpose()
    }

    /// By id or slug, as commands name a team.
    pub async fn find_team(&self, id_or_slug: &str, now: Timestamp) -> Result<Option<Team>> {
        let mut read = self.read().await?;
        let row: Option<TeamRow> = on!(&mut read.conn(), c => sqlx::query_as(select!("where (t.id = $1 or t.slug = $1) and t.deleted_at is null"))
            .bind(id_or_slug).fetch_optional(c))?;
        row.map(|row| row.team(now)).transpose()
    }

    /// All teams, oldest first.
    pub async fn teams(&self, now: Timestamp) -> Result<Vec<Team>> {
        let mut read = self.read().await?;
        let rows: Vec<TeamRow> =
            on!(&mut read.conn(), c => sqlx::query_as(select!("where t.deleted_at is null order by t.created_at, t.id")).fetch_all(c))?;
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

    /// The team's own choice: a larger plan or a year at once, a smaller plan or a month from the next renewal on. `note` is kept
    /// with it.
    ///
    /// # Errors
    /// `UnknownPlan`, `Missing`.
    pub async fn choose_plan(&self, team: TeamId, plan: &str, cycle: Cycle, note: Option<NewEvent>, now: Timestamp) -> Result<Team> {
        let (plans, plan) = (self.shared_plans(), plan.to_owned());
        self.write(move |mut conn| {
            Box::pin(async move {
                let mut ledger = ledger::current(&mut conn, &plans, team, now).await?;
                ledger.choose(&mut conn, &plans, &plan, cycle, now).await?;
                history::keep(&mut conn, note.as_ref(), now).await?;
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

/// Also where the team was deleted: its books stay.
pub(crate) async fn by_id(conn: &mut Conn<'_>, id: TeamId, now: Timestamp) -> Result<Option<Team>> {
    let row: Option<TeamRow> = on!(conn, c => sqlx::query_as(select!("where t.id = $1")).bind(id.to_string()).fetch_optional(c))?;
    row.map(|row| row.team(now)).transpose()
}

pub(crate) async fn insert(conn: &mut Conn<'_>, plans: &Plans, team: NewTeam, now: Timestamp) -> Result<Team> {
    let NewTeam { name, slug, plan } = team;
    one_at_a_time(conn, "slugs of teams").await?;
    let slug = match slug {
        Some(slug) if is_taken(conn, &slug).await? => return Err(Error::Taken(slug)),
        Some(slug) => slug,
        None => free_slug(conn, &name).await?,
    };
    let id = TeamId::new();
    on!(conn, c => sqlx::query("insert into teams (id, slug, name, plan, anchor, created_at) values ($1, $2, $3, $4, $5, $5)")
        .bind(id.to_string()).bind(slug).bind(name).bind(&plan).bind(now.as_micros()).execute(c))?;
    ledger::open(conn, plans, id, &plan, now).await?;
    by_id(conn, id, now).await?.ok_or(Error::Missing("team"))
}

fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::Invalid(format!("a team's name has 1 to {LONGEST_NAME} characters")));
    }
    Ok(())
}

fn check_slug(slug: &str) -> Result<()> {
    if is_slug(slug) { Ok(()) } else { Err(Error::Invalid(format!("a slug has 1 to {LONGEST_SLUG} small letters, digits and hyphens"))) }
}

async fn is_taken(conn: &mut Conn<'_>, slug: &str) -> Result<bool> {
    let found: Option<i64> =
        on!(conn, c => sqlx::query_scalar("select created_at from teams where slug = $1").bind(slug).fetch_optional(c))?;
    Ok(found.is_some())
}

/// A slug from the name, with a number behind it where another team has it.
async fn free_slug(conn: &mut Conn<'_>, name: &str) -> Result<String> {
    let base = slug_of(name);
    let mut slug = base.clone();
    let mut number = 1;
    while is_taken(conn, &slug).await? {
        number += 1;
        slug = format!("{base}-{number}");
    }
    Ok(slug)
}
