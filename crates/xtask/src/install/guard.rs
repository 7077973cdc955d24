//! Who makes sure that a person's Readdress is never removed, and that a test's always is.

use super::debian;
use crate::Outcome;
use std::fs;
use std::path::{Path, PathBuf};

/// While it lives, what is installed under our package's name is the test's. Dropping it removes that.
pub struct Guard {
    /// Sums of the packages that may be removed: an interrupted run leaves them for the next.
    ours: PathBuf,
}

impl Guard {
    /// `packages`: those that will be installed.
    ///
    /// # Errors
    /// A Readdress is installed that no test has put there.
    pub fn begin(notes: &Path, packages: &[&Path]) -> Outcome<Self> {
        let ours = notes.join("ours");
        if let Some(version) = debian::installed() {
            if !is_ours(&ours, debian::installed_sums().as_deref()) {
                return Err(format!(
                    "Readdress {version} is installed here, and not by these tests: they would have to remove it. Run them on \
                     another machine, or remove it first (`apt remove readdress` leaves your data alone)."
                ));
            }
            println!("An interrupted run has left Readdress {version} installed.");
            debian::purge()?;
        }
        let told = |why: std::io::Error| format!("{}: {why}", ours.display());
        if ours.exists() {
            fs::remove_dir_all(&ours).map_err(told)?;
        }
        fs::create_dir_all(&ours).map_err(told)?;
        for (number, package) in packages.iter().enumerate() {
            fs::write(ours.join(number.to_string()), debian::sums_of(package)?).map_err(told)?;
        }
        Ok(Self { ours })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if debian::installed().is_some()
            && let Err(why) = debian::purge()
        {
            println!("{why}\nReaddress is still installed; the next run takes it away.");
            return;
        }
        let _ = fs::remove_dir_all(&self.ours);
    }
}

/// Whether a run of ours has noted a package with these sums. Without sums it was interrupted before dpkg wrote them, which
/// only a run that has noted anything can have been.
fn is_ours(ours: &Path, sums: Option<&str>) -> bool {
    let noted = fs::read_dir(ours).into_iter().flatten().flatten();
    noted
        .filter_map(|entry| fs::read_to_string(entry.path()).ok())
        .any(|noted| sums.is_none_or(|sums| noted.trim() == sums))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_no_run_has_noted_is_a_persons() {
        let folder = tempfile::tempdir().unwrap();
        let ours = folder.path().join("ours");
        assert!(!is_ours(&ours, Some("a  usr/bin/readdress")));
        assert!(!is_ours(&ours, None));
        fs::create_dir(&ours).unwrap();
        assert!(!is_ours(&ours, None));
        fs::write(ours.join("0"), "a  usr/bin/readdress\n").unwrap();
        assert!(is_ours(&ours, Some("a  usr/bin/readdress")));
        assert!(!is_ours(&ours, Some("b  usr/bin/readdress")));
    }
}
