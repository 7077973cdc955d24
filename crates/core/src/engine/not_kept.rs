//! A call that was sent, and a folder that could not take what came back.
//!
//! Not here: what becomes of the change (it is settled as unknown, as soon as that can be written).

use crate::error::{Code, Problem};

/// The folder could not take what came back: then "nothing was sent" would be a lie.
pub(super) fn not_kept(problem: Problem) -> Problem {
    match problem.code {
        Code::DiskFull
        | Code::DiskFailed
        | Code::FolderReadOnly
        | Code::DatabaseBusy
        | Code::DatabaseNewer
        | Code::DatabaseDamaged
        | Code::Internal => {
            let reason = problem.code.as_str();
            Problem {
                code: Code::AnswerNotKept,
                ..problem.with("reason", reason)
            }
        }
        _ => problem,
    }
}
