//! The runtime itself, compiled and put before a small image: what it hands on, and that it leaves nothing behind.

use super::*;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Tells what it was given, then does what it is asked to.
const APP_RUN: &str = r#"#!/bin/sh
echo "words $*"
echo "from $OWD as $ARGV0 at $APPIMAGE"
cat "$APPDIR/data/text"
ls "$APPDIR/data"
[ "${1-}" = wait ] && exec sleep 60
exit 7
"#;

/// Compiled once for all of these tests.
fn runtime() -> &'static Vec<u8> {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
        let folder = tempfile::tempdir().unwrap();
        compile(root.unwrap(), &folder.path().join("runtime")).unwrap();
        let mut bytes = elf::read(&folder.path().join("runtime")).unwrap();
        sign(&mut bytes).unwrap();
        bytes
    })
}

struct Made {
    folder: tempfile::TempDir,
}

impl Made {
    /// `None`, with a word on it, where the tools of bundling are not installed.
    fn new() -> Option<Self> {
        let tools = process::on_path("mksquashfs")
            && Path::new("/usr/include/squashfuse/squashfuse.h").exists();
        if !tools {
            eprintln!("Left out: `cargo xtask bundle` has not installed its tools here.");
            return None;
        }
        let made = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let dir = made.at("AppDir");
        fs::create_dir_all(dir.join("data")).unwrap();
        fs::create_dir(made.at("tmp")).unwrap();
        fs::write(dir.join("AppRun"), APP_RUN).unwrap();
        fs::write(dir.join("data/text"), "hello\n").unwrap();
        // Larger than a block, and than what one read asks for.
        let large: Vec<u8> = (0..700_000u32).flat_map(|n| n.to_le_bytes()).collect();
        fs::write(dir.join("data/large"), large).unwrap();
        elf::ask(Command::new("chmod").arg("755").arg(dir.join("AppRun"))).unwrap();
        elf::ask(
            Command::new("ln")
                .args(["-s", "text"])
                .arg(dir.join("data/link")),
        )
        .unwrap();
        let words = ["-quiet", "-no-progress", "-root-owned", "-comp", "zstd"];
        elf::ask(
            Command::new("mksquashfs")
                .arg(&dir)
                .arg(made.at("image"))
                .args(words),
        )
        .unwrap();
        let mut bytes = runtime().clone();
        bytes.extend(elf::read(&made.at("image")).unwrap());
        fs::write(made.at("x.AppImage"), bytes).unwrap();
        elf::ask(Command::new("chmod").arg("755").arg(made.at("x.AppImage"))).unwrap();
        Some(made)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.at("x.AppImage"));
        command
            .args(words)
            .current_dir(self.folder.path())
            .env("TMPDIR", self.at("tmp"))
            .env_remove("APPIMAGE_EXTRACT_AND_RUN");
        command
    }

    /// The mount goes when the app has gone, by another process.
    fn leaves_nothing(&self) {
        let started = Instant::now();
        while fs::read_dir(self.at("tmp")).unwrap().count() > 0 {
            assert!(
                started.elapsed() < Duration::from_secs(15),
                "something is left"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn the_app_gets_its_words_and_places_mounted_or_unpacked() {
    let Some(made) = Made::new() else { return };
    let folder = made.folder.path().display();
    let wanted = format!(
        "words one two\nfrom {folder} as {} at {folder}/x.AppImage\nhello\nlarge\nlink\ntext\n",
        made.at("x.AppImage").display()
    );
    for more in [&[][..], &["--appimage-extract-and-run"]] {
        let words: Vec<&str> = more.iter().chain(&["one", "two"]).copied().collect();
        let answer = made.start(&words).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&answer.stdout), wanted, "{words:?}");
        assert_eq!(answer.status.code(), Some(7), "{words:?}");
        made.leaves_nothing();
    }
}

#[test]
fn it_unpacks_what_is_asked_for_as_it_was() {
    let Some(made) = Made::new() else { return };
    let said = elf::ask(&mut made.start(&["--appimage-extract", "data/l*"])).unwrap();
    assert_eq!(said, "");
    let at = |name: &str| made.at("squashfs-root").join(name);
    assert_eq!(
        elf::read(&at("data/large")).unwrap(),
        elf::read(&made.at("AppDir/data/large")).unwrap()
    );
    assert_eq!(fs::read_link(at("data/link")).unwrap(), Path::new("text"));
    assert!(!at("AppRun").exists());
    let said = elf::ask(&mut made.start(&["--appimage-offset"])).unwrap();
    assert_eq!(said.trim(), runtime().len().to_string());
}

#[test]
fn a_mounted_image_is_read_right_anywhere_in_a_file() {
    let Some(made) = Made::new() else { return };
    let mut held = made
        .start(&["--appimage-mount"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(held.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    if line.is_empty() {
        // No FUSE for this user: that it then unpacks is tried above.
        assert_eq!(held.wait().unwrap().code(), Some(1));
        return;
    }
    let large = Path::new(line.trim()).join("data/large");
    let whole = elf::read(&made.at("AppDir/data/large")).unwrap();
    let mut file = fs::File::open(&large).unwrap();
    for at in [2_799_990usize, 0, 131_071, 1_048_576, 655_359] {
        let mut part = vec![0; 300_000.min(whole.len() - at)];
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(at as u64)).unwrap();
        std::io::Read::read_exact(&mut file, &mut part).unwrap();
        assert!(part == whole[at..at + part.len()], "at {at}");
    }
    assert!(fs::write(&large, "no").is_err());
    drop(file);
    elf::ask(Command::new("kill").args(["-INT", &held.id().to_string()])).unwrap();
    assert!(held.wait().unwrap().success());
    made.leaves_nothing();
}

#[test]
fn an_end_from_outside_ends_the_app_and_leaves_nothing() {
    let Some(made) = Made::new() else { return };
    for more in [&[][..], &["--appimage-extract-and-run"]] {
        let words: Vec<&str> = more.iter().chain(&["wait"]).copied().collect();
        let mut app = made.start(&words).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut out = std::io::BufReader::new(app.stdout.take().unwrap());
        while !line.starts_with("text") {
            line.clear();
            assert!(std::io::BufRead::read_line(&mut out, &mut line).unwrap() > 0);
        }
        elf::ask(Command::new("kill").args(["-TERM", &app.id().to_string()])).unwrap();
        let status = app.wait().unwrap();
        let by_signal = std::os::unix::process::ExitStatusExt::signal(&status) == Some(15);
        assert!(by_signal || status.code() == Some(128 + 15), "{status}");
        made.leaves_nothing();
    }
}
