//! `cargo xtask icons`: every icon that the packages take, from the one drawing icons/readdress.svg.
//!
//! Drawn by resvg; put together into .ico and .icns by the example `pack_icons`, so that who builds the app does not
//! build libraries for that.

mod cut;
mod record;

use crate::place::Place;
use crate::run::cargo;
use crate::{Outcome, process, tools};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Sizes that only go into `icon.ico`.
const ONLY_WINDOWS: &[&str] = &["20", "40"];

pub fn draw(place: &Place) -> Outcome {
    let resvg = tools::resvg(place)?;
    let icons = place.root.join("icons");
    let drawn = place.notes().join("icons");
    fs::create_dir_all(&drawn).map_err(|why| told(&drawn, &why))?;
    let source = icons.join("readdress.svg");
    let text = fs::read_to_string(&source).map_err(|why| told(&source, &why))?;
    for drawing in cut::drawings(&text).map_err(|why| told(&source, &why))? {
        for name in &drawing.serves {
            let Some(size) = size_of(name) else {
                write(&icons.join(format!("{name}.svg")), &drawing.svg)?;
                continue;
            };
            let cut_out = drawn.join(format!("{name}.svg"));
            write(&cut_out, &drawing.svg)?;
            let picture = drawn.join(format!("{name}.png"));
            process::show_and_run(
                Command::new(&resvg)
                    .args(["--width", size, "--height", size])
                    .args([&cut_out, &picture]),
            )?;
            if let Some(file) = file_of(name) {
                let to = icons.join(file);
                fs::copy(&picture, &to).map_err(|why| told(&to, &why))?;
            }
        }
    }
    let words = ["run", "--package", "xtask", "--example", "pack_icons", "--"];
    let folders = [drawn.to_string_lossy(), icons.to_string_lossy()];
    let words: Vec<&str> = words
        .into_iter()
        .chain(folders.iter().map(|f| &**f))
        .collect();
    cargo(place, &words)?;
    let record = record::of(&icons).map_err(|why| told(&icons, &why))?;
    write(&icons.join(record::NAME), &record)
}

/// In pixels; none where the drawing is kept as it is.
fn size_of(name: &str) -> Option<&str> {
    let size = name.strip_prefix("mac-").unwrap_or(name);
    size.parse::<u32>().is_ok().then_some(size)
}

/// The PNG file of a size: tauri.conf.json names them, and Linux installs each in its own folder.
fn file_of(name: &str) -> Option<String> {
    match name {
        // For those who take one picture of the app.
        "1024" => Some("icon.png".to_owned()),
        _ if name.starts_with("mac-") || ONLY_WINDOWS.contains(&name) => None,
        size => Some(format!("{size}x{size}.png")),
    }
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|why| told(path, &why))
}

fn told(path: &Path, why: &impl std::fmt::Display) -> String {
    format!("{}: {why}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_sizes_and_files() {
        assert_eq!(size_of("16"), Some("16"));
        assert_eq!(size_of("mac-32"), Some("32"));
        assert_eq!(size_of("symbolic"), None);
        assert_eq!(file_of("22").as_deref(), Some("22x22.png"));
        assert_eq!(file_of("1024").as_deref(), Some("icon.png"));
        assert_eq!(file_of("20"), None);
        assert_eq!(file_of("mac-512"), None);
    }
}
