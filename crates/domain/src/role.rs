//! What the members of a team may do: one table.

use crate::word::words;

words! {
    /// A member's role; each may do what those before it may, and more.
    Role ("role") {
        /// Looks and downloads.
        Viewer = "viewer",
        /// Creates pictures, kits and templates.
        Member = "member",
        /// Everything but what only the owner decides.
        Admin = "admin",
        Owner = "owner",
    }
}

/// Something that not everybody in a team may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// See and download what the team has.
    Look,
    /// Make pictures; uses credits.
    Create,
    Kits,
    Templates,
    /// Invite, change roles, remove.
    Members,
    /// Make, rotate and revoke API keys.
    Keys,
    /// Change the plan, buy credits.
    Plan,
    /// Name, slug, locale, time zone.
    Settings,
    AuditLog,
    /// Take everything that the team has as a file.
    Export,
    HandOver,
    DeleteTeam,
}

impl Right {
    pub const ALL: [Self; 12] = [
        Self::Look,
        Self::Create,
        Self::Kits,
        Self::Templates,
        Self::Members,
        Self::Keys,
        Self::Plan,
        Self::Settings,
        Self::AuditLog,
        Self::Export,
        Self::HandOver,
        Self::DeleteTeam,
    ];

    /// The lowest role that has it.
    pub fn least(self) -> Role {
        match self {
            Self::Look => Role::Viewer,
            Self::Create | Self::Kits | Self::Templates => Role::Member,
            Self::Members | Self::Keys | Self::Plan | Self::Settings | Self::AuditLog | Self::Export => Role::Admin,
            Self::HandOver | Self::DeleteTeam => Role::Owner,
        }
    }

    /// What it lets one do, after "may": "invite and remove members".
    pub fn words(self) -> &'static str {
        match self {
            Self::Look => "see and download the team's pictures",
            Self::Create => "create pictures",
            Self::Kits => "change brand kits",
            Self::Templates => "change templates",
            Self::Members => "invite, change and remove members",
            Self::Keys => "create and revoke API keys",
            Self::Plan => "change the plan and buy credits",
            Self::Settings => "change the team's settings",
            Self::AuditLog => "read the audit log",
            Self::Export => "export the team",
            Self::HandOver => "hand over the team",
            Self::DeleteTeam => "delete the team",
        }
    }
}

impl Role {
    pub fn may(self, right: Right) -> bool {
        self >= right.least()
    }

    /// Whether somebody of this role may give or take away `other`: nobody deals with a role above their own.
    pub fn may_assign(self, other: Self) -> bool {
        self.may(Right::Members) && self >= other
    }

    /// Those who have at least this role: "an owner or admin".
    pub fn or_above(self) -> &'static str {
        match self {
            Self::Owner => "an owner",
            Self::Admin => "an owner or admin",
            Self::Member => "an owner, admin or member",
            Self::Viewer => "anybody in the team",
        }
    }

    /// The role's meaning in one line.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Owner => "Everything, and deletes or hands over the team",
            Self::Admin => "Everything but deleting and handing over the team",
            Self::Member => "Creates pictures, brand kits and templates",
            Self::Viewer => "Looks and downloads",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_the_rights_of_the_table_and_no_other() {
        let rights = |role: Role| Right::ALL.into_iter().filter(|right| role.may(*right)).collect::<Vec<_>>();
        assert_eq!(rights(Role::Viewer), [Right::Look]);
        assert_eq!(rights(Role::Member), [Right::Look, Right::Create, Right::Kits, Right::Templates]);
        assert_eq!(rights(Role::Admin).len(), 10);
        assert!(!Role::Admin.may(Right::DeleteTeam) && !Role::Admin.may(Right::HandOver));
        assert_eq!(rights(Role::Owner), Right::ALL);
    }

    #[test]
    fn nobody_gives_a_role_above_their_own() {
        assert!(Role::Owner.may_assign(Role::Owner) && Role::Admin.may_assign(Role::Admin));
        assert!(!Role::Admin.may_assign(Role::Owner));
        assert!(!Role::Member.may_assign(Role::Viewer));
    }
}
