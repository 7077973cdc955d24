//! `pack_icons DRAWN ICONS`: puts the pictures `SIZE.png` and `mac-SIZE.png` of the folder DRAWN together into
//! `icon.ico` and `icon.icns` in the folder ICONS. A step of `cargo xtask icons`.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use ico::{IconDir, IconDirEntry, IconImage, ResourceType};
use tauri_icns::{IconFamily, IconType, Image};

/// Explorer, the taskbar and the title bar at 100 to 250 %. Programs that take the first picture get a middling one.
const WINDOWS: [u32; 8] = [32, 16, 20, 24, 40, 48, 64, 256];
/// The Finder and the Dock, at one and two pixels for a point.
const MAC: [(u32, IconType); 10] = [
    (16, IconType::RGB24_16x16),
    (32, IconType::RGBA32_16x16_2x),
    (32, IconType::RGB24_32x32),
    (64, IconType::RGBA32_32x32_2x),
    (128, IconType::RGBA32_128x128),
    (256, IconType::RGBA32_128x128_2x),
    (256, IconType::RGBA32_256x256),
    (512, IconType::RGBA32_256x256_2x),
    (512, IconType::RGBA32_512x512),
    (1024, IconType::RGBA32_512x512_2x),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [drawn, icons] = folders.as_slice() else {
        return Err("pack_icons DRAWN ICONS".into());
    };
    windows(drawn, &icons.join("icon.ico"))?;
    mac(drawn, &icons.join("icon.icns"))
}

fn windows(drawn: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let mut all = IconDir::new(ResourceType::Icon);
    for size in WINDOWS {
        let picture = IconImage::read_png(open(drawn, &format!("{size}.png"))?)?;
        // Only the largest may be a PNG: older readers, and those in installers, expect bitmaps.
        all.add_entry(if size == 256 {
            IconDirEntry::encode_as_png(&picture)?
        } else {
            IconDirEntry::encode_as_bmp(&picture)?
        });
    }
    Ok(all.write(File::create(to)?)?)
}

fn mac(drawn: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let mut all = IconFamily::new();
    for (size, kind) in MAC {
        let picture = Image::read_png(open(drawn, &format!("mac-{size}.png"))?)?;
        all.add_icon_with_type(&picture, kind)?;
    }
    Ok(all.write(File::create(to)?)?)
}

fn open(folder: &Path, name: &str) -> Result<BufReader<File>, String> {
    let path = folder.join(name);
    File::open(&path)
        .map(BufReader::new)
        .map_err(|why| format!("{}: {why}", path.display()))
}
