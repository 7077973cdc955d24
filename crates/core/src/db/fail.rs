//! What SQLite's errors mean to a person.

use std::path::Path;

use rusqlite::ffi;
use rusqlite::{Error, ErrorCode};

use crate::error::{Code, Problem};

/// Inside `db` a call fails by SQLite or by a rule of ours.
#[derive(Debug)]
pub(crate) enum Fail {
    Sql(Error),
    Problem(Problem),
}

impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Problem> for Fail {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Code> for Fail {
    fn from(code: Code) -> Self {
        Self::Problem(code.into())
    }
}

impl Fail {
    pub fn into_problem(self, file: &Path) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            Self::Sql(error) => sql_problem(&error, file),
        }
    }
}

/// The problem behind an error of SQLite; names the database file and SQLite's result code, never a value.
pub(crate) fn sql_problem(error: &Error, file: &Path) -> Problem {
    let problem = |code| Problem::new(code).with("file", file.display().to_string());
    match error {
        Error::SqliteFailure(failure, _) => {
            let code = match failure.code {
                ErrorCode::DiskFull => Code::DiskFull,
                // The shared-memory file cannot grow: so far only ever seen with a full disk.
                ErrorCode::SystemIoFailure
                    if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE =>
                {
                    Code::DiskFull
                }
                ErrorCode::SystemIoFailure => Code::DiskFailed,
                ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                    Code::FolderReadOnly
                }
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Code::DatabaseBusy,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Code::DatabaseDamaged,
                _ => Code::Internal,
            };
            problem(code).with("sqlite", failure.extended_code.to_string())
        }
        // A column that holds what we never wrote.
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..) => problem(Code::DatabaseDamaged),
        _ => problem(Code::Internal),
    }
}
