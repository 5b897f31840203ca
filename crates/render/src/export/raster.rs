//! Parts of a scene as picture files.

use template::bound::{Image, Source};
use vello_cpu::kurbo::{Rect, Size, Vec2};

use crate::{
    Format, RenderError, World,
    codec::{self, Pixels},
    paint,
    scene::{Op, Scene},
};

/// Paints what vectors can't say.
pub struct Raster<'r> {
    pub tools: &'r mut paint::Tools,
    pub buffers: &'r mut codec::Buffers,
    pub world: &'r dyn World,
    pub deadline: &'r dyn Fn() -> bool,
    /// Of pictures that are written as JPEG, 1 to 100.
    pub quality: u8,
    /// Photos that fit stay as they came.
    pub keeps_photos: bool,
}

/// The most pixels of a photo that stays as it came, for each that is drawn.
const MOST_PIXELS: f64 = 4.0;
/// The least share of such a photo that is seen: the rest is in the file too.
const LEAST_SEEN: f64 = 0.5;

/// A painted part, without clear edges, or a photo as it came.
pub struct Bitmap {
    /// Where it belongs; on whole pixels what was painted.
    pub area: Rect,
    /// JPEG where nothing shines through and it is like a photo, else PNG.
    pub format: Format,
    pub file: Vec<u8>,
}

impl Raster<'_> {
    /// Draws ops within `area` of a canvas; `None` where nothing is seen there.
    pub fn draw(&mut self, mut ops: Vec<Op>, area: Rect, canvas: Rect) -> Result<Option<Bitmap>, RenderError> {
        let area = area.intersect(canvas).expand();
        if area.width() < 1.0 || area.height() < 1.0 {
            return Ok(None);
        }
        ops.iter_mut().for_each(|op| op.move_by(-area.origin().to_vec2()));
        let scene = Scene { width: area.width() as u16, height: area.height() as u16, ops };
        let mut rgba = Vec::new();
        paint::paint(self.tools, self.buffers, &scene, self.world, self.deadline, &mut rgba)?;
        self.write(rgba, usize::from(scene.width), area)
    }

    /// The file that an image came from, where it may stand for what would be painted into a box of `size`; `area` is that of
    /// the whole file and may reach out of the box.
    pub fn own(&mut self, image: &Image, size: Size) -> Option<Bitmap> {
        let plain = image.duotone.is_none() && image.tint.is_none();
        let Source::Picture(key) = &image.source else { return None };
        if !self.keeps_photos || !plain {
            return None;
        }
        // Who has no picture hears of it when it is painted.
        let fallback = || image.fallback.as_ref().and_then(|key| self.world.picture(key).ok());
        let picture = self.world.picture(key).ok().or_else(fallback)?;
        let file = picture.file.as_deref()?.as_ref();
        let placement = self.tools.place(&picture, image, size.width as u32, size.height as u32);
        let (width, height) = (f64::from(picture.width), f64::from(picture.height));
        let [left, top, across, down] = placement.crop;
        let seen = across * down / (width * height);
        let pixels = f64::from(picture.source_width) * f64::from(picture.source_height) * seen;
        if seen < LEAST_SEEN || pixels > MOST_PIXELS * f64::from(placement.width) * f64::from(placement.height) {
            return None;
        }
        let (x, y) = (f64::from(placement.width) / across, f64::from(placement.height) / down);
        let corner = (f64::from(placement.x) - left * x, f64::from(placement.y) - top * y);
        let area = Rect::from_origin_size(corner, (width * x, height * y));
        Some(Bitmap { area, format: Format::Jpeg, file: codec::bare(file)? })
    }

    /// The variants of logos that a whole scene's painting chooses.
    pub fn logos(&mut self, scene: &Scene) -> Result<Vec<(usize, String)>, RenderError> {
        let notes = paint::paint(self.tools, self.buffers, scene, self.world, self.deadline, &mut Vec::new())?;
        Ok(notes.logos)
    }

    fn write(&mut self, rgba: Vec<u8>, width: usize, area: Rect) -> Result<Option<Bitmap>, RenderError> {
        let Some([x0, y0, x1, y1]) = seen(&rgba, width) else { return Ok(None) };
        let rows = rgba.chunks_exact(width * 4).skip(y0).take(y1 - y0);
        let rgba: Vec<u8> = rows.flat_map(|row| &row[x0 * 4..x1 * 4]).copied().collect();
        let corner = area.origin() + Vec2::new(x0 as f64, y0 as f64);
        let (width, height) = ((x1 - x0) as u32, (y1 - y0) as u32);
        let opaque = codec::opaque(&rgba);
        let photo = opaque && codec::mostly_photo(rgba.as_chunks().0, width as usize);
        let format = if photo { Format::Jpeg } else { Format::Png };
        let pixels = Pixels { width, height, opaque, rgba: &rgba };
        let file = codec::encode(self.buffers, pixels, format, self.quality)?;
        let area = Rect::from_origin_size(corner, (f64::from(width), f64::from(height)));
        Ok(Some(Bitmap { area, format, file }))
    }
}

/// The least box that holds every pixel that isn't clear: left, top, right, bottom.
fn seen(rgba: &[u8], width: usize) -> Option<[usize; 4]> {
    let clear = |pixel: &[u8; 4]| pixel[3] == 0;
    let rows = || rgba.chunks_exact(width * 4).map(|row| row.as_chunks::<4>().0);
    let full = |row: &[[u8; 4]]| !row.iter().all(clear);
    let top = rows().position(full)?;
    let bottom = rows().rposition(full)? + 1;
    let (mut left, mut right) = (width, 0);
    for row in rows().skip(top).take(bottom - top) {
        left = left.min(row.iter().position(|pixel| !clear(pixel)).unwrap_or(width));
        right = right.max(row.iter().rposition(|pixel| !clear(pixel)).map_or(0, |at| at + 1));
    }
    Some([left, top, right, bottom])
}

#[cfg(test)]
mod tests {
    use super::seen;

    #[test]
    fn clear_edges_are_left_out() {
        let mut rgba = vec![0; 5 * 4 * 4];
        assert_eq!(seen(&rgba, 5), None);
        for (x, y) in [(1, 2), (3, 1)] {
            rgba[(y * 5 + x) * 4 + 3] = 1;
        }
        assert_eq!(seen(&rgba, 5), Some([1, 1, 4, 3]));
    }
}
