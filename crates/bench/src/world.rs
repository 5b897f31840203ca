//! Fonts and pictures of the scenes, from a folder.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use render::{Engine, FontKind, Fonts, Picture, PictureError, World, codec};

use crate::{
    Outcome,
    scenes::{LOGO, PHOTO, photo_box},
};

/// The folder that `$PEERS_ROOT` names, with everything that never changes between two pictures already read.
pub struct Studio {
    pub engine: Engine,
    root: PathBuf,
    logo: Picture,
    photos: HashMap<&'static str, Picture>,
}

const FONTS: [(&str, &str, FontKind); 5] = [
    ("Inter", "Inter-Regular.otf", FontKind::Text),
    ("Inter", "Inter-Bold.otf", FontKind::Text),
    ("Noto Sans Arabic", "NotoSansArabic-Bold.ttf", FontKind::Fallback),
    ("Noto Sans CJK JP", "NotoSansCJKjp-Bold.otf", FontKind::Fallback),
    ("Noto Color Emoji", "NotoColorEmoji.ttf", FontKind::Emoji),
];

impl Studio {
    /// # Errors
    /// No `$PEERS_ROOT`, or one without the fonts, the photo and the logo.
    pub fn open() -> Outcome<Self> {
        let root = PathBuf::from(std::env::var_os("PEERS_ROOT").ok_or("PEERS_ROOT is not set")?);
        let mut fonts = Fonts::default();
        for (family, file, kind) in FONTS {
            let bytes = std::fs::read(root.join("fonts").join(file)).map_err(|error| format!("{file}: {error}"))?;
            fonts.add(family, kind, Arc::new(bytes), 0)?;
        }
        let logo = codec::decode(&std::fs::read(root.join("logo.png"))?, (u32::MAX, u32::MAX))?;
        let mut studio = Self { engine: Engine::new(fonts), root, logo, photos: HashMap::new() };
        for scene in ["S2", "S3"] {
            let photo = studio.read_photo(scene)?;
            studio.photos.insert(scene, photo);
        }
        Ok(studio)
    }

    fn read_photo(&self, scene: &str) -> Result<Picture, PictureError> {
        let bytes = std::fs::read(self.root.join("photo.jpg")).map_err(|_| PictureError::FetchFailed)?;
        codec::decode(&bytes, photo_box(scene))
    }

    /// What a render of `scene` may ask for. With `cached`, the decoded photo is kept from picture to picture; without, it is
    /// read and decoded each time.
    pub fn world<'a>(&'a self, scene: &'a str, cached: bool) -> impl World + 'a {
        Shelf { studio: self, scene, cached }
    }
}

struct Shelf<'a> {
    studio: &'a Studio,
    scene: &'a str,
    cached: bool,
}

impl World for Shelf<'_> {
    fn picture(&self, key: &str) -> Result<Picture, PictureError> {
        match key {
            LOGO => Ok(self.studio.logo.clone()),
            PHOTO if !self.cached => self.studio.read_photo(self.scene),
            PHOTO => self.studio.photos.get(self.scene).cloned().ok_or(PictureError::FetchFailed),
            _ => Err(PictureError::FetchFailed),
        }
    }
}
