//! Reference pictures: every property's example, every built-in group in every kit and a transparent ground must look as
//! they did.
//!
//! `BLESS=1 cargo nextest run -p gallery references` writes them anew, but never with `CI` set; look at each before it is
//! committed. A picture that differs is left in `target/references` as expected, actual and difference side by side.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use render::{Format, Frame, Scratch, encode};
use serde_json::{Value, json};
use template::{
    Document,
    property::{self, Property},
};

use crate::handbook::{examples, sections};
use crate::sheet::paste;
use crate::studio::{GROUPS, KITS, Studio};

/// Where the references were drawn, and are the same to the byte.
const TARGET: &str = "x86-64-v3";
/// Elsewhere curves and gradients are rounded apart (fused multiply-add or not), once for each layer that is blended.
const TOLERANCE: u8 = 3;
/// Built-in groups are kept at this share of their size: enough to see each layer move.
const SCALE: f32 = 0.25;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("references")
}

struct Check {
    studio: Studio,
    scratch: Scratch,
    bless: bool,
    names: BTreeSet<String>,
    faults: Vec<String>,
}

impl Check {
    fn start() -> Result<Self, Box<dyn Error>> {
        let bless = std::env::var_os("BLESS").is_some() && std::env::var_os("CI").is_none();
        let studio = Studio::open(&root().join("assets"))?;
        Ok(Self { studio, scratch: Scratch::default(), bless, names: BTreeSet::new(), faults: Vec::new() })
    }

    fn compare(&mut self, name: String, frame: Frame) -> Result<(), Box<dyn Error>> {
        let path = folder().join(format!("{name}.png"));
        let bytes = encode(&mut self.scratch, &frame, Format::Png, 100)?;
        if self.bless {
            fs::create_dir_all(folder())?;
            fs::write(&path, &bytes)?;
        }
        let Ok(kept) = fs::read(&path) else {
            self.faults.push(format!("{name}: there is no reference; look at it and write it with BLESS=1"));
            self.names.insert(name);
            return Ok(());
        };
        let (wanted, actual) = (decode(&kept)?, decode(&bytes)?);
        let tolerance = if self.studio.target() == TARGET { 0 } else { TOLERANCE };
        if let Some(fault) = difference(&wanted, &actual, tolerance) {
            let shown = root().join("target/references");
            fs::create_dir_all(&shown)?;
            let sheet = side_by_side(&wanted, &actual);
            let file = shown.join(format!("{name}.png"));
            fs::write(&file, encode(&mut self.scratch, &sheet, Format::Png, 100)?)?;
            self.faults.push(format!("{name}: {fault}; see target/references/{name}.png"));
        }
        self.scratch.recycle(frame);
        self.names.insert(name);
        Ok(())
    }

    /// Every difference, and every reference of this kind that nothing draws any more.
    fn end(mut self, kind: &str) {
        for entry in fs::read_dir(folder()).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().trim_end_matches(".png").to_owned();
            if name.starts_with(kind) && !self.names.contains(&name) {
                self.faults.push(format!("{name}: nothing draws this reference; remove it"));
            }
        }
        assert!(self.faults.is_empty(), "{:#?}", self.faults);
    }
}

fn decode(bytes: &[u8]) -> Result<Frame, Box<dyn Error>> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("too large")?];
    let info = reader.next_frame(&mut pixels)?;
    pixels.truncate(info.buffer_size());
    Ok(Frame { width: info.width, height: info.height, pixels, opaque: true, warnings: Vec::new(), texts: Vec::new() })
}

fn difference(wanted: &Frame, actual: &Frame, tolerance: u8) -> Option<String> {
    if (wanted.width, wanted.height) != (actual.width, actual.height) {
        return Some(format!("{}×{} where {}×{} was", actual.width, actual.height, wanted.width, wanted.height));
    }
    let apart = wanted.pixels.iter().zip(&actual.pixels).map(|(a, b)| a.abs_diff(*b));
    let (count, most) = apart.filter(|apart| *apart > tolerance).fold((0, 0), |(count, most), apart| (count + 1, apart.max(most)));
    (count > 0).then(|| format!("{count} values differ, by at most {most}"))
}

