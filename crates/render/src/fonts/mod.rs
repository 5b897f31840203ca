//! The font set: built once, shared by all threads, never joined by a system font.

mod choose;
mod clean;
mod face;

use std::sync::Arc;

use sha2::{Digest, Sha256};

pub use choose::Chooser;
pub use clean::{FontFacts, MAX_FONT, MAX_UNPACKED, clean_font, font_facts};
pub use face::Face;

/// Bytes of a font file; files that are embedded or mapped need no copy.
pub type FontBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// What a family is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FontKind {
    /// Templates and brand kits may name it.
    Text,
    /// Stands behind every text family, in the order of adding.
    Fallback,
    /// Draws what has emoji presentation, and nothing else.
    Emoji,
}

/// Why a font was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FontError {
    #[error("{family}: not a font that can be read")]
    Unreadable { family: String },
}

/// Builder of the font set that an `Engine` draws with. Nothing else is ever used.
#[derive(Clone, Default)]
pub struct Fonts {
    faces: Vec<Face>,
    /// Names given so far: faces may go, their names are never given again.
    named: usize,
    collection: Option<fontique::Collection>,
    /// Collections of several faces, so that each is registered once.
    shared: Vec<(FontBytes, Vec<(String, u32)>)>,
    digest: Sha256,
}

impl Fonts {
    /// Adds one file (sfnt, TTC or WOFF2) under a family's name; `index` is the face in a collection, else 0.
    ///
    /// A family may have several files: styles and weights are told apart by what the files say; of files alike in both,
    /// a character is taken from the first added that has it. Order matters for the digest too.
    ///
    /// # Errors
    /// The bytes are no font.
    pub fn add(&mut self, family: &str, kind: FontKind, bytes: FontBytes, index: u32) -> Result<(), FontError> {
        let unreadable = || FontError::Unreadable { family: family.to_owned() };
        self.digest.update((family.len() as u64).to_le_bytes());
        self.digest.update(family);
        self.digest.update([kind as u8]);
        self.digest.update(index.to_le_bytes());
        let known = self.shared.iter().position(|(known, _)| Arc::ptr_eq(known, &bytes));
        match known {
            // A collection's further faces: the bytes are in the digest already.
            Some(at) => self.digest.update((at as u64).to_le_bytes()),
            None => {
                let whole = (*bytes).as_ref();
                self.digest.update((whole.len() as u64).to_le_bytes());
                self.digest.update(whole);
            }
        }
        let options = fontique::CollectionOptions { shared: false, system_fonts: false };
        let collection = self.collection.get_or_insert_with(|| fontique::Collection::new(options));
        let (alias, data) = if (*bytes).as_ref().starts_with(b"ttcf") {
            let at = match known {
                Some(at) => at,
                None => {
                    let names = face::register_collection(collection, &bytes);
                    self.shared.push((bytes.clone(), names));
                    self.shared.len() - 1
                }
            };
            let names = &self.shared[at].1;
            let alias = names.iter().find(|(_, i)| *i == index).ok_or_else(unreadable)?;
            (alias.0.clone(), bytes)
        } else {
            let data = decoded(bytes).ok_or_else(unreadable)?;
            let alias = format!("face {}", self.named);
            self.named += 1;
            face::register(collection, &alias, &data);
            (alias, data)
        };
        let face = Face::read(collection, family, kind, alias, data, index).ok_or_else(unreadable)?;
        self.faces.push(face);
        Ok(())
    }

    /// The same set with a team's own files, each a family's name and its bytes. A family that they bring takes the place of
    /// the set's own of that name; everything else is drawn as before.
    ///
    /// # Errors
    /// Bytes that are no font.
    pub fn with(&self, files: &[(String, FontBytes)]) -> Result<Self, FontError> {
        let mut fonts = self.clone();
        fonts.faces.retain(|face| face.kind != FontKind::Text || files.iter().all(|(family, _)| *family != face.family));
        for (family, bytes) in files {
            fonts.add(family, FontKind::Text, Arc::clone(bytes), 0)?;
        }
        Ok(fonts)
    }

    /// SHA-256 over names, order and bytes, hex.
    pub fn digest(&self) -> String {
        hex::encode(self.digest.clone().finalize())
    }

    /// Whether a text family of this name was added.
    pub fn has_family(&self, family: &str) -> bool {
        self.faces.iter().any(|face| face.kind == FontKind::Text && face.family == family)
    }

    /// Names of the text families, sorted.
    pub(crate) fn families(&self) -> Vec<String> {
        let mut names: Vec<String> = self.faces.iter().filter(|face| face.kind == FontKind::Text).map(|face| face.family.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    pub(crate) fn faces(&self) -> &[Face] {
        &self.faces
    }

    /// A context for one thread; the fonts' bytes are shared.
    pub(crate) fn context(&self) -> parley::FontContext {
        let options = fontique::CollectionOptions { shared: false, system_fonts: false };
        let collection = self.collection.clone().unwrap_or_else(|| fontique::Collection::new(options));
        parley::FontContext { collection, source_cache: fontique::SourceCache::default() }
    }
}

/// The one place where WOFF2 is unpacked.
fn decoded(bytes: FontBytes) -> Option<FontBytes> {
    if !(*bytes).as_ref().starts_with(b"wOF2") {
        return Some(bytes);
    }
    let sfnt = wuff::decompress_woff2((*bytes).as_ref()).ok()?;
    Some(Arc::new(sfnt))
}
