//! The ledger's arithmetic inside a transaction: transfers, renewals, holds and their ends.
//!
//! Two records are kept together and compared by the auditor: the accounts with their append-only transfers, which are
//! the truth, and the figures of the team's current period ([`Ledger`]), which the contract shows.

use std::collections::BTreeMap;

use domain::{Account, Credits, Cycle, EntryKind, GenerationId, ImageId, Period, Plans, TeamId, Terms, Timestamp};

use crate::db::{Conn, QueryBuilder, locking, on, row, word};
use crate::{Error, Result};

/// A team's plan and the figures of its current period.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    pub team: TeamId,
    pub terms: Terms,
    pub anchor: Timestamp,
    pub credits: Credits,
    held_over: i64,
}

/// A transfer to be written.
pub(crate) struct Transfer<'a> {
    pub kind: EntryKind,
    pub from: Account,
    pub to: Account,
    pub amount: i64,
    pub generation: Option<GenerationId>,
    pub image: Option<ImageId>,
    pub reason: Option<&'a str>,
}

impl Transfer<'_> {
    pub fn new(kind: EntryKind, from: Account, to: Account, amount: i64) -> Self {
        Self { kind, from, to, amount, generation: None, image: None, reason: None }
    }
}

/// What a generation holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    pub generation: GenerationId,
    /// The start of the period that it was taken from.
    pub period_start: Timestamp,
    /// Given for this generation alone, on an unlimited plan.
    pub unlimited: bool,
}

row!(LedgerRow {
    plan: String,
    next_plan: Option<String>,
    cycle: String,
    next_cycle: Option<String>,
    paid_until: Option<i64>,
    anchor: i64,
    period_start: i64,
    period_end: i64,
    unlimited: bool,
    included: i64,
    purchased: i64,
    adjusted: i64,
    used: i64,
    reserved: i64,
    held_over: i64,
});

macro_rules! select {
    () => {
        "select t.plan, t.next_plan, t.cycle, t.next_cycle, t.paid_until, t.anchor, c.period_start, c.period_end, c.unlimited, c.included, c.purchased, \
         c.adjusted, c.used, c.reserved, c.held_over from teams t join credits c on c.team_id = t.id where t.id = $1"
    };
}

/// The figures as they stand, and whether a renewal is due.
pub(crate) async fn peek(conn: &mut Conn<'_>, team: TeamId, now: Timestamp) -> Result<Option<(Ledger, bool)>> {
    let row: Option<LedgerRow> = on!(conn, c => sqlx::query_as(select!()).bind(team.to_string()).fetch_optional(c))?;
    let ledger = row.map(|row| row.ledger(team)).transpose()?;
    Ok(ledger.map(|ledger| {
        let due = now >= ledger.credits.period.end;
        (ledger, due)
    }))
}

/// Opens the books of a new team: its accounts, its first period, the included credits.
pub(crate) async fn open(conn: &mut Conn<'_>, plans: &Plans, team: TeamId, plan: &str, now: Timestamp) -> Result<()> {
    for account in Account::ALL {
        on!(conn, c => sqlx::query("insert into accounts (team_id, kind, balance) values ($1, $2, 0)")
            .bind(team.to_string()).bind(account.as_str()).execute(c))?;
    }
    let plan = plans.get(plan).ok_or_else(|| Error::UnknownPlan(plan.to_owned()))?;
    let period = Period::containing(now, now);
    let included = plan.credits.unwrap_or(0);
    on!(conn, c => sqlx::query("insert into credits (team_id, period_start, period_end, unlimited, included, purchased, adjusted, used, reserved, held_over) \
        values ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0)")
        .bind(team.to_string()).bind(period.start.as_micros()).bind(period.end.as_micros())
        .bind(plan.credits.is_none()).bind(included).execute(c))?;
    post(conn, team, &[grant(included, "included")], now).await
}

/// The team's books with a due renewal performed, for a transaction that goes on to change them: they are its own until
/// its end. (Of the locks that PostgreSQL has, this one lets others add rows that refer to the team.)
pub(crate) async fn current(conn: &mut Conn<'_>, plans: &Plans, team: TeamId, now: Timestamp) -> Result<Ledger> {
    let locked = locking!(conn, select!(), " for no key update", "");
    let row: Option<LedgerRow> = on!(conn, c => sqlx::query_as(locked).bind(team.to_string()).fetch_optional(c))?;
    let row = row.ok_or(Error::Missing("team"))?;
    let mut ledger = row.ledger(team)?;
    if now >= ledger.credits.period.end {
        ledger.renew(conn, plans, now).await?;
    }
    Ok(ledger)
}

