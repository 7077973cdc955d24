//! A mailbox's password, and the codes that come in its mails: nowhere in what is said, logged or kept, at the most
//! talkative level.

use readdress_dovecot::FIRST_USER;
use readdress_sandbox::Service;

use super::{AFTER, LABEL, Watched};
use crate::post::{PASSWORD, Post};

/// With what each encoding changes, and what IMAP quotes.
const CANARY: &str = "mB+p/4\"o\\x&%46'<>;=Z1 canary";

/// The same password given to the server and, by a variable, to Readdress.
fn watched(service: Service) -> Option<(Post, Watched)> {
    let post = Post::new()?;
    post.server
        .set_password(FIRST_USER, CANARY)
        .expect("a password");
    let watched = Watched::new(service);
    watched.watch("the mailbox's password", CANARY);
    post.takes_mail_of(&watched.stage);
    Some((post, watched))
}

fn hands_free(service: Service, code: &str) {
    let Some((post, watched)) = watched(service) else {
        return;
    };
    watched.watch("the code", code);
    watched.stage.sandbox.next_code(code);
    watched.add();
    let add = ["mailbox", "add", "--user", FIRST_USER, "--serves", AFTER];
    watched
        .keep("mailbox add", post.named(watched.call(&add)))
        .ends(0);
    watched.both(&["mailbox", "list"]);
    watched.both(&["mailbox", "test", FIRST_USER]);
    let wrong = watched.call(&["mailbox", "test", FIRST_USER, "--password-env", PASSWORD]);
    watched.watch("a wrong password", "wr0ng-password_canary");
    let wrong = wrong.env(PASSWORD, "wr0ng-password_canary");
    watched
        .keep("mailbox test with a wrong password", wrong)
        .ends(1);
    let mistake = ["mailbox", "edit", FIRST_USER, "--password-env", CANARY];
    watched
        .keep("the password for its variable", watched.call(&mistake))
        .ends(2);

    let change = ["change", LABEL, "--to", AFTER, "--wait", "--for", "2m"];
    let changed = watched.keep("change --wait", watched.call(&change)).ends(0);
    assert!(changed.stdout.contains("Changed and proved"), "{changed:?}");
    watched.both(&["pending"]);
    watched.both(&["history"]);
    watched.both(&["wait", LABEL]);
    let edit = [
        "mailbox",
        "edit",
        FIRST_USER,
        "--serves",
        "*@practice.example",
    ];
    watched.both(&edit);
    watched.both(&["mailbox", "remove", FIRST_USER]);
    assert_eq!(watched.found(), []);
    assert_eq!(watched.addresses_logged(), Vec::<String>::new());
    assert!(
        !watched.is_logged(FIRST_USER),
        "the login name is an address"
    );
}

#[test]
fn a_mailed_code_leaves_nothing() {
    hands_free(Service::ManncoStore, "730619");
}

#[test]
fn a_mailed_link_leaves_nothing() {
    hands_free(Service::Webshare, "Wq3x8yZ0-canary_LINK-5521qqW");
}
