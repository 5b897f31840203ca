//! What ships inside the binary: demo pictures, brand kits and template groups.

use std::{borrow::Cow, sync::LazyLock};

use rust_embed::{EmbeddedFile, RustEmbed};

use crate::Digest;

#[derive(RustEmbed)]
#[folder = "../../assets/pictures/"]
#[allow_missing = true]
struct Pictures;

#[derive(RustEmbed)]
#[folder = "../../assets/kits/"]
#[allow_missing = true]
struct Kits;

#[derive(RustEmbed)]
#[folder = "../../assets/templates/"]
#[allow_missing = true]
struct Templates;

/// A file inside the binary.
#[derive(Clone, Debug)]
pub struct Builtin {
    /// Relative to its folder, such as `halvmark/kit.json`.
    pub path: Cow<'static, str>,
    pub bytes: Cow<'static, [u8]>,
    pub digest: Digest,
}

impl Builtin {
    fn new(path: Cow<'static, str>, file: EmbeddedFile) -> Self {
        // Known since the build.
        let digest = Digest::from_bytes(file.metadata.sha256_hash());
        Self { path, bytes: file.data, digest }
    }

    /// The file's name without folder and extension.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.split_once('.').map_or(name, |(stem, _)| stem)
    }
}

/// Kit files and their logos, by path, sorted.
pub fn kits() -> Vec<Builtin> {
    all::<Kits>()
}

/// Template groups, by path, sorted.
pub fn templates() -> Vec<Builtin> {
    all::<Templates>()
}

/// Demo pictures; their asset ids are `asset_demo_` and the stem.
pub fn pictures() -> &'static [Builtin] {
    static PICTURES: LazyLock<Vec<Builtin>> = LazyLock::new(|| {
        let is_picture =
            |file: &Builtin| [".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg"].iter().any(|ending| file.path.ends_with(ending));
        all::<Pictures>().into_iter().filter(is_picture).collect()
    });
    &PICTURES
}

/// Start of every built-in asset's id.
pub const ASSET_PREFIX: &str = "asset_demo_";

/// A demo picture by its asset id, such as `asset_demo_harbour`; hyphens and underscores are alike.
pub fn picture(id: &str) -> Option<&'static Builtin> {
    let name = id.strip_prefix(ASSET_PREFIX)?.replace('-', "_");
    pictures().iter().find(|file| file.stem().replace('-', "_") == name)
}

fn all<E: RustEmbed>() -> Vec<Builtin> {
    let mut files: Vec<_> = E::iter().filter_map(|path| Some(Builtin::new(path.clone(), E::get(&path)?))).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}
