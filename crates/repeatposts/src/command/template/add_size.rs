//! `template add-size`: a layout for a new size is proposed, drawn, moved out of what the platform covers, and held against
//! the size that it began from.

use std::sync::Arc;

use app::draw::Drawn;
use serde_json::{Value, json};
use template::{
    Document, Warning, WarningCode, platform,
    proposal::{self, Edge, Proposal, Wish},
};

use super::{read, slug};
use crate::{
    cli,
    command::{
        Context, Failure,
        easel::{Easel, Subject},
        render, save,
    },
};

/// Looks at the proposal: what is moved out of the way may push something else into it.
const ROUNDS: usize = 6;
/// Pixels that text needs where it is seen pixel by pixel.
const LEAST_TEXT: f32 = 11.0;
/// Text that shrank by this share more than in the size it began from is told.
const SHRUNK_MORE: f64 = 0.97;

/// A proposal as it came out.
struct Outcome {
    proposal: Proposal,
    /// The document with the size in it.
    text: String,
    /// Layers that were moved out of what the platform covers: pixels in all.
    moved: Vec<(String, Edge, f64)>,
    before: Drawn,
    after: Drawn,
}

pub async fn run(context: &Context, command: cli::AddSize) -> Result<(), Failure> {
    let wish = wish(&command)?;
    let text = read(&command.group_file)?;
    let style = render::style(&["png".to_owned()], 100, 1.0)?;
    let subject = Subject::read(&command.group_file, &[], command.brand_kit.as_deref(), None, style)?;
    let raw: Value = serde_json::from_str(&text)?;
    let proposal = proposal::propose(&raw, &wish, command.from.as_deref())?;
    subject.inputs(command.data.as_deref())?;
    let outcome = refine(&Easel::open(context)?, &raw, &text, subject, proposal, command.data.as_deref()).await?;

    let mut picture = None;
    if let Some(out) = &command.out {
        let file = out.join(format!("{}-{}.png", slug(&command.group_file)?, wish.key));
        save(&file, &outcome.after.files[0].bytes)?;
        picture = Some(file);
    }
    if command.write {
        save(&command.group_file, outcome.text.as_bytes())?;
    }
    let Proposal { from, size, dropped, foreign } = &outcome.proposal;
    let lost = lost(&outcome.before, &outcome.after);
    let dropped: Vec<Value> = dropped.iter().map(|(layer, why)| json!({ "layer": layer, "why": why })).collect();
    let moved: Vec<Value> =
        outcome.moved.iter().map(|(layer, edge, by)| json!({ "layer": layer, "from": edge.name(), "pixels": by })).collect();
    let value = json!({ "from": from, "newShape": foreign, "size": size, "dropped": dropped, "moved": moved, "lost": lost, "written": command.write, "picture": picture });
    context.output.result(&value, || told(&value, command.write));
    Ok(())
}

fn wish(command: &cli::AddSize) -> Result<Wish, String> {
    let preset = match command.platform.as_deref() {
        None => None,
        Some(key) => Some(platform::preset(key).ok_or_else(|| {
            let known: Vec<&str> = platform::all().iter().map(|platform| platform.key.as_str()).collect();
            format!("--platform {key:?} is no preset; there are {}", known.join(", "))
        })?),
    };
    let canvas = command.size.as_deref().map(pixels).transpose()?;
    let Some((width, height)) = canvas.or_else(|| preset.map(|preset| (preset.width, preset.height))) else {
        return Err("a size is wanted, such as 1600x900".to_owned());
    };
    let key = command.key.clone().or_else(|| preset.map(|preset| preset.key.clone()));
    let name = command.name.clone().or_else(|| preset.map(|preset| preset.name.clone()));
    Ok(Wish {
        key: key.unwrap_or_else(|| format!("{width}x{height}")),
        name: name.unwrap_or_else(|| format!("{width} × {height}")),
        platform: command.platform.clone().unwrap_or_default(),
        width,
        height,
    })
}

fn pixels(text: &str) -> Result<(u32, u32), String> {
    let edges = text.split_once(['x', '×']).and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    let known = edges.filter(|(width, height)| (1..=8192).contains(width) && (1..=8192).contains(height));
    known.ok_or_else(|| format!("{text:?} is no size; write 1600x900, each edge from 1 to 8192"))
}

