//! The file of a backup: an `age` file (binary, one scrypt recipient) that is there whole or not at all.
//!
//! Not here: what is in it (`record`).

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::iter;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use serde::Serialize;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Lock, Wrong};
use crate::error::{Code, Problem, Result};
use crate::folder::{io_problem, private_file, sync_dir};
use crate::secret::Secret;
use crate::vault::composed;

/// scrypt's log2(N) of what is written: 128 MiB and about 0.4 s on a desktop of today, as for the vault.
pub const WORK_FACTOR: u8 = 17;

/// 1 GiB and some seconds: what `age -p` writes needs a quarter of it. More would hang a machine that was handed a bad file.
const MAX_WORK_FACTOR: u8 = 20;

/// The longest line: a manifest of 256 KiB whose every character is escaped has room.
const LONGEST_LINE: usize = 4 << 20;

const BEGIN: &[u8] = b"age-encryption.org/v1\n-> scrypt ";

const CHUNK: usize = 64 << 10;

/// A backup under way. Dropped before `finish`, nothing is left of it.
pub(super) struct Sink {
    stream: StreamWriter<BufWriter<File>>,
    line: Zeroizing<Vec<u8>>,
    part: Part,
    path: PathBuf,
}

/// The file under another name, until it is whole.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // After the renaming there is none.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Sink {
    /// # Errors
    /// `folder_read_only`, `disk_full` with `reason = backup`.
    pub fn create(path: &Path, lock: &Lock) -> Result<Self> {
        let path = std::path::absolute(path).map_err(|error| cannot_write(&error, path))?;
        let name = path
            .file_name()
            .ok_or_else(|| cannot_write(&ErrorKind::NotFound.into(), &path))?;
        // In the same folder: a rename must not become a copy. For this user only from the first byte on.
        let part = path.with_file_name(format!(
            ".{}.{}.part",
            name.to_string_lossy(),
            Uuid::now_v7().simple()
        ));
        let file = private_file(&part, OpenOptions::new().write(true).create_new(true))
            .map_err(|error| cannot_write(&error, &path))?;
        let part = Part(part);
        let mut recipient = scrypt::Recipient::new(secret_string(&composed(&lock.passphrase)));
        recipient.set_work_factor(lock.work_factor);
        let stream = Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient))
            .map_err(|_| Problem::from(Code::Internal))?
            .wrap_output(BufWriter::with_capacity(CHUNK, file))
            .map_err(|error| cannot_write(&error, &path))?;
        Ok(Self {
            stream,
            line: Zeroizing::new(Vec::new()),
            part,
            path,
        })
    }

    pub fn write(&mut self, record: &impl Serialize) -> Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut *self.line, record).map_err(|_| Code::Internal)?;
        self.line.push(b'\n');
        self.stream
            .write_all(&self.line)
            .map_err(|error| cannot_write(&error, &self.path))
    }

    /// On disk under its own name.
    pub fn finish(self) -> Result<()> {
        let Self {
            stream, part, path, ..
        } = self;
        let done = stream
            .finish()
            .and_then(|file| Ok(file.into_inner()?))
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&part.0, &path));
        done.map_err(|error| cannot_write(&error, &path))?;
        sync_dir(&path);
        Ok(())
    }
}

fn cannot_write(error: &std::io::Error, path: &Path) -> Problem {
    let problem = io_problem(error, path);
    if problem.code == Code::Internal {
        return problem;
    }
    problem.with("reason", "backup")
}

/// An opened backup, line by line.
pub(super) struct Source {
    stream: StreamReader<BufReader<File>>,
    chunk: Zeroizing<Vec<u8>>,
    /// What of `chunk` is not used yet.
    rest: std::ops::Range<usize>,
}

impl Source {
    /// # Errors
    /// `backup_invalid`, `backup_passphrase_wrong`.
    pub fn open(path: &Path, passphrase: &Secret) -> Result<Self> {
        let composed = composed(passphrase);
        match Self::open_with(path, &composed) {
            // Encrypted by a program that takes a passphrase as it was typed.
            Err(problem)
                if problem.code == Code::BackupPassphraseWrong && composed != *passphrase =>
            {
                Self::open_with(path, passphrase)
            }
            opened => opened,
        }
    }

