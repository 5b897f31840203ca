//! Invitations to a team: one for each address, accepted by whoever holds its link.

use domain::{Email, InviteId, Role, TeamId, Timestamp, TokenDigest, UserId};

use crate::db::{Conn, on, row, word};
use crate::history::{self, NewEvent};
use crate::people::{self, NewUser};
use crate::{Error, Result, Store, members, teams};

/// An open invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: InviteId,
    pub team: TeamId,
    pub email: Email,
    pub role: Role,
    /// `None`: the operator.
    pub invited_by: Option<UserId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// An invitation to be kept.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    pub id: InviteId,
    pub team: TeamId,
    pub email: Email,
    pub role: Role,
    pub invited_by: Option<UserId>,
    pub expires_at: Timestamp,
}

/// Who accepts an invitation.
#[derive(Clone, Debug)]
pub enum Invitee {
    Known(UserId),
    /// An account is made; the link proves the address that it was sent to.
    New {
        id: UserId,
        name: String,
        password: String,
    },
}

row!(InviteRow {
    id: String,
    team_id: String,
    email: String,
    role: String,
    invited_by: Option<String>,
    created_at: i64,
    expires_at: i64,
});

macro_rules! select {
    ($rest:literal) => {
        concat!("select i.id, i.team_id, i.email, i.role, i.invited_by, i.created_at, i.expires_at from invitations i ", $rest)
    };
}

impl InviteRow {
    fn invitation(self) -> Result<Invitation> {
        Ok(Invitation {
            id: word(&self.id)?,
            team: word(&self.team_id)?,
            email: word(&self.email)?,
            role: word(&self.role)?,
            invited_by: self.invited_by.as_deref().map(word).transpose()?,
            created_at: Timestamp::from_micros(self.created_at),
            expires_at: Timestamp::from_micros(self.expires_at),
        })
    }
}

impl Store {
    /// Keeps invitations, all or none; an address that has one gets the new role and time. Members and open invitations
    /// together stay within the plan's limit. The note is kept once for each, about its address.
    ///
    /// # Errors
    /// `Full`; `Taken` with the address of one who is a member already; `Missing` where there is no such team.
    pub async fn invite(
        &self,
        team: TeamId,
        new: Vec<NewInvitation>,
        limit: Option<u32>,
        note: Option<NewEvent>,
        now: Timestamp,
    ) -> Result<Vec<Invitation>> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                members::lock(conn, team).await?;
                let mut kept = Vec::with_capacity(new.len());
                for invitation in new {
                    kept.push(insert(conn, team, invitation, now).await?);
                }
                let seats: i64 = on!(conn, c => sqlx::query_scalar("select t.members + (select count(*) from invitations i \
                    where i.team_id = t.id and i.expires_at > $2) from teams t where t.id = $1")
                    .bind(team.to_string()).bind(now.as_micros()).fetch_one(c))?;
                if limit.is_some_and(|limit| seats > i64::from(limit)) {
                    return Err(Error::Full);
                }
                for (invitation, note) in kept.iter().zip(note.iter().cycle()) {
                    let note = NewEvent { subject: invitation.email.to_string(), ..note.clone() };
                    history::insert(conn, &note, now).await?;
                }
                Ok(kept)
            })
        })
        .await
    }

    /// A team's invitations, also those that are over, newest first.
    pub async fn invitations(&self, team: TeamId) -> Result<Vec<Invitation>> {
        let mut read = self.read().await?;
        let rows: Vec<InviteRow> = on!(&mut read.conn(), c => sqlx::query_as(select!("where i.team_id = $1 order by i.created_at desc, i.id desc"))
            .bind(team.to_string()).fetch_all(c))?;
        rows.into_iter().map(InviteRow::invitation).collect()
    }

    pub async fn invitation(&self, team: TeamId, id: InviteId) -> Result<Option<Invitation>> {
        let mut read = self.read().await?;
        let row: Option<InviteRow> = on!(&mut read.conn(), c => sqlx::query_as(select!("where i.id = $1 and i.team_id = $2"))
            .bind(id.to_string()).bind(team.to_string()).fetch_optional(c))?;
        row.map(InviteRow::invitation).transpose()
    }

    /// Gives an invitation a new link in place of the old one, and a new end. False where it is gone.
    pub async fn link_invitation(&self, id: InviteId, digest: TokenDigest, expires_at: Timestamp, now: Timestamp) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let done = on!(conn, c => sqlx::query("update invitations set expires_at = $2 where id = $1")
                    .bind(id.to_string()).bind(expires_at.as_micros()).execute(c))?;
                if done.rows_affected() == 0 {
                    return Ok(false);
                }
                forget_links(conn, id).await?;
                on!(conn, c => sqlx::query("insert into links (digest, purpose, invite_id, created_at, expires_at) values ($1, 'invite', $2, $3, $4)")
                    .bind(digest.as_str()).bind(id.to_string()).bind(now.as_micros()).bind(expires_at.as_micros()).execute(c))?;
                Ok(true)
            })
        })
        .await
    }

    /// Takes an invitation back. False where the team has none of this id.
    pub async fn revoke_invitation(&self, team: TeamId, id: InviteId, note: Option<NewEvent>, now: Timestamp) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let known: Option<String> = on!(conn, c => sqlx::query_scalar("select id from invitations where id = $1 and team_id = $2")
                    .bind(id.to_string()).bind(team.to_string()).fetch_optional(c))?;
                if known.is_some() {
                    remove(conn, id).await?;
                    history::keep(conn, note.as_ref(), now).await?;
                }
                Ok(known.is_some())
            })
        })
        .await
    }

    /// The invitation behind a link, where it is good.
    pub async fn invitation_of_link(&self, digest: &TokenDigest, now: Timestamp) -> Result<Option<Invitation>> {
        let mut read = self.read().await?;
        by_link(&mut read.conn(), digest, now).await
    }

    /// Makes somebody a member by the link of an invitation, which is used up, where the team's
    /// plan has room. `None` where the link is not good.
    ///
    /// # Errors
    /// `Full`; `Taken` where a new account's address has one by now.
    pub async fn accept_invitation(
        &self,
        digest: TokenDigest,
        who: Invitee,
        note: Option<NewEvent>,
        now: Timestamp,
    ) -> Result<Option<(Invitation, UserId)>> {
        let plans = self.shared_plans();
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let Some(invitation) = by_link(conn, &digest, now).await? else { return Ok(None) };
                let Some(team) = teams::by_id(conn, invitation.team, now).await? else { return Ok(None) };
                let user = match who {
                    Invitee::Known(user) => user,
                    Invitee::New { id, name, password } => {
                        let email = invitation.email.clone();
                        people::insert(conn, NewUser { id, email, confirmed: true, name, password: Some(password) }, now).await?;
                        id
                    }
                };
                let limit = plans.get(&team.plan).and_then(|plan| plan.members);
                // Who is a member already keeps the role that they have.
                members::add(conn, invitation.team, user, invitation.role, limit, now).await?;
                remove(conn, invitation.id).await?;
                history::keep(conn, note.as_ref(), now).await?;
                Ok(Some((invitation, user)))
            })
        })
        .await
    }
}

