//! An engine with the fonts of several scripts, and a world with one picture.

use std::{path::Path, sync::Arc};

use render::{Engine, FontBytes, FontKind, Fonts, Picture, PictureError, World};

/// A picture with a slope in every channel, under every key that ends in `slope`.
pub struct Slope;

impl World for Slope {
    fn picture(&self, key: &str) -> Result<Picture, PictureError> {
        if !key.ends_with("slope") {
            return Err(PictureError::FetchFailed);
        }
        let pixels: Vec<u8> = (0..64u8).flat_map(|y| (0..64u8).flat_map(move |x| [x * 4, y * 4, 255 - x * 4, 255])).collect();
        Ok(Picture { width: 64, height: 64, source_width: 64, source_height: 64, opaque: true, pixels: Arc::new(pixels), file: None })
    }
}

pub fn engine() -> Engine {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/fonts");
    let mut fonts = Fonts::default();
    for (family, kind, file) in [
        ("Inter", FontKind::Text, "inter/inter-latin-standard-normal.woff2"),
        ("Inter", FontKind::Text, "inter/inter-latin-ext-standard-normal.woff2"),
        ("Noto Sans Arabic", FontKind::Fallback, "noto-sans-arabic/noto-sans-arabic-arabic-wght-normal.woff2"),
        ("Noto Sans Devanagari", FontKind::Fallback, "noto-sans-devanagari/noto-sans-devanagari-devanagari-wght-normal.woff2"),
        ("Noto Color Emoji", FontKind::Emoji, "noto-color-emoji/noto-color-emoji-colrv1.woff2"),
    ] {
        let bytes: FontBytes = Arc::new(std::fs::read(root.join(file)).unwrap());
        fonts.add(family, kind, bytes, 0).unwrap();
    }
    Engine::new(fonts)
}
