//! Fonts and pictures of the scenes: those of `$PEERS_ROOT`, that other renderers are measured with, or those inside.

use std::{borrow::Cow, collections::HashMap, path::PathBuf, sync::Arc};

use render::{Engine, FontKind, Fonts, Picture, PictureError, World, codec};

use crate::{
    Outcome,
    scenes::{LOGO, PHOTO, photo_box},
};

/// An engine with everything that never changes between two pictures already read.
pub struct Studio {
    pub engine: Engine,
    /// Which set it is, for the reader of a table.
    pub about: String,
    photo: Photo,
    logo: Picture,
    photos: HashMap<&'static str, Picture>,
}

enum Photo {
    File(PathBuf),
    Inside(Cow<'static, [u8]>),
}

const FONTS: [(&str, &str, FontKind); 5] = [
    ("Inter", "Inter-Regular.otf", FontKind::Text),
    ("Inter", "Inter-Bold.otf", FontKind::Text),
    ("Noto Sans Arabic", "NotoSansArabic-Bold.ttf", FontKind::Fallback),
    ("Noto Sans CJK JP", "NotoSansCJKjp-Bold.otf", FontKind::Fallback),
    ("Noto Color Emoji", "NotoColorEmoji.ttf", FontKind::Emoji),
];

impl Studio {
    /// The set in `$PEERS_ROOT` where that is set, else what ships inside.
    ///
    /// # Errors
    /// The set is incomplete or can't be read.
    pub fn open() -> Outcome<Self> {
        match std::env::var_os("PEERS_ROOT") {
            Some(root) => Self::of_peers(root.into()),
            None => Self::inside(),
        }
    }

    fn of_peers(root: PathBuf) -> Outcome<Self> {
        let mut fonts = Fonts::default();
        for (family, file, kind) in FONTS {
            let bytes = std::fs::read(root.join("fonts").join(file)).map_err(|error| format!("{file}: {error}"))?;
            fonts.add(family, kind, Arc::new(bytes), 0)?;
        }
        let logo = std::fs::read(root.join("logo.png"))?;
        let about = format!("fonts, photo.jpg and logo.png of {}", root.display());
        Self::new(fonts, Photo::File(root.join("photo.jpg")), &logo, about)
    }

    fn inside() -> Outcome<Self> {
        let loaded = assets::fonts::load()?;
        let picture = |id| assets::builtin::picture(id).ok_or_else(|| format!("{id} is not inside"));
        let (photo, logo) = (picture("asset_demo_hills")?, picture("asset_demo_bottle")?);
        let mut about = "the fonts inside, hills.jpg for the photo and bottle.png for the logo".to_owned();
        for font in loaded.absent {
            about += &format!("; {font}");
        }
        Self::new(loaded.fonts, Photo::Inside(photo.bytes.clone()), &logo.bytes, about)
    }

    fn new(fonts: Fonts, photo: Photo, logo: &[u8], about: String) -> Outcome<Self> {
        let logo = codec::decode(logo, (200, 200))?;
        let mut studio = Self { engine: Engine::new(fonts), about, photo, logo, photos: HashMap::new() };
        for scene in ["S2", "S3"] {
            let photo = studio.decode_photo(scene)?;
            studio.about +=
                &format!("; {scene} draws {}×{} of {}×{} pixels", photo.width, photo.height, photo.source_width, photo.source_height);
            studio.photos.insert(scene, photo);
        }
        Ok(studio)
    }

    fn decode_photo(&self, scene: &str) -> Result<Picture, PictureError> {
        let bytes = match &self.photo {
            Photo::File(path) => Cow::Owned(std::fs::read(path).map_err(|_| PictureError::FetchFailed)?),
            Photo::Inside(bytes) => Cow::Borrowed(&**bytes),
        };
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
            PHOTO if !self.cached => self.studio.decode_photo(self.scene),
            PHOTO => self.studio.photos.get(self.scene).cloned().ok_or(PictureError::FetchFailed),
            _ => Err(PictureError::FetchFailed),
        }
    }
}
