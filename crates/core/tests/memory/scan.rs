//! Looks through the writable memory of a process.

use std::fs::File;
use std::os::unix::fs::FileExt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const PAGE: usize = 4096;
/// Read at once; needles are far shorter than a page, so blocks overlap by one.
const BLOCK: usize = 4 * 1024 * 1024;

/// What is looked for, in the forms in which it could lie there.
pub struct Needle {
    name: String,
    forms: Vec<Vec<u8>>,
}

impl Needle {
    /// The bytes, and their base64.
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        let text = STANDARD.encode(bytes);
        Self {
            name: name.to_owned(),
            forms: vec![bytes.to_vec(), text.trim_end_matches('=').into()],
        }
    }

    /// A text: as it is, and as strings of two bytes a character.
    pub fn text(name: &str, text: &str) -> Self {
        let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        Self {
            name: name.to_owned(),
            forms: vec![text.as_bytes().to_vec(), wide],
        }
    }
}

/// The names of the needles that are in the process's memory, once for each needle.
pub fn found(process: u32, needles: &[Needle]) -> Vec<String> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut starts = [false; 256];
    for form in needles.iter().flat_map(|needle| &needle.forms) {
        starts[usize::from(form[0])] = true;
    }
    let mut found = vec![Vec::new(); needles.len()];
    let mut seen = 0;
    for map in maps.lines().filter(|line| line.contains(" rw")) {
        let range = map.split_once(' ').unwrap().0;
        let (from, to) = range.split_once('-').unwrap();
        let [mut at, end] = [from, to].map(|text| u64::from_str_radix(text, 16).unwrap());
        while at < end {
            let mut block = vec![0; BLOCK.min(usize::try_from(end - at).unwrap())];
            // Some pages, such as guards, cannot be read.
            if memory.read_exact_at(&mut block, at).is_err() {
                break;
            }
            seen += block.len();
            look(&block, &starts, needles, |needle, place| {
                found[needle].push(format!("{:x}", at + place as u64));
            });
            let whole = block.len() == BLOCK;
            at += if whole { BLOCK - PAGE } else { block.len() } as u64;
        }
    }
    assert!(seen > 1 << 20, "the memory was read");
    for (needle, places) in needles
        .iter()
        .zip(&found)
        .filter(|(_, places)| !places.is_empty())
    {
        println!("{} at {places:?}", needle.name);
        if std::env::var_os("READDRESS_TEST_DUMP").is_some() {
            dump(&memory, &maps, places);
        }
    }
    let names = needles
        .iter()
        .zip(&found)
        .filter(|(_, places)| !places.is_empty());
    names.map(|(needle, _)| needle.name.clone()).collect()
}

fn look(block: &[u8], starts: &[bool; 256], needles: &[Needle], mut hit: impl FnMut(usize, usize)) {
    const NOTHING: [u8; PAGE] = [0; PAGE];
    for (page, bytes) in block.chunks(PAGE).enumerate() {
        if bytes == &NOTHING[..bytes.len()] {
            continue;
        }
        for (n, byte) in bytes.iter().enumerate() {
            if !starts[usize::from(*byte)] {
                continue;
            }
            let rest = &block[page * PAGE + n..];
            for (index, needle) in needles.iter().enumerate() {
                if needle.forms.iter().any(|form| rest.starts_with(form)) {
                    hit(index, page * PAGE + n);
                }
            }
        }
    }
}

/// What lies around, for whoever mends a leak.
fn dump(memory: &File, maps: &str, places: &[String]) {
    for place in places {
        let at = u64::from_str_radix(place, 16).unwrap();
        let map = maps.lines().find(|line| {
            let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
            let [from, to] = [from, to].map(|text| u64::from_str_radix(text, 16).unwrap());
            (from..to).contains(&at)
        });
        let mut around = [0; 192];
        let _ = memory.read_exact_at(&mut around, at.saturating_sub(64));
        println!("{place} in {map:?}: {}", around.escape_ascii());
    }
}
