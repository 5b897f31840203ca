//! A team's plan: chosen, or asked for; credit packs; higher limits.

use domain::{Billing, Credits, Cycle, Pack, Packs, Right, Timestamp, WishKind};
use store::NewWish;

use crate::people::TeamView;
use crate::stripe::{Order, StripeConfig};
use crate::{App, Error, Member, Missing, Result};

/// The most calls a minute that may be asked for.
const MOST_CALLS: i64 = 1_000_000;
/// Kits that are counted.
const KITS: u32 = 100;
/// The longest reason, in characters.
const NOTE: usize = 500;

/// What the Plan page shows.
#[derive(Clone, Debug)]
pub struct PlanView {
    pub team: TeamView,
    pub credits: Credits,
    pub billing: Billing,
    pub packs: Vec<Pack>,
    /// API keys that work now.
    pub keys: usize,
    pub kits: usize,
    /// What waits for the operator.
    pub wishes: Vec<WishView>,
}

/// A request that waits for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WishView {
    pub id: String,
    pub team_name: String,
    pub team_slug: String,
    pub user_name: String,
    pub kind: WishKind,
    /// A plan's slug; empty for the other kinds.
    pub plan: String,
    /// Of a plan: how long a payment lasts.
    pub cycle: Cycle,
    /// Credits of a pack, or calls a minute.
    pub amount: i64,
    pub note: String,
    pub created_at: Timestamp,
}

/// What became of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    Now,
    AtRenewal,
    /// The operator decides.
    Asked,
    /// It is paid at this address, and acts once it is.
    Pay(String),
}

impl App {
    /// Who decides on a change of plan.
    #[must_use]
    pub fn billing(&self) -> Billing {
        self.config.billing
    }

    /// Credits that can be bought.
    #[must_use]
    pub fn packs(&self) -> &Packs {
        &self.config.packs
    }

    /// Credits that somebody's first team gets beside its plan's.
    #[must_use]
    pub fn trial_credits(&self) -> u32 {
        self.config.trial_credits
    }

    /// # Errors
    /// [`Missing::Team`] where it was deleted just now.
    pub async fn plan(&self, member: &Member) -> Result<PlanView> {
        let now = self.clock.now();
        let keys = self.store.keys(Some(member.team)).await?.iter().filter(|key| key.is_usable(now)).count();
        let kits = self.store.brand_kits(member.team, KITS, None).await?.rows.len();
        Ok(PlanView {
            team: self.team(member).await?,
            credits: self.team_credits(member).await?,
            billing: self.config.billing,
            packs: self.config.packs.iter().cloned().collect(),
            keys,
            kits,
            wishes: self.store.wishes(Some(member.team)).await?.into_iter().map(view).collect(),
        })
    }

    /// A larger plan or a year at once, or once it is approved or paid; a smaller plan or a month from the next renewal on. The
    /// present ones take a change back that waits for the renewal.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::PasswordNeeded`]; a fault of `plan`; with a provider [`Error::Conflict`] just before the
    /// renewal, and [`Error::Unavailable`].
    pub async fn choose_plan(&self, member: &Member, plan: &str, cycle: Cycle) -> Result<Chosen> {
        member.need_with_password(Right::Plan)?;
        let unknown = || Error::fault("plan", "invalid_value", "Choose one of the plans.");
        let chosen = self.store.plans().get(plan).ok_or_else(unknown)?.clone();
        let now = self.clock.now();
        let team = self.store.team(member.team, now).await?.ok_or_else(|| Error::missing(Missing::Team))?;
        let is_other = chosen.slug != team.plan;
        let grows = !self.store.plans().is_smaller(&chosen.slug, &team.plan) && (is_other || cycle > team.cycle);
        // Nothing is paid where it can't be, nor for what is paid for as it is.
        let waits = team.next_plan.is_some() || team.next_cycle.is_some();
        let is_paid = !is_other && cycle == team.cycle && !waits && team.subscription.is_some();
        if let (Some(stripe), Some(price), false) = (self.stripe(), &chosen.price, is_paid) {
            let is_due = grows || (!is_other && cycle == team.cycle && !waits);
            let order = Order::Plan { plan: &chosen, price, cycle, from: (!is_due).then_some(team.renews_at) };
            return self.checkout(stripe, member, &order).await.map(Chosen::Pay);
        }
        if self.config.billing != Billing::None && grows {
            let wish = NewWish { plan: chosen.slug, cycle, ..new_wish(member, WishKind::Plan) };
            self.wish(member, wish).await?;
            return Ok(Chosen::Asked);
        }
        let is_later = !grows && (is_other || cycle != team.cycle);
        let when = if is_later { "from the next renewal on" } else { "" };
        let note = member.event("plan.changed", &format!("{}, by the {cycle}", chosen.name), when);
        self.store.choose_plan(member.team, &chosen.slug, cycle, Some(note), now).await?;
        Ok(if is_later { Chosen::AtRenewal } else { Chosen::Now })
    }

