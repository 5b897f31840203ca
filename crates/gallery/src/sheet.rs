//! Contact sheets: a group in one kit, a row for each kind of text, a column for each size.

use std::error::Error;
use std::fs;
use std::io::{Write, stdout};
use std::path::Path;

use rayon::prelude::*;
use render::{Format, Frame, Scratch, encode};
use template::{Severity, Warning};

use crate::studio::{CASES, Studio};

/// Height of a picture on the sheet; landscapes are wider than high and get less.
const TALL: f32 = 330.0;
const WIDE: f32 = 400.0;
const GAP: u32 = 14;
/// The sizes that every group begins with: square, portrait, story, landscape.
const COLUMNS: usize = 4;
const GROUND: [u8; 4] = [0x8C, 0x8C, 0x8C, 0xFF];

/// Draws one sheet for each group and kit given, and tells every warning above info (all of them with `all`).
pub fn draw_all(studio: &Studio, groups: &[&str], kits: &[Option<&str>], out: &Path, all: bool) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(out)?;
    for group in groups {
        for kit in kits {
            let name = format!("{group}-{}.webp", kit.unwrap_or("own"));
            let bytes = draw(studio, group, *kit, all)?;
            fs::write(out.join(&name), &bytes)?;
            writeln!(stdout(), "{name} {} kB", bytes.len() / 1024)?;
        }
    }
    Ok(())
}

fn draw(studio: &Studio, group: &str, kit: Option<&str>, all: bool) -> Result<Vec<u8>, Box<dyn Error>> {
    let document = studio.group(group)?;
    let rows: Vec<Result<Vec<Frame>, String>> = CASES
        .par_iter()
        .map_init(Scratch::default, |scratch, case| {
            let (data, locale) = studio.sample(&document, group, case);
            let mut row = Vec::new();
            for size in document.sizes().iter().take(COLUMNS) {
                let scale = if size.width > size.height { WIDE / size.width as f32 } else { TALL / size.height as f32 };
                let (frame, warnings) = studio
                    .draw(scratch, &document, size, (&data, locale.as_deref()), kit, scale)
                    .map_err(|error| format!("{group} {case} {}: {error}", size.key))?;
                tell(&format!("{group} {} {case} {}", kit.unwrap_or("own"), size.key), &warnings, all);
                row.push(frame);
            }
            Ok(row)
        })
        .collect();
    let rows = rows.into_iter().collect::<Result<Vec<_>, _>>()?;
    let sheet = lay_out(&rows);
    for quality in [82, 74, 64, 50] {
        let bytes = encode(&mut Scratch::default(), &sheet, Format::Webp, quality)?;
        if bytes.len() <= 300_000 {
            return Ok(bytes);
        }
    }
    Err(format!("{group} {kit:?} takes more than 300 kB").into())
}

pub fn tell(place: &str, warnings: &[Warning], all: bool) {
    for warning in warnings.iter().filter(|warning| all || warning.severity > Severity::Info) {
        let code = serde_json::to_value(warning.code).unwrap_or_default();
        // A closed pipe is no reason to stop.
        let _ = writeln!(stdout(), "{place}: {} {} {:?}", code.as_str().unwrap_or(""), warning.message, warning.severity);
    }
}

/// Rows of frames on a ground, with gaps.
pub fn lay_out(rows: &[Vec<Frame>]) -> Frame {
    let row_width = |row: &Vec<Frame>| row.iter().map(|frame| frame.width + GAP).sum::<u32>() + GAP;
    let width = rows.iter().map(row_width).max().unwrap_or(1);
    let row_height = |row: &Vec<Frame>| row.iter().map(|frame| frame.height).max().unwrap_or(0);
    let height = rows.iter().map(|row| row_height(row) + GAP).sum::<u32>() + GAP;
    let mut pixels = GROUND.repeat((width * height) as usize);
    let mut top = GAP;
    for row in rows {
        let mut left = GAP;
        for frame in row {
            paste(&mut pixels, width, frame, left, top);
            left += frame.width + GAP;
        }
        top += row_height(row) + GAP;
    }
    Frame { width, height, pixels, opaque: true, warnings: Vec::new(), texts: Vec::new() }
}

/// Built-in groups are opaque, so rows are copied as they are.
pub fn paste(pixels: &mut [u8], width: u32, frame: &Frame, left: u32, top: u32) {
    let line = frame.width as usize * 4;
    for (y, row) in frame.pixels.chunks_exact(line).enumerate() {
        let at = ((top as usize + y) * width as usize + left as usize) * 4;
        pixels[at..at + line].copy_from_slice(row);
    }
}
