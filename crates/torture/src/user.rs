//! What a person does next, by what the program shows. Pure. Never "send again": nothing here may send an effect twice.

use crate::seen::Seen;

/// One start of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    Add,
    Request,
    Verify,
    Resend,
    Cancel,
    /// Asks the service which address it holds.
    Settle,
    /// Looks at the list: what every start does first, recovery, is all that happens.
    Look,
}

/// What this person is up to beside the plain way.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes {
    /// Asks for one more code before giving one.
    pub resend: bool,
    /// Asks the service while a code is awaited.
    pub check: bool,
    /// Gives up while a code is awaited.
    pub cancel: bool,
}

/// How often an unknown outcome is asked about before the person leaves it.
const PATIENCE: u32 = 2;

/// What was done so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Done {
    pub resends: u32,
    pub checks: u32,
    pub settles: u32,
}

/// `None`: the change has ended, or is unknown and stays so.
pub fn next(seen: Option<&Seen>, wishes: Wishes, done: Done, has_mail: bool) -> Option<Act> {
    let Some(seen) = seen else {
        return Some(Act::Request);
    };
    match seen.state.as_str() {
        "planned" => Some(Act::Request),
        "awaiting_code" if wishes.check && done.checks == 0 => Some(Act::Settle),
        "awaiting_code" if wishes.resend && done.resends == 0 => Some(Act::Resend),
        "awaiting_code" if wishes.cancel => Some(Act::Cancel),
        "awaiting_code" => Some(Act::Verify),
        "unknown" if done.settles < PATIENCE => Some(Act::Settle),
        // A code that came shows that the request was taken.
        "unknown" if seen.step == "request" && has_mail => Some(Act::Verify),
        _ => None,
    }
}
