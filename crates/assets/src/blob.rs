//! Blobs: whole files under keys, durable when `put` returns.
//!
//! A folder today. The store behind is `object_store`, so that another kind of storage is one more constructor.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use bytes::Bytes;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt as _, PutPayload, local::LocalFileSystem, path::Path as Location};

use crate::Digest;

/// 128 random bits that make a picture's address unguessable.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token([u8; 16]);

impl Token {
    /// From the system's generator.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn random() -> Result<Self, BlobError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| BlobError(error.to_string()))?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Token {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| BadKey)?;
        // One spelling per token, or one picture would have many addresses.
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(BadKey);
        }
        Ok(Self(bytes))
    }
}

/// What a blob is, and so where it stands. `Display` and `FromStr` are the form that the database keeps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BlobKey {
    /// A finished picture and its file extension.
    Picture(Token, Name),
    /// An uploaded asset by its id.
    Asset(Name),
    /// A brand kit's logo, as it was given, by the kit's id and the file's digest.
    Logo(Name, Digest),
    /// A template group's preview, by group and size.
    Preview(Name, Name),
}

impl BlobKey {
    pub fn picture(token: Token, extension: &str) -> Result<Self, BadKey> {
        Ok(Self::Picture(token, extension.parse()?))
    }

    pub fn asset(id: &str) -> Result<Self, BadKey> {
        Ok(Self::Asset(id.parse()?))
    }

    pub fn logo(kit: &str, digest: Digest) -> Result<Self, BadKey> {
        Ok(Self::Logo(kit.parse()?, digest))
    }

    pub fn preview(group: &str, size: &str) -> Result<Self, BadKey> {
        Ok(Self::Preview(group.parse()?, size.parse()?))
    }

    fn location(&self) -> Location {
        Location::from(self.to_string())
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picture(token, extension) => write!(f, "pictures/{:02x}/{token}.{extension}", token.0[0]),
            Self::Asset(id) => write!(f, "assets/{id}"),
            Self::Logo(kit, digest) => write!(f, "logos/{kit}/{digest}"),
            Self::Preview(group, size) => write!(f, "previews/{group}/{size}"),
        }
    }
}

impl FromStr for BlobKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let parts: Vec<&str> = text.split('/').collect();
        let key = match parts.as_slice() {
            ["pictures", _, file] => {
                let (token, extension) = file.split_once('.').ok_or(BadKey)?;
                Self::picture(token.parse()?, extension)?
            }
            ["assets", id] => Self::asset(id)?,
            ["logos", kit, digest] => Self::logo(kit, digest.parse().map_err(|_| BadKey)?)?,
            ["previews", group, size] => Self::preview(group, size)?,
            _ => return Err(BadKey),
        };
        // The two characters of the folder must be the token's own.
        if key.to_string() == text { Ok(key) } else { Err(BadKey) }
    }
}

/// One part of a key: 1 to 80 of `A-Z a-z 0-9 _ -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(String);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Name {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=80).contains(&text.len()) && text.bytes().all(fine) { Ok(Self(text.to_owned())) } else { Err(BadKey) }
    }
}

/// The text is no key of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a blob key")]
pub struct BadKey;

/// The storage failed; the text is for the log. An absent blob is `None`, not an error.
#[derive(Clone, Debug, thiserror::Error)]
#[error("blob storage: {0}")]
pub struct BlobError(String);

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        // The chain holds the system's reason ("No space left on device"), which the outermost text omits.
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self(text)
    }
}

/// What the doctor wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// For people: the folder.
    pub place: String,
    /// Free bytes for us; `None` where the storage has no such figure.
    pub free: Option<u64>,
}

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct BlobStore {
    store: Arc<dyn ObjectStore>,
    folder: Option<PathBuf>,
}

