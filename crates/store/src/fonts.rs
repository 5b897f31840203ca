//! Fonts that a team uploaded, one row for the same bytes.

use domain::{FontId, TeamId, Timestamp};

use crate::db::{bigint, number, on, row, word};
use crate::{Error, Result, Store};

/// An uploaded font; its bytes lie in the blob store, by team and digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Font {
    pub id: FontId,
    /// Of the bytes, in hex.
    pub sha256: String,
    pub family: String,
    pub weight: u16,
    /// Of a variable font: the weights that it reaches.
    pub weights: Option<(u16, u16)>,
    pub italic: bool,
    pub bytes: u64,
    pub created_at: Timestamp,
}

row!(FontRow {
    id: String,
    sha256: String,
    family: String,
    weight: i64,
    min_weight: Option<i64>,
    max_weight: Option<i64>,
    italic: bool,
    bytes: i64,
    created_at: i64,
});

impl FontRow {
    fn font(self) -> Result<Font> {
        Ok(Font {
            id: word(&self.id)?,
            sha256: self.sha256,
            family: self.family,
            weight: number(self.weight)?,
            weights: self.min_weight.zip(self.max_weight).map(|(min, max)| Ok::<_, Error>((number(min)?, number(max)?))).transpose()?,
            italic: self.italic,
            bytes: number(self.bytes)?,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

impl Store {
    /// Keeps a font, or brings back the team's one of the same bytes. The flag says whether the team did not have it.
    ///
    /// # Errors
    /// `Missing` where there is no such team.
    pub async fn put_font(&self, team: TeamId, font: Font, now: Timestamp) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let (min, max) = font.weights.unzip();
                let new = on!(conn, c => sqlx::query(
                    "insert into fonts (id, team_id, sha256, family, weight, min_weight, max_weight, italic, bytes, created_at) \
                     select $1, t.id, $3, $4, $5, $6, $7, $8, $9, $10 from teams t where t.id = $2 on conflict (team_id, sha256) do nothing")
                    .bind(font.id.to_string()).bind(team.to_string()).bind(&font.sha256).bind(&font.family).bind(i64::from(font.weight))
                    .bind(min.map(i64::from)).bind(max.map(i64::from)).bind(font.italic).bind(bigint(font.bytes)).bind(now.as_micros())
                    .execute(c))?;
                if new.rows_affected() == 1 {
                    return Ok(true);
                }
                let back = on!(conn, c => sqlx::query("update fonts set deleted_at = null where team_id = $1 and sha256 = $2 and deleted_at is not null")
                    .bind(team.to_string()).bind(&font.sha256).execute(c))?;
                if back.rows_affected() == 1 {
                    return Ok(true);
                }
                let known: Option<String> = on!(conn, c => sqlx::query_scalar("select id from fonts where team_id = $1 and sha256 = $2")
                    .bind(team.to_string()).bind(&font.sha256).fetch_optional(c))?;
                known.map(|_| false).ok_or(Error::Missing("team"))
            })
        })
        .await
    }

    /// The team's fonts by family, weight and style, at most 500.
    ///
    /// # Errors
    /// The database's.
    pub async fn fonts(&self, team: TeamId) -> Result<Vec<Font>> {
        let mut read = self.read().await?;
        let rows: Vec<FontRow> = on!(&mut read.conn(), c => sqlx::query_as(
            "select id, sha256, family, weight, min_weight, max_weight, italic, bytes, created_at from fonts \
             where team_id = $1 and deleted_at is null order by family, weight, italic, id limit 500")
            .bind(team.to_string()).fetch_all(c))?;
        rows.into_iter().map(FontRow::font).collect()
    }

    /// Takes a font out of the team's list; kits that have it go on drawing with it. False where there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_font(&self, team: TeamId, id: FontId, now: Timestamp) -> Result<bool> {
        self.write(move |mut conn| {
            Box::pin(async move {
                let done = on!(&mut conn, c => sqlx::query("update fonts set deleted_at = $3 where id = $1 and team_id = $2 and deleted_at is null")
                    .bind(id.to_string()).bind(team.to_string()).bind(now.as_micros()).execute(c))?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }
}
