//! One cold `readdress-cli change`: a new process, an existing database, the key from a file, a durable intent and
//! a durable answer; against the practice services on loopback, beside `curl` sending the same request there.
//!
//! A change asks the service for its present address before it sends, so that it makes two calls to curl's one.

use super::samples::Samples;
use super::table::{Table, Unit};
use crate::place::Place;
use crate::{Outcome, process};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// How often each is run.
const RUNS: usize = 41;
const CLIENT_TOKEN: &str = "bench-client-token";
const TOKEN: &str = "BE9C0000000000000000000000000000";

/// The practice services in a process of their own, and a data folder with profiles for them.
pub struct Practice {
    server: Child,
    cli: PathBuf,
    z_api: String,
    pub data: PathBuf,
    pub key_file: PathBuf,
}

impl Practice {
    pub fn start(place: &Place, folder: &Path) -> Outcome<Self> {
        let cli = place.built("release", "readdress-cli");
        let mut server = Command::new(&cli)
            .arg("practice")
            .env("READDRESS_DATA_DIR", folder.join("server"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|why| format!("readdress-cli does not start: {why}"))?;
        let mut line = String::new();
        if let Some(out) = server.stdout.take() {
            let _ = BufReader::new(out).read_line(&mut line);
        }
        let z_api = url_of(&line, "z-api");
        let practice = Self {
            server,
            cli,
            z_api: z_api.unwrap_or_default(),
            data: folder.join("data"),
            key_file: folder.join("key"),
        };
        if practice.z_api.is_empty() {
            return Err(format!(
                "`readdress-cli practice` told no address of Z-API: {line}"
            ));
        }
        let key_file = practice.key_file.to_string_lossy().into_owned();
        practice.cli(&["vault", "new-key", &key_file])?;
        for run in 0..RUNS {
            let instance = format!("instance_id={}", instance(run));
            let words = [
                "profile",
                "add",
                "--service",
                "z-api",
                "--label",
                &label(run),
                "--field",
                &instance,
                "--secret",
                "token=BENCH_TOKEN",
                "--secret",
                "client_token=BENCH_CLIENT_TOKEN",
                "--base-url",
                &practice.z_api,
            ];
            practice.cli(&words)?;
        }
        Ok(practice)
    }

    /// The CLI in the bench's folder; its output is thrown away, its errors are not.
    fn cli(&self, words: &[&str]) -> Outcome {
        let mut command = Command::new(&self.cli);
        command
            .args(words)
            .env("READDRESS_DATA_DIR", &self.data)
            .env("READDRESS_KEY_FILE", &self.key_file)
            .env("BENCH_TOKEN", TOKEN)
            .env("BENCH_CLIENT_TOKEN", CLIENT_TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        ended_well(&mut command)
    }
}

impl Drop for Practice {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

pub fn measure(practice: &Practice, table: &mut Table) -> Outcome {
    let mut ours = Samples::default();
    let mut curl = Samples::default();
    for run in 0..RUNS {
        let to = format!("new{run}@bench.example");
        let started = Instant::now();
        practice.cli(&["change", &label(run), "--to", &to])?;
        ours.add_time(started.elapsed());
        let mut same = same_by_curl(practice, run, &to);
        let started = Instant::now();
        ended_well(&mut same)?;
        curl.add_time(started.elapsed());
    }
    let beside = format!("curl, one call {:.1} ms", curl.median());
    table.limit(
        "one cold durable change, median",
        Unit::Milliseconds,
        ours.median(),
        &beside,
        30.0,
    );
    table.plain("  its 9th of 10", Unit::Milliseconds, ours.quantile(0.9));
    Ok(())
}

/// To another instance, because a second request to the same one would be another story.
fn same_by_curl(practice: &Practice, run: usize, to: &str) -> Command {
    let url = format!(
        "{}/instances/{}/token/{TOKEN}/security/email",
        practice.z_api,
        instance(RUNS + run)
    );
    let body = serde_json::json!({ "email": to }).to_string();
    let mut command = process::command(
        "curl",
        &[
            "--silent",
            "--fail",
            "--noproxy",
            "*",
            "--output",
            "/dev/null",
        ],
    );
    command
        .args(["--header", "Content-Type: application/json", "--header"])
        .arg(format!("Client-Token: {CLIENT_TOKEN}"))
        .args(["--data", &body, &url])
        .stdin(Stdio::null());
    command
}

fn ended_well(command: &mut Command) -> Outcome {
    let status = command
        .status()
        .map_err(|why| format!("{} does not start: {why}", process::typed(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!(
            "`{}` ended with {status}.",
            process::typed(command)
        ))
    }
}

fn instance(run: usize) -> String {
    format!("{:032X}", 0xBE_0000 + run)
}

fn label(run: usize) -> String {
    format!("Bench line {run}")
}

/// The address under this service's id, however deep the document puts it.
fn url_of(document: &str, id: &str) -> Option<String> {
    fn look(value: &Value, id: &str) -> Option<String> {
        match value {
            Value::Object(entries) => entries
                .iter()
                .find(|(key, _)| key.replace('_', "-") == id)
                .and_then(|(_, found)| first_url(found))
                .or_else(|| entries.values().find_map(|inner| look(inner, id))),
            Value::Array(items) => items.iter().find_map(|inner| look(inner, id)),
            _ => None,
        }
    }
    fn first_url(value: &Value) -> Option<String> {
        match value {
            Value::String(text) if text.starts_with("http") => {
                Some(text.trim_end_matches('/').to_owned())
            }
            Value::Object(entries) => entries.values().find_map(first_url),
            _ => None,
        }
    }
    look(&serde_json::from_str(document).ok()?, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_flat_or_nested() {
        let flat = r#"{"z-api":"http://127.0.0.1:4100/","webshare":"http://127.0.0.1:4101"}"#;
        assert_eq!(
            url_of(flat, "z-api").as_deref(),
            Some("http://127.0.0.1:4100")
        );
        let deep = r#"{"services":{"webshare":{"url":"http://127.0.0.1:1"},"z_api":{"url":"http://127.0.0.1:2"}}}"#;
        assert_eq!(url_of(deep, "z-api").as_deref(), Some("http://127.0.0.1:2"));
        assert_eq!(url_of("no json", "z-api"), None);
    }
}
