//! People, as an operator makes and helps them. Links go to whoever called, and nowhere else.

use domain::{Email, InviteId, Role, SecretToken, UserId};
use serde::Serialize;
use store::{LinkPurpose, NewInvitation, NewUser, User};

use super::{Operator, refusal};
use crate::people::history::by_operator;
use crate::people::invites::LIFE;
use crate::people::links::{PRINTED, make_link};
use crate::{Error, Result};

/// A person as commands print them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatedUser {
    pub id: String,
    pub email: String,
    pub name: String,
    pub operator: bool,
    pub created_at: String,
}

/// A view and the secret of the link that was made for it, shown once; `Debug` hides the secret.
#[derive(Debug)]
pub struct WithLink<T> {
    pub view: T,
    pub token: SecretToken,
}

impl Operator {
    /// Makes an account with a confirmed address and no password, a member of `team` where one is given. The link signs in,
    /// for 24 hours.
    ///
    /// # Errors
    /// A bad or taken address, an empty name, no such team.
    pub async fn create_user(&self, email: &str, name: &str, team: Option<(&str, Role)>) -> Result<WithLink<OperatedUser>> {
        let email = address(email)?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(Error::Refused("a person's name has 1 to 100 characters in one line".to_owned()));
        }
        let team = match team {
            Some((team, role)) => Some((self.find(team).await?, role)),
            None => None,
        };
        let now = self.clock.now();
        let new = NewUser { id: UserId::new(), email, confirmed: true, name: name.to_owned(), password: None };
        let user = self.store.create_user(new, now).await.map_err(refusal)?;
        if let Some((team, role)) = team {
            self.store.put_member(team.id, user.id, role, now).await.map_err(refusal)?;
            self.store
                .note_event(by_operator(team.id, "member.joined", user.email.as_str(), role.as_str(), ""), now)
                .await
                .map_err(refusal)?;
        }
        let token = make_link(&self.store, LinkPurpose::SignIn, user.id, None, PRINTED, now).await?;
        Ok(WithLink { view: view(user), token })
    }

    /// Invites an address to a team, whatever its plan's limit; whether there is room is seen when it is accepted. The link
    /// is good for 14 days.
    ///
    /// # Errors
    /// A bad address, no such team, a member already.
    pub async fn invite(&self, email: &str, team: &str, role: Role) -> Result<WithLink<String>> {
        let email = address(email)?;
        let team = self.find(team).await?;
        let now = self.clock.now();
        let new = NewInvitation { id: InviteId::new(), team: team.id, email, role, invited_by: None, expires_at: now.plus(LIFE) };
        let event = by_operator(team.id, "member.invited", "", role.as_str(), "");
        let kept = match self.store.invite(team.id, vec![new], None, Some(event), now).await {
            Err(store::Error::Taken(email)) => return Err(Error::Refused(format!("{email} is a member of this team already"))),
            other => other.map_err(refusal)?,
        };
        let invitation = kept.into_iter().next().ok_or_else(|| Error::internal("no invitation was kept"))?;
        let token = SecretToken::generate().map_err(Error::internal)?;
        self.store.link_invitation(invitation.id, token.digest(), invitation.expires_at, now).await.map_err(refusal)?;
        Ok(WithLink { view: invitation.id.to_string(), token })
    }

    /// A fresh link for a new password, good for 24 hours.
    ///
    /// # Errors
    /// No such person.
    pub async fn reset_user(&self, email_or_id: &str) -> Result<WithLink<OperatedUser>> {
        let user = self.find_user(email_or_id).await?;
        let token = make_link(&self.store, LinkPurpose::Reset, user.id, None, PRINTED, self.clock.now()).await?;
        Ok(WithLink { view: view(user), token })
    }

    /// Lets a person see and change every team's plan and limits in the web app.
    ///
    /// # Errors
    /// No such person.
    pub async fn make_operator(&self, email_or_id: &str) -> Result<OperatedUser> {
        let user = self.find_user(email_or_id).await?;
        self.store.set_operator(user.id, true).await.map_err(refusal)?;
        Ok(OperatedUser { operator: true, ..view(user) })
    }

    async fn find_user(&self, email_or_id: &str) -> Result<User> {
        let found = match email_or_id.parse::<UserId>() {
            Ok(id) => self.store.user(id).await.map_err(refusal)?,
            Err(_) => self.store.user_by_email(&address(email_or_id)?).await.map_err(refusal)?,
        };
        found.ok_or_else(|| Error::Refused(format!("there is nobody with the address {email_or_id:?}")))
    }
}

fn address(text: &str) -> Result<Email> {
    text.parse().map_err(|error| Error::Refused(format!("{text:?} is {error}")))
}

fn view(user: User) -> OperatedUser {
    OperatedUser {
        id: user.id.to_string(),
        email: user.email.to_string(),
        name: user.name,
        operator: user.operator,
        created_at: user.created_at.to_string(),
    }
}
