//! `template diff`: two documents drawn with the same data, and how far their pictures are apart.

use std::{path::PathBuf, sync::Arc};

use serde_json::{Value, json};
use template::Document;

use super::slug;
use crate::{
    cli,
    command::{
        Context, Failure, compare,
        easel::{DrawnSize, Easel, Subject},
        render, save,
    },
};

/// Exit code where the documents could not be compared.
const TROUBLE: u8 = 2;

pub async fn run(context: &Context, command: cli::Diff) -> Result<(), Failure> {
    let sizes = compared(context, &command).await.map_err(|failure| Failure { code: TROUBLE, ..failure })?;
    let changed = sizes.iter().filter(|size| size["state"] != "same").count();
    context.output.result(&json!({ "sizes": sizes, "changed": changed }), || sizes.iter().map(line).collect());
    if changed == 0 { Ok(()) } else { Err(Failure { message: format!("{changed} of {} sizes differ", sizes.len()), code: 1 }) }
}

async fn compared(context: &Context, command: &cli::Diff) -> Result<Vec<Value>, Failure> {
    let style = render::style(&["png".to_owned()], 100, command.scale)?;
    let subject = |file| Subject::read(file, &[], command.brand_kit.as_deref(), command.locale.as_deref(), style.clone());
    let (before, after) = (subject(&command.before)?, subject(&command.after)?);
    let keys = keys(&before.document, &after.document, &command.templates)?;
    let (said_before, said_after) = (before.inputs(command.data.as_deref())?, after.inputs(command.data.as_deref())?);
    let easel = Easel::open(context)?;
    let before = drawn(&easel, before, &keys, &said_before.0).await?;
    let after = drawn(&easel, after, &keys, &said_after.0).await?;
    let group = slug(&command.after)?;
    let of = |drawn: &[DrawnSize], key: &str| drawn.iter().find(|(known, _)| known == key).map(|(_, picture)| picture.clone());
    let mut sizes = Vec::new();
    for key in keys {
        let file = command.out.as_ref().map(|out| out.join(format!("{group}-{key}.png")));
        sizes.push(match (of(&before, &key), of(&after, &key)) {
            (Some(before), Some(after)) => size(&key, &before?.files[0].bytes, &after?.files[0].bytes, command.allow, file)?,
            (Some(_), None) => json!({ "key": key, "state": "removed" }),
            (None, _) => json!({ "key": key, "state": "added" }),
        });
    }
    Ok(sizes)
}

/// The sizes of both, those of `after` first.
fn keys(before: &Document, after: &Document, chosen: &[String]) -> Result<Vec<String>, String> {
    let removed = before.sizes().iter().filter(|size| after.size(&size.key).is_none());
    let all: Vec<String> = after.sizes().iter().chain(removed).map(|size| size.key.clone()).collect();
    match chosen.iter().find(|key| !all.contains(key)) {
        Some(key) => Err(format!("neither group has a size {key:?}; they have {}", all.join(", "))),
        None => Ok(all.into_iter().filter(|key| chosen.is_empty() || chosen.contains(key)).collect()),
    }
}

async fn drawn(easel: &Arc<Easel>, mut subject: Subject, keys: &[String], inputs: &template::Inputs) -> Result<Vec<DrawnSize>, String> {
    subject.sizes = keys.to_vec();
    easel.draw(&subject, inputs, &[]).await
}

fn size(key: &str, before: &[u8], after: &[u8], allowed: u8, file: Option<PathBuf>) -> Result<Value, String> {
    let (before, after) = (compare::read(before)?, compare::read(after)?);
    let found = compare::compare(&before, &after, allowed);
    let state = match found {
        None => "resized",
        Some(found) if found.changed > 0 => "changed",
        Some(_) => "same",
    };
    let picture = match file.filter(|_| state != "same") {
        Some(file) => {
            save(&file, &compare::side_by_side(&before, &after, allowed)?)?;
            Some(file)
        }
        None => None,
    };
    Ok(json!({
        "key": key, "state": state, "picture": picture,
        "changedShare": found.map(compare::Difference::share), "largestDifference": found.map(|found| found.largest),
        "before": [before.width, before.height], "after": [after.width, after.height],
    }))
}

fn line(size: &Value) -> String {
    let text = |key: &str| size[key].as_str().unwrap_or_default();
    let percent = |key: &str| size[key].as_f64().unwrap_or_default() * 100.0;
    let told = match text("state") {
        "changed" => format!("{:.2} % of the pixels changed, by at most {} of 255", percent("changedShare"), size["largestDifference"]),
        "resized" => format!("{}×{} became {}×{}", size["before"][0], size["before"][1], size["after"][0], size["after"][1]),
        other => other.to_owned(),
    };
    let picture = size["picture"].as_str().map(|file| format!("  {file}")).unwrap_or_default();
    format!("{}: {told}{picture}\n", text("key"))
}
