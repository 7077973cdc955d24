//! What takes the place of Apple's C compiler where there is none: programs that write empty files.
//!
//! A check reads no object file, but build scripts want to have made one (SQLite, ring). So the C of these crates is not
//! looked at, and nothing that is made this way can be linked.

use crate::Outcome;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Writes an empty file where an object was asked for.
const CC: &str = "\
#!/bin/sh
out=
while [ $# -gt 0 ]; do
  case \"$1\" in
    -o) out=$2; shift ;;
    -o*) out=${1#-o} ;;
  esac
  shift
done
[ -z \"$out\" ] || : > \"$out\"
";

/// Writes an empty archive.
const AR: &str = "\
#!/bin/sh
for word; do
  case \"$word\" in *.a) : > \"$word\" ;; esac
done
";

/// Writes them into `folder`, and lets build scripts of `cargo` take them for `target`.
pub fn put(folder: &Path, target: &str, cargo: &mut Command) -> Outcome {
    let said = |why: std::io::Error| format!("{}: {why}", folder.display());
    let sdk = folder.join("sdk");
    fs::create_dir_all(&sdk).map_err(said)?;
    for (name, text) in [("cc", CC), ("ar", AR)] {
        fs::write(folder.join(name), text).map_err(said)?;
    }
    let mut executable = Command::new("chmod");
    executable.args(["+x", "cc", "ar"]).current_dir(folder);
    crate::process::show_and_run(&mut executable)?;
    // As the crate `cc` asks for them; it would call Apple's `xcrun` for the SDK otherwise.
    let target = target.replace('-', "_");
    for (name, program) in [("CC", "cc"), ("CXX", "cc"), ("AR", "ar")] {
        cargo.env(format!("{name}_{target}"), folder.join(program));
    }
    cargo.env("SDKROOT", sdk);
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn they_make_empty_files_of_the_asked_names() {
        let place = tempfile::tempdir().unwrap();
        let mut cargo = Command::new("cargo");
        put(place.path(), "aarch64-apple-darwin", &mut cargo).unwrap();
        let told: Vec<_> = cargo.get_envs().map(|(name, _)| name).collect();
        assert!(
            told.contains(&"CC_aarch64_apple_darwin".as_ref()),
            "{told:?}"
        );
        for words in [
            &["cc", "-c", "x.c", "-o", "a.o"][..],
            &["cc", "-ob.o", "x.c"],
            &["ar", "crs", "lib.a", "a.o", "b.o"],
        ] {
            let mut command = Command::new(place.path().join(words[0]));
            let status = command.args(&words[1..]).current_dir(&place).status();
            assert!(status.unwrap().success(), "{words:?}");
        }
        for file in ["a.o", "b.o", "lib.a"] {
            assert_eq!(fs::metadata(place.path().join(file)).unwrap().len(), 0);
        }
    }
}
