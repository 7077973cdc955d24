//! Windows' and macOS' packages: what Tauri is asked for, and where the finished files go.
//!
//! None of this can run on Linux. So what can be decided without running is decided in functions that the tests call
//! for each system, here: arguments, settings, names.

use super::names::{self, Kind};
use super::stage::{self, Stage};
use super::{Profile, System, compile, notices, signing, tauri};
use crate::place::Place;
use crate::{Outcome, page, process};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The two that a universal program of macOS is joined of.
pub const APPLE: [&str; 2] = ["aarch64-apple-darwin", "x86_64-apple-darwin"];
/// What Tauri calls them joined.
pub const UNIVERSAL: &str = "universal-apple-darwin";
/// As tauri.conf.json has them for the MSI; each language is a file.
const WIZARDS: [&str; 3] = ["en-US", "pt-BR", "es-ES"];

/// Builds both programs for each architecture that the packages are for.
///
/// # Errors
/// As [`compile::programs`].
pub fn build(place: &Place, system: System) -> Outcome {
    if system != System::MacOs {
        return compile::programs(place, Profile::Release, &[]);
    }
    process::show_and_run(process::command("rustup", &["target", "add"]).args(APPLE))?;
    compile::programs(place, Profile::Release, &APPLE)
}

/// Packs what is built, and puts the packages into their folder.
///
/// # Errors
/// A program was not built, or a tool fails.
pub fn packages(place: &Place, system: System) -> Outcome<Vec<PathBuf>> {
    page::install_packages(&place.ui())?;
    let stage = stage(place, system)?;
    let signed = signing::will_be(system, &signing::variable);
    let third = stage.folder().join("third-party.txt");
    let triple = if system == System::MacOs {
        APPLE[0]
    } else {
        &stage.triple
    };
    fs::write(&third, notices::text(place, triple)?).map_err(|why| told(&third, &why))?;
    let config = settings(
        tauri::config(&stage, None),
        system,
        &place.root,
        &third,
        &signing::variable,
    );
    let mut command = tauri::bundle(place, &stage, Profile::Release, kinds(system), &config)?;
    if system == System::MacOs {
        command.args(["--target", UNIVERSAL]);
        if let Some(identity) = signing::seal(&signing::variable) {
            command.env("APPLE_SIGNING_IDENTITY", identity);
        }
    }
    process::show_and_run(&mut command)?;
    let made = stage.folder().join("bundle");
    let finished = place.packages(Profile::Release.folder());
    fs::create_dir_all(&finished).map_err(|why| told(&finished, &why))?;
    let version = place.version()?;
    let mut all = Vec::new();
    for (from, to) in outputs(system, &version, std::env::consts::ARCH, signed) {
        let to = finished.join(to);
        fs::copy(made.join(&from), &to).map_err(|why| told(&made.join(&from), &why))?;
        all.push(to);
    }
    if !signed {
        println!("{}", signing::warning(system));
    }
    Ok(all)
}

fn told(path: &Path, why: &std::io::Error) -> String {
    format!("{}: {why}", path.display())
}

/// The programs where Tauri looks for them; joined of two on macOS.
fn stage(place: &Place, system: System) -> Outcome<Stage> {
    if system != System::MacOs {
        return Stage::fill(place, Profile::Release);
    }
    let target = place.staging();
    let folder = target.join(UNIVERSAL).join(Profile::Release.folder());
    fs::create_dir_all(&folder).map_err(|why| told(&folder, &why))?;
    let stage = Stage {
        app: folder.join("readdress"),
        cli: folder.join(format!("{}-{UNIVERSAL}", stage::CLI)),
        target,
        triple: UNIVERSAL.to_owned(),
    };
    for (program, to) in [("readdress", &stage.app), (stage::CLI, &stage.cli)] {
        process::show_and_run(&mut lipo(place.target(), program, to))?;
    }
    Ok(stage)
}

fn lipo(target: &Path, program: &str, to: &Path) -> Command {
    let mut join = process::command("lipo", &["-create", "-output"]);
    join.arg(to);
    for triple in APPLE {
        join.arg(target.join(triple).join("release").join(program));
    }
    join
}

const fn kinds(system: System) -> &'static str {
    match system {
        System::Linux => "deb",
        System::Windows => "nsis,msi",
        System::MacOs => "app,dmg",
    }
}

