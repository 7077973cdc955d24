//! A disk that takes no more, a folder that may not be written: each step with an effect is either on disk first or
//! not sent, and what came back but could not be written is told as unknown.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::stage::{Ran, Stage};
use crate::steps::{ALL, Kind, Ready, ready};

/// How often a sweep ended in each way.
#[derive(Debug, Default)]
struct Ends {
    done: u32,
    not_sent: u32,
    unknown: u32,
}

impl Ends {
    /// Once, with little room, and once more with enough.
    fn judge(&mut self, stage: &Stage, step: &Ready, before: u64, ran: &Ran, code: &str) {
        match ran.code {
            0 => self.done += 1,
            1 => {
                step.was_not_sent(stage, ran, before, code);
                self.not_sent += 1;
            }
            _ => {
                step.is_told_as_unknown(stage, ran, code);
                self.unknown += 1;
            }
        }
        assert!(step.arrived(stage) <= before + 1, "sent once: {ran:?}");
        if ran.code == 1 {
            step.works_now(stage, before);
        }
    }

    /// Enough room, too little before the step, and too little behind it.
    fn were_all_met(&self) -> bool {
        self.done > 0 && self.not_sent > 0 && self.unknown > 0
    }
}

/// The room for files runs out at every possible place of a step: before its intent, after it, after its answer.
#[test]
fn a_limit_on_files_that_is_met_at_every_commit() {
    let stage = Stage::new();
    for kind in ALL {
        let mut ends = Ends::default();
        // Blocks of 512 bytes; the first ones are for the shared memory of SQLite's log.
        for (n, blocks) in (56..200).step_by(8).chain([400]).enumerate() {
            let step = ready(&stage, kind, n);
            let before = step.arrived(&stage);
            let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
            let ran = step.send(&stage).under(&["sh", "-c", &limit, "sh"]).run();
            let code = if blocks < 64 {
                "disk_full"
            } else {
                "disk_failed"
            };
            ends.judge(&stage, &step, before, &ran, code);
        }
        // All that a cancel writes is smaller than the shared memory that the limit meets first.
        assert!(
            ends.were_all_met() || kind == Kind::Cancel,
            "{kind:?}: {ends:?}"
        );
    }
}

#[cfg(target_os = "linux")]
struct Mounted<'a>(&'a Path);

#[cfg(target_os = "linux")]
impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg("--lazy")
            .arg(self.0)
            .status();
    }
}

/// A disk of its own for the data folder, where this user may mount one.
#[cfg(target_os = "linux")]
fn mounted(data: &Path) -> Option<Mounted<'_>> {
    std::fs::create_dir_all(data).expect("a folder");
    let mount = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"])
        .arg(data)
        .output();
    if mount.is_ok_and(|done| done.status.success()) {
        return Some(Mounted(data));
    }
    eprintln!("skipped: this user may not mount a tmpfs");
    None
}

/// The same with a real disk that has so many bytes left.
#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_is_full_at_every_commit() {
    use std::io::Write;

    let stage = Stage::new();
    let data = stage.folder.path().join("data");
    let Some(_mounted) = mounted(&data) else {
        return;
    };
    let filler = data.join("filler");
    for kind in ALL {
        let mut ends = Ends::default();
        for (n, pages) in (4..48).step_by(3).enumerate() {
            let step = ready(&stage, kind, n);
            let before = step.arrived(&stage);
            let mut file = std::fs::File::create(&filler).expect("a file");
            while file.write_all(&[0; 4096]).is_ok() {}
            let full = file.metadata().expect("a file").len() / 4096 * 4096;
            file.set_len(full - pages * 4096).expect("shorter");
            drop(file);
            let ran = step.send(&stage).run();
            std::fs::remove_file(&filler).expect("it is there");
            ends.judge(&stage, &step, before, &ran, "disk_full");
        }
        // The answers of the others need a page or two: the limit above meets those.
        let is_big = matches!(kind, Kind::Request | Kind::Verify);
        assert!(ends.were_all_met() || !is_big, "{kind:?}: {ends:?}");
    }
}

#[test]
fn a_folder_that_may_only_be_read() {
    let stage = Stage::new();
    let steps = ALL.map(|kind| ready(&stage, kind, 0));
    let program = stage.folder.path().join("readdress-cli");
    // By another process: a neighbouring test that starts something meanwhile would hold it open for writing.
    let copied = std::process::Command::new("cp")
        .arg(env!("CARGO_BIN_EXE_readdress-cli"))
        .arg(&program)
        .status();
    assert!(copied.is_ok_and(|done| done.success()));
    set(stage.folder.path(), 0o555, 0o444);
    set(&program, 0o555, 0o555);
    let before = steps.each_ref().map(|step| step.arrived(&stage));
    let ends = steps
        .each_ref()
        .map(|step| step.send(&stage).by_nobody(&program).run());
    set(stage.folder.path(), 0o700, 0o600);
    for ((step, ran), before) in steps.iter().zip(&ends).zip(before) {
        step.was_not_sent(&stage, ran, before, "folder_read_only");
        assert!(ran.stderr.contains("--data-dir"), "{ran:?}");
        step.works_now(&stage, before);
    }
}

/// Everything below.
fn set(path: &Path, folders: u32, files: u32) {
    let is_folder = path.is_dir();
    let mode = if is_folder { folders } else { files };
    let change = || std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    if is_folder {
        // Its own rights first, so that it can be looked into, or last, so that it still can be changed.
        if folders & 0o200 != 0 {
            change().expect("ours");
        }
        for entry in std::fs::read_dir(path).expect("a folder").flatten() {
            set(&entry.path(), folders, files);
        }
    }
    change().expect("ours");
}
