//! How our types look in a column.

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A uuid as its 16 bytes.
pub(crate) struct Id(pub Uuid);

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Uuid::from_slice(value.as_blob()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// A time as microseconds UTC, which holds all years that `Timestamp` knows.
pub(crate) struct At(pub Timestamp);

impl ToSql for At {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_microsecond().into())
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Timestamp::from_microsecond(value.as_i64()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// A value as JSON text.
pub(crate) struct Json<T>(pub T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(text.into())
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// A unit variant as its name.
pub(crate) struct Name<T>(pub T);

impl<T: Serialize> ToSql for Name<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match serde_json::to_value(&self.0) {
            Ok(serde_json::Value::String(name)) => Ok(name.into()),
            _ => Err(rusqlite::Error::ToSqlConversionFailure(
                "no unit variant".into(),
            )),
        }
    }
}

impl<T: DeserializeOwned> FromSql for Name<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = serde_json::Value::String(value.as_str()?.to_owned());
        serde_json::from_value(name)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// Reads a row from left to right, so that a column list and its reader cannot disagree on names.
pub(crate) struct Cells<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl<'a> Cells<'a> {
    pub fn new(row: &'a Row<'a>) -> Self {
        Self { row, next: 0 }
    }

    pub fn get<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        self.next += 1;
        self.row.get(self.next - 1)
    }

    /// A number that only counts up.
    pub fn count(&mut self) -> rusqlite::Result<u64> {
        let at = self.next;
        let count: i64 = self.get()?;
        u64::try_from(count).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(at, count))
    }

    pub fn id(&mut self) -> rusqlite::Result<Uuid> {
        self.get::<Id>().map(|id| id.0)
    }

    pub fn maybe_id(&mut self) -> rusqlite::Result<Option<Uuid>> {
        self.get::<Option<Id>>().map(|id| id.map(|id| id.0))
    }

    pub fn at(&mut self) -> rusqlite::Result<Timestamp> {
        self.get::<At>().map(|at| at.0)
    }

    pub fn maybe_at(&mut self) -> rusqlite::Result<Option<Timestamp>> {
        self.get::<Option<At>>().map(|at| at.map(|at| at.0))
    }

    pub fn name<T: DeserializeOwned>(&mut self) -> rusqlite::Result<T> {
        self.get::<Name<T>>().map(|name| name.0)
    }

    pub fn json<T: DeserializeOwned>(&mut self) -> rusqlite::Result<T> {
        self.get::<Json<T>>().map(|json| json.0)
    }

    pub fn maybe_json<T: DeserializeOwned>(&mut self) -> rusqlite::Result<Option<T>> {
        self.get::<Option<Json<T>>>()
            .map(|json| json.map(|json| json.0))
    }
}
