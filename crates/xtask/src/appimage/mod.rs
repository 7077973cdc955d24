//! The AppImage: one file with both programs, `WebKit` and all that they need, for any Linux with a desktop.
//!
//! Own steps, because no package registry carries the usual tools (linuxdeploy, appimagetool, their runtime). Not
//! here: the .deb that it is made of (`bundle`).

mod elf;
mod gtk;
mod host;
mod layout;
mod libraries;
mod licences;
mod proof;
mod runtime;
mod standins;
mod webkit;

use crate::bundle::{self, Kind, Profile, epoch, name};
use crate::place::Place;
use crate::{Outcome, process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes the AppImage of what is in `deb`, into the folder of finished packages.
///
/// # Errors
/// A tool or a library is missing, or something in the AppImage would be looked for outside and not be found there.
pub fn build(place: &Place, profile: Profile, deb: &Path) -> Outcome<PathBuf> {
    let folder = place.staging().join(profile.folder()).join("appimage");
    let appdir = folder.join("AppDir");
    layout::unpack(deb, &appdir)?;
    let program = appdir.join("usr/bin/readdress");
    let webkit = elf::found_by_loader(&program)?
        .into_iter()
        .find_map(|(name, place)| (name == webkit::LIBRARY).then_some(place))
        .ok_or("readdress is not linked with WebKitGTK.")?;
    let webkit = webkit
        .canonicalize()
        .map_err(|why| format!("{}: {why}", webkit.display()))?;
    let mut taken = webkit::take_helpers(&webkit, &appdir)?;
    taken.extend(gtk::take(webkit.parent().unwrap_or(&webkit), &appdir)?);
    let from: Vec<_> = taken
        .iter()
        .filter(|file| elf::is_elf(file))
        .cloned()
        .collect();
    taken.extend(libraries::take(&appdir, &from)?);
    licences::take(&taken, &appdir)?;
    webkit::point_inside(&appdir)?;
    libraries::bind(&appdir)?;
    libraries::check(&appdir)?;
    let packages = place.packages(profile.folder());
    fs::create_dir_all(&packages).map_err(|why| format!("{}: {why}", packages.display()))?;
    let arch = std::env::consts::ARCH;
    let version = place.version()?;
    let appimage = packages.join(name(Kind::AppImage, &version, arch, true));
    let image = folder.join("image.squashfs");
    squeeze(&appdir, &image, profile, epoch(place))?;
    let mut bytes = runtime::bytes(place, &folder)?;
    bytes.extend(elf::read(&image)?);
    fs::write(&appimage, bytes).map_err(|why| format!("{}: {why}", appimage.display()))?;
    process::quietly(process::command("chmod", &["755"]).arg(&appimage))?;
    proof::answers(&appimage, &version)?;
    Ok(appimage)
}

/// What the gate looks at: an AppImage of its own debug build, whole, and started.
///
/// # Errors
/// The first thing that is not as it should be.
pub fn look(place: &Place) -> Outcome {
    let deb = bundle::deb(place, Profile::Debug, None)?;
    let appimage = build(place, Profile::Debug, &deb)?;
    prove(place, &appimage)
}

/// Starts the window of a built AppImage where the system's `WebKit` is hidden; says how long it took to be usable.
///
/// # Errors
/// It does not come up, or leaves something behind.
pub fn prove(place: &Place, appimage: &Path) -> Outcome {
    let folder = place.notes().join("appimage");
    let took = proof::comes_up(place, appimage, &folder)?;
    println!(
        "The AppImage's window is usable after {} ms.",
        took.as_millis()
    );
    Ok(())
}

/// Zstandard, which is unpacked several times as fast as what older images are made of. In blocks of 128 KiB, what the
/// kernel asks for at once: twice that is 4 % smaller, and serving it costs 40 % more at each start.
fn squeeze(appdir: &Path, to: &Path, profile: Profile, epoch: u64) -> Outcome {
    let level = match profile {
        Profile::Debug => "1",
        Profile::Release => "22",
    };
    let _ = fs::remove_file(to);
    let words = [
        "-quiet",
        "-no-progress",
        "-noappend",
        "-root-owned",
        "-no-xattrs",
    ];
    let mut make = Command::new("mksquashfs");
    make.arg(appdir).arg(to).args(words);
    make.args(["-b", "128K", "-comp", "zstd", "-Xcompression-level", level]);
    // The same content gives the same file.
    make.env("SOURCE_DATE_EPOCH", epoch.to_string());
    process::quietly(&mut make)
}
