//! The servers of these tests: one for all that leave it alone, and others for those that do not.

use std::sync::LazyLock;

use readdress_dovecot::{Dovecot, NOT_HERE, Options, is_installed};

/// How many users the common server has: `u0@example.test` and so on.
const USERS: usize = 24;

/// The common server. It ends with the process.
static COMMON: LazyLock<Option<Dovecot>> = LazyLock::new(|| {
    let users = (0..USERS).map(|number| format!("u{number}@example.test"));
    own(&Options {
        users: users.collect(),
        ..Options::default()
    })
});

/// A server of the test's own.
pub fn own(options: &Options) -> Option<Dovecot> {
    if !is_installed() {
        eprintln!("{NOT_HERE}");
        return None;
    }
    Some(Dovecot::start_with(options).expect("Dovecot starts"))
}

/// The common server, and a user of the test's own on it.
pub fn common() -> Option<(&'static Dovecot, String)> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let server = COMMON.as_ref()?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(number < USERS, "more tests than users");
    Some((server, format!("u{number}@example.test")))
}
