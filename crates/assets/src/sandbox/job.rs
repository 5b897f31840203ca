//! What can be asked of a decoder, and doing it. Runs in the child.

use bytes::Bytes;
use render::{
    Picture, PictureError,
    codec::{self, Kind},
};

use super::svg;

/// The box of device pixels that a picture will fill; a decoder may scale down to what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Need {
    pub width: u32,
    pub height: u32,
    /// The whole picture stands inside the box. Otherwise the picture covers it.
    pub contain: bool,
}

impl Need {
    /// A box that the picture covers.
    pub fn cover(width: u32, height: u32) -> Self {
        Self { width, height, contain: false }
    }

    /// A box that the picture fits into.
    pub fn contain(width: u32, height: u32) -> Self {
        Self { width, height, contain: true }
    }

    /// What serves both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { width: self.width.max(other.width), height: self.height.max(other.height), contain: self.contain && other.contain }
    }
}

/// What a file is, found by decoding all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub kind: Kind,
    /// After orientation; an SVG's own size, rounded up.
    pub width: u32,
    pub height: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    Decode(Need),
    /// Decode and throw away: is this a picture?
    Check,
    /// Look at a font whole, and write it anew.
    Font,
}

pub(super) enum Done {
    Decoded(Picture),
    Checked(Facts),
    /// A font's sfnt.
    Cleaned(Bytes),
}

/// A check decodes to about this size, where its decoder can scale: every byte is read all the same.
const CHECK: Need = Need { width: 64, height: 64, contain: false };

pub(super) fn run(task: Task, bytes: &[u8]) -> Result<Done, PictureError> {
    if bytes.len() > codec::MAX_BYTES {
        return Err(PictureError::TooLarge);
    }
    if task == Task::Font {
        return render::clean_font(bytes).map(|sfnt| Done::Cleaned(sfnt.into())).ok_or(PictureError::DecodeFailed);
    }
    let kind = codec::sniff(bytes).ok_or(PictureError::DecodeFailed)?;
    let need = match task {
        Task::Decode(need) => need,
        Task::Check | Task::Font => CHECK,
    };
    let (facts, picture) = match kind {
        Kind::Svg => {
            let svg = svg::Svg::parse(bytes)?;
            let (width, height) = svg.size();
            (Facts { kind, width, height }, svg.draw(need)?)
        }
        _ => {
            let header = codec::header(bytes)?;
            (Facts { kind, width: header.width, height: header.height }, codec::decode(bytes, (need.width, need.height))?)
        }
    };
    Ok(match task {
        Task::Decode(_) => Done::Decoded(picture),
        Task::Check | Task::Font => Done::Checked(facts),
    })
}
