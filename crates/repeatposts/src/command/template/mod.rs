//! `template …`

mod add_size;
mod diff;
mod test;

use std::path::Path;

use app::operate::in_words;
use serde_json::json;
use template::Document;

use super::{Context, Failure};
use crate::cli::Template;

pub async fn run(context: &Context, command: Template) -> Result<(), Failure> {
    match command {
        Template::Check { files } => check(context, &files),
        Template::AddSize(command) => add_size::run(context, command).await,
        Template::Diff(command) => diff::run(context, command).await,
        Template::Test(command) => test::run(context, command).await,
        Template::Import { file, team } => {
            let text = read(&file)?;
            let operator = context.operator().await?;
            let imported = operator.import_template(&team, &slug(&file)?, &text).await.map_err(|e| format!("{}:\n{e}", file.display()))?;
            operator.store.close().await;
            context.output.result(&imported, || {
                let what = if imported.changed { "published" } else { "unchanged" };
                format!("{} version {} {what}", imported.id, imported.version)
            });
            Ok(())
        }
    }
}

fn check(context: &Context, files: &[std::path::PathBuf]) -> Result<(), Failure> {
    let mut results = Vec::new();
    let mut text = String::new();
    let mut broken = 0;
    for file in files {
        let faults = match read(file) {
            Ok(document) => Document::parse(&document).err().unwrap_or_default(),
            Err(message) => vec![template::DocumentFault { pointer: String::new(), message, hint: None }],
        };
        if faults.is_empty() {
            text.push_str(&format!("{}: good\n", file.display()));
        } else {
            broken += 1;
            text.push_str(&format!("{}: {} faults\n{}\n", file.display(), faults.len(), in_words(&faults)));
        }
        results.push(json!({ "file": file, "valid": faults.is_empty(), "faults": faults }));
    }
    context.output.result(&results, || text);
    if broken == 0 { Ok(()) } else { Err(Failure { message: format!("{broken} of {} files have faults", files.len()), code: 1 }) }
}

pub fn read(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))
}

/// The file's name, by which a later import of the same file finds what it made: small letters, digits and hyphens.
pub fn slug(file: &Path) -> Result<String, String> {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let slug: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() { Err(format!("{}: the file's name needs a letter or a digit", file.display())) } else { Ok(slug.to_owned()) }
}
