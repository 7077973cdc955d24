//! What a process lets others see of itself: its panics, a core dump, its environment.
//!
//! Not here: what is logged (the programs), secrets in memory (`secret`, `vault`).

use std::backtrace::{Backtrace, BacktraceStatus};
use std::ffi::OsString;
use std::io::Write;
use std::panic::PanicHookInfo;

use crate::secret::Secret;

/// First thing in every `main`. A panic tells where it happened and not with what; the system keeps no picture of the memory, and
/// loads no library out of a folder that merely is the current one.
pub fn guard() {
    std::panic::set_hook(Box::new(|panic| {
        // Nobody listens there: nothing is left to tell it to.
        let _ = writeln!(std::io::stderr(), "{}", told(panic));
    }));
    no_core_dump();
    no_foreign_libraries();
}

/// The place, and the message only where it is a literal of the source: any other may hold what was worked on.
fn told(panic: &PanicHookInfo<'_>) -> String {
    let place = panic
        .location()
        .map(|place| format!(" at {}:{}", place.file(), place.line()))
        .unwrap_or_default();
    let message = panic
        .payload()
        .downcast_ref::<&'static str>()
        .map(|literal| format!(": {literal}"))
        .unwrap_or_default();
    // Names of functions, where RUST_BACKTRACE asks for them.
    let trace = Backtrace::capture();
    let trace = match trace.status() {
        BacktraceStatus::Captured => format!("\n{trace}"),
        _ => String::new(),
    };
    format!("readdress: a defect{place}{message}{trace}")
}

/// Linux takes a limit of one byte as "no dump", also where a program is there to take them (a limit of nothing is
/// ignored then); elsewhere a dump does not fit into one byte. core(5), and `do_coredump` in the kernel's fs/coredump.c.
#[cfg(unix)]
fn no_core_dump() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = Rlimit {
        current: Some(
            getrlimit(Resource::Core)
                .maximum
                .map_or(1, |most| most.min(1)),
        ),
        ..getrlimit(Resource::Core)
    };
    // One that cannot be set lower leaves what the system's owner chose.
    let _ = setrlimit(Resource::Core, limit);
}

/// Windows writes no dump of the whole unless its owner asks for that. What it may report of a crash holds the stacks; the heap,
/// where secrets are, stays out of it. <https://learn.microsoft.com/windows/win32/api/werapi/nf-werapi-wersetflags>
#[cfg(windows)]
#[expect(unsafe_code, reason = "a call of the system")]
fn no_core_dump() {
    use windows_sys::Win32::System::ErrorReporting::{
        WER_FAULT_REPORTING_FLAG_NOHEAP, WerSetFlags,
    };
    // SAFETY: it takes a number and keeps it for this process; a refusal leaves what the system's owner chose.
    unsafe { WerSetFlags(WER_FAULT_REPORTING_FLAG_NOHEAP) };
}

#[cfg(not(any(unix, windows)))]
fn no_core_dump() {}

/// A file that is opened by a double-click makes its folder the current one, and Windows looks there for a library that it finds
/// nowhere else. <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setdlldirectoryw>
#[cfg(windows)]
#[expect(unsafe_code, reason = "a call of the system")]
fn no_foreign_libraries() {
    // SAFETY: the text is empty and ends with its zero; that is how the current folder is left out.
    unsafe { windows_sys::Win32::System::LibraryLoader::SetDllDirectoryW([0].as_ptr()) };
}

#[cfg(not(windows))]
fn no_foreign_libraries() {}

/// The secret in an environment variable, taken out of the environment: no child inherits it, and nobody reads it there
/// any more. `None` where it is not set or empty.
pub fn take_variable(name: &str) -> Option<Secret> {
    let text = take_text(name).filter(|text| !text.is_empty())?;
    Some(Secret::new(text.to_string_lossy()))
}

/// As [`take_variable`], as it stands there: set to nothing, or no UTF-8 text.
pub fn take_text(name: &str) -> Option<OsString> {
    let text = std::env::var_os(name)?;
    wipe(name);
    Some(text)
}

/// Makes the variable empty where it stands. The list of variables is left as it is, so that nobody who reads another
/// one at the same time is disturbed.
#[cfg(unix)]
#[expect(unsafe_code, reason = "the environment is foreign memory")]
fn wipe(name: &str) {
    let Ok(name) = std::ffi::CString::new(name) else {
        return;
    };
    // SAFETY: `getenv` answers null or a text that ends with a zero byte, in memory that the process may write (it is
    // there for that: putenv(3)). Only bytes of this text are written, and it stays a text that ends with a zero byte for
    // whoever reads it meanwhile.
    unsafe {
        let mut at = libc::getenv(name.as_ptr());
        while !at.is_null() && *at != 0 {
            at.write_volatile(0);
            at = at.add(1);
        }
    }
}

#[cfg(not(unix))]
#[expect(unsafe_code, reason = "the environment is the process's")]
fn wipe(name: &str) {
    // SAFETY: only other systems have readers that a change disturbs; Windows guards its environment by itself.
    unsafe { std::env::remove_var(name) }
}
