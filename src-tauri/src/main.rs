//! The window program.
// A console window beside ours helps nobody; in a debug build it shows what is printed.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    readdress_shell::run(std::env::args_os().skip(1))
}
