//! `cargo xtask cross windows|macos`: whether the code compiles for the other systems, asked on a Debian machine.
//!
//! A look before a pull request, not a layer of the gate: it needs a compiler whose version Debian moves on
//! (`compiler`), and what it makes cannot be run here. What is shipped is built on the systems themselves.

mod compiler;
mod stand_ins;

use crate::packages::{self, Scope};
use crate::place::Place;
use crate::{Outcome, page, process};
use compiler::Compiler;
use std::fs;
use std::process::Command;

const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";

/// SQLite, ring and the icon in the program are made by these.
const MINGW: &[&str] = &["gcc-mingw-w64-x86-64-win32", "g++-mingw-w64-x86-64-win32"];

const FACE: &str = "\
cargo xtask cross windows [--link]   check all programs and tests for Windows; --link: build both programs too
cargo xtask cross macos              check all programs and tests for macOS; nothing is linked, there is no SDK here";

pub fn cross(place: &Place, words: &[String]) -> Outcome {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["windows"] => windows(place, false),
        ["windows", "--link"] => windows(place, true),
        ["macos"] => macos(place),
        _ => Err(FACE.to_owned()),
    }
}

fn windows(place: &Place, link: bool) -> Outcome {
    let compiler = compiler(place)?;
    packages::ensure_these(MINGW)?;
    let mut check = cargo(place, &compiler, "check", WINDOWS);
    process::show_and_run(look_at_all(&mut check, &compiler))?;
    println!("It compiles for Windows ({WINDOWS}), tests included. Nothing of it was run.");
    if link {
        link_for_windows(place, &compiler)?;
    }
    Ok(())
}

/// Windows' own linker and its C library are not to be had here: GNU's take their place, so what is linked is not what
/// is shipped, but every function of the system that we call was found.
fn link_for_windows(place: &Place, compiler: &Compiler) -> Outcome {
    packages::ensure(Scope::App)?;
    page::build(place)?;
    let programs = [
        ("readdress-cli", &[][..]),
        ("readdress", &["--features", "custom-protocol"][..]),
    ];
    for (name, more) in programs {
        let mut build = cargo(place, compiler, "build", WINDOWS);
        process::show_and_run(build.args(["--package", name]).args(more))?;
        let file = built(place)
            .join(WINDOWS)
            .join("debug")
            .join(format!("{name}.exe"));
        let bytes = fs::metadata(&file)
            .map_err(|why| format!("{}: {why}", file.display()))?
            .len();
        println!("{:>6.1} MB  {}", bytes as f64 / 1e6, file.display());
    }
    println!("Both programs link for Windows. Neither was run.");
    Ok(())
}

fn macos(place: &Place) -> Outcome {
    let compiler = compiler(place)?;
    let mut check = cargo(place, &compiler, "check", MACOS);
    stand_ins::put(&place.cross().join("stand-ins"), MACOS, &mut check)?;
    process::show_and_run(look_at_all(&mut check, &compiler))?;
    println!(
        "It compiles for macOS ({MACOS}), tests included. Nothing was linked: a function that the system lacks was not found out."
    );
    Ok(())
}

fn compiler(place: &Place) -> Outcome<Compiler> {
    packages::ensure(Scope::Cli)?;
    compiler::get(&place.cross())
}

/// With clippy in the compiler's place for our own crates, so that its lints see the lines of that system. Warnings are
/// shown and do not fail: this clippy is newer than the one of the gate.
fn look_at_all<'a>(check: &'a mut Command, compiler: &Compiler) -> &'a mut Command {
    check
        .args(["--workspace", "--all-targets", "--keep-going"])
        .env("RUSTC_WORKSPACE_WRAPPER", compiler.clippy())
}

fn cargo(place: &Place, compiler: &Compiler, verb: &str, target: &str) -> Command {
    let mut command = process::command("cargo", &[verb, "--target", target]);
    // `test`: the harness that test programs are linked with.
    command
        .arg("-Zbuild-std=std,panic_unwind,test")
        .current_dir(&place.root)
        .env("CARGO_TARGET_DIR", built(place))
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS");
    compiler.use_in(&mut command);
    command
}

fn built(place: &Place) -> std::path::PathBuf {
    place.cross().join("build")
}
