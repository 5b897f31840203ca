//! Fitting a picture into a box: which part is seen, where it stands, and the resampling.

use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions,
    images::{TypedImage, TypedImageRef},
    pixels::U8x4,
};
use template::bound::ImageFit;

use super::Buffers;
use crate::{Picture, PictureError};

/// How a picture meets a box: the part that is seen and the rectangle that it fills.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Left, top, width and height of the part that is seen, in pixels of the decoded picture.
    pub crop: [f64; 4],
    /// Where that part lands in the box, in whole pixels; smaller than the box only for `Contain`.
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
    /// Pixels of the file per drawn pixel, along the axis that has fewer; below 1 the picture is enlarged.
    /// Infinite for vector pictures.
    pub density: f32,
}

/// Fits a picture of `picture.width` × `picture.height` into a box of `width` × `height` pixels (each at least 1).
/// `focus` names the point, as shares of the picture, that stays in view when `Cover` cuts; it is kept as near to the
/// middle of the box as the edges allow. With `Contain` it says where in the box the picture stands (0 is left or top).
pub fn place(picture: &Picture, width: u32, height: u32, fit: ImageFit, focus: [f32; 2]) -> Placement {
    let (width, height) = (width.max(1), height.max(1));
    let (pw, ph) = (f64::from(picture.width.max(1)), f64::from(picture.height.max(1)));
    let (bw, bh) = (f64::from(width), f64::from(height));
    let focus = focus.map(|share| if share.is_finite() { f64::from(share.clamp(0.0, 1.0)) } else { 0.5 });
    let mut placement = Placement { crop: [0.0, 0.0, pw, ph], x: 0, y: 0, width, height, density: f32::INFINITY };
    match fit {
        ImageFit::Fill => {}
        ImageFit::Cover => {
            let scale = (bw / pw).max(bh / ph);
            let (cw, ch) = ((bw / scale).min(pw), (bh / scale).min(ph));
            let start = |focus: f64, whole: f64, seen: f64| (focus * whole - seen / 2.0).clamp(0.0, whole - seen);
            placement.crop = [start(focus[0], pw, cw), start(focus[1], ph, ch), cw, ch];
        }
        ImageFit::Contain => {
            let scale = (bw / pw).min(bh / ph);
            let side = |whole: f64, limit: u32| ((whole * scale).round() as u32).clamp(1, limit);
            (placement.width, placement.height) = (side(pw, width), side(ph, height));
            // The room that is left is shared as the focus says: half on each side by default.
            let share = |focus: f64, room: u32| (f64::from(room) * focus) as u32;
            (placement.x, placement.y) = (share(focus[0], width - placement.width), share(focus[1], height - placement.height));
        }
    }
    if picture.source_width > 0 && picture.source_height > 0 {
        let (rx, ry) = (f64::from(picture.source_width) / pw, f64::from(picture.source_height) / ph);
        let across = placement.crop[2] * rx / f64::from(placement.width);
        let down = placement.crop[3] * ry / f64::from(placement.height);
        placement.density = across.min(down) as f32;
    }
    placement
}

/// Resamples the part of `picture` that `placement` shows to `placement.width` × `placement.height` pixels of
/// premultiplied RGBA, into `out` (all of it is written anew, its memory kept).
///
/// A picture whose decoder scaled it down is already smooth and gets CatmullRom; all others get Lanczos3.
///
/// # Errors
/// `DecodeFailed` if the pixels don't fill the picture's size or the placement belongs to another picture.
pub fn resize(buffers: &mut Buffers, picture: &Picture, placement: &Placement, out: &mut Vec<u8>) -> Result<(), PictureError> {
    let failed = |_| PictureError::DecodeFailed;
    let [left, top, cw, ch] = placement.crop;
    let (width, height) = (placement.width, placement.height);
    out.resize(width as usize * height as usize * 4, 0);
    // Typed, because the untyped way compiles every pixel format that the library knows.
    let source = TypedImageRef::<U8x4>::from_buffer(picture.width, picture.height, (*picture.pixels).as_ref()).map_err(failed)?;
    let mut target = TypedImage::<U8x4>::from_buffer(width, height, out).map_err(failed)?;
    let scaled_down = picture.source_width > picture.width;
    let filter = if scaled_down { FilterType::CatmullRom } else { FilterType::Lanczos3 };
    // The pixels are premultiplied already, so the four channels are resampled alike.
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).crop(left, top, cw, ch).use_alpha(false);
    buffers.resizer.resize_typed(&source, &mut target, &options).map_err(|_| PictureError::DecodeFailed)?;
    if !picture.opaque {
        // The filters' negative lobes may leave a colour above its alpha.
        for pixel in out.as_chunks_mut::<4>().0 {
            let alpha = pixel[3];
            pixel[0] = pixel[0].min(alpha);
            pixel[1] = pixel[1].min(alpha);
            pixel[2] = pixel[2].min(alpha);
        }
    }
    Ok(())
}
