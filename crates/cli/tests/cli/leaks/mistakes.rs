//! Secrets given in the wrong place: not repeated, not stored.

use readdress_sandbox::Service;

use super::{LABEL, Watched};

const SECRET: &str = "c4nary-Wr1tten/by+mistake";

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    let watched = Watched::new(Service::ZApi);
    watched.add();
    watched.watch("the mistake", SECRET);
    let add = [
        "profile",
        "add",
        "--service",
        "z-api",
        "--label",
        "x",
        "--field",
        "instance_id=A1",
    ];
    let token = format!("token={SECRET}");
    let with_user = format!("https://me:{SECRET}@api.example");
    let whole_url = format!("https://api.z-api.io/instances/A1/token/{SECRET}");
    let no_variable = ["--secret", token.as_str()];
    let ways: [&[&str]; 9] = [
        &no_variable,
        &["--secret", SECRET],
        &["--field", &token],
        &["--secret=token=-", SECRET],
        &["--secret", "token=CANARY", "--base-url", &with_user],
        &["--secret", "token=CANARY", "--base-url", &whole_url],
        &["--token", SECRET],
        &["--", SECRET],
        &["--secret", "client_token=CANARY", "token=NOT_SET"],
    ];
    let mut calls: Vec<Vec<&str>> = ways.iter().map(|way| [&add, *way].concat()).collect();
    calls.push(vec!["verify", LABEL, SECRET]);
    calls.push(vec!["vault", "set-up", "--passphrase", SECRET]);
    calls.push(vec!["change", LABEL, "--to", SECRET]);
    calls.push(vec!["services", "show", "z-api", SECRET]);
    for args in &calls {
        for json in [false, true] {
            // Flags after `--` would be words.
            let flag = if json && !args.contains(&"--") {
                &["--json"][..]
            } else {
                &[]
            };
            let call = watched.stage.bare(&[]);
            drop(call);
            let call = watched.call(flag).env("CANARY", SECRET);
            let call = args.iter().fold(call, |call, arg| call.arg(arg));
            watched
                .keep(&args.join(" ").replace(SECRET, "…"), call)
                .ends(2);
        }
    }
    assert_eq!(watched.found(), []);
}
