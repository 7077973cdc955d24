//! Every icon is there, in its exact size. That they are what the drawing gives: `xtask`'s own test.

use crate::{json, read, root, size_of_png};
use std::fs::File;
use tauri_icns::{IconFamily, IconType};

/// The folders of the hicolor theme.
const LINUX: [u32; 9] = [16, 22, 24, 32, 48, 64, 128, 256, 512];

#[test]
fn linux_gets_every_size() {
    let config = json("tauri.conf.json");
    let named: Vec<&str> = config["bundle"]["icon"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|path| path.as_str())
        .collect();
    for size in LINUX {
        let path = format!("icons/{size}x{size}.png");
        assert_eq!(size_of_png(&path), (size, size), "{path}");
        assert!(named.contains(&path.as_str()), "tauri.conf.json: {path}");
    }
    for file in ["icons/icon.ico", "icons/icon.icns"] {
        assert!(named.contains(&file), "tauri.conf.json: {file}");
    }
    assert_eq!(named.len(), LINUX.len() + 2);
    // Tauri gives the first picture to a window that finds none by name.
    assert_eq!(named[0], "icons/128x128.png");
    assert_eq!(size_of_png("icons/icon.png"), (1024, 1024));
}

#[test]
fn what_scales_is_a_drawing() {
    for name in ["scalable", "symbolic"] {
        let drawing = read(&format!("icons/{name}.svg"));
        assert!(
            drawing.starts_with("<svg xmlns=") && drawing.contains("viewBox="),
            "{name}"
        );
        assert!(!drawing.contains("<image"), "{name}");
    }
    let symbolic = read("icons/symbolic.svg");
    assert!(!symbolic.contains("stroke"), "GTK paints only fills anew");
}

#[test]
fn windows_gets_every_size() {
    let file = File::open(root().join("icons/icon.ico")).unwrap();
    let mut sizes: Vec<u32> = ico::IconDir::read(file)
        .unwrap()
        .entries()
        .iter()
        .map(|entry| {
            let picture = entry.decode().unwrap();
            assert_eq!(picture.width(), picture.height());
            assert_eq!(entry.is_png(), picture.width() == 256);
            picture.width()
        })
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [16, 20, 24, 32, 40, 48, 64, 256]);
}

#[test]
fn macos_gets_every_size() {
    let file = File::open(root().join("icons/icon.icns")).unwrap();
    let family = IconFamily::read(file).unwrap();
    for (kind, side) in [
        (IconType::RGB24_16x16, 16),
        (IconType::RGBA32_16x16_2x, 32),
        (IconType::RGB24_32x32, 32),
        (IconType::RGBA32_32x32_2x, 64),
        (IconType::RGBA32_128x128, 128),
        (IconType::RGBA32_128x128_2x, 256),
        (IconType::RGBA32_256x256, 256),
        (IconType::RGBA32_256x256_2x, 512),
        (IconType::RGBA32_512x512, 512),
        (IconType::RGBA32_512x512_2x, 1024),
    ] {
        let picture = family.get_icon_with_type(kind).unwrap();
        assert_eq!(
            (picture.width(), picture.height()),
            (side, side),
            "{kind:?}"
        );
    }
}