    /// Credits that don't expire: at once, or once the operator approves.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::PasswordNeeded`]; a fault of `pack`.
    pub async fn buy_pack(&self, member: &Member, pack: &str) -> Result<Chosen> {
        member.need_with_password(Right::Plan)?;
        let Some(pack) = self.config.packs.get(pack) else {
            return Err(Error::fault("pack", "invalid_value", "Choose one of the packs."));
        };
        if let Some(stripe) = self.stripe() {
            return self.checkout(stripe, member, &Order::Pack(pack)).await.map(Chosen::Pay);
        }
        if self.config.billing == Billing::Request {
            self.wish(member, NewWish { amount: pack.credits, ..new_wish(member, WishKind::Pack) }).await?;
            return Ok(Chosen::Asked);
        }
        let note = member.event("plan.pack_added", &format!("{} credits", pack.credits), "");
        self.store.grant_credits(member.team, pack.credits, "credit pack", Some(note), self.clock.now()).await?;
        Ok(Chosen::Now)
    }

    fn stripe(&self) -> Option<&StripeConfig> {
        self.config.stripe.as_ref().filter(|_| self.config.billing == Billing::Stripe)
    }

    /// Asks the operator for more API calls a minute.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; faults of `limit` and `note`.
    pub async fn ask_rate_limit(&self, member: &Member, limit: &str, note: &str) -> Result<()> {
        member.need(Right::Plan)?;
        let note = note.trim();
        let limit: Option<i64> = limit.trim().parse().ok().filter(|limit| (1..=MOST_CALLS).contains(limit));
        let mut faults = Vec::new();
        let mut fault = |param: &str, text: String| faults.push(crate::error::detail(param, "invalid_value", text, None, None));
        if limit.is_none() {
            fault("limit", format!("Write a whole number from 1 to {MOST_CALLS}."));
        }
        if note.chars().count() > NOTE {
            fault("note", format!("Shorten the reason to {NOTE} characters."));
        }
        let Some(limit) = limit.filter(|_| faults.is_empty()) else { return Err(Error::Validation(faults)) };
        self.wish(member, NewWish { amount: limit, note: note.to_owned(), ..new_wish(member, WishKind::RateLimit) }).await
    }

    /// Takes an open request back.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn withdraw_wish(&self, member: &Member, kind: WishKind) -> Result<()> {
        member.need(Right::Plan)?;
        let note = member.event("plan.request_withdrawn", kind.as_str(), "");
        self.store.withdraw_wish(member.team, kind, Some(note), self.clock.now()).await?;
        Ok(())
    }

    async fn wish(&self, member: &Member, wish: NewWish) -> Result<()> {
        let (kind, what) = (wish.kind, if wish.plan.is_empty() { wish.amount.to_string() } else { wish.plan.clone() });
        self.store.keep_wish(wish, Some(member.event("plan.requested", kind.as_str(), &what)), self.clock.now()).await?;
        tracing::info!(team = %member.team, kind = kind.as_str(), "a team asks its operator for something: see /operator");
        Ok(())
    }
}

/// A request for nothing yet.
fn new_wish(member: &Member, kind: WishKind) -> NewWish {
    NewWish {
        team: member.team,
        user_name: member.user_name.clone(),
        kind,
        plan: String::new(),
        cycle: Cycle::Month,
        amount: 0,
        note: String::new(),
    }
}

pub(crate) fn view(wish: store::Wish) -> WishView {
    WishView {
        id: wish.id,
        team_name: wish.team_name,
        team_slug: wish.team_slug,
        user_name: wish.user_name,
        kind: wish.kind,
        plan: wish.plan,
        cycle: wish.cycle,
        amount: wish.amount,
        note: wish.note,
        created_at: wish.created_at,
    }
}
