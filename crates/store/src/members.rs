//! Who belongs to which team. Every change begins with the team's number of members: the row's lock makes changes of one
//! team come one after another, on every engine.

use domain::{Email, Role, TeamId, Timestamp, UserId};

use crate::db::{Conn, on, row, word};
use crate::history::{self, NewEvent};
use crate::people::{self, NewUser, User};
use crate::{Error, NewTeam, Result, Store, Team, ledger, teams};

/// A team that a person belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub team: Team,
    pub role: Role,
}

/// A person in a team's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMember {
    pub user: UserId,
    pub name: String,
    pub email: Email,
    pub role: Role,
    pub joined_at: Timestamp,
    /// Exact to a minute.
    pub seen_at: Option<Timestamp>,
}

/// How a change of members ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberChange {
    Done,
    /// There is no such person in this team.
    Missing,
    /// The team would be without an owner.
    LastOwner,
}

/// Credits that a new team gets beside its plan's.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    pub credits: i64,
}

row!(MembershipRow { team_id: String, role: String });

row!(MemberRow {
    user_id: String,
    name: String,
    email: String,
    role: String,
    created_at: i64,
    seen_at: Option<i64>,
});

impl Store {
    /// Makes an account and its first team, which it owns.
    ///
    /// # Errors
    /// `Taken` where the address has an account; those of [`Store::create_team`].
    pub async fn sign_up(&self, user: NewUser, team: NewTeam, trial: Trial, now: Timestamp) -> Result<(User, Team)> {
        let (plans, team) = (self.shared_plans(), self.checked(team)?);
        self.write(move |mut conn| {
            Box::pin(async move {
                let user = people::insert(&mut conn, user, now).await?;
                let team = teams::insert(&mut conn, &plans, team, now).await?;
                let team = own(&mut conn, &plans, team.id, user.id, &trial, now).await?;
                Ok((user, team))
            })
        })
        .await
    }

    /// Makes another team for somebody, who owns it.
    ///
    /// # Errors
    /// Those of [`Store::create_team`].
    pub async fn create_own_team(&self, owner: UserId, team: NewTeam, trial: Trial, now: Timestamp) -> Result<Team> {
        let (plans, team) = (self.shared_plans(), self.checked(team)?);
        self.write(move |mut conn| {
            Box::pin(async move {
                let team = teams::insert(&mut conn, &plans, team, now).await?;
                own(&mut conn, &plans, team.id, owner, &trial, now).await
            })
        })
        .await
    }

    /// A person's teams by name.
    pub async fn memberships(&self, user: UserId, now: Timestamp) -> Result<Vec<Membership>> {
        let mut read = self.snapshot().await?;
        let conn = &mut read.conn();
        let rows: Vec<MembershipRow> = on!(conn, c => sqlx::query_as("select m.team_id, m.role from memberships m join teams t on t.id = m.team_id \
            where m.user_id = $1 and t.deleted_at is null order by lower(t.name), t.id")
            .bind(user.to_string()).fetch_all(c))?;
        let mut found = Vec::with_capacity(rows.len());
        for MembershipRow { team_id, role } in rows {
            let team = teams::by_id(conn, word(&team_id)?, now).await?.ok_or(Error::Missing("team"))?;
            found.push(Membership { team, role: word(&role)? });
        }
        Ok(found)
    }

    /// A team's members, the most powerful and then the longest in it first.
    pub async fn members(&self, team: TeamId) -> Result<Vec<TeamMember>> {
        let mut read = self.read().await?;
        let rows: Vec<MemberRow> = on!(&mut read.conn(), c => sqlx::query_as(
            "select m.user_id, u.name, u.email, m.role, m.created_at, u.seen_at from memberships m join users u on u.id = m.user_id \
             where m.team_id = $1 order by case m.role when 'owner' then 0 when 'admin' then 1 when 'member' then 2 else 3 end, m.created_at, u.id")
            .bind(team.to_string()).fetch_all(c))?;
        rows.into_iter().map(MemberRow::member).collect()
    }

