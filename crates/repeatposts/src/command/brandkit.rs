//! `brandkit …`

use std::path::{Component, Path};

use assets::sandbox::{Sandbox, Worker};

use super::{Context, Failure, template};
use crate::cli::Brandkit;

pub async fn run(context: &Context, command: Brandkit) -> Result<(), Failure> {
    let Brandkit::Import { file, team, default } = command;
    let text = template::read(&file)?;
    // A kit in a folder of its own is called by the folder's name.
    let named = if file.file_stem().is_some_and(|stem| stem == "kit") {
        file.parent().filter(|p| p.file_name().is_some()).unwrap_or(&file)
    } else {
        &file
    };
    let slug = template::slug(named)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let sandbox = Sandbox::start(1, &Worker::this_binary()?)?;
    let operator = context.operator().await?;
    let read = |name: &str| beside(folder, name);
    let imported =
        operator.import_brand_kit(&team, &slug, &text, read, &sandbox, default).await.map_err(|e| format!("{}:\n{e}", file.display()))?;
    operator.store.close().await;
    context.output.result(&imported, || {
        let what = if imported.changed { "published" } else { "unchanged" };
        format!("{} version {} {what}", imported.id, imported.version)
    });
    Ok(())
}

/// A file in or below the kit's folder, and no other.
pub fn beside(folder: &Path, name: &str) -> std::io::Result<Vec<u8>> {
    if Path::new(name).components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(std::io::Error::other("a kit's files lie in or below its folder"));
    }
    std::fs::read(folder.join(name))
}
