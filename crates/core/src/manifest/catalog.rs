//! Which manifests there are: those compiled in, and the user's own files.
//!
//! Not here: reading one manifest (`parse`).

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::model::Manifest;
use crate::error::{Code, Problem};

/// Largest manifest of the user's own, in bytes.
const LARGEST_FILE: u64 = 256 * 1024;
/// Files of one folder that are read: nobody has more services, and a start must not wait for ten thousand.
const MOST_FILES: usize = 256;
/// Mistakes of one folder that are told.
const MOST_FAULTS: usize = 100;

/// A manifest compiled in. Read at its first use: a cold command needs one of them at most.
struct Shipped {
    id: &'static str,
    file: &'static str,
    source: &'static str,
    manifest: OnceLock<Arc<Manifest>>,
}

macro_rules! shipped {
    ($($id:literal),+) => {
        [$(Shipped {
            id: $id,
            file: concat!("services/", $id, ".toml"),
            source: include_str!(concat!("../../../../services/", $id, ".toml")),
            manifest: OnceLock::new(),
        }),+]
    };
}

/// In the order of the page. The file's name is the id; a test holds them together.
static SHIPPED: [Shipped; 3] = shipped!["z-api", "webshare", "mannco-store"];

impl Shipped {
    fn get(&self) -> Arc<Manifest> {
        let read = || match Manifest::parse(self.source, self.file) {
            Ok(manifest) => Arc::new(manifest),
            Err(faults) => unreachable!("a shipped manifest is broken: {}", faults[0].one_line()),
        };
        Arc::clone(self.manifest.get_or_init(read))
    }
}

/// The manifests known to this program.
#[derive(Debug, Default, Clone)]
pub struct Catalog {
    own: BTreeMap<String, Arc<Manifest>>,
    faults: Vec<Problem>,
}

impl Catalog {
    /// Those compiled in.
    pub fn shipped() -> Self {
        Self::default()
    }

    /// Those compiled in, and every `*.toml` of a folder. A folder that is not there holds none.
    pub fn with_folder(folder: &Path) -> Self {
        Self::shipped().and_folder(folder)
    }

    /// These, and every `*.toml` of one more folder. What is wrong with a file is told by [`Catalog::faults`].
    #[must_use]
    pub fn and_folder(mut self, folder: &Path) -> Self {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return self;
        };
        let files = entries.flatten().map(|entry| entry.path());
        let mut files: Vec<PathBuf> = files
            .filter(|path| path.extension().is_some_and(|end| end == "toml"))
            .collect();
        files.sort();
        let left_out = files.len().saturating_sub(MOST_FILES);
        for path in files.into_iter().take(MOST_FILES) {
            match read_file(&path) {
                Ok(manifest) => self.add(manifest, &file_name(&path)),
                Err(problems) => self.faults.extend(problems),
            }
            self.faults.truncate(MOST_FAULTS);
        }
        if left_out > 0 {
            let message = format!("{left_out} files beyond {MOST_FILES} are left out");
            let hint = "keep only the services that you use";
            self.faults
                .push(invalid(&file_name(folder), &message, hint));
        }
        self
    }

    /// A second manifest of an id is told, never taken: profiles would send their secrets elsewhere.
    fn add(&mut self, manifest: Manifest, file: &str) {
        if self.get(&manifest.id).is_some() {
            let message = format!("another manifest has the id `{}`", manifest.id);
            self.faults
                .push(invalid(file, &message, "choose another id"));
        } else {
            self.own.insert(manifest.id.clone(), Arc::new(manifest));
        }
    }

    pub fn get(&self, id: &str) -> Option<Arc<Manifest>> {
        let shipped = || {
            SHIPPED
                .iter()
                .find(|shipped| shipped.id == id)
                .map(Shipped::get)
        };
        self.own.get(id).cloned().or_else(shipped)
    }

    /// Those compiled in, then the user's own by id.
    pub fn all(&self) -> Vec<Arc<Manifest>> {
        SHIPPED
            .iter()
            .map(Shipped::get)
            .chain(self.own.values().cloned())
            .collect()
    }

    /// Whether it is the user's own file.
    pub fn is_own(&self, id: &str) -> bool {
        self.own.contains_key(id)
    }

    /// What is wrong with the user's files, as `manifest_invalid` problems.
    pub fn faults(&self) -> &[Problem] {
        &self.faults
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn invalid(file: &str, message: &str, hint: &str) -> Problem {
    Problem::new(Code::ManifestInvalid)
        .with("file", file)
        .with("line", "1")
        .with("column", "1")
        .with("message", message)
        .with("hint", hint)
}

fn read_file(path: &Path) -> Result<Manifest, Vec<Problem>> {
    let file = file_name(path);
    let mut bytes = Vec::new();
    // Opening a pipe or a terminal waits for whoever is at its other end. A link to a plain file is as good as the file.
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(vec![invalid(
            &file,
            "this is not a plain file",
            "a manifest is a text file",
        )]);
    }
    let opened = std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST_FILE + 1).read_to_end(&mut bytes));
    if let Err(error) = opened {
        return Err(vec![invalid(
            &file,
            &format!("the file cannot be read: {}", error.kind()),
            "check its permissions",
        )]);
    }
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(vec![invalid(
            &file,
            "a manifest has at most 256 KiB",
            "one manifest describes one service",
        )]);
    }
    let source = String::from_utf8(bytes).map_err(|_| {
        vec![invalid(
            &file,
            "the file is not UTF-8 text",
            "save it as UTF-8",
        )]
    })?;
    Manifest::parse(&source, &file).map_err(|faults| faults.iter().map(Problem::from).collect())
}