    /// Puts somebody into a team, as the operator does: without regard to the plan's limit. Who is in it gets the role.
    ///
    /// # Errors
    /// `Missing` where there is no such team.
    pub async fn put_member(&self, team: TeamId, user: UserId, role: Role, now: Timestamp) -> Result<()> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !add(conn, team, user, role, None, now).await? {
                    on!(conn, c => sqlx::query("update memberships set role = $3 where team_id = $1 and user_id = $2")
                        .bind(team.to_string()).bind(user.to_string()).bind(role.as_str()).execute(c))?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Changes a role, and keeps `note` with it. The last owner keeps theirs.
    pub async fn change_role(
        &self,
        team: TeamId,
        user: UserId,
        role: Role,
        note: Option<NewEvent>,
        now: Timestamp,
    ) -> Result<MemberChange> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                lock(conn, team).await?;
                match leaves_no_owner(conn, team, user).await? {
                    None => return Ok(MemberChange::Missing),
                    Some(true) if role != Role::Owner => return Ok(MemberChange::LastOwner),
                    Some(_) => {}
                }
                on!(conn, c => sqlx::query("update memberships set role = $3 where team_id = $1 and user_id = $2")
                    .bind(team.to_string()).bind(user.to_string()).bind(role.as_str()).execute(c))?;
                history::keep(conn, note.as_ref(), now).await?;
                Ok(MemberChange::Done)
            })
        })
        .await
    }

    /// Takes somebody out of a team, and keeps `note` with it. The last owner stays.
    pub async fn remove_member(&self, team: TeamId, user: UserId, note: Option<NewEvent>, now: Timestamp) -> Result<MemberChange> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                lock(conn, team).await?;
                match leaves_no_owner(conn, team, user).await? {
                    None => return Ok(MemberChange::Missing),
                    Some(true) => return Ok(MemberChange::LastOwner),
                    Some(false) => {}
                }
                on!(conn, c => sqlx::query("delete from memberships where team_id = $1 and user_id = $2")
                    .bind(team.to_string()).bind(user.to_string()).execute(c))?;
                on!(conn, c => sqlx::query("update teams set members = members - 1 where id = $1").bind(team.to_string()).execute(c))?;
                history::keep(conn, note.as_ref(), now).await?;
                Ok(MemberChange::Done)
            })
        })
        .await
    }

    /// Makes `to` an owner and `from` an admin, and keeps `note` with it.
    pub async fn hand_over(&self, team: TeamId, from: UserId, to: UserId, note: Option<NewEvent>, now: Timestamp) -> Result<MemberChange> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                lock(conn, team).await?;
                let update = "update memberships set role = $3 where team_id = $1 and user_id = $2";
                let done =
                    on!(conn, c => sqlx::query(update).bind(team.to_string()).bind(to.to_string()).bind(Role::Owner.as_str()).execute(c))?;
                if done.rows_affected() == 0 {
                    return Ok(MemberChange::Missing);
                }
                on!(conn, c => sqlx::query(update).bind(team.to_string()).bind(from.to_string()).bind(Role::Admin.as_str()).execute(c))?;
                history::keep(conn, note.as_ref(), now).await?;
                Ok(MemberChange::Done)
            })
        })
        .await
    }

    /// Removes an account with its sessions, links and memberships. The teams that would be left without an owner are
    /// given instead, and nothing is removed, where there are any.
    pub async fn delete_user(&self, user: UserId) -> Result<Vec<TeamId>> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let teams: Vec<String> = on!(conn, c => sqlx::query_scalar("select team_id from memberships where user_id = $1 order by team_id")
                    .bind(user.to_string()).fetch_all(c))?;
                let mut orphaned = Vec::new();
                for team in &teams {
                    let team: TeamId = word(team)?;
                    lock(conn, team).await?;
                    if leaves_no_owner(conn, team, user).await? == Some(true) {
                        orphaned.push(team);
                    }
                }
                if !orphaned.is_empty() {
                    return Ok(orphaned);
                }
                for team in teams {
                    on!(conn, c => sqlx::query("update teams set members = members - 1 where id = $1").bind(&team).execute(c))?;
                }
                for statement in [
                    "delete from memberships where user_id = $1",
                    "delete from sessions where user_id = $1",
                    "delete from links where user_id = $1 or invite_id in (select id from invitations where invited_by = $1)",
                    "delete from invitations where invited_by = $1",
                    "delete from users where id = $1",
                ] {
                    on!(conn, c => sqlx::query(statement).bind(user.to_string()).execute(c))?;
                }
                Ok(orphaned)
            })
        })
        .await
    }
}

