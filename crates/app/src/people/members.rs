//! A team's members: their roles, their leaving, the hand-over.

use domain::{Right, Role, Timestamp, UserId};
use store::{MemberChange, TeamMember};

use super::Member;
use crate::{App, Error, Missing, Result};

/// A row of the Members page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberView {
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub joined_at: Timestamp,
    /// Last active, exact to a minute.
    pub seen_at: Option<Timestamp>,
    /// The one who looks.
    pub you: bool,
}

impl App {
    /// The most powerful first.
    ///
    /// # Errors
    /// The store's.
    pub async fn members(&self, member: &Member) -> Result<Vec<MemberView>> {
        let view = |row: TeamMember| MemberView {
            you: row.user == member.user,
            user: row.user,
            name: row.name,
            email: row.email.to_string(),
            role: row.role,
            joined_at: row.joined_at,
            seen_at: row.seen_at,
        };
        Ok(self.store.members(member.team).await?.into_iter().map(view).collect())
    }

    /// Nobody changes, or gives, a role above their own.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::PasswordNeeded`]; [`Missing::Member`]; [`Error::Conflict`] for the last owner.
    pub async fn change_role(&self, member: &Member, user: &str, role: Role) -> Result<()> {
        member.need_with_password(Right::Members)?;
        let other = self.other(member, user).await?;
        if !member.role.may_assign(other.role) || !member.role.may_assign(role) {
            return Err(Error::Forbidden(Right::HandOver));
        }
        let note = member.event("member.role_changed", other.email.as_str(), &format!("{} → {role}", other.role));
        done(self.store.change_role(member.team, other.user, role, Some(note), self.clock.now()).await?)
    }

    /// # Errors
    /// Those of [`App::change_role`].
    pub async fn remove_member(&self, member: &Member, user: &str) -> Result<()> {
        member.need_with_password(Right::Members)?;
        let other = self.other(member, user).await?;
        if !member.role.may_assign(other.role) {
            return Err(Error::Forbidden(Right::HandOver));
        }
        let note = member.event("member.removed", other.email.as_str(), other.role.as_str());
        done(self.store.remove_member(member.team, other.user, Some(note), self.clock.now()).await?)
    }

    /// # Errors
    /// [`Error::Conflict`] for the last owner.
    pub async fn leave_team(&self, member: &Member) -> Result<()> {
        let note = member.event("member.left", &member.user_name, member.role.as_str());
        done(self.store.remove_member(member.team, member.user, Some(note), self.clock.now()).await?)
    }

    /// Makes another member an owner, and this one an admin.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::PasswordNeeded`]; [`Missing::Member`].
    pub async fn hand_over(&self, member: &Member, user: &str) -> Result<()> {
        member.need_with_password(Right::HandOver)?;
        let other = self.other(member, user).await?;
        if other.user == member.user {
            return Err(Error::Conflict("The team is yours already. Choose another member.".to_owned()));
        }
        let note = member.event("team.handed_over", other.email.as_str(), "");
        done(self.store.hand_over(member.team, member.user, other.user, Some(note), self.clock.now()).await?)
    }

    async fn other(&self, member: &Member, user: &str) -> Result<TeamMember> {
        let missing = || Error::missing(Missing::Member);
        let user: UserId = user.parse().map_err(|_| missing())?;
        self.store.members(member.team).await?.into_iter().find(|row| row.user == user).ok_or_else(missing)
    }
}

fn done(change: MemberChange) -> Result<()> {
    match change {
        MemberChange::Done => Ok(()),
        MemberChange::Missing => Err(Error::missing(Missing::Member)),
        MemberChange::LastOwner => {
            Err(Error::Conflict("The team would be without an owner. Hand it over to another member, or delete it.".to_owned()))
        }
    }
}
