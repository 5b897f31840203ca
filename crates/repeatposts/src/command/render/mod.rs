//! `render`: a group file becomes pictures without server or database, through the same steps as a call of the API.

mod sheet;
mod watch;

use std::{path::Path, sync::Arc};

use app::{Encoding, draw::Style, encoding};
use render::Writing;
use serde_json::{Value, json};

use super::{
    Context, Failure,
    easel::{DrawnSize, Easel, Files, Subject},
    save, template as documents,
};
use crate::cli;

pub async fn run(context: &Context, command: cli::Render) -> Result<(), Failure> {
    if command.watch {
        return watch::run(context, &command).await;
    }
    let subject = subject(&command)?;
    // What can be wrong with the data is said before fonts are read.
    if command.csv.is_none() {
        subject.inputs(command.data.as_deref())?;
    }
    once(context, &Easel::open(context)?, &command, &subject).await
}

async fn once(context: &Context, easel: &Arc<Easel>, command: &cli::Render, subject: &Subject) -> Result<(), Failure> {
    // Told before drawing where it can't be.
    std::fs::create_dir_all(&command.out).map_err(|e| format!("{}: {e}", command.out.display()))?;
    let group = documents::slug(&command.group_file)?;
    if let Some(file) = &command.csv {
        return sheet::run(context, easel, subject, file, &command.out, &group).await;
    }
    let (inputs, said) = subject.inputs(command.data.as_deref())?;
    let drawn = easel.draw(subject, &inputs, &said).await?;
    let mut images = write(&drawn, &command.out, &group)?;
    let failed = drawn.iter().filter(|(_, size)| size.is_err()).count();
    if command.one_file && failed == 0 {
        let (file, pages) = easel.pages(subject, &inputs).await?;
        let path = command.out.join(format!("{group}.pdf"));
        save(&path, &file)?;
        let sha256 = assets::Digest::of(&file).to_string();
        images.push(json!({ "file": path, "pages": pages, "bytes": file.len(), "sha256": sha256, "warnings": [], "error": null }));
    }
    context.output.result(&json!({ "images": images }), || images.iter().map(line).collect());
    if failed == 0 { Ok(()) } else { Err(Failure { message: format!("{failed} of {} pictures failed", drawn.len()), code: 1 }) }
}

fn subject(command: &cli::Render) -> Result<Subject, String> {
    let mut style = style(&command.format, command.quality, command.scale)?;
    if command.one_file {
        if !style.formats.contains(&Encoding::Pdf) {
            return Err("--one-file is for PDF: add --format pdf".to_owned());
        }
        style.formats.retain(|format| *format != Encoding::Pdf);
    }
    if command.max_bytes == Some(0) || command.dpi.is_some_and(|dpi| !(1..=2400).contains(&dpi)) {
        return Err("--max-bytes is at least 1, and --dpi goes from 1 to 2400".to_owned());
    }
    let subject = Subject::read(&command.group_file, &command.templates, command.brand_kit.as_deref(), command.locale.as_deref(), style)?;
    let (max_bytes, dpi, small, metadata) = (command.max_bytes, command.dpi, command.small, !command.no_metadata);
    Ok(Subject { files: Some(Files { max_bytes, dpi, small, metadata }), ..subject })
}

/// # Errors
/// What the command line may not say.
pub fn style(names: &[String], quality: u8, scale: f32) -> Result<Style, String> {
    let mut formats = Vec::new();
    for name in names {
        let format = if name == "svg" { Some(Encoding::Svg) } else { Encoding::parse(name) };
        let format = format.ok_or_else(|| format!("--format is {name:?}, and takes svg, {}", encoding::in_words()))?;
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    if !(1..=100).contains(&quality) {
        return Err(format!("--quality is {quality}, and goes from 1 to 100"));
    }
    if !(0.1..=4.0).contains(&scale) {
        return Err(format!("--scale is {scale}, and goes from 0.1 to 4"));
    }
    Ok(Style { formats, scale, writing: Writing { quality, ..Writing::default() }, ..Style::default() })
}

/// Writes what came out as `<stem>-<size>.<format>`, and tells each picture as the command's answer has it.
fn write(drawn: &[DrawnSize], out: &Path, stem: &str) -> Result<Vec<Value>, String> {
    let mut images = Vec::new();
    for (key, drawn) in drawn {
        let drawn = match drawn {
            Ok(drawn) => drawn,
            Err(error) => {
                images.push(json!({ "key": key, "error": error }));
                continue;
            }
        };
        for file in &drawn.files {
            let path = out.join(format!("{stem}-{key}.{}", file.format.extension()));
            save(&path, &file.bytes)?;
            images.push(json!({ "key": key, "file": path, "width": drawn.width, "height": drawn.height, "bytes": file.bytes.len(), "sha256": file.sha256,
                "renderMs": drawn.time.as_secs_f64() * 1e3, "warnings": drawn.warnings, "error": null }));
        }
    }
    Ok(images)
}

fn line(image: &Value) -> String {
    let text = |key: &str| image[key].as_str().unwrap_or_default().to_owned();
    if !image["error"].is_null() {
        return format!("{}: {}\n", text("key"), text("error"));
    }
    let extent = match image["pages"].as_u64() {
        Some(pages) => format!("{pages} pages"),
        None => format!("{}×{}", image["width"], image["height"]),
    };
    let took = image["renderMs"].as_f64().map(|took| format!(", {took:.1} ms")).unwrap_or_default();
    let warnings = image["warnings"].as_array().into_iter().flatten();
    warnings
        .fold(format!("{}  {extent}, {} bytes{took}\n", text("file"), image["bytes"]), |text, warning| text + &warning_line(warning) + "\n")
}

/// A warning as it stands below its picture.
pub fn warning_line(warning: &Value) -> String {
    let text = |key: &str| warning[key].as_str().unwrap_or_default();
    format!("    {} {}: {}", text("severity"), text("code"), text("message"))
}