fn grant(amount: i64, reason: &str) -> Transfer<'_> {
    Transfer { reason: Some(reason), ..Transfer::new(EntryKind::Grant, Account::Issued, Account::Available, amount) }
}

impl LedgerRow {
    fn ledger(self, team: TeamId) -> Result<Ledger> {
        let period = Period { start: Timestamp::from_micros(self.period_start), end: Timestamp::from_micros(self.period_end) };
        Ok(Ledger {
            team,
            anchor: Timestamp::from_micros(self.anchor),
            terms: Terms {
                plan: self.plan,
                next_plan: self.next_plan,
                cycle: word(&self.cycle)?,
                next_cycle: self.next_cycle.as_deref().map(word).transpose()?,
                paid_until: self.paid_until.map(Timestamp::from_micros),
            },
            credits: Credits {
                period,
                unlimited: self.unlimited,
                included: self.included,
                purchased: self.purchased,
                adjusted: self.adjusted,
                used: self.used,
                reserved: self.reserved,
            },
            held_over: self.held_over,
        })
    }
}

impl Ledger {
    /// Ends the period: what is left of its own credits expires, bought ones stay, the new period's are granted.
    ///
    /// Periods that nobody looked at in between are skipped: their credits would have been granted and expired untouched.
    /// What still runs keeps its hold, but leaves the new period's figures alone; `held_over` remembers how many of those
    /// credits were bought, and so come back where they are released.
    ///
    /// Within a paid year the plan stays: only the credits renew.
    async fn renew(&mut self, conn: &mut Conn<'_>, plans: &Plans, now: Timestamp) -> Result<()> {
        let old = self.credits;
        let period = Period::containing(self.anchor, now);
        let terms = self.terms.clone().at(self.anchor, old.period.end, now);
        let (left, kept) = (old.included_left(), old.purchased_left());
        let outstanding: i64 = on!(conn, c => sqlx::query_scalar("select balance from accounts where team_id = $1 and kind = 'reserved'")
            .bind(self.team.to_string()).fetch_one(c))?;
        self.held_over = (old.purchased - kept + self.held_over).min(outstanding);
        let definition = plans.get(&terms.plan);
        if definition.is_none() {
            tracing::error!(team = %self.team, plan = terms.plan, "the settings have no such plan; its team gets no included credits");
        }
        let included = definition.map_or(0, |plan| plan.credits.unwrap_or(0));
        let unlimited = definition.is_some_and(|plan| plan.credits.is_none());
        let expire =
            Transfer { reason: Some("period end"), ..Transfer::new(EntryKind::Expire, Account::Available, Account::Expired, left) };
        post(conn, self.team, &[expire, grant(included, "included")], now).await?;
        on!(conn, c => sqlx::query("update credits set noticed = 0 where team_id = $1").bind(self.team.to_string()).execute(c))?;
        self.credits = Credits { period, unlimited, included, purchased: kept, adjusted: 0, used: 0, reserved: 0 };
        self.set_terms(conn, terms).await?;
        self.save(conn).await
    }

    /// The plan changes now: included credits grow to the new plan's, and never shrink within a period.
    pub async fn change_plan(&mut self, conn: &mut Conn<'_>, plans: &Plans, plan: &str, now: Timestamp) -> Result<()> {
        let terms = Terms { plan: plan.to_owned(), next_plan: None, ..self.terms.clone() };
        self.agree(conn, plans, terms, now).await
    }

    /// The team's own choice: what is larger or longer now, what is smaller or shorter from the renewal on.
    pub async fn choose(&mut self, conn: &mut Conn<'_>, plans: &Plans, plan: &str, cycle: Cycle, now: Timestamp) -> Result<()> {
        let mut terms = self.terms.clone();
        if !terms.choose(plans, plan, cycle, self.anchor, now) {
            return Err(Error::UnknownPlan(plan.to_owned()));
        }
        self.agree(conn, plans, terms, now).await
    }