impl MemberRow {
    fn member(self) -> Result<TeamMember> {
        Ok(TeamMember {
            user: word(&self.user_id)?,
            name: self.name,
            email: word(&self.email)?,
            role: word(&self.role)?,
            joined_at: Timestamp::from_micros(self.created_at),
            seen_at: self.seen_at.map(Timestamp::from_micros),
        })
    }
}

/// Adds a member where there is room below `limit`. False where they are in the team already.
///
/// # Errors
/// `Full`; `Missing` where there is no such team.
pub(crate) async fn add(conn: &mut Conn<'_>, team: TeamId, user: UserId, role: Role, limit: Option<u32>, now: Timestamp) -> Result<bool> {
    lock(conn, team).await?;
    let known: Option<String> = on!(conn, c => sqlx::query_scalar("select role from memberships where team_id = $1 and user_id = $2")
        .bind(team.to_string()).bind(user.to_string()).fetch_optional(c))?;
    if known.is_some() {
        return Ok(false);
    }
    let limit = limit.map_or(i64::MAX, i64::from);
    let counted = on!(conn, c => sqlx::query("update teams set members = members + 1 where id = $1 and members < $2")
        .bind(team.to_string()).bind(limit).execute(c))?;
    if counted.rows_affected() == 0 {
        return Err(Error::Full);
    }
    on!(conn, c => sqlx::query("insert into memberships (team_id, user_id, role, created_at) values ($1, $2, $3, $4)")
        .bind(team.to_string()).bind(user.to_string()).bind(role.as_str()).bind(now.as_micros()).execute(c))?;
    Ok(true)
}

/// Keeps other changes of the team's members out until the transaction ends.
pub(crate) async fn lock(conn: &mut Conn<'_>, team: TeamId) -> Result<()> {
    let done = on!(conn, c => sqlx::query("update teams set members = members where id = $1 and deleted_at is null")
        .bind(team.to_string()).execute(c))?;
    if done.rows_affected() == 0 { Err(Error::Missing("team")) } else { Ok(()) }
}

/// Whether the team has no other owner than `user`; `None` where they are not in it.
async fn leaves_no_owner(conn: &mut Conn<'_>, team: TeamId, user: UserId) -> Result<Option<bool>> {
    let role: Option<String> = on!(conn, c => sqlx::query_scalar("select role from memberships where team_id = $1 and user_id = $2")
        .bind(team.to_string()).bind(user.to_string()).fetch_optional(c))?;
    let Some(role) = role else { return Ok(None) };
    if role != Role::Owner.as_str() {
        return Ok(Some(false));
    }
    let others: i64 = on!(conn, c => sqlx::query_scalar("select count(*) from memberships where team_id = $1 and user_id <> $2 and role = 'owner'")
        .bind(team.to_string()).bind(user.to_string()).fetch_one(c))?;
    Ok(Some(others == 0))
}

async fn own(conn: &mut Conn<'_>, plans: &domain::Plans, team: TeamId, owner: UserId, trial: &Trial, now: Timestamp) -> Result<Team> {
    add(conn, team, owner, Role::Owner, None, now).await?;
    if trial.credits > 0 {
        let mut ledger = ledger::current(conn, plans, team, now).await?;
        ledger.purchase(conn, trial.credits, "trial", now).await?;
    }
    teams::by_id(conn, team, now).await?.ok_or(Error::Missing("team"))
}
