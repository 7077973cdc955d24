//! The .rpm: the files of the .deb in the places of Fedora and openSUSE, packed by rpmbuild.
//!
//! Not Tauri's: rpmbuild reads out of the programs which libraries, and which versions of the C library, they need, and
//! names them as both families know them; it keeps the changelog, and knows what is a licence or a manual page.

use super::contents::{self, Family};
use super::names::{self, Kind};
use super::settings::{self, Settings};
use super::stage::Stage;
use super::{Profile, deb, made, tree};
use crate::place::Place;
use crate::{Outcome, process};
use std::fs;
use std::path::{Path, PathBuf};

/// What Tauri wrote into the app for the .deb, and what an updater would have to find in the .rpm.
const KINDS: [&[u8]; 2] = [
    b"__TAURI_BUNDLE_TYPE_VAR_DEB",
    b"__TAURI_BUNDLE_TYPE_VAR_RPM",
];

/// Makes the .rpm out of what [`deb::deb`] left, and says where it is.
///
/// # Errors
/// There was no .deb before, or rpmbuild is missing or fails.
pub fn rpm(place: &Place, profile: Profile, version: &str) -> Outcome<PathBuf> {
    let stage = Stage::of(place, profile)?;
    let folder = stage.folder().join("rpm");
    tree::remove(&folder)?;
    let files = folder.join("files");
    let from_deb = deb::tree_of(&stage);
    for place in contents::BY_TAURI {
        tree::put(&files, place, &from_deb.join(place.trim_start_matches('/')))?;
    }
    name_kind(&files.join("usr/bin/readdress"))?;
    let made = stage.folder().join("made");
    for (to, from) in contents::files(place, &made, Family::Rpm) {
        tree::put(&files, &to, &from)?;
    }
    let epoch = made::epoch(place);
    tree::set_times(&files, epoch)?;
    let changelog = made.join("changelog.rpm");
    let changelog =
        fs::read_to_string(&changelog).map_err(|why| format!("{}: {why}", changelog.display()))?;
    let text = spec(
        &settings::of(place)?,
        version,
        &tree::list(&files)?,
        &changelog,
    );
    let spec = folder.join("readdress.spec");
    fs::write(&spec, text).map_err(|why| format!("{}: {why}", spec.display()))?;
    let mut build = process::command("rpmbuild", &["-bb", "--nodeps"]);
    for (name, value) in macros(profile, &folder, &files) {
        build.arg("--define").arg(format!("{name} {value}"));
    }
    build
        .arg(format!("--target={}", std::env::consts::ARCH))
        .arg(&spec)
        .env("SOURCE_DATE_EPOCH", epoch.to_string());
    process::quietly(&mut build)?;
    let name = names::name(Kind::Rpm, version, std::env::consts::ARCH, true);
    let finished = place.packages(profile.folder()).join(&name);
    fs::copy(folder.join("out").join(&name), &finished)
        .map(|_| finished)
        .map_err(|why| format!("{name}: {why}"))
}

/// Same length, so that nothing else moves.
fn name_kind(program: &Path) -> Outcome {
    let mut bytes = fs::read(program).map_err(|why| format!("{}: {why}", program.display()))?;
    let [deb, rpm] = KINDS;
    if let Some(at) = bytes.windows(deb.len()).position(|part| part == deb) {
        bytes[at..at + rpm.len()].copy_from_slice(rpm);
        fs::write(program, bytes).map_err(|why| format!("{}: {why}", program.display()))?;
    }
    Ok(())
}

/// What rpmbuild does not do here: it strips nothing (that is done), compresses no manual (done), and writes down
/// neither this machine's name nor the hour.
fn macros(profile: Profile, folder: &Path, files: &Path) -> Vec<(&'static str, String)> {
    let payload = match profile {
        Profile::Debug => "w1.gzdio",
        Profile::Release => "w9.xzdio",
    };
    vec![
        ("_topdir", folder.join("top").display().to_string()),
        ("_rpmdir", folder.join("out").display().to_string()),
        (
            "_rpmfilename",
            "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm".to_owned(),
        ),
        ("files_made", files.display().to_string()),
        ("_binary_payload", payload.to_owned()),
        ("_buildhost", "localhost".to_owned()),
        ("use_source_date_epoch_as_buildtime", "1".to_owned()),
        ("clamp_mtime_to_source_date_epoch", "1".to_owned()),
        ("__os_install_post", "%{nil}".to_owned()),
        ("debug_package", "%{nil}".to_owned()),
        ("_build_id_links", "none".to_owned()),
    ]
}

fn spec(about: &Settings, version: &str, files: &[String], changelog: &str) -> String {
    let Settings {
        publisher,
        homepage,
        licence,
        summary,
        description,
    } = about;
    let files: String = files.iter().map(|place| line_of(place)).collect();
    format!(
        "Name: readdress
Version: {version}
Release: 1
Summary: {summary}
License: {licence}
URL: {homepage}
Packager: {publisher}
Requires: ca-certificates
Requires: hicolor-icon-theme
Requires: (mesa-dri-drivers or Mesa-dri)
Recommends: (gnome-keyring or kf6-kwallet or kwalletd6 or keepassxc)
Recommends: xdg-utils

%description
{description}

%install
cp -a %{{files_made}}/. %{{buildroot}}/

%files
%defattr(-,root,root)
%dir /usr/share/licenses/readdress
{files}
%changelog
{changelog}",
        version = names::sortable(version),
    )
}

/// A file of the package, marked for what it is.
fn line_of(place: &str) -> String {
    let mark = if place.starts_with("/usr/share/licenses/") {
        "%license "
    } else if place.starts_with("/usr/share/man/") {
        "%doc "
    } else {
        ""
    };
    format!("{mark}{place}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_package_is_named_in_the_app() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("app");
        fs::write(&program, b"before__TAURI_BUNDLE_TYPE_VAR_DEBafter").unwrap();
        name_kind(&program).unwrap();
        assert_eq!(
            fs::read(&program).unwrap(),
            b"before__TAURI_BUNDLE_TYPE_VAR_RPMafter"
        );
    }

    #[test]
    fn the_spec_marks_licences_and_manuals() {
        let about = Settings {
            publisher: "A <a@example.org>".into(),
            homepage: "https://example.org".into(),
            licence: "MIT".into(),
            summary: "One line".into(),
            description: "More.".into(),
        };
        let files = [
            "/usr/bin/readdress",
            "/usr/share/licenses/readdress/LICENSE-MIT",
            "/usr/share/man/man1/readdress.1.gz",
        ];
        let text = spec(
            &about,
            "0.2.0-rc.1",
            &files.map(str::to_owned),
            "* Fri\n- x\n",
        );
        assert!(text.contains("Version: 0.2.0~rc.1\n"));
        assert!(text.contains("\n/usr/bin/readdress\n%license /usr/share/licenses/readdress/LICENSE-MIT\n%doc /usr/share/man"));
        assert!(text.ends_with("%changelog\n* Fri\n- x\n"));
    }
}
