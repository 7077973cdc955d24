//! Backups over IPC, as far as no dialog of the system is needed: the page names no path, so without one nothing is read.

use serde_json::json;

use crate::support::Home;

#[test]
fn nothing_is_restored_that_was_not_chosen() {
    let home = Home::new();
    let shown = home.open();
    let asked = json!({ "passphrase": "four words nobody guesses", "replace": true });
    let problem = shown.ask("restore_backup", asked).expect_err("refused");
    assert_eq!(
        (problem.code, problem.params["reason"].as_str()),
        (readdress_core::error::Code::BackupInvalid, "unreadable")
    );
    // A path beside the arguments is no argument.
    let file = home.data().join("readdress.db");
    let asked = json!({ "passphrase": "four words nobody guesses", "replace": true, "file": file, "path": file });
    let problem = shown.ask("restore_backup", asked).expect_err("refused");
    assert_eq!(problem.params["reason"], "unreadable");
}

#[test]
fn a_short_passphrase_is_told_before_a_file_is_chosen() {
    let home = Home::new();
    let shown = home.open();
    let problem = shown
        .ask("export_backup", json!({ "passphrase": "short" }))
        .expect_err("refused");
    assert_eq!(
        problem.code,
        readdress_core::error::Code::PassphraseTooShort
    );
}
