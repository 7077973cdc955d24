//! 10,000 profiles.

use std::time::Instant;

use crate::support::Place1;

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_profiles_come_back() {
    let from = Place1::with(10_000).await;
    let begin = Instant::now();
    let made = from.export().await.unwrap();
    let exported = begin.elapsed();
    assert_eq!(
        (made.profiles, made.secrets, made.changes),
        (10_000, 20_000, 5_000)
    );
    let size = std::fs::metadata(from.file()).unwrap().len();
    let to = Place1::new();
    let begin = Instant::now();
    to.restore(&from.file(), false).await.unwrap();
    eprintln!(
        "10,000 profiles, 5,000 changes: {size} bytes, exported in {exported:?}, restored in {:?}",
        begin.elapsed()
    );
    let (before, after) = (from.everything().await, to.everything().await);
    assert_eq!(after.profiles.len(), 30_000, "a row each, and two secrets");
    assert!(after.profiles == before.profiles);
    assert!(after.values == before.values);
    assert!(after.uses == before.uses);
    assert_eq!(after.changes.len(), before.changes.len());
}
