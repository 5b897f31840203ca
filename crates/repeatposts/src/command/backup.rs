//! `backup` and `restore`: the database and the blobs in one ZIP file. The secret key stays out of it.

use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use assets::BlobKey;
use futures::TryStreamExt as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{Context, Failure};

/// First entry of every backup: what it is, and which form it has.
const MANIFEST: &str = "repeatposts-backup.json";
const FORM: u64 = 1;
const DATABASE: &str = "repeatposts.db";
const BLOBS: &str = "blobs";

pub async fn backup(context: &Context, out: Option<PathBuf>) -> Result<(), Failure> {
    let folder = &context.settings.data_dir;
    if let Some(url) = context.server()? {
        return Err(format!("{url} is backed up with the server's own tools, such as pg_dump; this command copies a data folder").into());
    }
    if !folder.join(DATABASE).exists() {
        return Err(format!("{} holds no database; name the data folder with --data-dir", folder.display()).into());
    }
    let now = jiff::Timestamp::now();
    let out = out.unwrap_or_else(|| PathBuf::from(format!("repeatposts-{}.zip", now.strftime("%Y%m%dT%H%M%SZ"))));
    let store = context.store(false).await?;
    let copy = folder.join(format!("backup-{}.tmp", std::process::id()));
    let result = async {
        // The database first: every picture that it names was written before its row, and so is there by now.
        store.backup(&copy).await?;
        let blobs = context.blobs()?;
        let keys: Vec<BlobKey> = blobs.list().map_ok(|(key, _)| key).try_collect().await?;
        let progress = bar(keys.len() as u64 + 1, "backup");
        let partial = out.with_extension("zip.tmp");
        let mut zip = ZipWriter::new(File::create(&partial).map_err(|e| format!("{}: {e}", partial.display()))?);
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        zip.start_file(MANIFEST, stored)?;
        serde_json::to_writer(
            &mut zip,
            &json!({ "form": FORM, "version": env!("CARGO_PKG_VERSION"), "createdAt": now.to_string(),
            "note": "secret.key is not in here: without it every API key must be made anew" }),
        )?;
        zip.start_file(DATABASE, stored)?;
        io::copy(&mut File::open(&copy)?, &mut zip)?;
        progress.inc(1);
        for key in &keys {
            // None: deleted since the list was made. The copy of the database knows it as gone or will say so.
            if let Some(bytes) = blobs.get(key).await? {
                zip.start_file(format!("{BLOBS}/{key}"), stored)?;
                zip.write_all(&bytes)?;
            }
            progress.inc(1);
        }
        zip.finish()?.sync_all()?;
        std::fs::rename(&partial, &out)?;
        progress.finish_and_clear();
        Ok::<_, Failure>(keys.len())
    }
    .await;
    store.close().await;
    // The copy is ours alone; a failure to remove it is told by the next backup's size.
    let _ = std::fs::remove_file(&copy);
    let count = result?;
    context.output.result(&json!({ "file": out, "pictures": count }), || {
        format!("{} holds the database and {count} files. secret.key is not in it: keep a copy of that elsewhere.", out.display())
    });
    Ok(())
}

pub fn restore(context: &Context, file: &Path) -> Result<(), Failure> {
    if context.storage()?.bucket.is_some() {
        return Err("restore fills a data folder: run it without storage_url".to_owned().into());
    }
    let folder = &context.settings.data_dir;
    for taken in [DATABASE, BLOBS] {
        if folder.join(taken).exists() {
            return Err(format!("{} is not empty: restore into a new folder with --data-dir", folder.display()).into());
        }
    }
    let mut zip = ZipArchive::new(File::open(file).map_err(|e| format!("{}: {e}", file.display()))?)?;
    let manifest: serde_json::Value = match zip.by_name(MANIFEST) {
        Ok(entry) => serde_json::from_reader(entry)?,
        Err(_) => return Err(format!("{} is no backup of ours", file.display()).into()),
    };
    if manifest["form"] != FORM {
        return Err(format!(
            "{} has form {}, and this version reads form {FORM}: use a newer repeatposts",
            file.display(),
            manifest["form"]
        )
        .into());
    }
    // Aside first, so that an interrupted restore leaves nothing that a service would start on.
    let aside = folder.join(format!("restore-{}.tmp", std::process::id()));
    std::fs::create_dir_all(&aside)?;
    let progress = bar(zip.len() as u64, "restore");
    let unpacked = (0..zip.len()).try_for_each(|index| {
        progress.inc(1);
        unpack(&mut zip, index, &aside)
    });
    progress.finish_and_clear();
    let moved = unpacked.and_then(|()| {
        for part in [BLOBS, DATABASE] {
            if aside.join(part).exists() {
                std::fs::rename(aside.join(part), folder.join(part))?;
            }
        }
        Ok(())
    });
    // What was moved is no longer in it.
    let _ = std::fs::remove_dir_all(&aside);
    moved?;
    let secret = folder.join("secret.key").exists();
    context.output.result(&json!({ "dataDir": folder, "secretKey": secret }), || {
        let keys =
            if secret { "" } else { " Put the old secret.key beside it before the first start, or every API key must be made anew." };
        format!("{} is restored from {}.{keys}", folder.display(), file.display())
    });
    Ok(())
}

fn unpack(zip: &mut ZipArchive<File>, index: usize, to: &Path) -> Result<(), Failure> {
    let mut entry = zip.by_index(index)?;
    let name = entry.enclosed_name().ok_or_else(|| format!("the backup holds a file outside its folder: {:?}", entry.name()))?;
    if entry.is_dir() || name == Path::new(MANIFEST) {
        return Ok(());
    }
    let path = to.join(name);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut file = File::create(&path)?;
    io::copy(&mut entry, &mut file)?;
    file.sync_all()?;
    Ok(())
}

/// On a terminal; elsewhere it shows nothing.
pub fn bar(length: u64, what: &'static str) -> ProgressBar {
    let target = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(length), target).with_style(style).with_message(what)
}
