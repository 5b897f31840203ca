//! `output` of a group: how its files are written, where nobody says otherwise.

use crate::read::Node;

/// Least and most bytes that a file may be held to.
const BYTES: (u64, u64) = (1_000, 100_000_000);

/// The most bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Most {
    Bytes(u64),
    /// What the size's platform takes, where that is known.
    Platform,
}

/// Settings of a group's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// Pixels of an inch; `None` says nothing of it.
    pub dpi: Option<u16>,
    pub max_bytes: Option<Most>,
    /// Fewer bytes for more time.
    pub small: bool,
    /// Title, alternative text and origin stand in the file.
    pub metadata: bool,
}

impl Default for Output {
    fn default() -> Self {
        Self { dpi: None, max_bytes: None, small: false, metadata: true }
    }
}

pub(super) fn read(root: &Node) -> Output {
    let mut output = Output::default();
    let Some(node) = root.get("output") else { return output };
    if !node.only(["dpi", "maxBytes", "small", "metadata"], "output") {
        return output;
    }
    output.dpi = node.get("dpi").and_then(|node| node.whole(1, 2_400)).and_then(|dpi| u16::try_from(dpi).ok());
    output.max_bytes = max_bytes(&node);
    output.small = node.get("small").and_then(|node| node.bool()).unwrap_or(output.small);
    output.metadata = node.get("metadata").and_then(|node| node.bool()).unwrap_or(output.metadata);
    output
}

pub(super) fn max_bytes(node: &Node) -> Option<Most> {
    let node = node.get("maxBytes")?;
    match node.value.as_str() {
        Some("platform") => Some(Most::Platform),
        _ => node.whole(BYTES.0, BYTES.1).map(Most::Bytes),
    }
}