/// Draws the proposal beside its origin and mends what can be mended by rule, for as long as that makes it better.
async fn refine(
    easel: &Arc<Easel>,
    raw: &Value,
    text: &str,
    mut subject: Subject,
    mut proposal: Proposal,
    data: Option<&str>,
) -> Result<Outcome, Failure> {
    let key = proposal.size["key"].as_str().unwrap_or_default().to_owned();
    subject.sizes = vec![proposal.from.clone(), key.clone()];
    let mut moved: Vec<(String, Edge, f64)> = Vec::new();
    let mut best: Option<(f64, Outcome)> = None;
    for _ in 0..ROUNDS {
        let text = proposal::insert(text, &proposal.size).ok_or("the document's \"templates\" can't be added to")?;
        let document = Document::parse(&text).map_err(|faults| format!("the proposal has faults:\n{}", app::operate::in_words(&faults)))?;
        subject.document = Arc::new(document);
        let (inputs, _) = subject.inputs(data)?;
        let mut drawn = easel.draw(&subject, &inputs, &[]).await?;
        let mut take = |key: &str| -> Result<Drawn, String> {
            let at = drawn.iter().position(|(known, _)| known == key).ok_or("a size was not drawn")?;
            drawn.swap_remove(at).1
        };
        let (before, after) = (take(&proposal.from)?, take(&key)?);
        let (wanted, small) = (covered(&after.warnings), too_small(&after, &proposal));
        let wrong = wanted.iter().map(|(_, _, by)| by).sum::<f64>() + 1e4 * small.len() as f64;
        if best.as_ref().is_some_and(|(least, _)| wrong >= *least) {
            break;
        }
        best = Some((wrong, Outcome { proposal: proposal.clone(), text, moved: moved.clone(), before, after }));
        if wrong == 0.0 {
            break;
        }
        for (layer, edge, by) in proposal::push(raw, &mut proposal.size, &wanted) {
            match moved.iter_mut().find(|(known, at, _)| *known == layer && *at == edge) {
                Some((_, _, pixels)) => *pixels += by,
                None => moved.push((layer, edge, by)),
            }
        }
        proposal::hide_texts(raw, &mut proposal.size, &small);
        proposal.dropped.extend(small.into_iter().map(|layer| (layer, "its text would have fewer than 11 px")));
    }
    Ok(best.ok_or("nothing was drawn")?.1)
}

/// How far each layer stands in what the platform wants free.
fn covered(warnings: &[Warning]) -> Vec<(String, Edge, f64)> {
    let safe = warnings.iter().filter(|warning| warning.code == WarningCode::SafeZoneViolation);
    safe.flat_map(|warning| {
        let layer = warning.measured.get("layer").and_then(Value::as_str).unwrap_or_default();
        Edge::ALL.into_iter().filter_map(move |edge| {
            let pixels = |figures: &serde_json::Map<String, Value>| figures.get(edge.name()).and_then(Value::as_f64);
            Some((layer.to_owned(), edge, pixels(&warning.limit)? - pixels(&warning.measured)? + 1.0))
        })
    })
    .collect()
}

/// Texts of an advertisement that nobody could read, but the largest.
fn too_small(drawn: &Drawn, proposal: &Proposal) -> Vec<String> {
    if !proposal::is_ad(drawn.width, drawn.height) {
        return Vec::new();
    }
    let largest = drawn.texts.iter().map(|text| text.font_size).fold(0.0, f32::max);
    let small = drawn.texts.iter().filter(|text| text.font_size < LEAST_TEXT && text.font_size < largest);
    let mut layers: Vec<String> = small.map(|text| text.id.split('.').next().unwrap_or_default().to_owned()).collect();
    layers.retain(|layer| proposal.dropped.iter().all(|(dropped, _)| dropped != layer));
    layers.dedup();
    layers
}

/// Warnings that the size it began from has not, or not as badly.
fn lost(before: &Drawn, after: &Drawn) -> Vec<Warning> {
    let share = |warning: &Warning| {
        let size = |figures: &serde_json::Map<String, Value>| figures.get("fontSize").and_then(Value::as_f64);
        size(&warning.measured).zip(size(&warning.limit)).map_or(1.0, |(measured, limit)| measured / limit)
    };
    let known = |warning: &Warning| {
        let same = |other: &&Warning| {
            other.code == warning.code && other.field == warning.field && other.measured.get("layer") == warning.measured.get("layer")
        };
        before.warnings.iter().find(same).is_some_and(|other| share(warning) >= share(other) * SHRUNK_MORE)
    };
    after.warnings.iter().filter(|warning| !known(warning)).cloned().collect()
}

fn told(value: &Value, written: bool) -> String {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let list = |key: &str| value[key].as_array().cloned().unwrap_or_default();
    let size = &value["size"];
    let mut lines = vec![format!("{} ({}×{}), from {}", text(size, "key"), size["width"], size["height"], text(value, "from"))];
    if value["newShape"] == true {
        lines.push("    no size of the document has this shape: the arrangement is another one's, and wants a person's eye".to_owned());
    }
    lines.extend(list("dropped").iter().map(|dropped| format!("    without {}: {}", text(dropped, "layer"), text(dropped, "why"))));
    lines.extend(list("moved").iter().map(|moved| {
        format!("    {} was moved {} px from the {}, which the platform covers", text(moved, "layer"), moved["pixels"], text(moved, "from"))
    }));
    lines.extend(list("lost").iter().map(render::warning_line));
    lines.extend(value["picture"].as_str().map(str::to_owned));
    lines.push(if written { "written".to_owned() } else { format!("{size:#}\nnothing was written; --write puts it into the document") });
    lines.join("\n")
}