async fn insert(conn: &mut Conn<'_>, team: TeamId, new: NewInvitation, now: Timestamp) -> Result<Invitation> {
    let member: Option<String> = on!(conn, c => sqlx::query_scalar("select m.user_id from memberships m join users u on u.id = m.user_id \
        where m.team_id = $1 and u.email_key = $2")
        .bind(team.to_string()).bind(new.email.key()).fetch_optional(c))?;
    if member.is_some() {
        return Err(Error::Taken(new.email.to_string()));
    }
    let row: InviteRow = on!(conn, c => sqlx::query_as(
        "insert into invitations (id, team_id, email, email_key, role, invited_by, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8) \
         on conflict (team_id, email_key) do update set role = excluded.role, invited_by = excluded.invited_by, expires_at = excluded.expires_at \
         returning id, team_id, email, role, invited_by, created_at, expires_at")
        .bind(new.id.to_string()).bind(team.to_string()).bind(new.email.as_str()).bind(new.email.key()).bind(new.role.as_str())
        .bind(new.invited_by.map(|user| user.to_string())).bind(now.as_micros()).bind(new.expires_at.as_micros()).fetch_one(c))?;
    row.invitation()
}

async fn by_link(conn: &mut Conn<'_>, digest: &TokenDigest, now: Timestamp) -> Result<Option<Invitation>> {
    let row: Option<InviteRow> = on!(conn, c => sqlx::query_as(select!(
        "join links l on l.invite_id = i.id where l.digest = $1 and l.purpose = 'invite' and l.expires_at > $2 and i.expires_at > $2"))
        .bind(digest.as_str()).bind(now.as_micros()).fetch_optional(c))?;
    row.map(InviteRow::invitation).transpose()
}

async fn remove(conn: &mut Conn<'_>, id: InviteId) -> Result<()> {
    forget_links(conn, id).await?;
    on!(conn, c => sqlx::query("delete from invitations where id = $1").bind(id.to_string()).execute(c)).map(drop)
}

async fn forget_links(conn: &mut Conn<'_>, id: InviteId) -> Result<()> {
    on!(conn, c => sqlx::query("delete from links where invite_id = $1").bind(id.to_string()).execute(c)).map(drop)
}
