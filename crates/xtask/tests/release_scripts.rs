//! The scripts of the release workflow, run as it runs them, with stand-ins for `cargo`, `gh` and `uname` that write down
//! how they were called.
//!
//! Not here: what runs on Windows and macOS only (`try-windows.sh`, `try-macos.sh`, `windows-certificate.ps1`).
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder to work in, with the stand-ins in `bin`.
struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        Self { folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program of that name: `$calls` is the file in which it may write.
    fn stand_in(&self, name: &str, script: &str) {
        let path = self.at("bin").join(name);
        fs::write(
            &path,
            format!(
                "#!/bin/sh\ncalls={}\n{script}\n",
                self.at("calls").display()
            ),
        )
        .unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, script: &str, words: &[&str], env: &[(&str, &str)]) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../.github/scripts")
            .join(script);
        let path = format!(
            "{}:{}",
            self.at("bin").display(),
            std::env::var("PATH").unwrap()
        );
        let mut command = Command::new(script);
        command
            .args(words)
            .current_dir(self.folder.path())
            .env("PATH", path);
        command
            .env("GITHUB_OUTPUT", self.at("output"))
            .env("GITHUB_STEP_SUMMARY", self.at("summary"));
        command.envs(env.iter().copied()).output().unwrap()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap_or_default()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

const CARGO: &str = r#"echo "$*" >>"$calls"
case "$*" in
  "xtask version --tag v1.2.3" | "xtask version") echo 1.2.3 ;;
  "xtask version --tag"*) echo "another version" >&2; exit 1 ;;
  "xtask notes 1.2.3") [ -z "$NO_NOTES" ] && echo "- New." ;;
esac"#;

#[test]
fn a_tag_is_a_release_and_anything_else_a_dry_run() {
    let of = |kind: &str, name: &str, more: &[(&str, &str)]| {
        let stage = Stage::new();
        stage.stand_in("cargo", CARGO);
        let env = [&[("REF_TYPE", kind), ("REF_NAME", name)], more].concat();
        let well = stage
            .run("what-is-released.sh", &["notes.md"], &env)
            .status
            .success();
        (well, stage.read("output"), stage.read("notes.md"))
    };
    let (well, output, notes) = of("tag", "v1.2.3", &[]);
    assert_eq!(
        (well, output.as_str(), notes.as_str()),
        (true, "version=1.2.3\nenvironment=release\n", "- New.\n")
    );
    let (well, output, _) = of("branch", "main", &[("NO_NOTES", "1")]);
    assert_eq!(
        (well, output.as_str()),
        (true, "version=1.2.3\nenvironment=dry-run\n")
    );
    assert!(!of("tag", "v9.9.9", &[]).0);
    assert!(!of("tag", "v1.2.3", &[("NO_NOTES", "1")]).0);
}

#[test]
fn an_unsigned_build_sees_no_key_and_a_signed_one_needs_them_all() {
    let keys = [
        "APPLE_CERTIFICATE",
        "APPLE_CERTIFICATE_PASSWORD",
        "APPLE_ID",
        "APPLE_PASSWORD",
        "APPLE_TEAM_ID",
    ];
    let of = |system: &str, words: &[&str], env: &[(&str, &str)]| {
        let stage = Stage::new();
        stage.stand_in("uname", &format!("echo {system}"));
        stage.stand_in(
            "cargo",
            r#"echo "$* ${APPLE_CERTIFICATE-none} ${APPLE_SIGNING_IDENTITY-none}" >"$calls""#,
        );
        let output = stage.run("bundle.sh", words, env);
        (output.status.success(), stage.read("calls"), said(&output))
    };
    let all: Vec<_> = keys.iter().map(|key| (*key, "secret")).collect();
    let (well, calls, ..) = of("Darwin", &[], &all);
    assert_eq!((well, calls.as_str()), (true, "xtask bundle none -\n"));
    let (well, calls, _) = of("Darwin", &["signed"], &all);
    assert_eq!(
        (well, calls.as_str()),
        (true, "xtask bundle --built secret none\n")
    );
    let mut half = all.clone();
    half[3].1 = "";
    let (well, calls, why) = of("Darwin", &["signed"], &half);
    assert!(
        !well && calls.is_empty() && why.contains("APPLE_PASSWORD") && !why.contains("secret"),
        "{why}"
    );
    assert!(!of("MINGW64_NT-10.0-26100", &["signed"], &[]).0);
    assert!(
        of(
            "MINGW64_NT-10.0-26100",
            &["signed"],
            &[("WINDOWS_CERTIFICATE_THUMBPRINT", "ab")]
        )
        .0
    );
    assert_eq!(of("Linux", &[], &[]).1, "xtask bundle none none\n");
    assert!(!of("Linux", &["signed"], &[]).0 && !of("Linux", &["sined"], &[]).0);
}

const LINUX: [&str; 4] = [
    "readdress_1.2.3_amd64.deb",
    "readdress-1.2.3-1.x86_64.rpm",
    "Readdress-1.2.3-x86_64.AppImage",
    "readdress-1.2.3.cdx.json",
];
const WINDOWS: [&str; 4] = [
    "Readdress_1.2.3_x64-setup-unsigned.exe",
    "Readdress_1.2.3_x64_en-US.msi",
    "Readdress_1.2.3_x64_es-ES.msi",
    "Readdress_1.2.3_x64_pt-BR.msi",
];
const MACOS: &str = "Readdress_1.2.3_universal.dmg";

fn made() -> Stage {
    let stage = Stage::new();
    for name in LINUX {
        stage.put(&format!("made/packages-linux/{name}"), name);
    }
    for name in WINDOWS {
        stage.put(&format!("made/packages-windows/{name}"), name);
    }
    stage.put(&format!("made/packages-macos/{MACOS}"), MACOS);
    stage
}

