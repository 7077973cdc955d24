//! Named points at which a test kills this process: only with the feature `kill-points`, which no release has.
//!
//! Not here: who sets the variable and what is compared afterwards (`cargo xtask torture`).

/// Every point, in the order in which a change passes them. The torture run dies at each, and fails where one is never
/// reached; a test compares the list with the code.
pub const POINTS: &[&str] = &[
    "before_plan",
    "after_plan",
    "before_read",
    "read_answered",
    "before_intent",
    "disk_in_transaction",
    "disk_before_commit",
    "disk_after_commit",
    "after_intent",
    "before_login",
    "token_captured",
    "token_kept",
    "before_send",
    "wire_before_send",
    "wire_after_head",
    "answered",
    "before_answer",
    "after_answer",
    "before_second_intent",
    "after_second_intent",
    "before_proof",
    "after_proof",
    "before_turn",
    "after_turn",
    "before_resend_intent",
    "after_resend_intent",
    "before_end",
    "after_end",
    "before_cancel_intent",
    "after_cancel_intent",
    "cancel_answered",
    "cancel_kept",
    "before_recovery",
    "after_recovery",
];

/// Points off the way of a change: the tests of the vault, of migrations and of backups die at each of them.
pub const OTHER_POINTS: &[&str] = &[
    "vault: listed, not stored",
    "vault: stored, not read back",
    "vault: stored and read back",
    "vault: next key file written",
    "vault: before the commit",
    "vault: after the commit",
    "vault: key file in place",
    "vault: old key not deleted",
    "vault: old key deleted",
    "migrate: copied",
    "migrate: done",
    "copy: written",
    "restore: before commit",
    "restore: committed",
];

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

    let listed = POINTS.contains(&name) || OTHER_POINTS.contains(&name);
    assert!(listed, "{name} is in a list of points");
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