    async fn agree(&mut self, conn: &mut Conn<'_>, plans: &Plans, terms: Terms, now: Timestamp) -> Result<()> {
        if terms.plan == self.terms.plan {
            return self.set_terms(conn, terms).await;
        }
        let definition = plans.get(&terms.plan).ok_or_else(|| Error::UnknownPlan(terms.plan.clone()))?;
        match definition.credits {
            None => self.credits.unlimited = true,
            Some(credits) if !self.credits.unlimited && credits > self.credits.included => {
                post(conn, self.team, &[grant(credits - self.credits.included, "larger plan")], now).await?;
                self.credits.included = credits;
            }
            Some(_) => {}
        }
        self.set_terms(conn, terms).await?;
        self.save(conn).await
    }

    /// What pays for the plan from now on, by the provider's id; `None` where nothing does.
    pub async fn pay_by(&self, conn: &mut Conn<'_>, subscription: Option<&str>) -> Result<()> {
        on!(conn, c => sqlx::query("update teams set subscription = $2 where id = $1")
            .bind(self.team.to_string()).bind(subscription).execute(c))?;
        Ok(())
    }

    async fn set_terms(&mut self, conn: &mut Conn<'_>, terms: Terms) -> Result<()> {
        on!(conn, c => sqlx::query("update teams set plan = $2, next_plan = $3, cycle = $4, next_cycle = $5, paid_until = $6 where id = $1")
            .bind(self.team.to_string()).bind(&terms.plan).bind(&terms.next_plan).bind(terms.cycle.as_str())
            .bind(terms.next_cycle.map(Cycle::as_str)).bind(terms.paid_until.map(Timestamp::as_micros)).execute(c))?;
        self.terms = terms;
        Ok(())
    }

    /// Bought credits, and others that do not expire.
    pub async fn purchase(&mut self, conn: &mut Conn<'_>, amount: i64, reason: &str, now: Timestamp) -> Result<()> {
        post(conn, self.team, &[grant(amount, reason)], now).await?;
        self.credits.purchased += amount;
        self.save(conn).await
    }

    /// A correction; false where less than nothing would remain.
    pub async fn adjust(&mut self, conn: &mut Conn<'_>, by: i64, reason: &str, now: Timestamp) -> Result<bool> {
        if self.credits.remaining() + by < 0 {
            return Ok(false);
        }
        let (from, to) = if by > 0 { (Account::Issued, Account::Available) } else { (Account::Available, Account::Issued) };
        let transfer = Transfer { reason: Some(reason), ..Transfer::new(EntryKind::Adjust, from, to, by.abs()) };
        post(conn, self.team, &[transfer], now).await?;
        self.credits.adjusted += by;
        self.save(conn).await?;
        Ok(true)
    }

    /// The hold that a generation would get as the books stand.
    pub fn would_hold(&self, generation: GenerationId) -> Hold {
        Hold { generation, period_start: self.credits.period.start, unlimited: self.credits.unlimited }
    }

    /// Holds credits for a generation; `None` where too few remain.
    pub async fn hold(&mut self, conn: &mut Conn<'_>, generation: GenerationId, amount: i64, now: Timestamp) -> Result<Option<Hold>> {
        let hold = self.would_hold(generation);
        let credits = &mut self.credits;
        let reserve =
            Transfer { generation: Some(generation), ..Transfer::new(EntryKind::Reserve, Account::Available, Account::Reserved, amount) };
        if credits.unlimited {
            // Given for this generation alone: bought credits stay untouched, and the formula of the period stays true.
            let given = Transfer { generation: Some(generation), ..grant(amount, "unlimited plan") };
            post(conn, self.team, &[given, reserve], now).await?;
            credits.included += amount;
        } else if credits.remaining() < amount {
            return Ok(None);
        } else {
            post(conn, self.team, &[reserve], now).await?;
        }
        self.credits.reserved += amount;
        self.save(conn).await?;
        Ok(Some(hold))
    }

