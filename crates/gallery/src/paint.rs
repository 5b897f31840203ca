//! A small painter's box: noise, gradients, Béziers, blur and blend modes on a float canvas.

pub mod canvas;
pub mod color;
pub mod mask;
pub mod noise;

pub use canvas::{Canvas, WIDTH};
pub use color::{Blend, mix, ramp, rgb, scale};
pub use mask::Mask;
pub use noise::{Random, fbm, lerp, smooth};
