//! `ledger …`

use super::{Context, Failure};
use crate::cli::Ledger;

pub async fn run(context: &Context, command: Ledger) -> Result<(), Failure> {
    let Ledger::Audit = command;
    let operator = context.operator().await?;
    let findings = operator.audit().await?;
    operator.store.close().await;
    context.output.result(&findings, || {
        if findings.is_empty() {
            return "The books balance.".to_owned();
        }
        findings
            .iter()
            .map(|finding| format!("{} {}: {}\n", finding.rule, finding.team.as_deref().unwrap_or("–"), finding.message))
            .collect()
    });
    if findings.is_empty() { Ok(()) } else { Err(Failure { message: format!("{} mismatches", findings.len()), code: 1 }) }
}
