//! Files that are made for a package: of the changelog and of what the programs say about themselves.

use crate::place::Place;
use crate::process;

/// When the package counts as made, in seconds since 1970: the last commit's time, so that the same commit gives the
/// same package (<https://reproducible-builds.org/specs/source-date-epoch/>).
pub fn epoch(place: &Place) -> u64 {
    let told = std::env::var("SOURCE_DATE_EPOCH").ok();
    let commit = || {
        let mut git = process::command("git", &["log", "-1", "--format=%ct"]);
        process::answer_of(git.current_dir(&place.root))
    };
    told.or_else(commit)
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or_else(|| {
            std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |since| since.as_secs())
        })
}