/// Adds to what every package is told: the licences, and how to sign.
fn settings(
    mut config: Value,
    system: System,
    root: &Path,
    third: &Path,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Value {
    let path = |path: PathBuf| path.to_string_lossy().into_owned();
    config["bundle"]["resources"] = json!({
        path(root.join("LICENSE-MIT")): "LICENSE-MIT.txt",
        path(root.join("LICENSE-APACHE")): "LICENSE-APACHE.txt",
        path(third.to_owned()): "third-party.txt",
    });
    if system == System::Windows
        && let Some(how) = signing::windows(variable)
    {
        config["bundle"]["windows"] = how;
    }
    config
}

/// `(what Tauri made, under its bundle folder; what it is called by us)`.
fn outputs(system: System, version: &str, arch: &str, signed: bool) -> Vec<(PathBuf, String)> {
    let tauris = |kind: Kind| names::name(kind, version, arch, true);
    let ours = |kind: Kind| names::name(kind, version, arch, signed);
    let of = |folder: &str, kind: Kind| (Path::new(folder).join(tauris(kind)), ours(kind));
    match system {
        System::Linux => Vec::new(),
        System::Windows => std::iter::once(of("nsis", Kind::Nsis))
            .chain(WIZARDS.map(|language| of("msi", Kind::Msi(language))))
            .collect(),
        System::MacOs => vec![of("dmg", Kind::Dmg)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conf() -> Value {
        serde_json::from_str(include_str!("../../../../tauri.conf.json")).unwrap()
    }

    #[test]
    fn every_language_of_the_installer_is_taken() {
        let languages = &conf()["bundle"]["windows"]["wix"]["language"];
        assert_eq!(*languages, json!(WIZARDS));
        let outputs = outputs(System::Windows, "0.1.0", "x86_64", false);
        let from: Vec<_> = outputs
            .iter()
            .map(|(from, _)| from.to_string_lossy().replace('\\', "/"))
            .collect();
        assert_eq!(from[0], "nsis/Readdress_0.1.0_x64-setup.exe");
        assert_eq!(from[2], "msi/Readdress_0.1.0_x64_pt-BR.msi");
        assert_eq!(outputs[2].1, "Readdress_0.1.0_x64_pt-BR-unsigned.msi");
        assert_eq!(outputs.len(), 1 + WIZARDS.len());
    }

    #[test]
    fn tauri_names_its_files_after_the_product() {
        for text in [
            include_str!("../../../../tauri.windows.conf.json"),
            include_str!("../../../../tauri.macos.conf.json"),
        ] {
            let conf: Value = serde_json::from_str(text).unwrap();
            assert_eq!(conf["productName"], "Readdress");
            // Shown to people. Debian's wants an address behind it.
            assert_eq!(conf["bundle"]["publisher"], "The Readdress contributors");
        }
        // On Linux the package's name, and the desktop file's, which GTK looks for by the program's name.
        assert_eq!(conf()["productName"], "readdress");
    }

    #[test]
    fn a_mac_package_is_for_both_architectures() {
        let join = lipo(Path::new("target"), "readdress-cli", Path::new("out"));
        assert_eq!(
            process::typed(&join).replace('\\', "/"),
            "lipo -create -output out target/aarch64-apple-darwin/release/readdress-cli target/x86_64-apple-darwin/release/readdress-cli"
        );
        assert_eq!(
            outputs(System::MacOs, "0.1.0", "aarch64", true)[0].1,
            "Readdress_0.1.0_universal.dmg"
        );
    }

    #[test]
    fn licences_lie_beside_the_programs_and_signing_is_told_where_it_can_be() {
        let some =
            |name: &str| (name == "WINDOWS_CERTIFICATE_THUMBPRINT").then(|| "AB12".to_owned());
        let of = |system| {
            settings(
                json!({ "bundle": {} }),
                system,
                Path::new("/r"),
                Path::new("/t/third-party.txt"),
                &some,
            )
        };
        let windows = of(System::Windows);
        assert_eq!(
            windows["bundle"]["resources"]["/t/third-party.txt"],
            "third-party.txt"
        );
        assert_eq!(
            windows["bundle"]["windows"]["certificateThumbprint"],
            "AB12"
        );
        assert_eq!(of(System::MacOs)["bundle"].get("windows"), None);
    }

    #[test]
    fn service_files_belong_to_the_app() {
        let association = &conf()["bundle"]["fileAssociations"][0];
        assert_eq!(association["ext"], json!(["readdress"]));
        assert_eq!(association["mimeType"], "application/x-readdress-service");
    }
}
