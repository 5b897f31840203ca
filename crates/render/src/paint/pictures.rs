//! Pictures: fetched from the world, fitted to their box once, and drawn.

use std::sync::{Arc, Weak};

use template::{
    bound::{Color, Image, ImageFit, Source},
    contrast,
};
use vello_cpu::kurbo::{Affine, Rect};

use super::{Painter, Tools, Waiting, direct, vector, whole};
use crate::{
    Picture, PictureError, RenderError,
    codec::{self, Salience},
    geometry::Outline,
    scene::Op,
};

/// What is known of a picture after it was drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub field: Option<String>,
    pub source: (u32, u32),
    pub drawn: (u32, u32),
    /// Pixels of the file per drawn pixel.
    pub density: f32,
    /// What couldn't be had, if the fallback was drawn, or the logo's better variant.
    pub lacking: Option<Lacking>,
}

#[derive(Clone, Debug)]
pub enum Lacking {
    Source(PictureError),
    Variant { role: String, wanted: &'static str },
}

/// A picture's pixels, whoever else holds them; dead ones never match.
type Held = Weak<dyn AsRef<[u8]> + Send + Sync>;

/// Fitted pictures of this thread, most recent last: logos and repeated photos are resampled once.
#[derive(Default)]
pub struct Fitted {
    known: Vec<Known>,
    /// What stands out of pictures that nobody named a point of, the last used last.
    seen: Vec<(Held, Salience)>,
}

struct Known {
    pixels: Held,
    crop: [u64; 4],
    size: (u32, u32),
    look: Look,
    result: Arc<Vec<u8>>,
}

/// What is changed of a picture's colours.
#[derive(Clone, Copy, PartialEq)]
struct Look {
    duotone: Option<[Color; 3]>,
    tint: Option<Color>,
}

/// One colour, as opaque as each pixel was.
fn tint(pixels: &mut [u8], color: Color) {
    let color = direct::premultiplied(color);
    for pixel in pixels.as_chunks_mut::<4>().0 {
        *pixel = color.map(|c| direct::mul(c, pixel[3]));
    }
}

/// Largest box that a picture is fitted to, in pixels: the largest canvas.
const MOST_PIXELS: u64 = 8192 * 8192;

const KEPT_BYTES: usize = 32 << 20;
const KEPT_SEEN: usize = 16;

impl Fitted {
    fn get(&mut self, picture: &Picture, placement: &codec::Placement, look: Look) -> Option<Arc<Vec<u8>>> {
        let crop = placement.crop.map(f64::to_bits);
        let size = (placement.width, placement.height);
        let same = |k: &Known| {
            k.crop == crop && k.size == size && k.look == look && k.pixels.upgrade().is_some_and(|p| Arc::ptr_eq(&p, &picture.pixels))
        };
        let at = self.known.iter().position(same)?;
        let known = self.known.remove(at);
        let result = known.result.clone();
        self.known.push(known);
        Some(result)
    }

    fn put(&mut self, picture: &Picture, placement: &codec::Placement, look: Look, result: Arc<Vec<u8>>) {
        self.known.retain(|k| k.pixels.strong_count() > 0);
        let bytes = |known: &[Known]| known.iter().map(|k| k.result.len()).sum::<usize>();
        while !self.known.is_empty() && bytes(&self.known) + result.len() > KEPT_BYTES {
            self.known.remove(0);
        }
        self.known.push(Known {
            pixels: Arc::downgrade(&picture.pixels),
            crop: placement.crop.map(f64::to_bits),
            size: (placement.width, placement.height),
            look,
            result,
        });
    }

    /// The point that stays in view: the one that was named, else what stands out.
    fn focus(&mut self, picture: &Picture, image: &Image, width: u32, height: u32) -> [f32; 2] {
        if let Some(focus) = image.focus {
            return focus;
        }
        if image.fit != ImageFit::Cover {
            return [0.5; 2];
        }
        let same = |(pixels, _): &(Held, _)| pixels.upgrade().is_some_and(|p| Arc::ptr_eq(&p, &picture.pixels));
        let seen = match self.seen.iter().position(same) {
            Some(at) => self.seen.remove(at),
            None => (Arc::downgrade(&picture.pixels), Salience::of(picture)),
        };
        let focus = seen.1.focus(width, height);
        self.seen.retain(|(pixels, _)| pixels.strong_count() > 0);
        if self.seen.len() >= KEPT_SEEN {
            self.seen.remove(0);
        }
        self.seen.push(seen);
        focus
    }

