//! `WebKit`'s helper programs, and where its library looks for them.
//!
//! The library names their folder by a path that was fixed when it was compiled; there is no setting for it in a
//! release build. The path is overwritten, equally long, by one that holds in every mount: a descriptor that
//! AppRun opens. (A path relative to the working folder is what other tools put there; then the program must be
//! started in the image, and every file dialog begins in it.)

use super::elf;
use crate::Outcome;
use std::fs;
use std::path::{Path, PathBuf};

pub const LIBRARY: &str = "libwebkit2gtk-4.1.so.0";

/// Where the helpers lie in the AppDir.
pub const HELPERS: &str = "usr/libexec/webkit";

/// AppRun opens [`HELPERS`] as this.
const BY_DESCRIPTOR: &[u8] = b"/proc/self/fd/9";

/// The web process, where the descriptor is not open, loads this one itself; the loader puts the folder of the
/// libraries in for `$ORIGIN`.
const BUNDLE: &[u8] = b"$ORIGIN/injected-bundle/";

const PROGRAMS: &[&str] = &[
    "WebKitWebProcess",
    "WebKitNetworkProcess",
    "WebKitGPUProcess",
];

/// The two folders that the library was compiled with.
#[derive(Debug, PartialEq, Eq)]
struct Folders {
    helpers: Vec<u8>,
    bundle: Vec<u8>,
}

/// Takes over the helpers of the library at `library`. Answers with the files that were taken.
///
/// # Errors
/// This `WebKit` is laid out in another way, or a file cannot be copied.
pub fn take_helpers(library: &Path, appdir: &Path) -> Outcome<Vec<PathBuf>> {
    let folders = folders_in(&elf::read(library)?).ok_or_else(|| unknown(library))?;
    let helpers = PathBuf::from(String::from_utf8_lossy(&folders.helpers).into_owned());
    let bundle = PathBuf::from(String::from_utf8_lossy(&folders.bundle).into_owned());
    let mut taken = Vec::new();
    for program in PROGRAMS {
        let from = helpers.join(program);
        // An older WebKit has no process of its own for the graphics.
        if from.is_file() || *program != "WebKitGPUProcess" {
            elf::copy(&from, &appdir.join(HELPERS).join(program))?;
            taken.push(from);
        }
    }
    let extension = "libwebkit2gtkinjectedbundle.so";
    let inside = appdir
        .join(elf::LIBRARIES)
        .join("injected-bundle")
        .join(extension);
    elf::copy(&bundle.join(extension), &inside)?;
    taken.push(bundle.join(extension));
    Ok(taken)
}

/// Overwrites both folders in the bundled library.
///
/// # Errors
/// They are not there, or longer ones than fit.
pub fn point_inside(appdir: &Path) -> Outcome {
    let library = appdir.join(elf::LIBRARIES).join(LIBRARY);
    let mut bytes = elf::read(&library)?;
    let folders = folders_in(&bytes).ok_or_else(|| unknown(&library))?;
    let well = overwrite(&mut bytes, &folders.helpers, BY_DESCRIPTOR)
        && overwrite(&mut bytes, &folders.bundle, BUNDLE);
    if !well {
        return Err(unknown(&library));
    }
    fs::write(&library, bytes).map_err(|why| format!("{}: {why}", library.display()))
}

fn unknown(library: &Path) -> String {
    format!(
        "{} does not name its helpers' folder in the way that is known: the AppImage would use the system's. See appimage/webkit.rs.",
        library.display()
    )
}

/// Finds the folders by how they end; each must be there exactly once.
fn folders_in(bytes: &[u8]) -> Option<Folders> {
    Some(Folders {
        helpers: the_one(bytes, b"/webkit2gtk-4.1\0")?,
        bundle: the_one(bytes, b"/webkit2gtk-4.1/injected-bundle/\0")?,
    })
}

/// The only string with this end, without its closing zero.
fn the_one(bytes: &[u8], end: &[u8]) -> Option<Vec<u8>> {
    let mut found = bytes
        .windows(end.len())
        .enumerate()
        .filter(|(_, window)| *window == end)
        .map(|(at, _)| at);
    let at = found.next()?;
    if found.next().is_some() {
        return None;
    }
    let start = bytes[..at].iter().rposition(|byte| *byte == 0)? + 1;
    let whole = &bytes[start..at + end.len() - 1];
    whole.starts_with(b"/").then(|| whole.to_vec())
}

/// Puts `new` in the place of the whole string `old`, filled up by slashes, which a path may have any number of.
fn overwrite(bytes: &mut [u8], old: &[u8], new: &[u8]) -> bool {
    let whole = [b"\0", old, b"\0"].concat();
    let Some(at) = bytes
        .windows(whole.len())
        .position(|window| window == whole)
    else {
        return false;
    };
    if new.len() > old.len() {
        return false;
    }
    let place = &mut bytes[at + 1..=at + old.len()];
    place.fill(b'/');
    place[..new.len()].copy_from_slice(new);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIBRARY: &[u8] = b"\x7fELF\0/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1\0other\0\
        /usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/injected-bundle/\0end";

    #[test]
    fn both_folders_are_found() {
        let folders = folders_in(LIBRARY).unwrap();
        assert_eq!(folders.helpers, b"/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1");
        assert_eq!(
            folders.bundle,
            b"/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/injected-bundle/"
        );
    }

    #[test]
    fn a_folder_that_is_named_twice_is_not_guessed_at() {
        let twice = [LIBRARY, b"\0/opt/webkit2gtk-4.1\0"].concat();
        assert_eq!(folders_in(&twice), None);
        assert_eq!(folders_in(b"\0nothing\0"), None);
    }

    #[test]
    fn nothing_is_moved_when_a_folder_is_overwritten() {
        let mut bytes = LIBRARY.to_vec();
        let folders = folders_in(&bytes).unwrap();
        assert!(overwrite(&mut bytes, &folders.helpers, BY_DESCRIPTOR));
        assert!(overwrite(&mut bytes, &folders.bundle, BUNDLE));
        assert_eq!(bytes.len(), LIBRARY.len());
        let text = String::from_utf8(bytes[4..].to_vec()).unwrap();
        let strings: Vec<&str> = text.split('\0').collect();
        assert_eq!(strings[1].len(), folders.helpers.len());
        assert_eq!(strings[1].trim_end_matches('/'), "/proc/self/fd/9");
        assert_eq!(strings[2], "other");
        assert_eq!(strings[3].trim_end_matches('/'), "$ORIGIN/injected-bundle");
        assert_eq!(strings[4], "end");
    }

    #[test]
    fn what_does_not_fit_is_left() {
        let mut bytes = b"\0/a/webkit2gtk-4.1\0".to_vec();
        assert!(!overwrite(
            &mut bytes,
            b"/a/webkit2gtk-4.1",
            b"/much/longer/than/what/was/there"
        ));
        assert_eq!(bytes, b"\0/a/webkit2gtk-4.1\0");
    }
}
