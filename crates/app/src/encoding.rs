//! What a picture may be written as.

use render::Format;
use serde::{Deserialize, Serialize};

/// Pixels, or vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    Png,
    Jpeg,
    Webp,
    Avif,
    Pdf,
    /// Commands only: calls don't name it.
    Svg,
}

impl Encoding {
    /// What a call may ask for.
    pub const ALL: [Self; 5] = [Self::Png, Self::Jpeg, Self::Webp, Self::Avif, Self::Pdf];

    /// As calls and settings write it; `jpg` is taken too.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = if text == "jpg" { "jpeg" } else { text };
        Self::ALL.into_iter().find(|encoding| encoding.as_str() == text)
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Pdf => "pdf",
            Self::Svg => "svg",
        }
    }

    /// As pages name it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Avif => "AVIF",
            Self::Pdf => "PDF",
            Self::Svg => "SVG",
        }
    }

    /// Of the file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        if self == Self::Jpeg { "jpg" } else { self.as_str() }
    }

    /// How the engine writes it from pixels; `None` for vectors.
    #[must_use]
    pub fn pixels(self) -> Option<Format> {
        match self {
            Self::Png => Some(Format::Png),
            Self::Jpeg => Some(Format::Jpeg),
            Self::Webp => Some(Format::Webp),
            Self::Avif => Some(Format::Avif),
            Self::Pdf | Self::Svg => None,
        }
    }

    /// Whether we can read such files again, as for a thumbnail.
    pub(crate) fn is_readable(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Webp)
    }
}

/// "png, jpeg, webp, avif or pdf".
#[must_use]
pub fn in_words() -> String {
    let names = Encoding::ALL.map(Encoding::as_str);
    let (last, rest) = (names[names.len() - 1], &names[..names.len() - 1]);
    format!("{} or {last}", rest.join(", "))
}
