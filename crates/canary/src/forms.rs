//! The spellings of a canary that escapes do not undo: what is looked for, byte by byte.
//!
//! Not here: URL, JSON and HTML escapes (`views` undoes them in what is searched).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Shorter ones are found by chance in a database.
const SHORTEST: usize = 5;
/// From this length on, each half of a canary counts as the whole: a cut must not save it.
const HALVED: usize = 20;

/// Names of the spellings, and the bytes of each.
pub fn of(canary: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    assert!(
        canary.len() >= SHORTEST,
        "a canary of {} bytes is found everywhere",
        canary.len()
    );
    let mut forms = vec![("plain", canary.to_vec())];
    if canary.len() >= HALVED {
        let (first, second) = canary.split_at(canary.len() / 2);
        forms.push(("first half", first.to_vec()));
        forms.push(("second half", second.to_vec()));
    }
    for (name, engine) in [
        ("base64", &STANDARD_NO_PAD),
        ("base64url", &URL_SAFE_NO_PAD),
    ] {
        forms.extend((0..3).map(|shift| (name, inside_base64(engine, canary, shift))));
    }
    let hex = |byte: &u8| format!("{byte:02x}");
    let hex: String = canary.iter().map(hex).collect();
    forms.push(("HEX", hex.to_uppercase().into_bytes()));
    forms.push(("hex", hex.into_bytes()));
    // How a list of bytes prints itself, in Rust and in JSON.
    for separator in [", ", ","] {
        let list: Vec<String> = canary.iter().map(u8::to_string).collect();
        forms.push(("numbers", list.join(separator).into_bytes()));
    }
    if let Ok(text) = std::str::from_utf8(canary) {
        let units = || text.encode_utf16();
        forms.push(("UTF-16LE", units().flat_map(u16::to_le_bytes).collect()));
        forms.push(("UTF-16BE", units().flat_map(u16::to_be_bytes).collect()));
        if !text.is_ascii() {
            // UTF-8 that was taken for Latin-1 and written as UTF-8 again.
            let twice: String = canary.iter().map(|byte| char::from(*byte)).collect();
            forms.push(("UTF-8 twice", twice.into_bytes()));
        }
    }
    forms
}

/// The characters of a base64 text that depend on the canary alone, where it begins `shift` bytes into a group of three.
fn inside_base64(engine: &impl Engine, canary: &[u8], shift: usize) -> Vec<u8> {
    let mut bytes = vec![0; shift];
    bytes.extend(canary);
    let text = engine.encode(&bytes);
    let first = [0, 2, 3][shift];
    let last = text.len() - usize::from(!bytes.len().is_multiple_of(3));
    text.as_bytes()[first..last].to_vec()
}
