//! `move`: a data folder carried over to a database server and a bucket.
//!
//! The command runs with the target's settings. Everything is read first and compared with what is there, so that a second
//! run goes on where the first one ended, and other data is never touched.

use std::{cell::Cell, path::Path};

use app::Clock;
use assets::BlobStore;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Carry, Database, Options, Store, lock};

use super::{Context, Failure, backup::bar};

/// In a folder whose content went on elsewhere.
const MARK: &str = "moved.json";

#[derive(Debug, Deserialize, Serialize)]
struct Mark {
    database: String,
    storage: String,
    at: String,
}

pub async fn run(context: &Context, from: &Path) -> Result<(), Failure> {
    let usage = |message: &str| Failure { message: message.to_owned(), code: 2 };
    let server =
        context.server()?.ok_or_else(|| usage("say where the rows go: --to-database postgres://…, or REPEATPOSTS_DATABASE_URL"))?;
    let bucket =
        context.storage()?.bucket.ok_or_else(|| usage("say where the pictures go: --to-storage s3://…, or REPEATPOSTS_STORAGE_URL"))?;
    let (database, storage) = (server.to_string(), bucket.to_string());
    let path = from.join("repeatposts.db");
    if !path.exists() {
        return Err(format!("{} holds no database; name the data folder with --from", from.display()).into());
    }
    let _lock = lock::lock(from).map_err(|e| format!("{e}: stop it first, what it makes meanwhile would be left behind"))?;
    if let Some(mark) = mark(from)?.filter(|mark| mark.database == database && mark.storage == storage) {
        let text = format!("Nothing to do: {} was moved to {database} and {storage} at {}.", from.display(), mark.at);
        context.output.result(&json!({ "moved": false, "database": database, "storage": storage }), || text);
        return Ok(());
    }
    let options = Options { database: Database::File(path), connections: 4, plans: context.plans.clone().into(), migrate: false };
    let source = Store::open(options).await?;
    // The lock says that whoever held these leases is gone.
    source.take_back_others("move").await?;
    audited(&source, "before anything was moved").await?;
    let blobs = BlobStore::folder(&from.join("blobs"))?;
    let (target, bucket) = (context.store(true).await?, context.blobs()?);
    bucket.check().await?;

    let carry = Carry::plan(&source, &target).await?;
    let keys = blobs.plan_carry(&bucket).await?;
    // Pictures before the rows that name them.
    let progress = bar(keys.len() as u64, "pictures");
    let carried = blobs.carry_to(&bucket, keys, || progress.inc(1)).await?;
    progress.finish_and_clear();
    let (rows, there) = carry.rows();
    let progress = bar(rows, "rows");
    let written = Cell::new(0);
    carry
        .copy(|batch| {
            written.set(written.get() + batch);
            progress.inc(batch);
        })
        .await?;
    progress.finish_and_clear();
    let tables = carry.verify().await?;
    audited(&target, "after the move").await?;
    for store in [source, target] {
        store.close().await;
    }
    let mark = Mark { database, storage, at: Clock::system().now().to_string() };
    leave_mark(from, &mark).map_err(|e| format!("{}: {e}", from.join(MARK).display()))?;

    let result = json!({
        "moved": true, "database": mark.database, "storage": mark.storage,
        "rows": rows, "rowsThereBefore": there, "tables": tables.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "blobs": carried.blobs, "blobsThereBefore": carried.there, "bytes": carried.bytes,
    });
    context.output.result(&result, || {
        format!(
            "{rows} rows are in {} and {} files ({} MB) in {}, each compared with the folder's; {there} rows and {} files were there before. \
             The books balance on both sides.\n\n{}\n",
            mark.database,
            carried.blobs,
            carried.bytes >> 20,
            mark.storage,
            carried.there,
            secret_advice(from)
        )
    });
    Ok(())
}

/// What `serve` says on a folder that was moved.
///
/// # Errors
/// Where it was.
pub fn refuse_moved(folder: &Path) -> Result<(), Failure> {
    match mark(folder)? {
        None => Ok(()),
        Some(mark) => Err(format!(
            "{} was moved to {} and {} at {}: serve with database_url and storage_url. To go back to what the folder held then, remove {}",
            folder.display(),
            mark.database,
            mark.storage,
            mark.at,
            folder.join(MARK).display()
        )
        .into()),
    }
}

/// Every key is kept as a digest under the folder's secret, so that every node needs the same one.
fn secret_advice(folder: &Path) -> String {
    let file = folder.join("secret.key");
    if std::env::var_os("REPEATPOSTS_SECRET").is_some() || !file.exists() {
        return "Give every node the REPEATPOSTS_SECRET that the folder's service had, or no key will be known.".to_owned();
    }
    format!(
        "Give every node the folder's secret, or no key will be known:\n\n  export REPEATPOSTS_SECRET=\"hex:$(od -An -v -tx1 {} | tr -d ' \\n')\"",
        file.display()
    )
}

async fn audited(store: &Store, when: &str) -> Result<(), Failure> {
    let found = store.audit_ledger(Clock::system().now()).await?;
    match found.first() {
        None => Ok(()),
        Some(first) => Err(format!(
            "{when}, the ledger has {} mismatches, the first: {}: {}. `repeatposts ledger audit` lists them",
            found.len(),
            first.rule,
            first.message
        )
        .into()),
    }
}

fn mark(folder: &Path) -> Result<Option<Mark>, Failure> {
    let path = folder.join(MARK);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).map_err(|e| format!("{}: {e}", path.display()))?)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(format!("{}: {e}", path.display()).into()),
    }
}

fn leave_mark(folder: &Path, mark: &Mark) -> std::io::Result<()> {
    let aside = folder.join("moved.json.tmp");
    std::fs::write(&aside, serde_json::to_vec_pretty(mark)?)?;
    std::fs::File::open(&aside)?.sync_all()?;
    std::fs::rename(aside, folder.join(MARK))?;
    std::fs::File::open(folder)?.sync_all()
}
