//! Carrying everything from a data folder's database to a server: table by table, so that it can be repeated, and
//! compared to the last value at the end.
//!
//! The tables, their columns and their order are read from the database itself: a migration can't be forgotten here.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};
use sqlx::{ColumnIndex, Decode, Postgres, Row, Sqlite, Type};

use crate::builder::Value;
use crate::db::{Conn, QueryBuilder, in_time, on};
use crate::writer::Verdict;
use crate::{Error, Result, Store, dialect};

/// Rows that are read and written at a time.
const BATCH: usize = 500;

/// A copy that was planned: what is to be carried, and that nothing else is in its way.
pub struct Carry<'s> {
    source: &'s Store,
    target: &'s Store,
    /// Those that are referred to come first.
    tables: Vec<Load>,
}

struct Load {
    table: Table,
    /// Each row by a digest of its values.
    rows: HashSet<RowDigest>,
    /// Rows of an earlier attempt.
    there: usize,
}

type RowDigest = [u8; 16];

#[derive(Clone, Debug)]
struct Table {
    name: String,
    columns: Vec<Column>,
    /// The primary key's columns, by their place among all.
    key: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Column {
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    Bigint,
    Double,
    Boolean,
}

impl<'s> Carry<'s> {
    /// Reads what `source`, a data folder's database that nobody changes meanwhile, holds, and compares it with `target`.
    ///
    /// # Errors
    /// `Invalid` where `target` is no server, or has a row that is not the source's: another service's data, or ours after
    /// the service went on there.
    pub async fn plan(source: &'s Store, target: &'s Store) -> Result<Self> {
        if !source.is_embedded() || target.is_embedded() {
            return Err(Error::Invalid("rows are carried from a data folder to a server".into()));
        }
        let mut tables = Vec::new();
        for table in in_order(source).await? {
            let mut rows = HashSet::new();
            pages(source, &table, async |page| {
                rows.extend(page.iter().map(|row| digest(row)));
                Ok(())
            })
            .await?;
            let (there, foreign) = count(target, &table, &rows).await?;
            if foreign > 0 {
                return Err(Error::Invalid(format!(
                    "the database has {foreign} rows in {} that the data folder does not have: name an empty database",
                    table.name
                )));
            }
            tables.push(Load { table, rows, there });
        }
        Ok(Self { source, target, tables })
    }

    /// Rows in all, and those of them that an earlier attempt has carried.
    pub fn rows(&self) -> (u64, u64) {
        let sum = |count: fn(&Load) -> usize| self.tables.iter().map(count).sum::<usize>() as u64;
        (sum(|load| load.rows.len()), sum(|load| load.there))
    }

    /// Writes what is missing. `written` hears of each batch. Where it ends in the middle, another plan goes on.
    pub async fn copy(&self, mut written: impl FnMut(u64)) -> Result<()> {
        for Load { table, rows, there } in &self.tables {
            if *there == rows.len() {
                continue;
            }
            pages(self.source, table, async |page| {
                let count = page.len() as u64;
                let mut insert = QueryBuilder::new(format!("insert into {} ({}) ", table.name, names(&table.columns)));
                insert.push_values(page, |mut row, values| {
                    for value in values {
                        row.push_bind(value);
                    }
                });
                insert.push("on conflict do nothing");
                self.target
                    .write_repeatable(move |mut conn| {
                        Box::pin(async move { Ok(Verdict::Keep(on!(&mut conn, c => insert.build().execute(c)).map(drop)?)) })
                    })
                    .await?;
                written(count);
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    /// Compares every value of every row. Gives the rows of each table.
    ///
    /// # Errors
    /// `Corrupt` with the first table that differs.
    pub async fn verify(&self) -> Result<Vec<(String, u64)>> {
        let mut counts = Vec::new();
        for Load { table, rows, .. } in &self.tables {
            let (there, foreign) = count(self.target, table, rows).await?;
            if there != rows.len() || foreign > 0 {
                return Err(Error::Corrupt(format!(
                    "of {} rows in {}, {there} arrived as they were, and {foreign} are others",
                    rows.len(),
                    table.name
                )));
            }
            counts.push((table.name.clone(), rows.len() as u64));
        }
        Ok(counts)
    }
}

/// The rows of `table` that are among `known`, and those that are not.
async fn count(store: &Store, table: &Table, known: &HashSet<RowDigest>) -> Result<(usize, usize)> {
    let (mut ours, mut foreign) = (0, 0);
    pages(store, table, async |page| {
        let among = page.iter().filter(|row| known.contains(&digest(row))).count();
        ours += among;
        foreign += page.len() - among;
        Ok(())
    })
    .await?;
    Ok((ours, foreign))
}

/// The source's tables, each after those that it refers to.
async fn in_order(source: &Store) -> Result<Vec<Table>> {
    let mut read = source.read().await?;
    let Conn::Sqlite(conn) = read.conn() else { return Err(Error::Invalid("the tables are read from a data folder".into())) };
    let names: Vec<String> = sqlx::query_scalar(dialect::TABLES).fetch_all(&mut *conn).await?;
    let mut waiting = Vec::new();
    for name in names {
        let columns: Vec<(String, String, i64)> = sqlx::query_as(dialect::COLUMNS).bind(&name).fetch_all(&mut *conn).await?;
        let references: Vec<String> = sqlx::query_scalar(dialect::REFERENCES).bind(&name).fetch_all(&mut *conn).await?;
        let mut key: Vec<(i64, usize)> =
            columns.iter().enumerate().map(|(place, (.., key))| (*key, place)).filter(|key| key.0 > 0).collect();
        key.sort_unstable();
        if key.is_empty() {
            return Err(Error::Corrupt(format!("the table {name} has no primary key")));
        }
        let columns = columns.into_iter().map(|(name, kind, _)| Ok(Column { name, kind: kind.parse()? })).collect::<Result<_>>()?;
        waiting.push((Table { name, columns, key: key.into_iter().map(|(_, place)| place).collect() }, references));
    }
    let mut ordered: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let placed: HashSet<&str> = ordered.iter().map(|table| table.name.as_str()).collect();
        let (ready, rest): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|(table, references)| references.iter().all(|other| *other == table.name || placed.contains(other.as_str())));
        if ready.is_empty() {
            return Err(Error::Corrupt("tables refer to each other in a circle".into()));
        }
        ordered.extend(ready.into_iter().map(|(table, _)| table));
        waiting = rest;
    }
    Ok(ordered)
}

impl std::str::FromStr for Kind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text.to_lowercase().as_str() {
            "text" => Self::Text,
            "bigint" => Self::Bigint,
            "double precision" => Self::Double,
            "boolean" => Self::Boolean,
            other => return Err(Error::Corrupt(format!("a column has the type {other}"))),
        })
    }
}

