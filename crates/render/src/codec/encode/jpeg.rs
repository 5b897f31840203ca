//! JPEG by libjpeg-turbo: baseline, or progressive where it shall be small.

use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use super::{Effort, Pixels};

/// From this quality on colour keeps its full resolution; below, every second pixel's colour, as everywhere.
const FULL_COLOR_FROM: u8 = 95;

#[derive(Default)]
pub struct Workspace {
    compressor: Option<Compressor>,
    on_white: Vec<u8>,
}

pub fn encode(workspace: &mut Workspace, pixels: Pixels, effort: Effort) -> Result<Vec<u8>, String> {
    let rgbx = if pixels.opaque {
        pixels.rgba
    } else {
        lay_on_white(pixels.rgba, &mut workspace.on_white);
        &workspace.on_white
    };
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let image = Image { pixels: rgbx, width, pitch: width * 4, height, format: PixelFormat::RGBX };
    // A compressor that fails is not put back, so it is never asked again.
    let mut compressor = match workspace.compressor.take() {
        Some(kept) => kept,
        None => Compressor::new().map_err(|e| e.to_string())?,
    };
    let written = compress(&mut compressor, image, effort).map_err(|e| e.to_string())?;
    workspace.compressor = Some(compressor);
    Ok(written)
}

fn compress(compressor: &mut Compressor, image: Image<&[u8]>, effort: Effort) -> turbojpeg::Result<Vec<u8>> {
    let full_color = effort.quality >= FULL_COLOR_FROM && !effort.small;
    compressor.set_quality(effort.quality.into())?;
    compressor.set_subsamp(if full_color { Subsamp::None } else { Subsamp::Sub2x2 })?;
    compressor.set_optimize(effort.small)?;
    compressor.set_progressive(effort.small)?;
    compressor.compress_to_vec(image)
}

/// Premultiplied colour on white is the colour plus what alpha lets through.
fn lay_on_white(rgba: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.reserve(rgba.len());
    out.extend(rgba.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, a]| {
        let white = 255 - a;
        [r.saturating_add(white), g.saturating_add(white), b.saturating_add(white), 255]
    }));
}
