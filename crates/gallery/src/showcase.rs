//! Pictures for the documentation of what a property alone can't show: proposed sizes, safe areas, files within a number of
//! bytes, transparent grounds, hyphens of two languages.

use std::error::Error;
use std::fs;
use std::path::Path;

use render::{Format, Frame, Scratch, Writing, codec, write};
use serde_json::{Value, json};
use template::proposal::{Wish, propose};
use template::{Document, platform};

use crate::sheet::lay_out;
use crate::studio::Studio;

const KIT: &str = "sorrelwick";
const CAPTION: u32 = 30;
const VEIL: [u8; 3] = [214, 40, 70];
const SQUARES: u32 = 12;

/// Draws them all into `out`.
pub fn draw_all(studio: &Studio, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut scratch = Scratch::default();
    for (name, panels) in [
        ("addSize", sizes(studio, &mut scratch)?),
        ("safeZones", safe_zones(studio, &mut scratch)?),
        ("maxBytes", files(studio, &mut scratch)?),
        ("transparent", grounds(studio, &mut scratch)?),
        ("hyphens", hyphens(studio, &mut scratch)?),
    ] {
        let mut row = Vec::new();
        for (caption, frame) in panels {
            row.push(captioned(studio, &mut scratch, &caption, frame)?);
        }
        let sheet = lay_out(&[row]);
        let file = write(&mut scratch, &sheet, Format::Webp, &Writing { max_bytes: Some(60_000), ..Writing::default() })?;
        fs::write(out.join(format!("{name}.webp")), file)?;
    }
    Ok(())
}

type Panels = Vec<(String, Frame)>;

/// Every size of the quote group, and what is proposed for one more.
fn sizes(studio: &Studio, scratch: &mut Scratch) -> Result<Panels, Box<dyn Error>> {
    let mut raw = studio.raw("quote")?;
    let wish = Wish { key: "wide".to_owned(), name: "Wide".to_owned(), platform: String::new(), width: 1600, height: 900 };
    let proposal = propose(&raw, &wish, None)?;
    raw["templates"].as_array_mut().ok_or("templates are a list")?.push(proposal.size);
    let document = Document::parse(&raw.to_string()).map_err(|faults| format!("{faults:#?}"))?;
    let mut panels = Vec::new();
    for size in document.sizes() {
        let scale = 200.0 / size.height as f32;
        let frame = studio.draw(scratch, &document, size, (&document.example_inputs(), None), Some(KIT), scale)?.0;
        let told = if size.key == wish.key { "proposed: " } else { "" };
        panels.push((format!("{told}{}x{}", size.width, size.height), frame));
    }
    Ok(panels)
}

/// One story under what three platforms lay over it.
fn safe_zones(studio: &Studio, scratch: &mut Scratch) -> Result<Panels, Box<dyn Error>> {
    let document = studio.group("event")?;
    let size = document.sizes().iter().find(|size| size.key == "story").ok_or("no story")?;
    let mut panels = Vec::new();
    for key in ["ig-story", "ig-reel", "tiktok-photo"] {
        let mut frame = studio.draw(scratch, &document, size, (&document.example_inputs(), None), Some(KIT), 0.2)?.0;
        let [top, right, bottom, left] = platform::preset(key).ok_or("no such platform")?.free.map(|edge| edge / 5);
        let (width, height) = (frame.width, frame.height);
        for (i, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
            let (x, y) = (i as u32 % width, i as u32 / width);
            if x < left || y < top || x >= width - right || y >= height - bottom {
                (0..3).for_each(|c| pixel[c] = mix(pixel[c], VEIL[c], 115));
            }
        }
        panels.push((key.to_owned(), frame));
    }
    Ok(panels)
}

/// One picture as files of several lengths, each read back.
fn files(studio: &Studio, scratch: &mut Scratch) -> Result<Panels, Box<dyn Error>> {
    let document = studio.group("product")?;
    let size = document.sizes().first().ok_or("no size")?;
    let frame = studio.draw(scratch, &document, size, (&document.example_inputs(), None), Some(KIT), 0.25)?.0;
    let mut panels = Vec::new();
    for (caption, format, small, max_bytes) in [
        ("png", Format::Png, false, None),
        ("png, small", Format::Png, true, None),
        ("jpeg, maxBytes 12000", Format::Jpeg, false, Some(12_000)),
        ("jpeg, maxBytes 5000", Format::Jpeg, false, Some(5_000)),
    ] {
        let file = write(scratch, &frame, format, &Writing { small, max_bytes, ..Writing::default() })?;
        let read = codec::decode(&file, (frame.width, frame.height)).map_err(|error| format!("{caption}: {error:?}"))?;
        let pixels = (*read.pixels).as_ref().to_vec();
        let shown = Frame { width: read.width, height: read.height, pixels, opaque: true, warnings: Vec::new(), texts: Vec::new() };
        panels.push((format!("{caption}: {} bytes", file.len()), shown));
    }
    Ok(panels)
}

