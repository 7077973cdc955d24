//! The runtime itself, compiled and put before a small image: what it hands on, and that it leaves nothing behind.

use super::*;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, Stdio};
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

    /// Started, and its last word read. What it says is kept open: it would die of writing.
    fn waiting(&self, words: &[&str]) -> (Child, BufReader<ChildStdout>) {
        let mut app = self.start(words).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(app.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("text") {
            line.clear();
            assert!(out.read_line(&mut line).unwrap() > 0);
        }
        (app, out)
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

/// Asked to end, it ends by that: itself, or the app in it.
fn ends(app: &mut Child) -> bool {
    elf::ask(Command::new("kill").args(["-TERM", &app.id().to_string()])).unwrap();
    let status = app.wait().unwrap();
    status.signal() == Some(15) || status.code() == Some(128 + 15)
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
    let mut out = BufReader::new(held.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
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
fn what_others_have_put_there_is_not_written_through() {
    let Some(made) = Made::new() else { return };
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(made.at(to), made.at(name));
    fs::create_dir(made.at("elsewhere")).unwrap();
    link("elsewhere", "squashfs-root").unwrap();
    let answer = made.start(&["--appimage-extract"]).output().unwrap();
    assert_eq!(answer.status.code(), Some(1), "the folder is a link");
    assert_eq!(fs::read_dir(made.at("elsewhere")).unwrap().count(), 0);

    fs::remove_file(made.at("squashfs-root")).unwrap();
    fs::create_dir_all(made.at("squashfs-root/data")).unwrap();
    fs::write(made.at("mine"), "mine").unwrap();
    link("mine", "squashfs-root/data/text").unwrap();
    elf::ask(&mut made.start(&["--appimage-extract", "data/*"])).unwrap();
    assert_eq!(elf::read(&made.at("mine")).unwrap(), b"mine");
    assert_eq!(
        elf::read(&made.at("squashfs-root/data/text")).unwrap(),
        b"hello\n"
    );
}

#[test]
fn an_end_while_it_unpacks_leaves_nothing() {
    let Some(made) = Made::new() else { return };
    for delay in [0, 1, 2, 3, 5, 8, 13, 21] {
        let words = ["--appimage-extract-and-run", "wait"];
        let mut app = made.start(&words).stdout(Stdio::null()).spawn().unwrap();
        while fs::read_dir(made.at("tmp")).unwrap().count() == 0 {
            assert!(app.try_wait().unwrap().is_none());
        }
        std::thread::sleep(Duration::from_millis(delay));
        assert!(ends(&mut app), "{delay} ms");
        made.leaves_nothing();
    }
}

#[test]
fn who_serves_the_image_outlives_the_end_of_a_session() {
    let Some(made) = Made::new() else { return };
    let (mut app, _out) = made.waiting(&["wait"]);
    let mounted = fs::read_dir(made.at("tmp")).unwrap().flatten().next();
    let text = mounted.unwrap().path().join("data/text");
    // Unpacked, nobody serves it.
    if !text.to_string_lossy().contains("/.readdress-") {
        let children = format!("/proc/{0}/task/{0}/children", app.id());
        let children = fs::read_to_string(children).unwrap();
        let program = |id: &&str| fs::read_link(format!("/proc/{id}/exe")).unwrap_or_default();
        let serving = children
            .split_whitespace()
            .find(|id| program(id) == made.at("x.AppImage"));
        let serving = serving.unwrap();
        for signal in ["-INT", "-HUP", "-TERM"] {
            elf::ask(Command::new("kill").args([signal, serving])).unwrap();
        }
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(elf::read(&text).unwrap(), b"hello\n");
    }
    assert!(ends(&mut app));
    made.leaves_nothing();
}

#[test]
fn an_end_from_outside_ends_the_app_and_leaves_nothing() {
    let Some(made) = Made::new() else { return };
    for more in [&[][..], &["--appimage-extract-and-run"]] {
        let words: Vec<&str> = more.iter().chain(&["wait"]).copied().collect();
        let (mut app, _out) = made.waiting(&words);
        assert!(ends(&mut app));
        made.leaves_nothing();
    }
}
