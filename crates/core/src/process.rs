//! What this process keeps to itself: no core dump, and no passphrase in its environment.
//!
//! Not here: which variables open a vault (`vault`), how keys are forgotten (`vault`, and the allocator of each program).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Taken out of the environment and not asked for yet.
static HIDDEN: Mutex<BTreeMap<String, OsString>> = Mutex::new(BTreeMap::new());

/// Keeps a crash from writing keys to the disk. Programs that this one starts inherit it.
pub fn forbid_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        // Less than before is always allowed.
        let _ = setrlimit(Resource::Core, none);
    }
}

/// Takes `name` out of the environment, so that no program started by this one gets it and `/proc/PID/environ` no longer
/// shows it. [`hidden`] gives it back, once.
///
/// # Safety
/// No other thread may run yet: the first thing in `main`.
#[expect(
    unsafe_code,
    reason = "the environment can only be changed in place, and only while there is one thread"
)]
pub unsafe fn hide(name: &str) {
    let Some(value) = std::env::var_os(name) else {
        return;
    };
    all_hidden().insert(name.to_owned(), value);
    #[cfg(unix)]
    // SAFETY: as the caller promises.
    unsafe {
        wipe(name);
    }
    // SAFETY: as the caller promises.
    unsafe {
        std::env::remove_var(name);
    }
}

/// What [`hide`] took away; the second call finds nothing.
pub fn hidden(name: &str) -> Option<OsString> {
    all_hidden().remove(name)
}

fn all_hidden() -> MutexGuard<'static, BTreeMap<String, OsString>> {
    HIDDEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removing a variable only removes what points to it: its text stays where the system put it.
#[cfg(unix)]
#[expect(unsafe_code, reason = "the C library alone knows where the text is")]
unsafe fn wipe(name: &str) {
    use std::ffi::{CString, c_char};
    unsafe extern "C" {
        fn getenv(name: *const c_char) -> *mut c_char;
    }
    let Ok(name) = CString::new(name) else { return };
    // SAFETY: no other thread runs, so the text stays where it is; it ends with a zero and belongs to this process.
    unsafe {
        let mut at = getenv(name.as_ptr());
        while !at.is_null() && at.read() != 0 {
            at.write_volatile(0);
            at = at.add(1);
        }
    }
}
