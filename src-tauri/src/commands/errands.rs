//! What a start was for, and service files that are looked at and added. Service files belong to the real profiles: practice has
//! the played services and no others.
//!
//! Not here: what keeps errands until the page takes them (`errands`), whether a file is a service (core).

use std::io::Read as _;
use std::path::{Path, PathBuf};

use readdress_core::error::{Code, Problem, Result};
use readdress_core::manifest::ServiceFile;
use readdress_core::view::{ServiceFileView, ServicePlace, ServiceView};
use serde::Serialize;
use tauri::{AppHandle, Manager as _, Runtime, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt as _;
use uuid::Uuid;

use super::tools::{blocking, chosen};
use super::{Arg, Shell, guarded};
use crate::errand::Errand;
use crate::events;

/// As large as mails get, in bytes; the page takes no larger one either.
const LARGEST_MAIL: u64 = 25 << 20;

/// A service file as it is shown, and what `add_service_file` names it by.
#[derive(Debug, Serialize)]
pub struct ShownFile {
    pub token: Uuid,
    #[serde(flatten)]
    pub view: ServiceFileView,
}

/// An errand as the page does it.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ErrandView {
    Practice,
    AddProfile,
    Pending,
    Service {
        shown: Box<ShownFile>,
    },
    Mail {
        name: String,
        text: String,
    },
    /// A mail that cannot be read.
    NoMail {
        name: String,
        reason: &'static str,
    },
}

/// The next one; `None` where nothing was asked for.
#[tauri::command]
pub async fn take_errand<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
) -> Result<Option<ErrandView>> {
    guarded(async {
        // Where the folder cannot be used there is nothing to be done, and errands wait.
        shell.real()?;
        let Some(errand) = shell.errands().take() else {
            return Ok(None);
        };
        Ok(Some(match errand {
            Errand::Practice => ErrandView::Practice,
            Errand::AddProfile => ErrandView::AddProfile,
            Errand::Pending => ErrandView::Pending,
            Errand::File(path) if Errand::is_mail(&path) => {
                blocking(move || Ok(read_mail(&path))).await?
            }
            Errand::File(path) => ErrandView::Service {
                shown: Box::new(show(&app, &shell, path).await?),
            },
        }))
    })
    .await
}

/// Asks for a file and shows what it would add; `None` where the dialog was left.
#[tauri::command]
pub async fn choose_service_file<R: Runtime>(
    window: WebviewWindow<R>,
    shell: State<'_, Shell>,
) -> Result<Option<ShownFile>> {
    guarded(async {
        shell.real()?;
        let (answer, choice) = tokio::sync::oneshot::channel();
        window
            .dialog()
            .file()
            .set_parent(&window)
            .add_filter("Readdress", &["readdress", "toml"])
            .pick_file(move |file| drop(answer.send(file)));
        match chosen(choice).await? {
            Some(path) => show(window.app_handle(), &shell, path).await.map(Some),
            None => Ok(None),
        }
    })
    .await
}

/// Adds the file that is shown. Its host is accepted by nobody yet.
///
/// # Errors
/// `service_file_unreadable` with `reason = gone` where another file was shown since; as core's.
#[tauri::command]
pub async fn add_service_file<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    token: Arg<Uuid>,
    replace: Arg<bool>,
) -> Result<ServiceView> {
    guarded(async {
        let engine = shell.real()?;
        let file = shell
            .errands()
            .shown(token.0)
            .ok_or_else(|| Problem::new(Code::ServiceFileUnreadable).with("reason", "gone"))?;
        let added = blocking(move || engine.add_service(&file, replace.0)).await;
        // A file that was broken may be whole now: the notices are others.
        events::tell_app_state(&app);
        added
    })
    .await
}

async fn show<R: Runtime>(app: &AppHandle<R>, shell: &Shell, path: PathBuf) -> Result<ShownFile> {
    let engine = shell.real()?;
    let read = blocking(move || Ok(ServiceFile::read(&path))).await?;
    let (file, problem) = match read {
        Ok(file) => (file, None),
        Err(problem) => (unread(&problem), Some(problem)),
    };
    if let Some(problem) = problem {
        let view = ServiceFileView {
            file: file.name.clone(),
            service: None,
            calls: Vec::new(),
            mistakes: vec![problem],
            place: ServicePlace::New,
        };
        let token = shell.errands().show(file);
        return Ok(ShownFile { token, view });
    }
    let looked = file.clone();
    let view = blocking(move || engine.look_at_service(&looked)).await?;
    if view.place == ServicePlace::Same {
        // The services were read anew: a mistake that was told may be mended.
        events::tell_app_state(app);
    }
    let token = shell.errands().show(file);
    Ok(ShownFile { token, view })
}

/// Nothing could be added of it: no text is no service.
fn unread(problem: &Problem) -> ServiceFile {
    ServiceFile {
        name: problem.params.get("file").cloned().unwrap_or_default(),
        text: String::new(),
    }
}

fn read_mail(path: &Path) -> ErrandView {
    let name = path.file_name().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    let refused = |name, reason| ErrandView::NoMail { name, reason };
    // A pipe would be waited for.
    if !std::fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return refused(name, "unreadable");
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST_MAIL + 1).read_to_end(&mut bytes));
    match read {
        Err(_) => refused(name, "unreadable"),
        Ok(_) if bytes.len() as u64 > LARGEST_MAIL => refused(name, "large"),
        Ok(_) => ErrandView::Mail {
            name,
            text: text_of(bytes),
        },
    }
}

/// UTF-8 where it is that, else every byte as the character of its number: what stands in a mail's parts is decoded by their own
/// charset. As the page reads a mail that is dropped (`ui/src/app/mail_file.ts`).
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_read_whatever_its_bytes_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let mail = folder.path().join("a.eml");
        for (bytes, expected) in [
            (&b"caf\xc3\xa9"[..], "caf\u{e9}"),
            (b"caf\xe9", "caf\u{e9}"),
        ] {
            std::fs::write(&mail, bytes).expect("written");
            let ErrandView::Mail { name, text } = read_mail(&mail) else {
                panic!("it is one")
            };
            assert_eq!((name.as_str(), text.as_str()), ("a.eml", expected));
        }
        for path in [folder.path().join("none.eml"), folder.path().to_owned()] {
            let read = read_mail(&path);
            assert!(
                matches!(
                    read,
                    ErrandView::NoMail {
                        reason: "unreadable",
                        ..
                    }
                ),
                "{path:?}"
            );
        }
    }
}