    /// Memory of `bytes`, of a fitted picture whose own is gone where there is one: fresh pages cost more than the resampling.
    fn spare(&mut self, bytes: usize) -> Vec<u8> {
        let dead = self.known.iter().position(|k| k.result.len() == bytes && k.pixels.strong_count() == 0);
        dead.and_then(|at| Arc::into_inner(self.known.remove(at).result)).unwrap_or_default()
    }
}

impl Tools {
    /// Fits an image into a box of `width` × `height` pixels.
    pub fn place(&mut self, picture: &Picture, image: &Image, width: u32, height: u32) -> codec::Placement {
        let focus = self.pictures.focus(picture, image, width, height);
        codec::place(picture, width.min(16_384), height.min(16_384), image.fit, focus)
    }
}

impl<'s> Painter<'_, 's> {
    /// Draws a picture, or leaves it to vello; says which.
    #[expect(clippy::too_many_arguments, reason = "the op's own fields")]
    pub fn picture(
        &mut self,
        op: &'s Op<'s>,
        image: &Image,
        rect: Rect,
        radii: [f64; 4],
        turn: Option<Affine>,
        opacity: f32,
        bounds: Rect,
    ) -> Result<bool, RenderError> {
        let (picture, lacking) = self.source(image, bounds)?;
        let (width, height) = (rect.width().round().max(1.0) as u32, rect.height().round().max(1.0) as u32);
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(RenderError::TooLarge { width, height });
        }
        let placement = self.tools.place(&picture, image, width, height);
        self.notes.pictures.push(Drawn {
            field: image.field.clone(),
            source: (picture.source_width, picture.source_height),
            drawn: (placement.width, placement.height),
            density: placement.density,
            lacking,
        });
        let key = match &image.source {
            Source::Picture(key) => key.clone(),
            Source::Logo { role, .. } => role.clone(),
        };
        let failed = |error| RenderError::Picture { error, field: image.field.clone(), key: key.clone() };
        let look = Look { duotone: image.duotone, tint: image.tint };
        let opaque = picture.opaque && image.tint.is_none_or(|tint| tint.a == 255);
        let fitted = match self.tools.pictures.get(&picture, &placement, look) {
            Some(fitted) => fitted,
            None => {
                let mut out = self.tools.pictures.spare(placement.width as usize * placement.height as usize * 4);
                codec::resize(self.buffers, &picture, &placement, &mut out).map_err(failed)?;
                if let Some(colors) = look.duotone {
                    codec::duotone(&mut out, colors);
                }
                if let Some(color) = look.tint {
                    tint(&mut out, color);
                }
                let fitted = Arc::new(out);
                self.tools.pictures.put(&picture, &placement, look, fitted.clone());
                fitted
            }
        };
        let (w, h) = (placement.width as usize, placement.height as usize);
        let (x, y) = (rect.x0 + f64::from(placement.x), rect.y0 + f64::from(placement.y));
        let part = Rect::new(x, y, x + w as f64, y + h as f64).intersect(rect);
        let full = part == rect;
        let area = part.intersect(bounds);
        if area.width() <= 0.0 || area.height() <= 0.0 {
            return Ok(false);
        }
        if turn.is_none() && whole(rect) && opacity >= 1.0 && self.plain_over(bounds) {
            self.settle(bounds);
            let canvas = (f64::from(self.scene.width), f64::from(self.scene.height));
            let all = opaque && radii == [0.0; 4] && area == Rect::new(0.0, 0.0, canvas.0, canvas.1);
            self.start(all);
            let touched = direct::Area::new(area, self.scene.width);
            direct::picture(self.pixels, touched, (rect, radii), (&fitted, w), (x as i64, y as i64), opaque);
            return Ok(false);
        }
        let Some(pixmap) = vector::pixmap(fitted.to_vec(), w, h, opaque) else { return Ok(false) };
        self.drawn.push((std::ptr::from_ref(op).addr(), pixmap));
        let (rect, radii) = if full { (rect, radii) } else { (part, [0.0; 4]) };
        let outline = Outline::Box { rect, radii };
        self.pending.push(Waiting::Picture { at: self.drawn.len() - 1, outline, turn, opacity, x, y });
        Ok(true)
    }

    fn source(&mut self, image: &Image, bounds: Rect) -> Result<(Picture, Option<Lacking>), RenderError> {
        let failed = |error, key: &str| RenderError::Picture { error, field: image.field.clone(), key: key.to_owned() };
        match &image.source {
            Source::Picture(key) => match (self.world.picture(key), &image.fallback) {
                (Ok(picture), _) => Ok((picture, None)),
                (Err(error), None) => Err(failed(error, key)),
                (Err(error), Some(other)) => {
                    let picture = self.world.picture(other).map_err(|_| failed(error, key))?;
                    Ok((picture, Some(Lacking::Source(error))))
                }
            },
            Source::Logo { role, light, dark, any } => {
                let ground = contrast::luminance(self.ground(bounds).mean);
                // White and black are equally readable at this luminance.
                let on_dark = ground < 0.179;
                let (fitting, wanted, other) = if on_dark { (dark, "dark", light) } else { (light, "light", dark) };
                let (key, lacking) = match (fitting.as_ref().or(any.as_ref()), other) {
                    (Some(key), _) => (key, None),
                    (None, Some(key)) => (key, Some(Lacking::Variant { role: role.clone(), wanted })),
                    (None, None) => return Err(failed(PictureError::FetchFailed, role)),
                };
                let picture = self.world.picture(key).map_err(|error| failed(error, key))?;
                self.notes.logos.push((std::ptr::from_ref(image).addr(), key.clone()));
                Ok((picture, lacking))
            }
        }
    }
}
