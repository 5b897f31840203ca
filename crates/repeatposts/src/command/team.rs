//! `team …`

use app::operate::TeamView;

use super::{Context, Failure};
use crate::{cli::Team, output};

pub async fn run(context: &Context, command: Team) -> Result<(), Failure> {
    let operator = context.operator().await?;
    let team = match command {
        Team::Create { name, plan } => operator.create_team(&name, &plan).await?,
        Team::List => {
            let teams = operator.teams().await?;
            let rows: Vec<Vec<String>> = teams.iter().map(row).collect();
            context.output.result(&teams, || output::table(&["id", "slug", "name", "plan", "rate limit", "credits"], &rows));
            operator.store.close().await;
            return Ok(());
        }
        Team::SetPlan { team, plan } => operator.set_plan(&team, &plan).await?,
        Team::GrantCredits { team, credits } => operator.grant_credits(&team, i64::from(credits)).await?,
        Team::AdjustCredits { team, by, reason } => operator.adjust_credits(&team, by, &reason).await?,
        Team::SetRateLimit { team, limit } => operator.set_rate_limit(&team, limit).await?,
    };
    operator.store.close().await;
    context.output.result(&team, || output::table(&["id", "slug", "name", "plan", "rate limit", "credits"], &[row(&team)]));
    Ok(())
}

fn row(team: &TeamView) -> Vec<String> {
    vec![
        team.id.clone(),
        team.slug.clone(),
        team.name.clone(),
        team.plan.clone(),
        team.rate_limit.map_or_else(|| "plan's".to_owned(), |limit| limit.to_string()),
        team.credits_remaining.map_or_else(|| "unlimited".to_owned(), |credits| credits.to_string()),
    ]
}
