//! The app's window, as it was built and as its package brings it, beside an empty one: how soon it can be used, how much memory its processes take together.
//!
//! "Usable" is the first painted list, not the mapped window: the app's page tells when, as does the empty one's.

use super::call::Practice;
use super::fresh_folder;
use super::samples::Samples;
use super::table::{Table, Unit};
use crate::display::Display;
use crate::install::Measured;
use crate::place::Place;
use crate::{Outcome, bundle, process, tree};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Starts of each; the first of both is thrown away, because it reads the disk.
const RUNS: usize = 7;
/// How long a window is left alone before its memory is read.
const SETTLED: Duration = Duration::from_secs(3);
const LONGEST_START: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Window {
    usable_ms: Samples,
    memory_mib: Samples,
}

impl Window {
    fn add(&mut self, (took, kib): (Duration, u64)) {
        self.usable_ms.add_time(took);
        self.memory_mib.add(kib as f64 / 1024.0);
    }
}

pub fn measure(place: &Place, practice: &Practice, folder: &Path, table: &mut Table) -> Outcome {
    let empty_program = build_empty_window(place, folder)?;
    let app_program = place.built("release", "readdress");
    let package = bundle::deb(place, bundle::Profile::Release, None)?;
    let packaged = Measured::get(place, &package, &folder.join("unpacked"))?;
    let display = Display::start(place)?;
    let (mut empty, mut app, mut other) = (Window::default(), Window::default(), Window::default());
    for run in 0..RUNS {
        let home = fresh_folder(&folder.join("home"))?;
        let start = |program: &Path| -> Outcome<Command> {
            let mut command = display.command(program);
            at_home(&mut command, &home)?;
            Ok(command)
        };
        let ours = |program: &Path| -> Outcome<_> {
            let mut command = start(program)?;
            command
                .env("READDRESS_DATA_DIR", &practice.data)
                .env("READDRESS_KEY_FILE", &practice.key_file)
                .env("READDRESS_REPORT_USABLE", "1");
            look_at(&mut command, "readdress: usable")
        };
        let round = [
            (
                &mut empty,
                look_at(&mut start(&empty_program)?, "empty: usable")?,
            ),
            (&mut app, ours(&app_program)?),
            (&mut other, ours(&packaged.app)?),
        ];
        if run > 0 {
            for (window, seen) in round {
                window.add(seen);
            }
        }
    }
    let names = [
        "window usable, median",
        "memory, all processes (PSS), median",
    ];
    tell(table, names, &app, &empty);
    let how = packaged.how;
    let names = [format!("  {how}, usable"), format!("  {how}, memory")];
    tell(table, [&names[0], &names[1]], &other, &empty);
    Ok(())
}

fn tell(table: &mut Table, [usable, memory]: [&str; 2], app: &Window, empty: &Window) {
    let beside = |value: &Samples| ("empty window", value.median());
    table.ratio(
        usable,
        Unit::Milliseconds,
        app.usable_ms.median(),
        beside(&empty.usable_ms),
        1.5,
    );
    table.ratio(
        memory,
        Unit::Mebibytes,
        app.memory_mib.median(),
        beside(&empty.memory_mib),
        1.15,
    );
}

fn build_empty_window(place: &Place, folder: &Path) -> Outcome<PathBuf> {
    let flags = process::answer_of(&mut process::command(
        "pkg-config",
        &["--cflags", "--libs", "webkit2gtk-4.1"],
    ))
    .ok_or("pkg-config does not find webkit2gtk-4.1.")?;
    let program = folder.join("empty_window");
    let source = place.root.join("crates/xtask/bench/empty_window.c");
    process::show_and_run(
        process::command("cc", &["-O2", "-o"])
            .arg(&program)
            .arg(source)
            .args(flags.split_whitespace()),
    )?;
    Ok(program)
}

/// A home with nothing in it: no caches, no settings, no desktop.
fn at_home(command: &mut Command, home: &Path) -> Outcome {
    let runtime = fresh_folder(&home.join("runtime"))?;
    // By a program: the bench runs on Linux only, but this file has to compile everywhere.
    let private = process::command("chmod", &["700"]).arg(&runtime).status();
    if !private.is_ok_and(|status| status.success()) {
        return Err(format!("{} cannot be made private.", runtime.display()));
    }
    for name in [
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "XDG_STATE_HOME",
    ] {
        command.env_remove(name);
    }
    command.env("HOME", home).env("XDG_RUNTIME_DIR", runtime);
    Ok(())
}

/// Time until it says the word, then its memory (KiB); then it is ended.
fn look_at(command: &mut Command, word: &'static str) -> Outcome<(Duration, u64)> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|why| format!("{} does not start: {why}", process::typed(command)))?;
    let usable = wait_for(&mut child, word).map(|at| at - started);
    let memory = usable.as_ref().ok().and_then(|_| {
        std::thread::sleep(SETTLED);
        tree::pss_kib(child.id())
    });
    tree::end(child.id());
    let _ = child.wait();
    match (usable, memory) {
        (Ok(usable), Some(memory)) => Ok((usable, memory)),
        (Ok(_), None) => Err("/proc tells no memory of it.".to_owned()),
        (Err(why), _) => Err(format!("{}: {why}", process::typed(command))),
    }
}

fn wait_for(child: &mut Child, word: &'static str) -> Outcome<Instant> {
    let out = child.stdout.take().ok_or("it has no output")?;
    let (sender, said) = mpsc::channel();
    std::thread::spawn(move || {
        // Reads to the end, so that the program never stands at a full pipe.
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if line.trim() == word {
                let _ = sender.send(Instant::now());
            }
        }
    });
    said.recv_timeout(LONGEST_START)
        .map_err(|_| format!("it did not say `{word}`"))
}