impl BlobStore {
    /// Opens (or makes) a folder.
    ///
    /// # Errors
    /// Where the folder can't be made or read.
    pub fn folder(folder: &Path) -> Result<Self, BlobError> {
        let failed = |error: std::io::Error| BlobError(format!("{}: {error}", folder.display()));
        // Made ahead, so that no put has to make a folder durable along with its file.
        for shard in 0..=255u8 {
            std::fs::create_dir_all(folder.join(format!("pictures/{shard:02x}"))).map_err(failed)?;
        }
        for place in [&folder.join("pictures"), folder] {
            std::fs::File::open(place).and_then(|file| file.sync_all()).map_err(failed)?;
        }
        // With fsync a put writes beside, syncs the file, renames, and syncs every folder whose entries changed.
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(folder.to_owned()) })
    }

    /// Writes a whole blob, over an older one if there is one. When this returns, it is there after a power cut.
    ///
    /// # Errors
    /// Disk full, permissions and the like; then either the old or the new blob is there, never a half.
    pub async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), BlobError> {
        self.store.put(&key.location(), PutPayload::from_bytes(bytes)).await?;
        Ok(())
    }

    /// # Errors
    /// Where the storage fails; an absent blob is `None`.
    pub async fn get(&self, key: &BlobKey) -> Result<Option<Bytes>, BlobError> {
        match present(self.store.get(&key.location()).await)? {
            Some(found) => Ok(Some(found.bytes().await?)),
            None => Ok(None),
        }
    }

    /// Bytes `range.start` to `range.end` (exclusive, cut at the blob's end), and the whole blob's size.
    ///
    /// # Errors
    /// Where the storage fails or the range starts behind the end.
    pub async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Option<(Bytes, u64)>, BlobError> {
        let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
        match present(self.store.get_opts(&key.location(), options).await)? {
            Some(found) => {
                let size = found.meta.size;
                Ok(Some((found.bytes().await?, size)))
            }
            None => Ok(None),
        }
    }

    /// Size in bytes.
    ///
    /// # Errors
    /// Where the storage fails; an absent blob is `None`.
    pub async fn head(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        Ok(present(self.store.head(&key.location()).await)?.map(|meta| meta.size))
    }

    /// Removes a blob; an absent one is fine.
    ///
    /// # Errors
    /// Where the storage fails.
    pub async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        present(self.store.delete(&key.location()).await)?;
        Ok(())
    }

    /// Writes, reads back and removes a small file, and looks at the free space.
    ///
    /// # Errors
    /// What failed, in words.
    pub async fn check(&self) -> Result<Health, BlobError> {
        let location = Location::from(format!("doctor-{}", Token::random()?));
        let text = Bytes::from_static(b"written by the doctor");
        self.store.put(&location, PutPayload::from_bytes(text.clone())).await?;
        let read = self.store.get(&location).await?.bytes().await?;
        self.store.delete(&location).await?;
        if read != text {
            return Err(BlobError("read back other bytes than were written".into()));
        }
        let free = match &self.folder {
            Some(folder) => {
                let stat = rustix::fs::statvfs(folder).map_err(|error| BlobError(error.to_string()))?;
                Some(stat.f_bavail * stat.f_frsize)
            }
            None => None,
        };
        let place = self.folder.as_ref().map_or_else(|| self.store.to_string(), |folder| folder.display().to_string());
        Ok(Health { place, free })
    }
}

fn present<T>(result: object_store::Result<T>) -> Result<Option<T>, BlobError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> BlobKey {
        BlobKey::picture(Token([0xab; 16]), "png").expect("a key")
    }

    #[tokio::test]
    async fn a_blob_is_read_back_in_whole_and_in_part_until_it_is_deleted() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = BlobStore::folder(folder.path()).expect("a store");
        let key = picture();
        assert_eq!(store.get(&key).await.expect("no fault"), None);
        store.put(&key, Bytes::from_static(b"first")).await.expect("written");
        store.put(&key, Bytes::from_static(b"0123456789")).await.expect("written again");
        assert_eq!(store.get(&key).await.expect("read").as_deref(), Some(&b"0123456789"[..]));
        assert_eq!(store.head(&key).await.expect("read"), Some(10));
        let part = store.get_range(&key, 7..100).await.expect("read");
        assert_eq!(part, Some((Bytes::from_static(b"789"), 10)));
        assert!(store.get_range(&key, 10..12).await.is_err());
        store.delete(&key).await.expect("deleted");
        store.delete(&key).await.expect("deleted twice");
        assert_eq!(store.head(&key).await.expect("read"), None);
    }

    #[test]
    fn keys_read_back_what_they_print_and_nothing_else() {
        let keys = [
            picture(),
            BlobKey::asset("asset_01J").expect("a key"),
            BlobKey::logo("bk_1", Digest::of(b"x")).expect("a key"),
            BlobKey::preview("tg_quote", "square").expect("a key"),
        ];
        for key in keys {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        let token = "ab".repeat(16);
        for wrong in [
            "assets/../x",
            "assets/",
            "assets/a/b",
            "/assets/a",
            "assets/a.b",
            "logos/a/b",
            "",
            "x",
            "assets/%2e%2e",
            &format!("pictures/ff/{token}.png"),
            &format!("pictures/ab/{}.png", token.to_uppercase()),
            &format!("pictures/ab/{token}"),
        ] {
            assert_eq!(wrong.parse::<BlobKey>(), Err(BadKey), "{wrong}");
        }
    }

    #[tokio::test]
    async fn the_check_leaves_nothing_behind_and_knows_the_free_space() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = BlobStore::folder(folder.path()).expect("a store");
        let health = store.check().await.expect("healthy");
        assert!(health.free.expect("a figure") > 0);
        let names: Vec<_> = std::fs::read_dir(folder.path()).expect("listed").filter_map(|entry| Some(entry.ok()?.file_name())).collect();
        assert_eq!(names, ["pictures"]);
    }

    #[tokio::test]
    async fn a_store_that_cannot_write_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = BlobStore::folder(folder.path()).expect("a store");
        // A file where the folder must be made: refused for root too, unlike a permission.
        std::fs::write(folder.path().join("assets"), b"in the way").expect("written");
        let key = BlobKey::asset("asset_1").expect("a key");
        let error = store.put(&key, Bytes::from_static(b"x")).await.expect_err("refused");
        assert!(error.to_string().contains("assets"), "{error}");
    }
}