    /// Ends a hold: each image is settled (true) or released (false), one credit each.
    pub async fn resolve(&mut self, conn: &mut Conn<'_>, hold: &Hold, images: &[(ImageId, bool)], now: Timestamp) -> Result<()> {
        let end = |(image, settled): &(ImageId, bool)| {
            let (kind, to) = if *settled { (EntryKind::Settle, Account::Consumed) } else { (EntryKind::Release, Account::Available) };
            Transfer { generation: Some(hold.generation), image: Some(*image), ..Transfer::new(kind, Account::Reserved, to, 1) }
        };
        let mut transfers: Vec<Transfer<'_>> = images.iter().map(end).collect();
        let settled = images.iter().map(|(_, settled)| i64::from(*settled)).sum::<i64>();
        let released = crate::db::bigint(images.len() as u64) - settled;
        let credits = &mut self.credits;
        let mut expired = if hold.unlimited { released } else { 0 };
        if hold.period_start == credits.period.start {
            credits.reserved -= settled + released;
            credits.used += settled;
            credits.included -= expired;
        } else if !hold.unlimited {
            // Held in an earlier period: what was bought comes back, what was included has expired meanwhile.
            let back = released.min(self.held_over);
            self.held_over -= back;
            credits.purchased += back;
            expired = released - back;
        }
        transfers.push(Transfer {
            generation: Some(hold.generation),
            reason: Some("released after its time"),
            ..Transfer::new(EntryKind::Expire, Account::Available, Account::Expired, expired)
        });
        post(conn, self.team, &transfers, now).await?;
        self.save(conn).await
    }

    async fn save(&self, conn: &mut Conn<'_>) -> Result<()> {
        let credits = &self.credits;
        on!(conn, c => sqlx::query("update credits set period_start = $2, period_end = $3, unlimited = $4, included = $5, purchased = $6, \
            adjusted = $7, used = $8, reserved = $9, held_over = $10 where team_id = $1")
            .bind(self.team.to_string()).bind(credits.period.start.as_micros()).bind(credits.period.end.as_micros())
            .bind(credits.unlimited).bind(credits.included).bind(credits.purchased).bind(credits.adjusted)
            .bind(credits.used).bind(credits.reserved).bind(self.held_over).execute(c))?;
        Ok(())
    }
}

/// Writes transfers (those of nothing are left out) and moves the balances. The balances' check refuses what can't be paid.
async fn post(conn: &mut Conn<'_>, team: TeamId, transfers: &[Transfer<'_>], now: Timestamp) -> Result<()> {
    let transfers: Vec<&Transfer<'_>> = transfers.iter().filter(|transfer| transfer.amount != 0).collect();
    if transfers.is_empty() {
        return Ok(());
    }
    let mut changes: BTreeMap<Account, i64> = BTreeMap::new();
    for transfer in &transfers {
        *changes.entry(transfer.from).or_default() -= transfer.amount;
        *changes.entry(transfer.to).or_default() += transfer.amount;
    }
    let mut insert = QueryBuilder::new(
        "insert into transfers (id, team_id, kind, from_account, to_account, amount, generation_id, image_id, reason, created_at) ",
    );
    insert.push_values(transfers, |mut values, transfer| {
        values
            .push_bind(transfer_id())
            .push_bind(team.to_string())
            .push_bind(transfer.kind.as_str())
            .push_bind(transfer.from.as_str())
            .push_bind(transfer.to.as_str())
            .push_bind(transfer.amount)
            .push_bind(transfer.generation.map(|id| id.to_string()))
            .push_bind(transfer.image.map(|id| id.to_string()))
            .push_bind(transfer.reason.map(str::to_owned))
            .push_bind(now.as_micros());
    });
    on!(conn, c => insert.build().execute(c))?;
    let change = |account: Account| changes.get(&account).copied().unwrap_or(0);
    on!(conn, c => sqlx::query("update accounts set balance = balance + case kind when 'available' then $2 when 'reserved' then $3 \
        when 'consumed' then $4 when 'issued' then $5 else $6 end where team_id = $1")
        .bind(team.to_string()).bind(change(Account::Available)).bind(change(Account::Reserved)).bind(change(Account::Consumed))
        .bind(change(Account::Issued)).bind(change(Account::Expired)).execute(c))?;
    Ok(())
}

/// Transfers have no typed id: nobody names one. Theirs sort by time.
fn transfer_id() -> String {
    GenerationId::new().to_string().replacen("gen_", "tr_", 1)
}
