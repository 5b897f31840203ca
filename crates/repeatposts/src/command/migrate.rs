//! `migrate`

use serde_json::json;

use super::{Context, Failure};

pub async fn run(context: &Context) -> Result<(), Failure> {
    let store = context.store(true).await?;
    store.ping().await?;
    let applied = store.applied_migrations().to_vec();
    store.close().await;
    context.output.result(&json!({ "applied": applied }), || match applied.len() {
        0 => "Nothing to do: the database has this version's schema.".to_owned(),
        count => format!("Applied {count}: {}. The database has this version's schema.", applied.join(", ")),
    });
    Ok(())
}
