//! Service files of the user's own: looked at, added, replaced. The services are read anew then, without a restart.
//!
//! Nothing is accepted here: the host of what was added is looked at before the first key (`look`), and what is open goes on by the
//! names of its steps (`flow`). Not here: reading a file (`manifest::file`), the list of services (`views`).

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Engine;
use super::look::key;
use crate::db::stamp;
use crate::error::{Code, Problem, Result};
use crate::folder::{io_problem, make_dir, private_file, sync_dir};
use crate::manifest::{Catalog, Manifest, ServiceFile};
use crate::view::{Changed, ServiceFileView, ServicePlace, ServiceView};

/// Where a file goes, and what that does to what is here.
struct Target {
    path: PathBuf,
    place: ServicePlace,
}

impl Engine {
    /// What adding this file would do. Nothing is stored. Of a file that is in its place already, and was edited there, the services
    /// are read anew: an editor is as good a way as any.
    ///
    /// # Errors
    /// The folder's. Mistakes in the file are part of the answer.
    pub fn look_at_service(&self, file: &ServiceFile) -> Result<ServiceFileView> {
        let mut view = ServiceFileView {
            file: file.name.clone(),
            service: None,
            calls: Vec::new(),
            mistakes: Vec::new(),
            place: ServicePlace::New,
        };
        match Manifest::parse(&file.text, &file.name) {
            Ok(manifest) => {
                view.place = self.target(&manifest, file)?.place;
                if view.place == ServicePlace::Same {
                    self.read_services_anew();
                }
                view.calls = manifest.calls();
                view.service = Some(self.own_view(&manifest)?);
            }
            Err(faults) => view.mistakes = faults.iter().map(Problem::from).collect(),
        }
        Ok(view)
    }

    /// Copies the file into `services/` of the data folder (0600, whole or not at all) and reads the services anew. What is
    /// replaced is kept in `copies/`.
    ///
    /// # Errors
    /// `manifest_invalid`; `service_taken` (`reason`: `shipped`; `own`, where it is not to be replaced; `elsewhere`; `full`);
    /// `disk_full`, `folder_read_only`: nothing was changed then.
    pub fn add_service(&self, file: &ServiceFile, replace: bool) -> Result<ServiceView> {
        let manifest = Manifest::parse(&file.text, &file.name).map_err(|faults| {
            let first = faults.first().map(Problem::from);
            first.unwrap_or_else(|| Code::ManifestInvalid.into())
        })?;
        let taken = |reason: &str| {
            Err(Problem::new(Code::ServiceTaken)
                .with("id", manifest.id.clone())
                .with("service", manifest.name.clone())
                .with("reason", reason))
        };
        let target = self.target(&manifest, file)?;
        match &target.place {
            ServicePlace::Shipped { .. } => return taken("shipped"),
            ServicePlace::Elsewhere => return taken("elsewhere"),
            ServicePlace::Replaces { .. } if !replace => return taken("own"),
            ServicePlace::Replaces { .. } => self.keep_replaced(&target.path)?,
            ServicePlace::New if !Catalog::has_room(&self.0.folder.services_dir()) => {
                return taken("full");
            }
            ServicePlace::New | ServicePlace::Same => {}
        }
        if target.place != ServicePlace::Same {
            write_whole(&target.path, &file.text)?;
        }
        self.read_services_anew();
        self.own_view(&manifest)
    }

    fn read_services_anew(&self) {
        self.load_catalog();
        // Nobody may be listening: that is fine.
        let _ = self.0.changed.send(Changed {
            all: true,
            ..Changed::default()
        });
    }

    /// As `services` shows it once it is added.
    fn own_view(&self, manifest: &Manifest) -> Result<ServiceView> {
        let profiles = self.0.db.profiles_of_service(&manifest.id)?;
        let mut view = manifest.view(true, profiles);
        let accepted = self.0.db.meta(&key(&manifest.id))?;
        view.accepted = accepted.is_some_and(|host| host == manifest.host());
        Ok(view)
    }

    fn target(&self, manifest: &Manifest, file: &ServiceFile) -> Result<Target> {
        // Another program, or an editor, may have put a file there since the services were read: it could take this one's place.
        let catalog = self.read_catalog();
        let services = self.0.folder.services_dir();
        let (path, known) = match (catalog.get(&manifest.id), catalog.file_of(&manifest.id)) {
            (Some(shipped), None) => {
                let name = shipped.name.clone();
                let (path, place) = (services, ServicePlace::Shipped { name });
                return Ok(Target { path, place });
            }
            (known, Some(path)) if path.parent() == Some(services.as_path()) => {
                (path.to_owned(), known)
            }
            (_, Some(path)) => {
                let (path, place) = (path.to_owned(), ServicePlace::Elsewhere);
                return Ok(Target { path, place });
            }
            (None, None) => (free_path(&services, &manifest.id, &catalog), None),
        };
        let place = match ServiceFile::read(&path) {
            Ok(here) if here.text == file.text => ServicePlace::Same,
            _ if !path.exists() => ServicePlace::New,
            _ => self.replaced(&path, &manifest.id, known)?,
        };
        Ok(Target { path, place })
    }

    fn replaced(
        &self,
        path: &Path,
        id: &str,
        known: Option<Arc<Manifest>>,
    ) -> Result<ServicePlace> {
        let open = self.open_changes(false)?;
        let open = open.iter().filter(|change| change.service == id).count();
        let name = path.file_name().unwrap_or_default();
        Ok(ServicePlace::Replaces {
            file: name.to_string_lossy().into_owned(),
            host: known.map(|manifest| manifest.host()),
            profiles: self.0.db.profiles_of_service(id)?,
            open: u32::try_from(open).unwrap_or(u32::MAX),
        })
    }

    /// As a restore keeps the files that it puts aside.
    fn keep_replaced(&self, path: &Path) -> Result<()> {
        let dir = self
            .0
            .folder
            .copies_dir()
            .join(format!("services-{}", stamp()));
        make_dir(&dir)?;
        let copy = dir.join(path.file_name().unwrap_or_default());
        let problem = |error| io_problem(&error, &copy);
        let bytes = std::fs::read(path).map_err(problem)?;
        let mut options = OpenOptions::new();
        let mut kept =
            private_file(&copy, options.write(true).create_new(true)).map_err(problem)?;
        kept.write_all(&bytes)
            .and_then(|()| kept.sync_all())
            .map_err(problem)
    }
}

/// `ID.toml`, or where a file of that name holds another service, the next free name.
fn free_path(services: &Path, id: &str, catalog: &Catalog) -> PathBuf {
    let first = services.join(format!("{id}.toml"));
    if !catalog.is_from(&first) {
        return first;
    }
    let others = (2_u32..).map(|n| services.join(format!("{id}-{n}.toml")));
    let mut free = others.filter(|path| !path.exists());
    free.next().unwrap_or(first)
}

/// Whole or not at all: a crash in between leaves what was there before.
fn write_whole(path: &Path, text: &str) -> Result<()> {
    // Not `.toml`: what is not whole is not read.
    let beside = path.with_extension("new");
    let _ = std::fs::remove_file(&beside);
    let written = private_file(&beside, OpenOptions::new().write(true).create_new(true))
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        io_problem(&error, path)
    })?;
    sync_dir(path);
    Ok(())
}
