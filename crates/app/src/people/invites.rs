//! Invitations: sent, sent again, taken back, accepted.

use std::time::Duration;

use domain::{InviteId, Right, Role, SecretToken, Timestamp, UserId};
use store::{Invitation, Invitee, NewInvitation};

use super::check::Check;
use super::history::joined;
use super::links::link_token;
use super::{Browser, Member, SignedIn, Visitor};
use crate::mail::Message;
use crate::{App, Error, Missing, Result};

/// How long an invitation is good.
pub(crate) const LIFE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// Addresses in one form.
const MOST: usize = 50;

/// An invitation in the list of the Members page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    pub id: InviteId,
    pub email: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub expired: bool,
}

/// An invitation that was sent.
#[derive(Clone, Debug)]
pub struct Invited {
    pub invite: Invite,
    /// Without a mail server: the link to be passed on, shown once.
    pub link: Option<String>,
}

/// What an invitation's link shows before it is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationView {
    pub team_name: String,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    /// The address has an account: log in, then accept.
    pub known: bool,
}

/// Who accepts.
pub enum Accept<'a> {
    /// Whoever is signed in, whatever their address: the link is the right.
    As(&'a Visitor),
    /// An account is made for the address of the invitation.
    New { name: &'a str, password: &'a str },
}

impl App {
    /// Invites several addresses with one role, all or none.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::PasswordNeeded`]; every fault of `emails`, also for one who is a member already;
    /// [`Error::Conflict`] where the plan has too few places.
    pub async fn invite(&self, member: &Member, emails: &[String], role: Role) -> Result<Vec<Invited>> {
        member.need_with_password(Right::Members)?;
        if !member.role.may_assign(role) {
            return Err(Error::Forbidden(Right::HandOver));
        }
        let mut check = Check::default();
        let emails: Vec<&str> = emails.iter().map(|email| email.trim()).filter(|email| !email.is_empty()).collect();
        if emails.is_empty() {
            check.fault("emails", "required", "Write at least one e-mail address.");
        } else if emails.len() > MOST {
            check.fault("emails", "too_many", format!("Invite at most {MOST} people at a time."));
        }
        let now = self.clock.now();
        let mut new: Vec<NewInvitation> = Vec::new();
        for (index, text) in emails.iter().take(MOST).enumerate() {
            let Some(email) = check.email(&format!("emails[{index}]"), text) else { continue };
            if new.iter().all(|other| other.email != email) {
                let expires_at = now.plus(LIFE);
                new.push(NewInvitation { id: InviteId::new(), team: member.team, email, role, invited_by: Some(member.user), expires_at });
            }
        }
        check.finish()?;
        let limit = self.store.plans().get(&member.plan).and_then(|plan| plan.members);
        let kept = match self.store.invite(member.team, new, limit, Some(member.event("member.invited", "", role.as_str())), now).await {
            Err(store::Error::Full) => return Err(self.full(&member.plan)),
            Err(store::Error::Taken(email)) => {
                return Err(Error::fault("emails", "taken", format!("{email} is a member of this team already.")));
            }
            other => other?,
        };
        let mut invited = Vec::with_capacity(kept.len());
        for invitation in kept {
            invited.push(self.send_invite(member, invitation).await?);
        }
        Ok(invited)
    }

