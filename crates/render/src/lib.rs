//! The engine: a bound document becomes pixels, encoded bytes and warnings.
//!
//! One [`Engine`] per process holds the fonts; one [`Scratch`] per thread holds every buffer and context that outlives a
//! picture. The same [`template::Bound`], pictures and fonts give the same bytes at the same [`EngineInfo::target`].

mod barcode;
mod build;
pub mod codec;
mod engine;
mod export;
mod fonts;
mod frame;
mod geometry;
mod layout;
mod paint;
pub mod picture;
mod qr;
mod safe;
mod scene;
mod text;
mod warn;
mod watermark;

pub use codec::{About, EncodeError, Format, Writing};
pub use engine::{Engine, EngineInfo, Options, RenderError, Scratch, encode, measure, render, write};
pub use export::{pdf, svg};
pub use fonts::{FontBytes, FontError, FontFacts, FontKind, Fonts, MAX_FONT, MAX_UNPACKED, clean_font, font_facts};
pub use frame::{Frame, TextFit};
pub use picture::{Picture, PictureError, World};