/// Expected, actual, and their difference four times enlarged.
fn side_by_side(wanted: &Frame, actual: &Frame) -> Frame {
    let (width, height) = (wanted.width.max(actual.width), wanted.height.max(actual.height));
    let mut pixels = [0x80, 0x80, 0x80, 0xff].repeat((3 * width * height) as usize);
    paste(&mut pixels, 3 * width, wanted, 0, 0);
    paste(&mut pixels, 3 * width, actual, width, 0);
    if (wanted.width, wanted.height) == (actual.width, actual.height) {
        let pairs = wanted.pixels.chunks_exact(4).zip(actual.pixels.chunks_exact(4));
        let apart = pairs.flat_map(|(a, b)| [0, 1, 2].map(|i| 255 - a[i].abs_diff(b[i]).saturating_mul(4)).into_iter().chain([255]));
        let frame = Frame { width, height, pixels: apart.collect(), opaque: true, warnings: Vec::new(), texts: Vec::new() };
        paste(&mut pixels, 3 * width, &frame, 2 * width, 0);
    }
    Frame { width: 3 * width, height, pixels, opaque: true, warnings: Vec::new(), texts: Vec::new() }
}

#[test]
fn every_property_draws_as_its_reference() -> Result<(), Box<dyn Error>> {
    let mut check = Check::start()?;
    for (name, document) in examples(&sections()?)? {
        let size = document.sizes().first().ok_or("an example has a size")?;
        let (frame, _) = check.studio.draw(&mut check.scratch, &document, size, (&json!({}), None), None, 1.0)?;
        check.compare(format!("property-{name}"), frame)?;
    }
    check.end("property-");
    Ok(())
}

#[test]
fn every_built_in_size_draws_as_its_reference_in_every_kit() -> Result<(), Box<dyn Error>> {
    let mut check = Check::start()?;
    for group in GROUPS {
        let document = check.studio.group(group)?;
        let (data, locale) = check.studio.sample(&document, group, "usual");
        for kit in KITS.map(Some).into_iter().chain([None]) {
            for size in document.sizes() {
                let inputs = (&data, locale.as_deref());
                let (frame, _) = check.studio.draw(&mut check.scratch, &document, size, inputs, kit, SCALE)?;
                check.compare(format!("group-{group}-{}-{}", kit.unwrap_or("own"), size.key), frame)?;
            }
        }
    }
    check.end("group-");
    Ok(())
}

#[test]
fn a_transparent_ground_draws_as_its_reference() -> Result<(), Box<dyn Error>> {
    let mut check = Check::start()?;
    let document = Document::parse(include_str!("../transparent.json")).map_err(|faults| format!("{faults:#?}"))?;
    let size = document.sizes().first().ok_or("it has a size")?;
    let (frame, _) = check.studio.draw(&mut check.scratch, &document, size, (&json!({}), None), None, 1.0)?;
    check.compare("transparent".to_owned(), frame)?;
    check.end("transparent");
    Ok(())
}

#[test]
fn every_property_of_the_format_stands_in_an_example() -> Result<(), Box<dyn Error>> {
    let mut shown = BTreeSet::new();
    names(&Value::Object(sections()?), &mut shown);
    let tables = [property::PLACE, property::LOOK].into_iter().chain(property::KINDS.iter().map(|(_, _, properties)| *properties));
    // A named style looks like the properties that it stands for.
    let missing: Vec<&str> =
        tables.flatten().map(|Property { name, .. }| *name).filter(|name| *name != "style" && !shown.contains(*name)).collect();
    assert!(missing.is_empty(), "no example uses {missing:?}");
    Ok(())
}

fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            found.insert(name.clone());
            names(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}