    /// Open ones and those that are over, newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn invites(&self, member: &Member) -> Result<Vec<Invite>> {
        let now = self.clock.now();
        Ok(self.store.invitations(member.team).await?.into_iter().map(|invitation| view(invitation, now)).collect())
    }

    /// Sends an invitation again, for another 14 days; the link before is useless then.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Missing::Invitation`].
    pub async fn resend_invite(&self, member: &Member, id: &str) -> Result<Invited> {
        member.need(Right::Members)?;
        let missing = || Error::missing(Missing::Invitation);
        let id = id.parse().map_err(|_| missing())?;
        let mut invitation = self.store.invitation(member.team, id).await?.ok_or_else(missing)?;
        if !member.role.may_assign(invitation.role) {
            return Err(Error::Forbidden(Right::HandOver));
        }
        invitation.expires_at = self.clock.now().plus(LIFE);
        self.note(member, "member.invited_again", invitation.email.as_str(), invitation.role.as_str()).await;
        self.send_invite(member, invitation).await
    }

    /// # Errors
    /// [`Error::Forbidden`]; [`Missing::Invitation`].
    pub async fn revoke_invite(&self, member: &Member, id: &str) -> Result<()> {
        member.need(Right::Members)?;
        let missing = || Error::missing(Missing::Invitation);
        let id = id.parse().map_err(|_| missing())?;
        let invitation = self.store.invitation(member.team, id).await?.ok_or_else(missing)?;
        let note = member.event("member.invitation_revoked", invitation.email.as_str(), invitation.role.as_str());
        if !self.store.revoke_invitation(member.team, id, Some(note), self.clock.now()).await? {
            return Err(missing());
        }
        Ok(())
    }

    /// What the link of an invitation is for; it stays good.
    ///
    /// # Errors
    /// [`Error::LinkInvalid`].
    pub async fn invitation(&self, token: &str) -> Result<InvitationView> {
        let now = self.clock.now();
        let invitation = self.store.invitation_of_link(&link_token(token)?.digest(), now).await?.ok_or(Error::LinkInvalid)?;
        let team = self.store.team(invitation.team, now).await?.ok_or(Error::LinkInvalid)?;
        let by = match invitation.invited_by {
            Some(user) => self.store.user(user).await?,
            None => None,
        };
        Ok(InvitationView {
            team_name: team.name,
            role: invitation.role,
            invited_by: by.map(|user| user.name).unwrap_or_default(),
            known: self.store.user_by_email(&invitation.email).await?.is_some(),
            email: invitation.email.to_string(),
        })
    }

    /// Joins the team and uses the link up. Gives a session (the visitor's own under another token) and the team's slug.
    ///
    /// # Errors
    /// [`Error::LinkInvalid`]; [`Error::Conflict`] where the team is full, or the address of a new account has one;
    /// faults of `name` and `password`.
    pub async fn accept_invite(&self, token: &str, who: Accept<'_>, browser: &Browser) -> Result<(SignedIn, String)> {
        let token = link_token(token)?;
        let now = self.clock.now();
        let invitation = self.store.invitation_of_link(&token.digest(), now).await?.ok_or(Error::LinkInvalid)?;
        let team = self.store.team(invitation.team, now).await?.ok_or(Error::LinkInvalid)?;
        let (invitee, name) = match &who {
            Accept::As(visitor) => (Invitee::Known(visitor.user.id), visitor.user.name.clone()),
            Accept::New { name, password } => {
                let mut check = Check::default();
                let name = check.name("name", name);
                let password = check.password("password", password, invitation.email.as_str());
                check.finish()?;
                let Some(password) = password else { return Err(Error::internal("a checked form lacks a value")) };
                let password = self.hasher.hash(password).await?;
                (Invitee::New { id: UserId::new(), name: name.clone(), password }, name)
            }
        };
        let user = match &invitee {
            Invitee::Known(id) | Invitee::New { id, .. } => *id,
        };
        let note = joined(&invitation, user, &name, browser);
        match self.store.accept_invitation(token.digest(), invitee, Some(note), now).await {
            Err(store::Error::Full) => return Err(self.full(&team.plan)),
            Err(store::Error::Taken(_)) => {
                return Err(Error::Conflict("This address has an account. Log in, then open the link again.".to_owned()));
            }
            other => drop(other?.ok_or(Error::LinkInvalid)?),
        }
        let signed_in = match who {
            Accept::As(visitor) => self.renew_session(visitor, false).await?,
            Accept::New { .. } => self.open_session(user, true, browser).await?,
        };
        Ok((signed_in, team.slug))
    }

    /// Mails the link, or makes it for the one who invites.
    async fn send_invite(&self, member: &Member, invitation: Invitation) -> Result<Invited> {
        let now = self.clock.now();
        if self.mails() {
            let message = Message::Invite { invite: invitation.id, team: member.name.clone(), by: member.user_name.clone() };
            self.queue_mail(&invitation.email, &message).await?;
            return Ok(Invited { invite: view(invitation, now), link: None });
        }
        let token = SecretToken::generate().map_err(Error::internal)?;
        if !self.store.link_invitation(invitation.id, token.digest(), now.plus(LIFE), now).await? {
            return Err(Error::missing(Missing::Invitation));
        }
        let link = format!("{}/invite/{}", self.config.public_url, token.reveal());
        Ok(Invited { invite: view(invitation, now), link: Some(link) })
    }

    fn full(&self, plan: &str) -> Error {
        let plan = self.store.plans().get(plan);
        let (name, limit) = plan.map_or(("", 0), |plan| (plan.name.as_str(), plan.members.unwrap_or(0)));
        Error::Conflict(format!(
            "The plan {name} has room for {limit} members, open invitations included. Take one back, remove a member, or choose a larger plan."
        ))
    }
}

fn view(invitation: Invitation, now: Timestamp) -> Invite {
    Invite {
        id: invitation.id,
        email: invitation.email.to_string(),
        role: invitation.role,
        created_at: invitation.created_at,
        expires_at: invitation.expires_at,
        expired: invitation.expires_at <= now,
    }
}
