//! `render`: a group file becomes pictures without server or database, through the same steps as a call of the API.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use app::draw::{self, Style};
use assets::{Assets, BlobStore, Fetcher, Origin, Wanted, Worker, sandbox::Sandbox};
use bytes::Bytes;
use render::{Engine, Format, Scratch};
use serde_json::{Value, json};
use template::{Brand, BrandFile, Document, Inputs, picture::PictureSource};

use super::{Context, Failure, brandkit, node, template as documents};
use crate::{cli, output};

/// Fetching and decoding of all pictures together.
const PICTURES: Duration = Duration::from_secs(9);

pub async fn run(context: &Context, command: cli::Render) -> Result<(), Failure> {
    let text = documents::read(&command.group_file)?;
    let document =
        Document::parse(&text).map_err(|faults| format!("{}:\n{}", command.group_file.display(), app::operate::in_words(&faults)))?;
    let data = data(&command, &document)?;
    let (inputs, unknown) = Inputs::check(&document, &data, "inputData", true).map_err(|faults| in_words(&faults))?;
    let style = style(&command)?;
    let sizes = chosen(&document, &command.templates)?;
    let locale = command.locale.as_deref();

    let scratch_folder = tempdir()?;
    let allow = node::allow_list(&context.settings)?;
    let sandbox = Sandbox::start(1, &Worker::this_binary()?)?;
    let assets = Assets::new(BlobStore::folder(&scratch_folder.0)?, Fetcher::system(allow.clone())?, sandbox, 256 << 20);
    let fonts = assets::fonts::load()?;
    for absent in &fonts.absent {
        output::complain(&format!("note: {absent}"));
    }
    let engine = Engine::new(fonts.fonts);
    let kit = command.brand_kit.as_deref().map(read_kit).transpose()?;
    let bound: Vec<_> = sizes.iter().map(|size| template::bind(&document, size, &inputs, kit.as_ref(), locale)).collect();

    let mut wanted = Vec::new();
    for (key, logo) in bound.iter().flat_map(|(bound, _)| draw::wanted(bound)) {
        let origin = origin(&key, &inputs, &document, command.brand_kit.as_deref(), &allow)?;
        wanted.push(Wanted { key, origin, need: draw::need(&document, f64::from(style.scale), logo) });
    }
    let prepared = assets.prepare(wanted, tokio::time::Instant::now() + PICTURES).await;

    std::fs::create_dir_all(&command.out).map_err(|e| format!("{}: {e}", command.out.display()))?;
    let group = documents::slug(&command.group_file)?;
    let mut scratch = Scratch::default();
    let mut images = Vec::new();
    let mut failed = 0;
    for (size, (bound, mut warnings)) in sizes.iter().zip(bound) {
        warnings.extend(unknown.iter().cloned());
        let begun = Instant::now();
        match draw::draw(&engine, &mut scratch, &bound, warnings, &prepared, &style) {
            Ok(drawn) => {
                for file in &drawn.files {
                    let path = command.out.join(format!("{group}-{}.{}", size.key, extension(file.format)));
                    std::fs::write(&path, &file.bytes).map_err(|e| format!("{}: {e}", path.display()))?;
                    images.push(json!({ "key": size.key, "file": path, "width": drawn.width, "height": drawn.height, "bytes": file.bytes.len(), "sha256": file.sha256,
                        "renderMs": begun.elapsed().as_secs_f64() * 1e3, "warnings": drawn.warnings, "error": null }));
                }
            }
            Err(error) => {
                failed += 1;
                images.push(json!({ "key": size.key, "error": describe(&error) }));
            }
        }
    }
    context.output.result(&json!({ "images": images }), || images.iter().map(line).collect());
    if failed == 0 { Ok(()) } else { Err(Failure { message: format!("{failed} of {} pictures failed", sizes.len()), code: 1 }) }
}

fn data(command: &cli::Render, document: &Document) -> Result<Value, String> {
    let text = match command.data.as_deref() {
        None => return Ok(document.example_inputs()),
        Some(named) => match named.strip_prefix('@') {
            Some(file) => documents::read(Path::new(file))?,
            None => named.to_owned(),
        },
    };
    serde_json::from_str(&text).map_err(|e| format!("--data is no JSON: {e}"))
}

