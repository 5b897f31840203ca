//! A picture that input data names.

use sha2::{Digest, Sha256};

use crate::bound::ImageFit;

/// An image field's value.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureInput {
    /// Where it stands in the call, such as `overrides.story.inputData.photo`.
    pub path: String,
    pub source: PictureSource,
    /// Shares of width and height, 0 to 1.
    pub focus: Option<[f32; 2]>,
    pub fit: Option<ImageFit>,
}

/// Where its bytes come from.
#[derive(Clone, Debug, PartialEq)]
pub enum PictureSource {
    /// `http:` or `https:`, form checked only: whether it may be fetched is for the fetcher to say.
    Url(String),
    /// A whole `data:` URL, form checked only.
    DataUrl(String),
    /// `asset_…`
    Asset(String),
}

impl PictureSource {
    /// The key that the engine asks its world for: the URL, the asset's id, or `sha256:<hex>` of a `data:` URL's text.
    pub fn key(&self) -> String {
        match self {
            Self::Url(key) | Self::Asset(key) => key.clone(),
            Self::DataUrl(url) => format!("sha256:{}", hex::encode(Sha256::digest(url.as_bytes()))),
        }
    }
}