#[test]
fn the_packages_of_all_systems_come_together_with_one_list_of_checksums() {
    let collect = |stage: &Stage| stage.run("collect.sh", &["made", "release", "1.2.3"], &[]);
    let stage = made();
    // What a system says of its own package holds.
    let sums = Command::new("sha256sum")
        .arg(MACOS)
        .current_dir(stage.at("made/packages-macos"))
        .output()
        .unwrap();
    fs::write(stage.at("made/packages-macos/SHA256SUMS"), &sums.stdout).unwrap();
    let output = collect(&stage);
    assert!(output.status.success(), "{}", said(&output));
    let sums = stage.read("release/SHA256SUMS");
    assert_eq!(sums.lines().count(), 9, "{sums}");
    let check = Command::new("sha256sum")
        .args(["--check", "--strict", "SHA256SUMS"])
        .current_dir(stage.at("release"))
        .output()
        .unwrap();
    assert!(check.status.success());

    let missing = made();
    fs::remove_file(missing.at("made/packages-macos").join(MACOS)).unwrap();
    let twice = made();
    twice.put(
        "made/packages-windows/Readdress_1.2.3_x64_es-ES-unsigned.msi",
        "",
    );
    let other = made();
    other.put("made/packages-linux/readdress_1.2.2_amd64.deb", "");
    let changed = made();
    changed.put(
        "made/packages-macos/SHA256SUMS",
        &format!("{:064}  {MACOS}\n", 0),
    );
    for (stage, named) in [
        (missing, MACOS),
        (twice, "es-ES.msi"),
        (other, "1.2.2"),
        (changed, MACOS),
    ] {
        let output = collect(&stage);
        assert!(
            !output.status.success() && said(&output).contains(named),
            "{}",
            said(&output)
        );
    }
}

const GH: &str = r#"echo "$*" >>"$calls"
case "$1 $2" in
  "release view") [ -n "$STATE" ] && echo "$STATE" ;;
  "release create") for word; do case $word in /*) cat "$word" >>"$calls" ;; esac; done ;;
  "release list") [ -z "$NEWEST" ] || echo "$NEWEST" ;;
  "release download") cp -r published/. previous ;;
esac"#;

#[test]
fn a_draft_is_made_anew_and_a_published_release_is_left_alone() {
    let of = |state: &str, files: &[&str]| {
        let stage = Stage::new();
        stage.stand_in("gh", GH);
        for name in files {
            stage.put(&format!("release/{name}"), "");
        }
        stage.put("notes.md", "- New.\n");
        let output = stage.run(
            "draft.sh",
            &["release", "1.2.3", "notes.md"],
            &[("STATE", state)],
        );
        (output.status.success(), stage.read("calls"))
    };
    let (well, calls) = of("", &[MACOS]);
    assert!(well && calls.contains("release create v1.2.3 release/Readdress_1.2.3_universal.dmg --draft --verify-tag --title Readdress 1.2.3"), "{calls}");
    assert!(calls.ends_with("- New.\n"), "{calls}");
    let (well, calls) = of("true", &WINDOWS);
    assert!(
        well && calls.contains("release delete v1.2.3 --yes"),
        "{calls}"
    );
    assert!(
        calls.ends_with("- Readdress_1.2.3_x64-setup-unsigned.exe\n"),
        "{calls}"
    );
    let (well, calls) = of("false", &[MACOS]);
    assert!(
        !well && !calls.contains("create") && !calls.contains("delete"),
        "{calls}"
    );
}

#[test]
fn the_upgrade_starts_from_the_newest_release_if_there_is_one() {
    let stage = Stage::new();
    stage.stand_in("gh", GH);
    let output = stage.run("previous-deb.sh", &["previous"], &[]);
    assert!(output.status.success() && said(&output).contains("nothing to upgrade from"));
    assert_eq!(fs::read_dir(stage.at("previous")).unwrap().count(), 0);

    stage.put("published/readdress_1.2.2_amd64.deb", "package");
    let sums = Command::new("sha256sum")
        .arg("readdress_1.2.2_amd64.deb")
        .current_dir(stage.at("published"))
        .output()
        .unwrap();
    stage.put(
        "published/SHA256SUMS",
        &format!(
            "{}{:064}  not-downloaded.dmg\n",
            String::from_utf8(sums.stdout).unwrap(),
            0
        ),
    );
    let output = stage.run("previous-deb.sh", &["previous"], &[("NEWEST", "v1.2.2")]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(stage.read("previous/readdress_1.2.2_amd64.deb"), "package");
    stage.put("published/readdress_1.2.2_amd64.deb", "changed on the way");
    assert!(
        !stage
            .run("previous-deb.sh", &["previous"], &[("NEWEST", "v1.2.2")])
            .status
            .success()
    );
}

#[test]
fn the_new_package_is_tried_alone_or_after_the_old_one() {
    let stage = Stage::new();
    stage.stand_in("cargo", r#"echo "$*" >"$calls""#);
    let run = || stage.run("try-deb.sh", &["new", "old"], &[]);
    assert!(!run().status.success());
    stage.put("new/readdress_1.2.3_amd64.deb", "");
    assert!(run().status.success());
    assert_eq!(
        stage.read("calls"),
        "xtask try-package --deb new/readdress_1.2.3_amd64.deb\n"
    );
    stage.put("old/readdress_1.2.2_amd64.deb", "");
    assert!(run().status.success());
    assert_eq!(
        stage.read("calls"),
        "xtask try-package --deb new/readdress_1.2.3_amd64.deb --from old/readdress_1.2.2_amd64.deb\n"
    );
}
