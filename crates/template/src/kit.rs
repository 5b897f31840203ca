//! The brand kit's own file.

use crate::brand::{BrandColor, BrandFont, LogoTheme};
use crate::{Brand, DocumentFault};

/// A valid kit file. Logos name files relative to it; whoever imports it stores them and gets keys.
#[derive(Clone, Debug, PartialEq)]
pub struct BrandFile {
    pub name: String,
    /// Corner radius as a share of the canvas' short edge, 0 to 0.5.
    pub corner: f32,
    pub colors: Vec<FileColor>,
    pub fonts: Vec<BrandFont>,
    pub logos: Vec<FileLogo>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FileColor {
    /// For people, such as `Acme red`; the role where the file names none.
    pub name: String,
    pub color: BrandColor,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FileLogo {
    pub role: String,
    pub theme: LogoTheme,
    /// Relative to the kit's file, `/` between folders, never above it.
    pub file: String,
}

impl BrandFile {
    /// Reads a kit's file, or says everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<DocumentFault>> {
        let _ = text;
        unimplemented!()
    }

    /// The kit as templates see it; `picture` gives the engine's key of each logo.
    pub fn brand(&self, picture: impl Fn(&FileLogo) -> String) -> Brand {
        let _ = picture;
        unimplemented!()
    }
}
