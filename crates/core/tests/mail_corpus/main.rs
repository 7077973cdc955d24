//! The corpus: what becomes of each mail in a watched mailbox, and when it is pasted. Prints a table of hits and misses
//! (`cargo test -p readdress-core --test mail_corpus -- --nocapture`).
//!
//! Not here: mails made while the test runs, by the megabyte (`hostile`).

mod hostile;
mod routes;
mod table;

use std::collections::BTreeMap;
use std::fmt::Write;

use table::{Entry, folder, table};

/// One thing asked of one mail.
struct Row<'a> {
    entry: &'a Entry,
    how: &'static str,
    expected: String,
    got: String,
}

impl Row<'_> {
    fn is_hit(&self) -> bool {
        self.expected == self.got
    }
}

fn rows<'a>(entry: &'a Entry, rows: &mut Vec<Row<'a>>) {
    let raw = entry.raw();
    let mut add = |how, expected: String, got: String| {
        rows.push(Row {
            entry,
            how,
            expected,
            got,
        });
    };
    add(
        "arrived",
        entry.arrived.join(" / "),
        entry.judged(&raw).join(" / "),
    );
    let pasted = entry.understood(&String::from_utf8_lossy(&raw));
    add("pasted", entry.pasted.clone(), pasted);
    if let Some(window) = &entry.window {
        add("window", entry.pasted.clone(), entry.understood(window));
    }
}

#[test]
fn every_mail_becomes_what_the_table_says() {
    let table = table();
    let mut all = Vec::new();
    for entry in &table.mail {
        rows(entry, &mut all);
    }
    let mut shown = format!("{:<40} | {:<7} | {:<62} | got\n", "file", "how", "expected");
    let mut kinds: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    for row in &all {
        let (hit, known) = (row.is_hit(), row.entry.miss.is_some());
        let got = match (hit, known) {
            (true, _) => "hit".to_owned(),
            (false, true) => format!("KNOWN MISS: {}", row.got),
            (false, false) => format!("MISS: {}", row.got),
        };
        writeln!(
            shown,
            "{:<40} | {:<7} | {:<62} | {got}",
            row.entry.file, row.how, row.expected
        )
        .expect("a line");
        let counts = kinds.entry(row.entry.kind.as_str()).or_default();
        counts[match (hit, known) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        }] += 1;
    }
    writeln!(shown, "\n{:<20} | hits | known misses | misses", "kind").expect("a line");
    let mut total = [0; 3];
    for (kind, counts) in &kinds {
        let [hits, known, misses] = counts;
        writeln!(shown, "{kind:<20} | {hits:>4} | {known:>12} | {misses:>6}").expect("a line");
        (0..3).for_each(|at| total[at] += counts[at]);
    }
    let [hits, known, misses] = total;
    writeln!(
        shown,
        "{:<20} | {hits:>4} | {known:>12} | {misses:>6}",
        "all"
    )
    .expect("a line");
    print(&shown);
    assert_eq!(misses, 0, "see the lines with MISS");
    let healed = all.chunk_by(|one, other| std::ptr::eq(one.entry, other.entry));
    let healed = healed.filter(|of| of[0].entry.miss.is_some() && of.iter().all(Row::is_hit));
    assert_eq!(healed.count(), 0, "a known miss is one no more");
}

#[expect(clippy::print_stdout, reason = "the table is what the test is for")]
fn print(text: &str) {
    println!("{text}");
}

/// A mail without an expectation tests nothing, an expectation without its mail neither.
#[test]
fn every_mail_is_in_the_table_once() {
    let table = table();
    let mut listed: Vec<&str> = table.mail.iter().map(|one| one.file.as_str()).collect();
    listed.sort_unstable();
    let entries = std::fs::read_dir(folder()).expect("a folder");
    let mut there: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name.ends_with(".eml"))
        .collect();
    there.sort_unstable();
    assert_eq!(there, listed);
    assert!(listed.len() >= 60, "{}", listed.len());
}

/// git must not have touched them.
#[test]
fn mails_have_the_line_ends_of_mails() {
    for entry in &table().mail {
        let raw = entry.raw();
        let bare = raw
            .iter()
            .enumerate()
            .filter(|&(at, &byte)| byte == b'\n' && (at == 0 || raw[at - 1] != b'\r'));
        assert_eq!(bare.count(), 0, "{}", entry.file);
    }
}

/// Line feeds alone, and a mail that was cut in its last part, change nothing about what a mail is.
#[test]
fn other_line_ends_change_nothing() {
    for entry in table().mail.iter().filter(|entry| entry.miss.is_none()) {
        let raw = entry.raw();
        let bare: Vec<u8> = raw.iter().copied().filter(|&byte| byte != b'\r').collect();
        assert_eq!(entry.judged(&bare), entry.arrived, "{}", entry.file);
    }
}
