//! Copying every blob from one place to another, so that it can be repeated.

use std::collections::HashSet;

use futures::{StreamExt as _, TryStreamExt as _};

use super::{BlobError, BlobKey, BlobStore};

/// Blobs that are on their way at a time.
const SIDE_BY_SIDE: usize = 16;

/// What was to be carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    pub blobs: u64,
    pub bytes: u64,
    /// Blobs that an earlier attempt had carried.
    pub there: u64,
}

impl BlobStore {
    /// The blobs here that `target` has to get.
    ///
    /// # Errors
    /// Where either can't be listed, or `target` holds a blob that is not here.
    pub async fn plan_carry(&self, target: &Self) -> Result<Vec<BlobKey>, BlobError> {
        let keys: Vec<BlobKey> = self.list().map_ok(|(key, _)| key).try_collect().await?;
        let ours: HashSet<&BlobKey> = keys.iter().collect();
        let mut there = target.list();
        while let Some((key, _)) = there.try_next().await? {
            if !ours.contains(&key) {
                return Err(BlobError::new(format!(
                    "{} holds {key}, which {} does not: name an empty bucket, or a prefix of its own in it",
                    target.place(),
                    self.place()
                )));
            }
        }
        drop(there);
        Ok(keys)
    }

    /// Copies `keys` to `target`. Each is read back there and compared; what is there already is not written again.
    /// `each` hears of every blob.
    ///
    /// # Errors
    /// The first that failed, or did not arrive as it was. A further call goes on.
    pub async fn carry_to(&self, target: &Self, keys: Vec<BlobKey>, each: impl Fn()) -> Result<Carried, BlobError> {
        let one = async |key: BlobKey| {
            let Some(bytes) = self.get(&key).await? else {
                return Err(BlobError::new(format!("{key} is gone from {}", self.place())));
            };
            let there = target.get(&key).await?.is_some_and(|found| found == bytes);
            if !there {
                target.put(&key, bytes.clone()).await?;
                if target.get(&key).await?.is_none_or(|found| found != bytes) {
                    return Err(BlobError::new(format!("{key} did not arrive in {} as it was", target.place())));
                }
            }
            each();
            Ok((bytes.len() as u64, there))
        };
        let add = |sum: Carried, (bytes, there): (u64, bool)| async move {
            Ok(Carried { blobs: sum.blobs + 1, bytes: sum.bytes + bytes, there: sum.there + u64::from(there) })
        };
        futures::stream::iter(keys).map(one).buffer_unordered(SIDE_BY_SIDE).try_fold(Carried::default(), add).await
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use bytes::Bytes;

    use super::*;

    #[tokio::test]
    async fn blobs_arrive_as_they_were_and_others_are_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = |name: &str| BlobStore::folder(&folder.path().join(name)).expect("a store");
        let (from, to) = (open("from"), open("to"));
        let key = |number: u32| BlobKey::asset(&format!("asset_{number}")).expect("a key");
        for number in 0..40 {
            from.put(&key(number), Bytes::from(vec![7; number as usize])).await.expect("written");
        }
        // Of an attempt that broke off: one is whole, one is not.
        to.put(&key(1), Bytes::from(vec![7; 1])).await.expect("written");
        to.put(&key(2), Bytes::from(vec![8; 2])).await.expect("written");
        let keys = from.plan_carry(&to).await.expect("a plan");
        let heard = Cell::new(0);
        let carried = from.carry_to(&to, keys, || heard.set(heard.get() + 1)).await.expect("carried");
        assert_eq!((carried, heard.get()), (Carried { blobs: 40, bytes: 780, there: 1 }, 40));
        assert_eq!(to.get(&key(2)).await.expect("read").expect("there"), vec![7; 2]);
        to.put(&key(99), Bytes::from_static(b"another's")).await.expect("written");
        let error = from.plan_carry(&to).await.expect_err("refused");
        assert!(error.to_string().contains("asset_99"), "{error}");
    }
}
