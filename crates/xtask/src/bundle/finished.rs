//! How large the finished packages are, for the bench.

use super::names::{self, Kind};
use super::stage::Stage;
use super::{Profile, deb, size, tree};
use crate::Outcome;
use crate::place::Place;
use std::path::{Path, PathBuf};

/// In bytes.
pub struct Sizes {
    pub deb: u64,
    /// On the user's disk, as Debian counts it.
    pub installed: u64,
    /// Only where `cargo xtask bundle` has made them of these programs.
    pub rpm: Option<u64>,
    pub appimage: Option<u64>,
}

/// Makes the .deb if there is none of the released programs yet.
///
/// # Errors
/// As [`deb::deb`].
pub fn sizes(place: &Place) -> Outcome<Sizes> {
    let profile = Profile::Release;
    let stage = Stage::of(place, profile)?;
    let version = place.version()?;
    let program = place.built(profile.folder(), "readdress");
    let of = |kind: Kind| {
        let name = names::name(kind, &version, std::env::consts::ARCH, true);
        let path = place.packages(profile.folder()).join(name);
        newer(&path, &program).then_some(path)
    };
    let deb: PathBuf = match of(Kind::Deb) {
        Some(deb) => deb,
        None => deb::deb(place, profile, None)?,
    };
    Ok(Sizes {
        deb: size(&deb),
        installed: tree::kilobytes(&deb::tree_of(&stage)) * 1024,
        rpm: of(Kind::Rpm).map(|path| size(&path)),
        appimage: of(Kind::AppImage).map(|path| size(&path)),
    })
}

/// Whether `package` was made after `program` was built.
fn newer(package: &Path, program: &Path) -> bool {
    let when = |path: &Path| path.metadata().and_then(|about| about.modified()).ok();
    matches!((when(package), when(program)), (Some(made), Some(built)) if made >= built)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_package_of_older_programs_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let (package, program) = (folder.path().join("p"), folder.path().join("x"));
        fs::write(&package, "").unwrap();
        assert!(!newer(&package, &program));
        fs::write(&program, "").unwrap();
        let at = |path: &Path, seconds| {
            let then = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(then)
                .unwrap();
        };
        at(&package, 10);
        at(&program, 20);
        assert!(!newer(&package, &program));
        at(&package, 30);
        assert!(newer(&package, &program));
    }
}
