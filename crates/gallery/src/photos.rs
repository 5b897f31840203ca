//! The demo photographs, painted from fixed seeds.

mod arch;
mod bottle;
mod folds;
mod hills;
mod house;
mod lamp;
mod latte;
mod leaves;
mod portrait;
mod skyline;

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::paint::{Canvas, Mask};

/// A painted picture and, for a cut-out, its silhouette.
pub struct Painting {
    pub canvas: Canvas,
    pub cutout: Option<Mask>,
}

impl From<Canvas> for Painting {
    fn from(canvas: Canvas) -> Self {
        Self { canvas, cutout: None }
    }
}

struct Recipe {
    name: &'static str,
    paint: fn(f32) -> Painting,
    /// What the picture shows, for its alt text.
    alt: &'static str,
    /// Where that is, if it is one thing: left, top, right, bottom as shares of the picture.
    subject: Option<[f64; 4]>,
}

const fn recipe(name: &'static str, paint: fn(f32) -> Painting, alt: &'static str, subject: Option<[f64; 4]>) -> Recipe {
    Recipe { name, paint, alt, subject }
}

const RECIPES: [Recipe; 12] = [
    recipe("arch", arch::paint, "A sunlit arch in a plaster wall, low hills behind it", Some([0.37, 0.18, 0.84, 0.75])),
    recipe("bottle", bottle::paint, "An amber glass bottle with a paper label", Some([0.26, 0.01, 0.74, 0.98])),
    recipe("folds", folds::paint, "Curved sheets of paper in orange and plum", None),
    recipe("hills", hills::paint, "Hills in mist at sunset", Some([0.58, 0.52, 0.74, 0.62])),
    recipe("house", house::paint, "A flat-roofed house with lit windows at dusk", Some([0.11, 0.31, 0.88, 0.72])),
    recipe("lamp", lamp::paint, "A table lamp with a ceramic foot beside two books", Some([0.34, 0.25, 0.76, 0.82])),
    recipe("latte", latte::paint, "A cup of coffee with a milk leaf, seen from above", Some([0.12, 0.22, 0.86, 0.81])),
    recipe("leaves", leaves::paint, "Dark green leaves in layers", None),
    recipe("portrait_1", portrait::first, "Portrait before a warm backdrop", Some([0.27, 0.03, 0.74, 0.63])),
    recipe("portrait_2", portrait::second, "Portrait before a green backdrop", Some([0.28, 0.17, 0.72, 0.63])),
    recipe("portrait_3", portrait::third, "Portrait before a lilac backdrop", Some([0.24, 0.15, 0.76, 0.65])),
    recipe("skyline", skyline::paint, "Towers at blue hour above still water", Some([0.0, 0.17, 1.0, 0.66])),
];

/// Every picture's file that is of one thing, and where that thing is.
pub fn subjects() -> impl Iterator<Item = (String, [f64; 4])> {
    let file = |name: &str| if name == "bottle" { format!("{name}.png") } else { format!("{name}.jpg") };
    RECIPES.iter().filter_map(move |recipe| Some((file(recipe.name), recipe.subject?)))
}

/// Paints all pictures (or `only` one) into `out` and writes `pictures.json` when all were painted.
/// `unit` is device pixels per 1/800 of the width.
pub fn paint_all(out: &Path, only: Option<&str>, unit: f32) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(out)?;
    let mut rows = Vec::new();
    for recipe in RECIPES.iter().filter(|recipe| only.is_none_or(|name| recipe.name.starts_with(name))) {
        let painting = (recipe.paint)(unit);
        let (bytes, extension) = match &painting.cutout {
            Some(cutout) => (png(&painting.canvas, cutout)?, "png"),
            None => (jpeg(&painting.canvas)?, "jpg"),
        };
        let file = format!("{}.{extension}", recipe.name);
        fs::write(out.join(&file), &bytes)?;
        rows.push(row(recipe, &file, &painting.canvas, &bytes));
    }
    if only.is_none() {
        let manifest = json!({"format": 1, "license": "MIT OR Apache-2.0", "origin": "drawn by `gallery photos`", "pictures": rows});
        fs::write(out.join("pictures.json"), format!("{manifest:#}\n"))?;
    }
    Ok(())
}

fn row(recipe: &Recipe, file: &str, canvas: &Canvas, bytes: &[u8]) -> Value {
    json!({
        "id": format!("asset_demo_{}", recipe.name),
        "file": file,
        "width": canvas.width,
        "height": canvas.height,
        "bytes": bytes.len(),
        "sha256": hex::encode(Sha256::digest(bytes)),
        "alt": recipe.alt,
    })
}

fn jpeg(canvas: &Canvas) -> Result<Vec<u8>, Box<dyn Error>> {
    let pixels = canvas.rgb8();
    let image = turbojpeg::Image {
        pixels: pixels.as_slice(),
        width: canvas.width,
        pitch: canvas.width * 3,
        height: canvas.height,
        format: turbojpeg::PixelFormat::RGB,
    };
    let mut compressor = turbojpeg::Compressor::new()?;
    compressor.set_quality(84)?;
    compressor.set_subsamp(turbojpeg::Subsamp::Sub2x2)?;
    compressor.set_optimize(true)?;
    Ok(compressor.compress_to_vec(image)?)
}

fn png(canvas: &Canvas, cutout: &Mask) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut pixels = Vec::with_capacity(canvas.pixels.len() * 4);
    for (i, color) in canvas.rgb8().chunks_exact(3).enumerate() {
        let (x, y) = ((i % canvas.width) as i32, (i / canvas.width) as i32);
        let alpha = (cutout.at(x, y) * 255.0).round() as u8;
        // One colour for what can't be seen packs well.
        pixels.extend_from_slice(if alpha == 0 { &[0; 3] } else { color });
        pixels.push(alpha);
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, canvas.width as u32, canvas.height as u32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(bytes)
}
