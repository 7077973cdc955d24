//! Named points at which a test kills this process: only with the feature `kill-points`, which no release has.
//!
//! Not here: who sets the variable and what is compared afterwards (`cargo xtask torture`).

/// Names the point to die at: `POINT`, or `POINT:N` for the N-th time it is passed (from 1).
#[cfg(feature = "kill-points")]
const VARIABLE: &str = "READDRESS_KILL_AT";

/// Dies here, without any clean-up, if a torture run asked for it. Without the feature: nothing, not even a branch.
#[cfg(not(feature = "kill-points"))]
#[inline(always)]
pub fn point(_name: &str) {}

/// Dies here, without any clean-up, if a torture run asked for it.
#[cfg(feature = "kill-points")]
pub fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static ASKED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static PASSED: AtomicU32 = AtomicU32::new(0);

    let asked = ASKED.get_or_init(|| {
        let text = std::env::var(VARIABLE).ok()?;
        let (name, count) = match text.rsplit_once(':') {
            Some((name, count)) => (name.to_owned(), count.parse().ok()?),
            None => (text, 1),
        };
        Some((name, count))
    });
    let Some((wanted, count)) = asked else { return };
    if wanted == name && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *count {
        die();
    }
}

#[cfg(all(feature = "kill-points", unix))]
fn die() -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    // A signal to oneself is delivered before the call returns; this satisfies the type.
    std::process::abort()
}

#[cfg(all(feature = "kill-points", not(unix)))]
fn die() -> ! {
    std::process::abort()
}
