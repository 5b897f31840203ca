//! Statements whose length depends on what is asked: one text, and values that either driver can send.

use std::fmt::{Display, Write as _};

use sqlx::query::{Query, QueryAs};
use sqlx::{Arguments as _, AssertSqlSafe, Database, FromRow, IntoArguments, Postgres, Sqlite};

/// A value of one of the types that both engines have.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(Option<String>),
    Bigint(Option<i64>),
    Double(Option<f64>),
    Boolean(Option<bool>),
}

macro_rules! value {
    ($($type:ty => $variant:ident),+) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(Some(value.into()))
            }
        }

        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map(Into::into))
            }
        }
    )+};
}
value!(String => Text, &str => Text, i64 => Bigint, f64 => Double, bool => Boolean);

/// One of the two drivers.
pub(crate) trait Driver: Database<Arguments: IntoArguments<Self>> {
    fn arguments(values: Vec<Value>) -> Self::Arguments;
}

macro_rules! driver {
    ($($database:ty),+) => {$(
        impl Driver for $database {
            fn arguments(values: Vec<Value>) -> Self::Arguments {
                let mut arguments = Self::Arguments::default();
                for value in values {
                    // Plain values encode always; one that didn't would be missed by the statement, which then fails.
                    let _ = match value {
                        Value::Text(text) => arguments.add(text),
                        Value::Bigint(number) => arguments.add(number),
                        Value::Double(number) => arguments.add(number),
                        Value::Boolean(flag) => arguments.add(flag),
                    };
                }
                arguments
            }
        }
    )+};
}
driver!(Sqlite, Postgres);

/// Used like sqlx's own builder, which knows one driver only. A bound value is never part of the text.
#[derive(Clone, Debug)]
pub(crate) struct QueryBuilder {
    text: String,
    values: Vec<Value>,
}

impl QueryBuilder {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Vec::new() }
    }

    pub fn push(&mut self, text: impl Display) -> &mut Self {
        // Writing to a string can't fail.
        let _ = write!(self.text, "{text}");
        self
    }

    pub fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let number = self.values.len();
        self.push(format_args!("${number}"))
    }

    /// Values that are pushed to it stand apart by `separator`.
    fn separated(&mut self, separator: &'static str) -> Separated<'_> {
        Separated { builder: self, separator, first: true }
    }

    /// ` values (…), (…)`: a row for each of `rows`, whose values `push` gives.
    pub fn push_values<T>(&mut self, rows: impl IntoIterator<Item = T>, mut push: impl FnMut(Separated<'_>, T)) -> &mut Self {
        for (index, row) in rows.into_iter().enumerate() {
            self.push(if index == 0 { "values (" } else { ", (" });
            push(self.separated(", "), row);
            self.push(")");
        }
        self.push(" ")
    }

    /// `in (…)`; of no values it is no SQL.
    pub fn push_in(&mut self, values: impl IntoIterator<Item = impl Into<Value>>) -> &mut Self {
        self.push("in (");
        let mut list = self.separated(", ");
        for value in values {
            list.push_bind(value);
        }
        self.push(")")
    }

    pub fn build<DB: Driver>(&self) -> Query<'static, DB, DB::Arguments> {
        sqlx::query_with(AssertSqlSafe(self.text.clone()), DB::arguments(self.values.clone()))
    }

    pub fn build_query_as<DB: Driver, T>(&self) -> QueryAs<'static, DB, T, DB::Arguments>
    where
        T: for<'r> FromRow<'r, DB::Row>,
    {
        sqlx::query_as_with(AssertSqlSafe(self.text.clone()), DB::arguments(self.values.clone()))
    }
}

/// A list that grows.
pub(crate) struct Separated<'b> {
    builder: &'b mut QueryBuilder,
    separator: &'static str,
    first: bool,
}

impl Separated<'_> {
    pub fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        if !std::mem::take(&mut self.first) {
            self.builder.push(self.separator);
        }
        self.builder.push_bind(value);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_through_and_stay_out_of_the_text() {
        let mut query = QueryBuilder::new("insert into t (a, b) ");
        query.push_values([("x", 1_i64), ("'; drop table t", 2)], |mut row, (a, b)| {
            row.push_bind(a).push_bind(b);
        });
        query.push("returning a where b ").push_in([Some(true), None]);
        assert_eq!(query.text, "insert into t (a, b) values ($1, $2), ($3, $4) returning a where b in ($5, $6)");
        assert_eq!(query.values.len(), 6);
    }
}
