//! Tries a finished AppImage: both programs answer, and the window comes up where the system's `WebKit` is hidden.

use super::elf;
use crate::display::Display;
use crate::place::Place;
use crate::{Outcome, process};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const LONGEST_START: Duration = Duration::from_secs(60);
/// The runtime waits up to five seconds for the helpers before it unmounts.
const LONGEST_END: Duration = Duration::from_secs(10);

/// What of the system must not be used, in the folder where it has `WebKit`'s library.
const HIDDEN: &[&str] = &[
    "libwebkit2gtk-4.1.so.0",
    "libjavascriptcoregtk-4.1.so.0",
    "libgtk-3.so.0",
    "libglib-2.0.so.0",
    "webkit2gtk-4.1",
    "gdk-pixbuf-2.0",
    "gtk-3.0",
    "gio",
];

/// Both programs tell their version, in whichever way they are called. Needs no display.
///
/// # Errors
/// One does not start, or is of another version.
pub fn answers(appimage: &Path, version: &str) -> Outcome {
    let link = appimage.with_file_name("readdress-cli");
    let _ = fs::remove_file(&link);
    link_to(appimage, &link)?;
    let ways: [(&Path, &[&str], &str); 3] = [
        (appimage, &["--version"], "readdress"),
        (appimage, &["cli", "--version"], "readdress-cli"),
        (&link, &["--version"], "readdress-cli"),
    ];
    let mut outcome = Ok(());
    for (program, words, name) in ways {
        let said = elf::ask(
            Command::new(program)
                .args(words)
                .env("APPIMAGE_EXTRACT_AND_RUN", "1"),
        )?;
        let wanted = format!("{name} {version}");
        if said.trim() != wanted {
            outcome = Err(format!(
                "{} {} said {said:?} instead of {wanted:?}.",
                program.display(),
                words.join(" ")
            ));
        }
    }
    fs::remove_file(&link).map_err(|why| format!("{}: {why}", link.display()))?;
    outcome
}

fn link_to(to: &Path, link: &Path) -> Outcome {
    process::quietly(Command::new("ln").arg("-s").arg(to).arg(link))
}

/// Starts the window on a screen of its own, in an empty home, with the system's `WebKit` and GTK hidden as far as
/// this user may (`unshare`). Ends it, and looks whether it left a mount or a folder behind.
///
/// # Errors
/// The window does not become usable, or something is left.
pub fn comes_up(place: &Place, appimage: &Path, folder: &Path) -> Outcome<Duration> {
    let display = Display::start(place)?;
    let home = folder.join("home");
    let temporary = folder.join("tmp");
    for folder in [&home, &temporary] {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    }
    process::quietly(process::command("chmod", &["700"]).arg(&home))?;
    let mut start = without_the_systems(&display)?;
    start.arg(appimage);
    for name in ["CONFIG", "DATA", "CACHE", "STATE"] {
        start.env_remove(format!("XDG_{name}_HOME"));
    }
    start
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", &home)
        .env("TMPDIR", &temporary)
        .env("READDRESS_REPORT_USABLE", "1");
    let took = until_usable(&mut start)?;
    let ended = Instant::now();
    while ended.elapsed() < LONGEST_END {
        if left_in(&temporary).is_empty() {
            return Ok(took);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(format!(
        "The AppImage left {:?} behind when it ended.",
        left_in(&temporary)
    ))
}

fn left_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// A command that runs what follows it in a namespace with the system's `WebKit` covered. Where that is not allowed,
/// it runs it all the same and says so.
fn without_the_systems(display: &Display) -> Outcome<Command> {
    let library = process::answer_of(&mut process::command(
        "pkg-config",
        &["--variable=libdir", "webkit2gtk-4.1"],
    ))
    .map(PathBuf::from)
    .ok_or("pkg-config does not find webkit2gtk-4.1.")?;
    let own = ["--mount"];
    let mapped = ["--mount", "--map-root-user"];
    let allowed = [&own[..], &mapped[..]].into_iter().find(|words| {
        let mut asked = process::command("unshare", words);
        process::quietly(asked.args(["mount", "-t", "tmpfs", "none", "/mnt"])).is_ok()
    });
    let Some(words) = allowed else {
        println!(
            "The system's WebKit cannot be hidden here (no namespaces): the AppImage is tried beside it."
        );
        return Ok(display.command(Path::new("env")));
    };
    let mut cover = String::from("set -e\n");
    for name in HIDDEN {
        let place = library.join(name);
        if place.exists() {
            cover += &cover_line(&place, place.is_dir());
        }
    }
    let mut command = display.command(Path::new("unshare"));
    command.args(words);
    command.args(["sh", "-c", &format!("{cover}exec \"$@\""), "sh"]);
    Ok(command)
}

fn cover_line(place: &Path, folder: bool) -> String {
    let place = place.display();
    if folder {
        format!("mount -t tmpfs none '{place}'\n")
    } else {
        format!("mount --bind /dev/null '{place}'\n")
    }
}

/// Waits for the window's first list, then ends the program as a session's end would.
fn until_usable(command: &mut Command) -> Outcome<Duration> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|why| format!("{} does not start: {why}", process::typed(command)))?;
    let (sender, lines) = mpsc::channel();
    for out in [
        child
            .stdout
            .take()
            .map(|out| Box::new(out) as Box<dyn std::io::Read + Send>),
        child.stderr.take().map(|out| Box::new(out) as _),
    ]
    .into_iter()
    .flatten()
    {
        let sender = sender.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    let mut said = Vec::new();
    loop {
        let left = LONGEST_START.saturating_sub(started.elapsed());
        match lines.recv_timeout(left) {
            Ok(line) if line == "readdress: usable" => {
                let took = started.elapsed();
                end(&mut child)?;
                return Ok(took);
            }
            Ok(line) => said.push(line),
            Err(_) => {
                let ended = child.try_wait().ok().flatten();
                if ended.is_none() {
                    end(&mut child)?;
                }
                return Err(format!(
                    "The AppImage's window did not come up ({ended:?}):\n{}",
                    said.join("\n")
                ));
            }
        }
    }
}

fn end(child: &mut Child) -> Outcome {
    let pid = child.id().to_string();
    process::quietly(&mut process::command("kill", &["-TERM", &pid]))?;
    child.wait().map(drop).map_err(|why| why.to_string())
}