fn style(command: &cli::Render) -> Result<Style, String> {
    let format = match command.format.as_str() {
        "png" => Format::Png,
        "jpeg" | "jpg" => Format::Jpeg,
        "webp" => Format::Webp,
        other => return Err(format!("--format is {other:?}, and takes png, jpeg or webp")),
    };
    if !(1..=100).contains(&command.quality) {
        return Err(format!("--quality is {}, and goes from 1 to 100", command.quality));
    }
    if !(0.1..=4.0).contains(&command.scale) {
        return Err(format!("--scale is {}, and goes from 0.1 to 4", command.scale));
    }
    Ok(Style {
        formats: vec![format],
        quality: command.quality,
        scale: command.scale,
        watermark: false,
        stands_for: None,
        fail_on: Vec::new(),
    })
}

fn chosen<'a>(document: &'a Document, keys: &[String]) -> Result<Vec<&'a template::Size>, String> {
    for key in keys {
        if document.size(key).is_none() {
            let known: Vec<&str> = document.sizes().iter().map(|size| size.key.as_str()).collect();
            return Err(format!("the group has no size {key:?}; it has {}", known.join(", ")));
        }
    }
    Ok(document.sizes().iter().filter(|size| keys.is_empty() || keys.contains(&size.key)).collect())
}

fn read_kit(path: &Path) -> Result<Brand, String> {
    let file =
        BrandFile::parse(&documents::read(path)?).map_err(|faults| format!("{}:\n{}", path.display(), app::operate::in_words(&faults)))?;
    Ok(file.brand(|logo| format!("{LOGO}{}", logo.file)))
}

/// Start of the engine's key of a logo; its file, relative to the kit's, follows.
const LOGO: &str = "file:";

fn origin(key: &str, inputs: &Inputs, document: &Document, kit: Option<&Path>, allow: &assets::AllowList) -> Result<Origin, String> {
    if let (Some(name), Some(kit)) = (key.strip_prefix(LOGO), kit) {
        let bytes = brandkit::beside(kit.parent().unwrap_or(Path::new(".")), name).map_err(|e| format!("{name}: {e}"))?;
        return Ok(Origin::Bytes(Bytes::from(bytes)));
    }
    if key.starts_with("asset_") {
        return Ok(Origin::Builtin(key.to_owned()));
    }
    if let Some((_, picture)) = inputs.pictures(document).into_iter().find(|(_, picture)| picture.source.key() == key)
        && let PictureSource::DataUrl(text) = &picture.source
    {
        return Ok(Origin::Bytes(app::data_bytes(text)));
    }
    assets::check_url_text(key, allow).map(Origin::Url).map_err(|e| format!("{key}: {e}"))
}

fn describe(error: &draw::DrawError) -> String {
    match error {
        draw::DrawError::Picture { error, field } => match field {
            Some(field) => format!("{field}: {error}"),
            None => error.to_string(),
        },
        draw::DrawError::Warned { warning, .. } => warning.message.clone(),
        draw::DrawError::Timeout => "it took longer than 20 s".to_owned(),
        draw::DrawError::Engine(message) => message.clone(),
    }
}

fn line(image: &Value) -> String {
    let text = |key: &str| image[key].as_str().unwrap_or_default().to_owned();
    if !image["error"].is_null() {
        return format!("{}: {}\n", text("key"), text("error"));
    }
    let mut line = format!(
        "{}  {}×{}, {} bytes, {:.1} ms\n",
        text("file"),
        image["width"],
        image["height"],
        image["bytes"],
        image["renderMs"].as_f64().unwrap_or_default()
    );
    for warning in image["warnings"].as_array().into_iter().flatten() {
        line.push_str(&format!(
            "    {} {}: {}\n",
            warning["severity"].as_str().unwrap_or_default(),
            warning["code"].as_str().unwrap_or_default(),
            warning["message"].as_str().unwrap_or_default()
        ));
    }
    line
}

fn in_words(faults: &[template::InputFault]) -> String {
    faults.iter().map(|fault| format!("{}: {}", fault.param, fault.message)).collect::<Vec<_>>().join("\n")
}

pub fn extension(format: Format) -> &'static str {
    match format {
        Format::Png => "png",
        Format::Jpeg => "jpg",
        Format::Webp => "webp",
    }
}

/// A folder that goes with its value.
struct TempDir(std::path::PathBuf);

fn tempdir() -> Result<TempDir, String> {
    let path = std::env::temp_dir().join(format!("repeatposts-render-{}", std::process::id()));
    std::fs::create_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(TempDir(path))
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // Left behind, it is an empty folder among temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
