//! `template test`: saved inputs are drawn and compared with the pictures that somebody accepted, for a team's own checks.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use template::WarningCode;

use super::{read, slug};
use crate::{
    cli,
    command::{
        Context, Failure, compare,
        easel::{Easel, Subject},
        render, save,
    },
};

/// Exit code where a case could not be read.
const TROUBLE: u8 = 2;
/// Below the folder of cases: what was accepted, and what differs from it.
const ACCEPTED: &str = "accepted";
const DIFFERENCES: &str = "differences";

/// One file of the folder. Paths are relative to it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    template: PathBuf,
    /// Default: the template's example.
    input_data: Option<Map<String, Value>>,
    brand_kit: Option<PathBuf>,
    /// Keys; default: all.
    #[serde(default)]
    templates: Vec<String>,
    locale: Option<String>,
    scale: Option<f32>,
    /// Codes of warnings that fail the case.
    #[serde(default)]
    fail_on: Vec<String>,
}

pub async fn run(context: &Context, command: cli::TemplateTest) -> Result<(), Failure> {
    let trouble = |failure: Failure| Failure { code: TROUBLE, ..failure };
    let cases = cases(&command.folder).map_err(|message| trouble(message.into()))?;
    let easel = Easel::open(context).map_err(trouble)?;
    let mut results = Vec::new();
    let mut names = BTreeSet::new();
    for (name, subject, data) in cases {
        let (inputs, said) = subject.check(&data).map_err(|fault| trouble(format!("{name}: {fault}").into()))?;
        for (key, drawn) in easel.draw(&subject, &inputs, &said).await.map_err(|message| trouble(message.into()))? {
            let picture = format!("{name}-{key}");
            let state = match drawn {
                Ok(drawn) => judged(&command, &picture, &drawn.files[0].bytes)?,
                Err(error) => json!({ "state": "failed", "error": error }),
            };
            results.push(named(&picture, state));
            names.insert(picture);
        }
    }
    results.extend(dead(&command, &names)?);
    let bad = results.iter().filter(|result| !matches!(result["state"].as_str(), Some("same" | "accepted"))).count();
    context.output.result(&json!({ "pictures": results, "failed": bad }), || results.iter().map(line).collect());
    if bad == 0 {
        return Ok(());
    }
    let advice = if command.accept { "" } else { "; look at them, then accept what is right with --accept" };
    Err(Failure { message: format!("{bad} of {} pictures are not as accepted{advice}", results.len()), code: 1 })
}

/// Every case by its file's name, with its data; everything that is wrong with any of them at once.
fn cases(folder: &Path) -> Result<Vec<(String, Subject, Value)>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let files = entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "json"));
    let files: BTreeSet<PathBuf> = files.collect();
    if files.is_empty() {
        return Err(format!("{}: no case is there; a case is a JSON file with at least \"template\"", folder.display()));
    }
    let (mut cases, mut faults) = (Vec::new(), Vec::new());
    for file in files {
        match case(folder, &file) {
            Ok(case) => cases.push(case),
            Err(fault) => faults.push(format!("{}: {fault}", file.display())),
        }
    }
    if faults.is_empty() { Ok(cases) } else { Err(faults.join("\n")) }
}

fn case(folder: &Path, file: &Path) -> Result<(String, Subject, Value), String> {
    let case: Case = serde_json::from_str(&read(file)?).map_err(|e| e.to_string())?;
    if let Some(code) = case.fail_on.iter().find(|code| WarningCode::ALL.iter().all(|known| known.as_str() != *code)) {
        return Err(format!("failOn: {code:?} is no code of a warning"));
    }
    let mut style = render::style(&["png".to_owned()], 100, case.scale.unwrap_or(1.0)).map_err(|e| e.replace("--", ""))?;
    style.fail_on = case.fail_on;
    let kit = case.brand_kit.map(|kit| folder.join(kit));
    let subject = Subject::read(&folder.join(case.template), &case.templates, kit.as_deref(), case.locale.as_deref(), style)?;
    let data = case.input_data.map_or_else(|| subject.document.example_inputs(), Value::Object);
    Ok((slug(file)?, subject, data))
}

fn judged(command: &cli::TemplateTest, name: &str, bytes: &[u8]) -> Result<Value, String> {
    let accepted = command.folder.join(ACCEPTED).join(format!("{name}.png"));
    let shown = command.folder.join(DIFFERENCES).join(format!("{name}.png"));
    let kept = std::fs::read(&accepted).ok();
    let found = match &kept {
        None => None,
        Some(kept) => {
            let (before, after) = (compare::read(kept).map_err(|e| format!("{}: {e}", accepted.display()))?, compare::read(bytes)?);
            let found = compare::compare(&before, &after, command.allow);
            if found.is_some_and(|found| found.changed == 0) {
                // Of an earlier run, where it is there at all.
                let _ = std::fs::remove_file(&shown);
                return Ok(json!({ "state": "same" }));
            }
            if !command.accept {
                save(&shown, &compare::side_by_side(&before, &after, command.allow)?)?;
            }
            found
        }
    };
    if command.accept {
        save(&accepted, bytes)?;
        let _ = std::fs::remove_file(&shown);
        return Ok(json!({ "state": "accepted" }));
    }
    Ok(match (kept, found) {
        (None, _) => {
            save(&shown, bytes)?;
            json!({ "state": "new", "picture": shown })
        }
        (Some(_), None) => json!({ "state": "resized", "picture": shown }),
        (Some(_), Some(found)) => {
            json!({ "state": "changed", "changedShare": found.share(), "largestDifference": found.largest, "picture": shown })
        }
    })
}

/// Accepted pictures that no case draws any more: told, or removed while accepting.
fn dead(command: &cli::TemplateTest, names: &BTreeSet<String>) -> Result<Vec<Value>, String> {
    let entries = std::fs::read_dir(command.folder.join(ACCEPTED)).into_iter().flatten().flatten();
    let mut dead = Vec::new();
    for path in entries.map(|entry| entry.path()).collect::<BTreeSet<_>>() {
        let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".png")).map(str::to_owned) else { continue };
        if names.contains(&name) {
            continue;
        }
        if command.accept {
            std::fs::remove_file(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        } else {
            dead.push(named(&name, json!({ "state": "dead" })));
        }
    }
    Ok(dead)
}

fn named(name: &str, mut state: Value) -> Value {
    state["name"] = json!(name);
    state
}

fn line(result: &Value) -> String {
    let text = |key: &str| result[key].as_str().unwrap_or_default();
    let told = match text("state") {
        "changed" => {
            let percent = result["changedShare"].as_f64().unwrap_or_default() * 100.0;
            format!("{percent:.2} % of the pixels changed, by at most {} of 255", result["largestDifference"])
        }
        "resized" => "another size than accepted".to_owned(),
        "new" => "nothing was accepted yet".to_owned(),
        "dead" => "accepted, but no case draws it".to_owned(),
        "failed" => text("error").to_owned(),
        other => other.to_owned(),
    };
    let picture = result["picture"].as_str().map(|file| format!("  {file}")).unwrap_or_default();
    format!("{}: {told}{picture}\n", text("name"))
}
