//! "Written before sent", seen from outside: a trace of the system calls shows the log on the disk before the first byte
//! of each step leaves, and its answer on the disk before anybody hears of it.

use std::path::Path;

use crate::stage::Stage;
use crate::steps::{ALL, Kind, ready};

/// What matters in a line of the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Bytes go into the log; they may still be in memory only.
    Log,
    /// The log is on the disk: the call has come back.
    Synced,
    /// The step's first bytes leave.
    Sent,
    /// Another call leaves: a read, a login.
    Other,
    Told,
}

fn moments(trace: &str, call: &str) -> Vec<Moment> {
    let mut under_way = Vec::new();
    let mut moments = Vec::new();
    for line in trace.lines() {
        let (thread, said) = line.split_once(' ').unwrap_or(("", line));
        let said = said.trim_start();
        let sync = said.starts_with("fdatasync(") || said.starts_with("fsync(");
        let log = said.contains("readdress.db-wal>");
        if sync && log && said.contains("unfinished") {
            under_way.push(thread);
        } else if (sync && log && said.ends_with("= 0"))
            || (said.contains("sync resumed>")
                && said.ends_with("= 0")
                && take(&mut under_way, thread))
        {
            moments.push(Moment::Synced);
        } else if said.starts_with("pwrite64(") && log {
            moments.push(Moment::Log);
        } else if said.contains(&format!("\"{call} ")) {
            moments.push(Moment::Sent);
        } else if said.contains("\"GET /") || said.contains("\"POST /") {
            moments.push(Moment::Other);
        } else if said.starts_with("write(1<") {
            moments.push(Moment::Told);
        }
    }
    moments
}

fn take<'a>(under_way: &mut Vec<&'a str>, thread: &'a str) -> bool {
    let place = under_way.iter().position(|one| *one == thread);
    place.map(|place| under_way.remove(place)).is_some()
}

/// Between the call before (or the start) and `end`, something was written to the log, and then synced.
fn on_disk_before(moments: &[Moment], end: usize) -> bool {
    let before = &moments[..end];
    let start = before
        .iter()
        .rposition(|moment| matches!(moment, Moment::Other | Moment::Sent))
        .map_or(0, |place| place + 1);
    let between = &before[start..];
    let written = between.iter().rposition(|moment| *moment == Moment::Log);
    let synced = between.iter().rposition(|moment| *moment == Moment::Synced);
    matches!((written, synced), (Some(written), Some(synced)) if written < synced)
}

fn can_trace(folder: &Path) -> bool {
    let tried = std::process::Command::new("strace")
        .args(["-f", "-o"])
        .arg(folder.join("tried"))
        .arg("true")
        .output();
    tried.is_ok_and(|done| done.status.success())
}

#[test]
fn the_log_is_on_the_disk_before_the_first_byte_of_a_step_leaves() {
    let stage = Stage::new();
    if !can_trace(stage.folder.path()) {
        eprintln!("skipped: strace is not here, or may not trace");
        return;
    }
    for kind in ALL {
        let step = ready(&stage, kind, 0);
        let before = step.arrived(&stage);
        let file = stage.folder.path().join("trace");
        let trace = file.to_str().expect("a path");
        let calls = "trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg";
        step.send(&stage)
            .under(&["strace", "-f", "-y", "-s", "200", "-e", calls, "-o", trace])
            .run()
            .ends(0);
        assert_eq!(step.arrived(&stage), before + 1);
        let call = match kind {
            Kind::Request => "POST /instances/Request-0/token/Request-0/security/email",
            Kind::Verify => "POST /api/v2/changeemail/complete/",
            Kind::Resend => "POST /user/email/change/request",
            Kind::Cancel => "POST /api/v2/logout/",
        };
        let trace = std::fs::read_to_string(&file).expect("a trace");
        let moments = moments(&trace, call);
        let sent = moments.iter().position(|moment| *moment == Moment::Sent);
        let sent = sent.unwrap_or_else(|| panic!("{kind:?} leaves: {moments:?}\n{trace}"));
        assert!(
            on_disk_before(&moments, sent),
            "the intent of {kind:?}: {moments:?}"
        );
        let told = moments.iter().position(|moment| *moment == Moment::Told);
        let told = told.unwrap_or_else(|| panic!("{kind:?} is told: {moments:?}"));
        assert!(
            sent < told && on_disk_before(&moments, told),
            "the answer of {kind:?}: {moments:?}"
        );
    }
}

#[test]
fn a_trace_without_its_sync_is_not_taken_for_one() {
    let wal = "pwrite64(9</d/readdress.db-wal>, \"x\", 4096, 32) = 4096";
    let post = "sendto(10<socket:[7]>, \"POST /x HTTP/1.1\", 9, 0, NULL, 0) = 9";
    let synced = "fdatasync(9</d/readdress.db-wal>) = 0";
    let holds = |lines: &[&str]| {
        let trace: String = lines.iter().map(|line| format!("77 {line}\n")).collect();
        let moments = moments(&trace, "POST /x");
        let sent = moments.iter().position(|moment| *moment == Moment::Sent);
        on_disk_before(&moments, sent.expect("sent"))
    };
    assert!(holds(&[wal, synced, post]));
    assert!(!holds(&[wal, post]));
    assert!(!holds(&[synced, wal, post]));
    assert!(!holds(&[wal, post, synced]));
    let begun = "fdatasync(9</d/readdress.db-wal> <unfinished ...>";
    let ended = "<... fdatasync resumed>) = 0";
    assert!(holds(&[wal, begun, ended, post]));
    assert!(!holds(&[wal, begun, post, ended]));
    assert!(!holds(&[
        wal,
        synced,
        "write(9<x>, \"GET /x HTTP\", 5) = 5",
        post
    ]));
}
