//! What the icons were drawn from, in icons/drawn.txt: a drawing that was changed without drawing the icons anew, or an
//! icon that was changed by hand, is noticed by a test without drawing anything.

use std::fs;
use std::path::Path;

/// The record's own name.
pub const NAME: &str = "drawn.txt";

/// A line for each file of the folder: name and check sum.
///
/// # Errors
/// The folder or a file cannot be read.
pub fn of(folder: &Path) -> std::io::Result<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != NAME {
            let mut content = fs::read(folder.join(&name))?;
            if name.ends_with(".svg") {
                // A checkout on Windows may end lines in its own way.
                content.retain(|byte| *byte != b'\r');
            }
            lines.push(format!("{:016x}  {name}\n", check_sum(&content)));
        }
    }
    lines.sort_by(|one, other| one[18..].cmp(&other[18..]));
    Ok(lines.concat())
}

/// FNV-1a, 64 bits: for mistakes, not against forgers.
fn check_sum(content: &[u8]) -> u64 {
    content.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sum_is_the_published_one() {
        assert_eq!(check_sum(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(check_sum(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(check_sum(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn the_icons_are_what_the_drawing_gives() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../icons");
        let recorded = fs::read_to_string(folder.join(NAME)).unwrap();
        assert_eq!(
            of(&folder).unwrap(),
            recorded.replace('\r', ""),
            "the drawing or an icon was changed: `cargo xtask icons` draws all of them"
        );
    }
}