/// A document with and without a ground, on the squares by which editors show transparency.
fn grounds(studio: &Studio, scratch: &mut Scratch) -> Result<Panels, Box<dyn Error>> {
    let mut panels = Vec::new();
    for ground in ["brand.colors.primary", "none"] {
        let document = plain(
            (300, 150),
            ground,
            json!([{"id": "tag", "type": "stack", "centerX": 0, "centerY": 0, "padding": [14, 24], "radius": 30, "fill": "brand.colors.background", "shadows": [{"y": 6, "blur": 18, "color": "#00000066"}],
                "children": [{"id": "word", "type": "text", "text": "New in", "size": 30, "color": "brand.colors.text"}]}]),
        )?;
        let size = document.sizes().first().ok_or("no size")?;
        let mut frame = studio.draw(scratch, &document, size, (&json!({}), None), Some(KIT), 1.0)?.0;
        let width = frame.width;
        for (i, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
            let dark = (i as u32 % width / SQUARES + i as u32 / width / SQUARES).is_multiple_of(2);
            let square: u32 = if dark { 205 } else { 255 };
            let through = 255 - u32::from(pixel[3]);
            (0..3).for_each(|c| pixel[c] = (u32::from(pixel[c]) + square * through / 255).min(255) as u8);
            pixel[3] = 255;
        }
        frame.opaque = true;
        panels.push((format!("\"background\": \"{ground}\""), frame));
    }
    Ok(panels)
}

/// Words wider than their line, divided as their languages divide them.
fn hyphens(studio: &Studio, scratch: &mut Scratch) -> Result<Panels, Box<dyn Error>> {
    let mut panels = Vec::new();
    for (locale, word) in [("en", "Internationalisation"), ("de", "Donaudampfschifffahrt")] {
        let layer = json!([{"id": "word", "type": "text", "text": word, "size": 34, "minSize": 34, "left": 20, "right": 20, "top": 0, "bottom": 0, "verticalAlign": "middle", "color": "#1c2a24"}]);
        let document = plain((250, 150), "#ffffff", layer)?;
        let size = document.sizes().first().ok_or("no size")?;
        let frame = studio.draw(scratch, &document, size, (&json!({}), Some(locale)), None, 1.0)?.0;
        panels.push((format!("locale: \"{locale}\""), frame));
    }
    Ok(panels)
}

/// `over` on `under` with a coverage of 255.
fn mix(under: u8, over: u8, coverage: u32) -> u8 {
    ((u32::from(under) * (255 - coverage) + u32::from(over) * coverage) / 255) as u8
}

/// A frame with a line of text under it.
fn captioned(studio: &Studio, scratch: &mut Scratch, caption: &str, mut frame: Frame) -> Result<Frame, Box<dyn Error>> {
    let layer = json!([{"id": "caption", "type": "text", "text": caption, "font": {"family": "JetBrains Mono"}, "size": 12, "minSize": 7, "maxLines": 1, "left": 0, "right": 0, "top": 8, "color": "#3b3b39"}]);
    let document = plain((frame.width, CAPTION), "#e0ddd6", layer)?;
    let size = document.sizes().first().ok_or("no size")?;
    let line = studio.draw(scratch, &document, size, (&json!({}), None), None, 1.0)?.0;
    frame.pixels.extend_from_slice(&line.pixels);
    frame.height += line.height;
    Ok(frame)
}

fn plain((width, height): (u32, u32), background: &str, layers: Value) -> Result<Document, Box<dyn Error>> {
    let document = json!({
        "format": 1, "name": "Caption", "background": background, "layers": layers,
        "look": {"fonts": {"body": {"family": "DM Sans", "weight": 600}}},
        "templates": [{"key": "one", "name": "One", "width": width, "height": height}]
    });
    Ok(Document::parse(&document.to_string()).map_err(|faults| format!("{faults:#?}"))?)
}
