//! A screen and a session bus of our own (Xvfb, dbus-daemon), so that tests and measures neither need nor
//! disturb a desktop.

use crate::place::Place;
use crate::{Outcome, process, tree};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Runs until it is dropped.
pub struct Display {
    screen: Server,
    bus: Server,
}

/// A server that says where it is in its first line.
struct Server {
    process: Child,
    said: String,
}

impl Display {
    pub fn start(place: &Place) -> Outcome<Self> {
        // What the bus starts by name, e.g. a keyring, must not open the developer's own.
        let home = place.notes().join("session");
        std::fs::create_dir_all(&home).map_err(|why| format!("{}: {why}", home.display()))?;
        // Both pick a free place themselves and tell it on descriptor 1: no race for a number.
        let screen = [
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1600x1000x24",
            "-nolisten",
            "tcp",
            // Else it begins anew when its last client leaves, and whoever comes in that moment finds no screen.
            "-noreset",
        ];
        let bus = ["--session", "--nofork", "--nopidfile", "--print-address=1"];
        Ok(Self {
            screen: Server::start(&mut process::command("Xvfb", &screen))?,
            bus: Server::start(
                process::command("dbus-daemon", &bus)
                    .env("HOME", &home)
                    .env("XDG_DATA_HOME", home.join("share"))
                    .env("XDG_CONFIG_HOME", home.join("config")),
            )?,
        })
    }

    /// A program that will run on this screen, with this bus.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", format!(":{}", self.screen.said))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus.said)
            .env_remove("WAYLAND_DISPLAY")
            .env("GDK_BACKEND", "x11");
        command
    }
}

impl Server {
    fn start(command: &mut Command) -> Outcome<Self> {
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|why| format!("{} does not start: {why}", process::typed(command)))?;
        let mut line = String::new();
        if let Some(out) = process.stdout.take() {
            let _ = BufReader::new(out).read_line(&mut line);
        }
        let said = line.trim().to_owned();
        let server = Self { process, said };
        if server.said.is_empty() {
            return Err(format!(
                "{} ended before it was ready.",
                process::typed(command)
            ));
        }
        Ok(server)
    }
}

impl Drop for Server {
    /// What the bus started by name is its child and goes with it.
    fn drop(&mut self) {
        tree::end(self.process.id());
        let _ = self.process.wait();
    }
}

/// Whether a window can be opened here.
pub fn there_is_one() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
