//! Files behind picture URLs, and blobs that wait for their removal.

use domain::{GenerationId, ImageId, Timestamp};

use crate::db::{Conn, QueryBuilder, number, on, row, word};
use crate::{Result, Store};

/// What a picture's URL leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    pub generation: GenerationId,
    pub image: ImageId,
    pub format: String,
    /// `None` until its image completed.
    pub bytes: Option<u64>,
    pub sha256: Option<String>,
    /// Deleted or expired.
    pub gone: bool,
}

row!(FileRow {
    generation_id: String,
    image_id: String,
    format: String,
    bytes: Option<i64>,
    sha256: Option<String>,
    gone: bool,
});

impl Store {
    /// The file of a blob key, whoever it belongs to: the key itself is the right to see it.
    pub async fn file(&self, blob_key: &str) -> Result<Option<StoredFile>> {
        let mut read = self.read().await?;
        let row: Option<FileRow> = on!(&mut read.conn(), c => sqlx::query_as(
            "select f.generation_id, f.image_id, f.format, f.bytes, f.sha256, \
             (g.deleted_at is not null or g.expired_at is not null) as gone \
             from files f join generations g on g.id = f.generation_id where f.blob_key = $1")
            .bind(blob_key).fetch_optional(c))?;
        row.map(FileRow::file).transpose()
    }

    /// Blobs to be removed, oldest first.
    pub async fn doomed_blobs(&self, limit: u32) -> Result<Vec<String>> {
        let mut read = self.read().await?;
        on!(&mut read.conn(), c => sqlx::query_scalar("select blob_key from doomed_blobs order by created_at, blob_key limit $1")
            .bind(i64::from(limit)).fetch_all(c))
    }

    /// Forgets blobs that have been removed.
    pub async fn forget_blobs(&self, blob_keys: Vec<String>) -> Result<()> {
        self.write(move |mut conn| {
            Box::pin(async move {
                for key in &blob_keys {
                    on!(&mut conn, c => sqlx::query("delete from doomed_blobs where blob_key = $1").bind(key).execute(c))?;
                }
                Ok(())
            })
        })
        .await
    }
}

impl FileRow {
    fn file(self) -> Result<StoredFile> {
        Ok(StoredFile {
            generation: word(&self.generation_id)?,
            image: word(&self.image_id)?,
            format: self.format,
            bytes: self.bytes.map(number).transpose()?,
            sha256: self.sha256,
            gone: self.gone,
        })
    }
}

/// Lists blobs for removal; the rows that named them go, or say that they are gone, in the same transaction.
pub(crate) async fn doom(conn: &mut Conn<'_>, blob_keys: &[String], now: Timestamp) -> Result<()> {
    if blob_keys.is_empty() {
        return Ok(());
    }
    let mut insert = QueryBuilder::new("insert into doomed_blobs (blob_key, created_at) ");
    insert.push_values(blob_keys, |mut values, key| {
        values.push_bind(key.clone()).push_bind(now.as_micros());
    });
    insert.push(" on conflict (blob_key) do nothing");
    on!(conn, c => insert.build().execute(c))?;
    Ok(())
}
