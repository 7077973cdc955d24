//! What earlier starts came to: a small file in the data folder that is only there while a start has painted nothing yet, and as long
//! as one way to draw is known to paint nothing on this machine. Pure but for reading and writing it.
//!
//! A single start that ended before it painted says little (the system may have gone down); two in a row do.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use readdress_core::folder::private_file;
use serde::{Deserialize, Serialize};

use super::Drawing;

/// So many unpainted starts in a row speak against a way to draw.
const ENOUGH: u8 = 2;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// Of which program, WebKit and cards it tells: with a new one of them all may be well.
    of: String,
    /// Starts in a row that have not painted, and how they drew.
    unpainted: Option<(Drawing, u8)>,
    failed: Vec<Drawing>,
}

pub fn file_in(folder: &Path) -> PathBuf {
    folder.join("drawing.json")
}

impl Note {
    /// What is known of this program on this machine; nothing where the file is damaged or tells of another.
    pub fn read(file: &Path, of: &str) -> Self {
        let told = std::fs::read(file)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok())
            .filter(|note| note.of == of);
        told.unwrap_or_else(|| Self {
            of: of.to_owned(),
            ..Self::default()
        })
    }

    /// Leaves no file where there is nothing to tell.
    ///
    /// # Errors
    /// As writing it.
    pub fn write(&self, file: &Path) -> std::io::Result<()> {
        if self.unpainted.is_none() && self.failed.is_empty() {
            return match std::fs::remove_file(file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let text = serde_json::to_vec(self)?;
        private_file(
            file,
            OpenOptions::new().write(true).create(true).truncate(true),
        )?
        .write_all(&text)
    }

    /// What painted nothing.
    pub fn failed(&self) -> Vec<Drawing> {
        let mut failed = self.failed.clone();
        if let Some((drawing, count)) = self.unpainted
            && count >= ENOUGH
            && !failed.contains(&drawing)
        {
            failed.push(drawing);
        }
        failed
    }

    /// The window is about to be shown.
    pub fn begun(mut self, drawing: Drawing) -> Self {
        self.failed = self.failed();
        let before = match self.unpainted {
            Some((one, count)) if one == drawing => count,
            _ => 0,
        };
        self.unpainted = Some((drawing, before.saturating_add(1)));
        self
    }

    /// It paints, be it after a time that was taken for too long.
    pub fn painted(mut self, drawing: Drawing) -> Self {
        self.unpainted = None;
        self.failed.retain(|one| *one != drawing);
        self
    }

    /// It was seen to paint nothing.
    pub fn failed_now(mut self, drawing: Drawing) -> Self {
        self.unpainted = None;
        if !self.failed.contains(&drawing) {
            self.failed.push(drawing);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Drawing::{Card, Processor};

    #[test]
    fn one_start_cut_short_is_nothing_and_two_are_enough() {
        let once = Note::default().begun(Card);
        assert_eq!(once.failed(), []);
        let twice = once.begun(Card);
        assert_eq!(twice.failed(), [Card]);
        // The next draws the other way, which paints: the first stays out.
        let next = twice.begun(Processor);
        assert_eq!(next.failed(), [Card]);
        assert_eq!(next.painted(Processor).failed(), [Card]);
    }

    #[test]
    fn a_paint_between_them_begins_anew() {
        let note = Note::default().begun(Card).painted(Card).begun(Card);
        assert_eq!(note.failed(), []);
    }

    #[test]
    fn one_that_paints_after_all_is_taken_back() {
        let note = Note::default().failed_now(Card).failed_now(Processor);
        assert_eq!(note.failed(), [Card, Processor]);
        assert_eq!(
            note.clone().begun(Processor).painted(Processor).failed(),
            [Card]
        );
        // A slow start: seen to paint nothing, and then it did.
        assert_eq!(note.painted(Processor).failed(), [Card]);
    }

    #[test]
    fn lies_in_a_file_only_while_there_is_something_to_tell() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = file_in(folder.path());
        let note = Note::read(&file, "this").begun(Card);
        note.write(&file).expect("written");
        assert_eq!(Note::read(&file, "this"), note);
        assert_eq!(Note::read(&file, "newer").failed(), []);
        note.painted(Card).write(&file).expect("removed");
        assert!(!file.exists());
        let failed = Note::read(&file, "this").failed_now(Card);
        failed.write(&file).expect("written");
        assert_eq!(Note::read(&file, "this").failed(), [Card]);
        std::fs::write(&file, "{torn").expect("written");
        assert_eq!(Note::read(&file, "this").failed(), []);
    }
}
