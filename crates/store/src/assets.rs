//! Pictures that a team uploaded, one row for the same bytes.

use domain::{AssetId, TeamId, Timestamp};

use crate::db::{bigint, number, on, row, word};
use crate::page::{Start, ask, containing, like};
use crate::{Error, Page, Result, Store, files};

/// An uploaded picture; its bytes lie in the blob store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    pub id: AssetId,
    pub team: TeamId,
    /// Of the bytes, in hex.
    pub sha256: String,
    pub format: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    pub blob_key: String,
    /// The file's name as it was first uploaded; empty where it had none.
    pub name: String,
    pub created_at: Timestamp,
}

/// A picture to be kept, whose bytes are in the blob store already.
#[derive(Clone, Debug)]
pub struct NewAsset {
    pub id: AssetId,
    pub team: TeamId,
    pub sha256: String,
    pub format: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    pub blob_key: String,
    pub name: String,
}

const LIST: &str = "asset";

row!(AssetRow {
    id: String,
    team_id: String,
    sha256: String,
    format: String,
    width: i64,
    height: i64,
    bytes: i64,
    blob_key: String,
    name: String,
    created_at: i64,
});

macro_rules! select {
    ($rest:literal) => {
        concat!("select id, team_id, sha256, format, width, height, bytes, blob_key, name, created_at from assets ", $rest)
    };
}

impl AssetRow {
    fn asset(self) -> Result<Asset> {
        Ok(Asset {
            id: word(&self.id)?,
            team: word(&self.team_id)?,
            sha256: self.sha256,
            format: self.format,
            width: number(self.width)?,
            height: number(self.height)?,
            bytes: number(self.bytes)?,
            blob_key: self.blob_key,
            name: self.name,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

impl Store {
    /// Keeps the asset, or gives the team's one of the same bytes. The flag says whether it is new.
    ///
    /// # Errors
    /// `Missing` where there is no such team.
    pub async fn put_asset(&self, asset: NewAsset, now: Timestamp) -> Result<(Asset, bool)> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                // Inserts nothing where the team is absent: its row is selected, not assumed.
                let done = on!(conn, c => sqlx::query("insert into assets (id, team_id, sha256, format, width, height, bytes, blob_key, created_at, name, name_search) \
                    select $1, t.id, $3, $4, $5, $6, $7, $8, $9, $10, $11 from teams t where t.id = $2 on conflict (team_id, sha256) do nothing")
                    .bind(asset.id.as_str()).bind(asset.team.to_string()).bind(&asset.sha256).bind(&asset.format)
                    .bind(i64::from(asset.width)).bind(i64::from(asset.height)).bind(bigint(asset.bytes)).bind(&asset.blob_key)
                    .bind(now.as_micros()).bind(&asset.name).bind(asset.name.to_lowercase()).execute(c))?;
                let row: Option<AssetRow> = on!(conn, c => sqlx::query_as(select!("where team_id = $1 and sha256 = $2"))
                    .bind(asset.team.to_string()).bind(&asset.sha256).fetch_optional(c))?;
                let kept = row.ok_or(Error::Missing("team"))?.asset()?;
                Ok((kept, done.rows_affected() == 1))
            })
        })
        .await
    }

    pub async fn asset(&self, team: TeamId, id: &AssetId) -> Result<Option<Asset>> {
        let mut read = self.read().await?;
        let row: Option<AssetRow> = on!(&mut read.conn(), c => sqlx::query_as(select!("where id = $1 and team_id = $2"))
            .bind(id.as_str()).bind(team.to_string()).fetch_optional(c))?;
        row.map(AssetRow::asset).transpose()
    }

    pub async fn asset_by_digest(&self, team: TeamId, sha256: &str) -> Result<Option<Asset>> {
        let mut read = self.read().await?;
        let row: Option<AssetRow> = on!(&mut read.conn(), c => sqlx::query_as(select!("where team_id = $1 and sha256 = $2"))
            .bind(team.to_string()).bind(sha256).fetch_optional(c))?;
        row.map(AssetRow::asset).transpose()
    }

    /// Newest first; `search` is a part of the file's name, whatever its case.
    ///
    /// # Errors
    /// `Cursor`.
    pub async fn assets(&self, team: TeamId, search: Option<&str>, limit: u32, cursor: Option<&str>) -> Result<Page<Asset>> {
        let start = Start::of(LIST, cursor)?;
        let mut read = self.read().await?;
        let rows: Vec<AssetRow> = on!(&mut read.conn(), c => sqlx::query_as(select!(
            "where team_id = $1 and (created_at, id) < ($2, $3) and name_search like $4 escape '!' order by created_at desc, id desc limit $5"))
            .bind(team.to_string()).bind(start.at).bind(start.id).bind(like(search.unwrap_or_default())).bind(ask(limit)).fetch_all(c))?;
        let rows = rows.into_iter().map(AssetRow::asset).collect::<Result<_>>()?;
        Ok(Page::cut(LIST, rows, limit, |row: &Asset| (row.created_at, row.id.to_string())))
    }

    /// How many generations of the team were made with the asset, and are still there.
    pub async fn asset_uses(&self, team: TeamId, id: &AssetId) -> Result<u64> {
        let mut read = self.read().await?;
        let count: i64 = on!(&mut read.conn(), c => sqlx::query_scalar(
            "select count(*) from generations where team_id = $1 and deleted_at is null and input_data like $2 escape '!'")
            .bind(team.to_string()).bind(containing(&format!("\"{id}\""))).fetch_one(c))?;
        number(count)
    }

    /// Deletes the row and lists its blob for removal (see [`Store::doomed_blobs`]). Gives the blob's key, `None` where there was none.
    pub async fn delete_asset(&self, team: TeamId, id: &AssetId, now: Timestamp) -> Result<Option<String>> {
        let id = id.clone();
        self.write(move |mut conn| {
            Box::pin(async move {
                let key: Option<String> = on!(&mut conn, c => sqlx::query_scalar("delete from assets where id = $1 and team_id = $2 returning blob_key")
                    .bind(id.as_str()).bind(team.to_string()).fetch_optional(c))?;
                if let Some(key) = &key {
                    files::doom(&mut conn, std::slice::from_ref(key), now).await?;
                }
                Ok(key)
            })
        })
        .await
    }
}
