//! `readdress-dovecot`: a mail server for a test that is not written in Rust.
//!
//! It prints one line of JSON, `{host, imaps, starttls, lmtp, ca, user, password, maildir}`, and stays until its standard
//! input closes. A line there does something and is answered with `{"ok": true}` or `{"error": "…"}`:
//! `kill`, `stop`, `start`, `pause`, `resume`, `password NEW`, `quota BYTES`, `count FOLDER`, `mails`,
//! `deliver FILE` and `junk FILE` (a whole mail).

#[cfg(unix)]
mod lines {
    use readdress_dovecot::{Dovecot, FIRST_USER};
    use serde_json::{Value, json};
    use std::fs;
    use std::io::{self, BufRead, Write};

    pub fn serve() -> io::Result<()> {
        let server = Dovecot::start()?;
        say(&json!({
            "host": server.host(),
            "imaps": server.imaps().port(),
            "starttls": server.starttls().port(),
            "lmtp": server.lmtp().port(),
            "ca": server.ca_file(),
            "user": FIRST_USER,
            "password": server.password(FIRST_USER),
            "maildir": server.home(FIRST_USER).join("Maildir"),
        }))?;
        for line in io::stdin().lock().lines() {
            let done = obey(&server, &line?);
            say(&done.unwrap_or_else(|why| json!({ "error": why.to_string() })))?;
        }
        Ok(())
    }

    fn obey(server: &Dovecot, line: &str) -> io::Result<Value> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "kill" => server.kill(),
            "stop" => server.stop(),
            "start" => server.start_again()?,
            "pause" => server.pause(),
            "resume" => server.resume(),
            "password" => server.set_password(FIRST_USER, rest)?,
            "quota" => server.set_quota(FIRST_USER, rest.parse().ok())?,
            "count" => return Ok(json!({ "ok": true, "count": server.count(FIRST_USER, rest)? })),
            "mails" => {
                let mails: Vec<[String; 3]> = server
                    .mails(FIRST_USER)?
                    .into_iter()
                    .map(|mail| [mail.folder, mail.name, mail.flags])
                    .collect();
                return Ok(json!({ "ok": true, "mails": mails }));
            }
            "deliver" => server.deliver(FIRST_USER, fs::read(rest)?)?,
            "junk" => server.deliver_to_junk(FIRST_USER, fs::read(rest)?)?,
            _ => return Err(io::Error::other(format!("no such word: {word}"))),
        }
        Ok(json!({ "ok": true }))
    }

    fn say(value: &Value) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{value}")?;
        out.flush()
    }
}

#[cfg(unix)]
fn main() -> std::io::Result<()> {
    if !readdress_dovecot::is_installed() {
        return Err(std::io::Error::other(readdress_dovecot::NOT_HERE));
    }
    lines::serve()
}

#[cfg(not(unix))]
fn main() {}
