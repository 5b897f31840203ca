//! `user …`

use app::Role;
use serde_json::json;

use super::{Context, Failure};
use crate::cli::{User, UserRole};

pub async fn run(context: &Context, command: User) -> Result<(), Failure> {
    let base = context.settings.public_base();
    let operator = context.operator().await?;
    match command {
        User::Create { email, name, team, role } => {
            let team = team.as_deref().map(|team| (team, self::role(role)));
            let made = operator.create_user(&email, &name, team).await?;
            let link = format!("{base}/welcome/{}", made.token.reveal());
            let mut value = serde_json::to_value(&made.view)?;
            value["link"] = link.as_str().into();
            context.output.result(&value, || {
                format!("{link}\n\nThe link signs {} in, once, within 24 hours. It can't be shown again.", made.view.email)
            });
        }
        User::Invite { email, team, role } => {
            let made = operator.invite(&email, &team, self::role(role)).await?;
            let link = format!("{base}/invite/{}", made.token.reveal());
            context.output.result(&json!({ "id": made.view, "email": email, "link": link }), || {
                format!("{link}\n\nThe link is good for 14 days, once. It can't be shown again.")
            });
        }
        User::Reset { email } => {
            let made = operator.reset_user(&email).await?;
            let link = format!("{base}/reset/{}", made.token.reveal());
            let mut value = serde_json::to_value(&made.view)?;
            value["link"] = link.as_str().into();
            context
                .output
                .result(&value, || format!("{link}\n\nThe link lets {} choose a new password, once, within 24 hours.", made.view.email));
        }
        User::MakeOperator { email } => {
            let user = operator.make_operator(&email).await?;
            context.output.result(&user, || format!("{} is an operator now.", user.email));
        }
    }
    operator.store.close().await;
    Ok(())
}

fn role(role: UserRole) -> Role {
    match role {
        UserRole::Owner => Role::Owner,
        UserRole::Admin => Role::Admin,
        UserRole::Member => Role::Member,
        UserRole::Viewer => Role::Viewer,
    }
}
