//! A brand kit as the store keeps it: the kit's own file, and what its logos were found to be at import.

use assets::BlobKey;
use serde::{Deserialize, Serialize};
use template::brand::LogoTheme;
use template::{Brand, BrandFile};

use crate::{Error, Result};

/// The text that stands in the store as a kit's document, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StoredKit {
    /// The kit's own file, as it was imported.
    pub file: String,
    /// In the order of the file's logos.
    pub logos: Vec<StoredLogo>,
    /// The files of the kit's families that do not ship inside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fonts: Vec<StoredFont>,
}

/// A file of an uploaded family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StoredFont {
    pub family: String,
    /// [`BlobKey`] of the sfnt (`BlobKey::Font`).
    pub blob: String,
}

/// A logo's bytes and size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StoredLogo {
    /// [`BlobKey`] of the file as it was given (`BlobKey::Logo`).
    pub blob: String,
    /// [`BlobKey`] of its PNG (`BlobKey::Preview` of the kit's team and the file's digest).
    pub png: String,
    /// Of the PNG, in pixels.
    pub width: u32,
    pub height: u32,
}

/// A kit that is ready to draw with.
#[derive(Debug)]
pub(crate) struct Kit {
    pub brand: Brand,
    pub file: BrandFile,
    pub logos: Vec<StoredLogo>,
    pub fonts: Vec<StoredFont>,
}

/// Start of the engine's key of a stored logo; its blob key follows.
const LOGO: &str = "logo:";

impl StoredKit {
    /// The stored text.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn open(text: &str) -> Result<Kit> {
        let stored: Self = serde_json::from_str(text).map_err(Error::internal)?;
        let file =
            BrandFile::parse(&stored.file).map_err(|faults| Error::Internal(format!("a stored brand kit is not valid: {faults:?}")))?;
        if file.logos.len() != stored.logos.len() {
            return Err(Error::Internal("a stored brand kit lacks logos".into()));
        }
        let brand = file.brand(|logo| {
            let index = file.logos.iter().position(|other| other == logo);
            index.and_then(|index| stored.logos.get(index)).map_or_else(String::new, |logo| format!("{LOGO}{}", logo.blob))
        });
        Ok(Kit { brand, file, logos: stored.logos, fonts: stored.fonts })
    }
}

/// The blob behind an engine's key, if it is a stored logo's.
pub(crate) fn logo_blob(key: &str) -> Option<BlobKey> {
    key.strip_prefix(LOGO)?.parse().ok()
}

pub(crate) fn theme(theme: LogoTheme) -> &'static str {
    match theme {
        LogoTheme::Light => "light",
        LogoTheme::Dark => "dark",
        LogoTheme::Any => "any",
    }
}
