//! Which manifests there are: those compiled in, and the user's own files.
//!
//! Not here: reading one file (`file`), one manifest (`parse`), adding a file (the engine).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::file::{name_of, read_text};
use super::model::Manifest;
use crate::error::{Code, Problem};

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

/// A manifest of the user's own, and the file that it is read from.
#[derive(Debug, Clone)]
struct Own {
    manifest: Arc<Manifest>,
    path: PathBuf,
}

/// The manifests known to this program.
#[derive(Debug, Default, Clone)]
pub struct Catalog {
    own: BTreeMap<String, Own>,
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
        let mut files: Vec<PathBuf> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| is_read(path))
            .collect();
        files.sort();
        let left_out = files.len().saturating_sub(MOST_FILES);
        for path in files.into_iter().take(MOST_FILES) {
            match read_file(&path) {
                Ok(manifest) => self.add(manifest, path),
                Err(problems) => self.faults.extend(problems),
            }
            self.faults.truncate(MOST_FAULTS);
        }
        if left_out > 0 {
            let message = format!("{left_out} files beyond {MOST_FILES} are left out");
            let hint = "keep only the services that you use";
            self.faults.push(invalid(&name_of(folder), &message, hint));
        }
        self
    }

    /// A second manifest of an id is told, never taken: profiles would send their secrets elsewhere.
    fn add(&mut self, manifest: Manifest, path: PathBuf) {
        if self.get(&manifest.id).is_some() {
            let message = format!("another manifest has the id `{}`", manifest.id);
            let fault = invalid(&name_of(&path), &message, "choose another id");
            self.faults.push(fault);
        } else {
            let manifest = Arc::new(manifest);
            self.own.insert(manifest.id.clone(), Own { manifest, path });
        }
    }

    pub fn get(&self, id: &str) -> Option<Arc<Manifest>> {
        let shipped = || {
            SHIPPED
                .iter()
                .find(|shipped| shipped.id == id)
                .map(Shipped::get)
        };
        let own = self.own.get(id).map(|own| Arc::clone(&own.manifest));
        own.or_else(shipped)
    }

    /// Those compiled in, then the user's own by id.
    pub fn all(&self) -> Vec<Arc<Manifest>> {
        SHIPPED
            .iter()
            .map(Shipped::get)
            .chain(self.own.values().map(|own| Arc::clone(&own.manifest)))
            .collect()
    }

    /// Whether a service of that id is compiled in. No file of the user's own can have it.
    pub fn is_shipped(id: &str) -> bool {
        SHIPPED.iter().any(|shipped| shipped.id == id)
    }

    /// Whether it is the user's own file.
    pub fn is_own(&self, id: &str) -> bool {
        self.own.contains_key(id)
    }

    /// The user's own file of that id.
    pub fn file_of(&self, id: &str) -> Option<&Path> {
        self.own.get(id).map(|own| own.path.as_path())
    }

    /// Whether one of the user's own is read from that file.
    pub fn is_from(&self, file: &Path) -> bool {
        self.own.values().any(|own| own.path == file)
    }

    /// Whether one more file of that folder would be read.
    pub fn has_room(folder: &Path) -> bool {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries.filter(|entry| is_read(&entry.path()));
        files.count() < MOST_FILES
    }

    /// What is wrong with the user's files, as `manifest_invalid` problems.
    pub fn faults(&self) -> &[Problem] {
        &self.faults
    }
}

fn is_read(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "toml")
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
    let file = name_of(path);
    let source = read_text(path).map_err(|why| {
        let (message, hint) = why.message();
        vec![invalid(&file, &message, hint)]
    })?;
    Manifest::parse(&source, &file).map_err(|faults| faults.iter().map(Problem::from).collect())
}
