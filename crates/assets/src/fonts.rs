//! The font set: what ships inside, and the large files of system packages where they are the pinned ones.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use render::{FontBytes, FontError, FontKind, Fonts};
use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::Digest;

#[derive(RustEmbed)]
#[folder = "../../assets/fonts/"]
struct Files;

/// The font set and what it lacks.
pub struct Loaded {
    pub fonts: Fonts,
    /// Families that templates may name, in the manifest's order.
    pub families: Vec<String>,
    pub absent: Vec<Absent>,
}

/// A font of a system package that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    pub path: PathBuf,
    /// The package that has it, such as `debian:fonts-noto-cjk`.
    pub package: String,
    pub reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    NotThere,
    /// Another version of the package: the same input would give another picture.
    OtherDigest,
}

impl std::fmt::Display for Absent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reason = match self.reason {
            Reason::NotThere => "is not there",
            Reason::OtherDigest => "is not the pinned version",
        };
        write!(f, "{} {reason} (package {}); texts that need it are drawn with a missing_glyphs warning", self.path.display(), self.package)
    }
}

/// The files inside don't fit their manifest: a broken build.
#[derive(Debug, thiserror::Error)]
pub enum FontsError {
    #[error("fonts.json: {0}")]
    Manifest(String),
    #[error("{0} is not what fonts.json says")]
    File(String),
    #[error(transparent)]
    Font(#[from] FontError),
}

#[derive(Deserialize)]
struct Manifest {
    families: Vec<Family>,
    external: Vec<External>,
}

#[derive(Deserialize)]
struct Family {
    family: String,
    kind: Kind,
    parts: Vec<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Text,
    Fallback,
    Emoji,
}

#[derive(Deserialize)]
struct Part {
    file: String,
    sha256: String,
}

#[derive(Deserialize)]
struct External {
    path: PathBuf,
    bytes: u64,
    sha256: String,
    faces: Vec<Face>,
    origin: Origin,
}

#[derive(Deserialize)]
struct Face {
    index: u32,
    family: String,
}

#[derive(Deserialize)]
struct Origin {
    package: String,
}

/// Reads every font of the manifest: text families first, then fallbacks, then those of system packages, then emoji.
///
/// # Errors
/// A build whose files and manifest differ. A system font that is absent is no error.
pub fn load() -> Result<Loaded, FontsError> {
    let manifest = Files::get("fonts.json").ok_or_else(|| FontsError::Manifest("is not there".into()))?;
    let manifest: Manifest = serde_json::from_slice(&manifest.data).map_err(|error| FontsError::Manifest(error.to_string()))?;
    let mut loaded = Loaded { fonts: Fonts::default(), families: Vec::new(), absent: Vec::new() };
    for (kind, ours) in [(FontKind::Text, Kind::Text), (FontKind::Fallback, Kind::Fallback), (FontKind::Emoji, Kind::Emoji)] {
        if kind == FontKind::Emoji {
            add_external(&manifest.external, &mut loaded)?;
        }
        for family in manifest.families.iter().filter(|family| family.kind == ours) {
            if kind == FontKind::Text {
                loaded.families.push(family.family.clone());
            }
            for part in &family.parts {
                let file = Files::get(&part.file).ok_or_else(|| FontsError::File(part.file.clone()))?;
                if hex::encode(file.metadata.sha256_hash()) != part.sha256 {
                    return Err(FontsError::File(part.file.clone()));
                }
                loaded.fonts.add(&family.family, kind, Arc::new(file.data), 0)?;
            }
        }
    }
    Ok(loaded)
}

/// The regular and the bold file of a collection have the same families, so they are added family by family.
fn add_external(files: &[External], loaded: &mut Loaded) -> Result<(), FontsError> {
    let mut families: BTreeMap<(u32, &str), Vec<FontBytes>> = BTreeMap::new();
    // One copy of a file for all of its faces.
    let read: Vec<(&External, Option<FontBytes>)> =
        files.iter().map(|file| (file, read_pinned(file, &mut loaded.absent).map(|bytes| Arc::new(bytes) as FontBytes))).collect();
    for (file, bytes) in &read {
        if let Some(bytes) = bytes {
            for face in &file.faces {
                families.entry((face.index, &face.family)).or_default().push(Arc::clone(bytes));
            }
        }
    }
    for ((index, family), files) in families {
        for bytes in files {
            loaded.fonts.add(family, FontKind::Fallback, bytes, index)?;
        }
    }
    Ok(())
}

fn read_pinned(file: &External, absent: &mut Vec<Absent>) -> Option<Vec<u8>> {
    let mut lacks = |reason| absent.push(Absent { path: file.path.clone(), package: file.origin.package.clone(), reason });
    // Another size is another file: no need to read it.
    match std::fs::metadata(&file.path) {
        Err(_) => lacks(Reason::NotThere),
        Ok(metadata) if metadata.len() != file.bytes => lacks(Reason::OtherDigest),
        Ok(_) => match std::fs::read(&file.path) {
            Err(_) => lacks(Reason::NotThere),
            Ok(bytes) if Digest::of(&bytes).to_string() != file.sha256 => lacks(Reason::OtherDigest),
            Ok(bytes) => return Some(bytes),
        },
    }
    None
}