/// Every row of a table, a page at a time, in the order of its key.
async fn pages(store: &Store, table: &Table, mut each: impl AsyncFnMut(Vec<Vec<Value>>) -> Result<()>) -> Result<()> {
    let key: Vec<&Column> = table.key.iter().filter_map(|place| table.columns.get(*place)).collect();
    let key = key.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    let mut after: Option<Vec<Value>> = None;
    loop {
        let mut select = QueryBuilder::new(format!("select {} from {}", names(&table.columns), table.name));
        if let Some(after) = after {
            select.push(format_args!(" where ({key}) > ("));
            for (index, value) in after.into_iter().enumerate() {
                select.push(if index == 0 { "" } else { ", " }).push_bind(value);
            }
            select.push(")");
        }
        select.push(format_args!(" order by {key} limit {BATCH}"));
        let mut read = store.read().await?;
        let rows: Vec<Vec<Value>> = match read.conn() {
            Conn::Sqlite(conn) => {
                let rows = select.build::<Sqlite>().fetch_all(conn).await?;
                rows.iter().map(|row| values(row, &table.columns)).collect::<Result<_, _>>()?
            }
            Conn::Postgres(conn, patience) => {
                let rows = in_time(patience, select.build::<Postgres>().fetch_all(conn)).await?;
                rows.iter().map(|row| values(row, &table.columns)).collect::<Result<_, _>>()?
            }
        };
        drop(read);
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(table.key.iter().filter_map(|place| last.get(*place)).cloned().collect());
        let is_last = rows.len() < BATCH;
        each(rows).await?;
        if is_last {
            return Ok(());
        }
    }
}

fn values<'r, R: Row>(row: &'r R, columns: &[Column]) -> Result<Vec<Value>, sqlx::Error>
where
    usize: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    f64: Decode<'r, R::Database> + Type<R::Database>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
{
    let value = |(place, column): (usize, &Column)| {
        Ok(match column.kind {
            Kind::Text => Value::Text(row.try_get(place)?),
            Kind::Bigint => Value::Bigint(row.try_get(place)?),
            Kind::Double => Value::Double(row.try_get(place)?),
            Kind::Boolean => Value::Boolean(row.try_get(place)?),
        })
    };
    columns.iter().enumerate().map(value).collect()
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Values with their lengths, so that no two rows run into the same text.
fn digest(row: &[Value]) -> RowDigest {
    let mut hash = Sha256::new();
    for value in row {
        let bytes = match value {
            Value::Text(text) => text.as_ref().map(|text| text.as_bytes().to_vec()),
            Value::Bigint(number) => number.map(|number| number.to_be_bytes().to_vec()),
            Value::Double(number) => number.map(|number| number.to_be_bytes().to_vec()),
            Value::Boolean(flag) => flag.map(|flag| vec![u8::from(flag)]),
        };
        match bytes {
            None => hash.update([0]),
            Some(bytes) => {
                hash.update([1]);
                hash.update((bytes.len() as u64).to_be_bytes());
                hash.update(bytes);
            }
        }
    }
    let mut short = RowDigest::default();
    short.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    short
}
