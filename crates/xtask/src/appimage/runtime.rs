//! The head of the AppImage, which mounts what is behind it: compiled of `runtime/*.c` and the static libraries that
//! Debian has of squashfuse and libfuse. So it needs no library on the system that it is started on, as the runtime
//! of the AppImage project (<https://github.com/AppImage/type2-runtime>), which no package registry carries;
//! `READDRESS_APPIMAGE_RUNTIME` names a file to take in its place.

use super::elf;
use crate::place::Place;
use crate::{Outcome, process};
use std::path::{Path, PathBuf};

/// Bytes 8 to 10: an AppImage of type 2 (<https://github.com/AppImage/AppImageSpec/blob/master/draft.md>).
const MAGIC: &[u8] = b"AI\x02";
const MAGIC_AT: usize = 8;

const SOURCES: &[&str] = &["main.c", "image.c", "mount.c", "unpackers.c"];

/// The runtime's bytes; the image goes right behind them.
///
/// # Errors
/// It does not compile, or is not a program that an image can follow.
pub fn bytes(place: &Place, folder: &Path) -> Outcome<Vec<u8>> {
    let mut bytes = match std::env::var_os("READDRESS_APPIMAGE_RUNTIME") {
        Some(other) => elf::read(&PathBuf::from(other))?,
        None => {
            let to = folder.join("runtime");
            compile(&place.root, &to)?;
            elf::read(&to)?
        }
    };
    sign(&mut bytes)?;
    Ok(bytes)
}

fn compile(root: &Path, to: &Path) -> Outcome {
    let sources = root.join("crates/xtask/appimage/runtime");
    let mut cc = process::command(
        "cc",
        &[
            "-std=gnu11",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-static",
            "-s",
            "-D_GNU_SOURCE",
            "-D_FILE_OFFSET_BITS=64",
            "-o",
        ],
    );
    cc.arg(to);
    for source in SOURCES {
        cc.arg(sources.join(source));
    }
    let libraries = ["squashfuse", "fuse", "zstd", "lzma", "z", "pthread"];
    cc.args(libraries.map(|name| format!("-l{name}")));
    elf::ask(&mut cc).map(drop)
}

/// Writes the magic bytes into the place that ELF leaves free.
fn sign(bytes: &mut [u8]) -> Outcome {
    if bytes.get(..4) != Some(b"\x7fELF") || end_of_program(bytes) != Some(bytes.len()) {
        return Err("The AppImage's runtime is not a program that an image can follow.".to_owned());
    }
    bytes[MAGIC_AT..MAGIC_AT + MAGIC.len()].copy_from_slice(MAGIC);
    Ok(())
}

/// Where the table of sections ends, the last thing in a 64-bit program: the runtime looks for the image there.
fn end_of_program(bytes: &[u8]) -> Option<usize> {
    let two = |at: usize| {
        Some(usize::from(u16::from_le_bytes(
            bytes.get(at..at + 2)?.try_into().ok()?,
        )))
    };
    let table = u64::from_le_bytes(bytes.get(0x28..0x30)?.try_into().ok()?);
    Some(usize::try_from(table).ok()? + two(0x3a)? * two(0x3c)?)
}

#[cfg(all(test, target_os = "linux"))]
#[path = "runtime_tests.rs"]
mod started;

#[cfg(test)]
mod tests {
    use super::*;

    fn program(sections: u16) -> Vec<u8> {
        let mut bytes = vec![0; 0x40];
        bytes[..4].copy_from_slice(b"\x7fELF");
        bytes[0x28..0x30].copy_from_slice(&0x40u64.to_le_bytes());
        bytes[0x3a..0x3c].copy_from_slice(&64u16.to_le_bytes());
        bytes[0x3c..0x3e].copy_from_slice(&sections.to_le_bytes());
        bytes.resize(0x40 + 64 * usize::from(sections), 0);
        bytes
    }

    #[test]
    fn the_program_says_where_it_ends() {
        assert_eq!(end_of_program(&program(3)), Some(0x40 + 3 * 64));
        assert_eq!(end_of_program(b"short"), None);
    }

    #[test]
    fn only_a_whole_program_is_signed() {
        let mut whole = program(2);
        sign(&mut whole).unwrap();
        assert_eq!(&whole[8..11], MAGIC);
        let mut longer = program(2);
        longer.push(0);
        assert!(sign(&mut longer).is_err());
        assert!(sign(&mut b"#!/bin/sh".to_vec()).is_err());
    }
}
