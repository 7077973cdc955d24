//! Libraries that `WebKit` is linked with and Readdress never uses: speech voices and AVIF pictures, 45 MB of them.
//! An empty library with the same name and the same functions takes the place of each.
//!
//! The page speaks nothing and has no AVIF picture, and what it may show is its own (CSP), so that none of the
//! functions is ever called; each would answer with nothing (zero), which both interfaces define as "not to be had".

use super::elf::{self, Side};
use crate::{Outcome, process};
use std::fs;
use std::path::Path;

const BEGINNINGS: &[&str] = &["libflite.so.", "libflite_", "libavif.so."];

pub fn stands_in_for(soname: &str) -> bool {
    BEGINNINGS.iter().any(|start| soname.starts_with(start))
}

/// Writes the stand-in of `real` to `to`, with the functions of it that `user` looks for.
///
/// # Errors
/// It cannot be compiled, or what it names is not known to the compiler.
pub fn make(soname: &str, real: &Path, user: &Path, to: &Path) -> Outcome {
    let offered = elf::functions(real, Side::Offered)?;
    let wanted = elf::functions(user, Side::Wanted)?;
    let source = source(offered.intersection(&wanted).map(String::as_str));
    let file = to.with_extension("c");
    fs::write(&file, source).map_err(|why| format!("{}: {why}", file.display()))?;
    let name = format!("-Wl,-soname,{soname}");
    let words = ["-shared", "-nostdlib", "-fno-builtin", "-s", &name, "-o"];
    elf::ask(process::command("cc", &words).arg(to).arg(&file))?;
    fs::remove_file(&file).map_err(|why| format!("{}: {why}", file.display()))
}

fn source<'a>(functions: impl Iterator<Item = &'a str>) -> String {
    functions
        .map(|name| format!("void *{name}(void); void *{name}(void) {{ return 0; }}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_voices_and_avif_are_left_out() {
        assert!(stands_in_for("libflite.so.1"));
        assert!(stands_in_for("libflite_cmu_us_rms.so.1"));
        assert!(stands_in_for("libavif.so.15"));
        assert!(!stands_in_for("libwebp.so.7"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_stand_in_has_what_is_looked_for_and_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let compile = |name: &str, text: &str, more: &[&str]| {
            fs::write(at("t.c"), text).unwrap();
            let mut cc = process::command("cc", &["-shared", "-nostdlib", "-fPIC", "-o"]);
            elf::ask(cc.arg(at(name)).arg(at("t.c")).args(more)).unwrap();
        };
        compile(
            "real.so",
            "int used(void){return 7;} int left(void){return 8;}",
            &[],
        );
        compile(
            "user.so",
            "int used(void); int me(void){return used();}",
            &[],
        );
        let to = at("libflite.so.1");
        make("libflite.so.1", &at("real.so"), &at("user.so"), &to).unwrap();
        let offered = elf::functions(&to, Side::Offered).unwrap();
        assert!(offered.contains("used") && !offered.contains("left"));
    }
}