    fn open_with(path: &Path, passphrase: &Secret) -> Result<Self> {
        // A folder opens as a file does; a pipe cannot be read twice, and opening it may wait for ever.
        if !std::fs::metadata(path).is_ok_and(|meta| meta.is_file()) {
            return Err(Wrong::Unreadable.into());
        }
        let file = File::open(path).map_err(|_| Wrong::Unreadable)?;
        let mut file = BufReader::with_capacity(CHUNK, file);
        if !begins_as_ours(file.fill_buf().map_err(|_| Wrong::Unreadable)?) {
            return Err(Wrong::NotABackup.into());
        }
        let mut identity = scrypt::Identity::new(secret_string(passphrase));
        identity.set_max_work_factor(MAX_WORK_FACTOR);
        let stream = Decryptor::new_buffered(file)
            .and_then(|file| file.decrypt(iter::once(&identity as &dyn age::Identity)))
            .map_err(|error| cannot_open(&error))?;
        Ok(Self {
            stream,
            chunk: Zeroizing::new(vec![0; CHUNK]),
            rest: 0..0,
        })
    }

    /// From the first line again.
    pub fn rewind(&mut self) -> Result<()> {
        self.rest = 0..0;
        self.stream
            .seek(SeekFrom::Start(0))
            .map_err(|error| cannot_read(&error))?;
        Ok(())
    }

    /// The next line without its end; `None` at the end of the file, which is there only where the file is whole.
    pub fn line(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let mut line = Zeroizing::new(Vec::new());
        loop {
            let rest = &self.chunk[self.rest.clone()];
            let end = rest.iter().position(|&byte| byte == b'\n');
            let part = &rest[..end.unwrap_or(rest.len())];
            if line.len() + part.len() > LONGEST_LINE {
                return Err(Wrong::Content.into());
            }
            if line.capacity() < line.len() + part.len() {
                // Growing in place would leave the old bytes behind.
                let mut longer = Zeroizing::new(Vec::with_capacity(
                    (line.len() + part.len()).next_power_of_two(),
                ));
                longer.extend_from_slice(&line);
                line = longer;
            }
            line.extend_from_slice(part);
            self.rest.start += part.len() + usize::from(end.is_some());
            if end.is_some() {
                return Ok(Some(line));
            }
            if !self.fill()? {
                // Every line has its end.
                return if line.is_empty() {
                    Ok(None)
                } else {
                    Err(Wrong::Content.into())
                };
            }
        }
    }

    fn fill(&mut self) -> Result<bool> {
        let read = loop {
            match self.stream.read(&mut self.chunk) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read.map_err(|error| cannot_read(&error))?,
            }
        };
        self.rest = 0..read;
        Ok(read > 0)
    }
}

/// `age` for a passphrase, or the first bytes of it: what else ends early was not cut, it is something else.
fn begins_as_ours(bytes: &[u8]) -> bool {
    let length = bytes.len().min(BEGIN.len());
    length > 0 && bytes[..length] == BEGIN[..length]
}

fn secret_string(secret: &Secret) -> SecretString {
    SecretString::from(secret.expose().to_owned())
}

fn cannot_open(error: &DecryptError) -> Problem {
    match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            Code::BackupPassphraseWrong.into()
        }
        DecryptError::InvalidMac => Wrong::Altered.into(),
        DecryptError::ExcessiveWork { .. } => Wrong::Work.into(),
        DecryptError::Io(error) if error.kind() == ErrorKind::UnexpectedEof => Wrong::Cut.into(),
        _ => Wrong::NotABackup.into(),
    }
}

/// What the stream says while it is read: its end is missing, or a part does not authenticate.
fn cannot_read(error: &std::io::Error) -> Problem {
    match error.kind() {
        ErrorKind::UnexpectedEof => Wrong::Cut.into(),
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other => {
            Wrong::Altered.into()
        }
        _ => Wrong::Unreadable.into(),
    }
}
