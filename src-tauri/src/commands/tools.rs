//! What the system does for the page: clipboard, files, links, the data folder. All of it asked from Rust.

use std::fs::OpenOptions;
use std::path::PathBuf;

use jiff::Timestamp;
use readdress_core::error::{Code, Problem, Result};
use readdress_core::folder::private_file;
use readdress_core::link;
use readdress_core::view::{HistoryFilter, Understood};
use tauri::{AppHandle, Runtime, State, WebviewWindow};
use tauri_plugin_clipboard_manager::ClipboardExt as _;
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::oneshot::Receiver;

use super::{Arg, Shell, guarded};
use crate::started::Started;

/// Asks where to and writes the CSV there; `None` where the dialog was left.
#[tauri::command]
pub async fn export_history<R: Runtime>(
    window: WebviewWindow<R>,
    shell: State<'_, Shell>,
    filter: Arg<HistoryFilter>,
) -> Result<Option<String>> {
    guarded(async {
        let engine = shell.engine()?;
        let (answer, choice) = tokio::sync::oneshot::channel();
        window
            .dialog()
            .file()
            .set_parent(&window)
            .set_file_name(format!(
                "readdress-history-{}.csv",
                Timestamp::now().strftime("%Y-%m-%d")
            ))
            .add_filter("CSV", &["csv"])
            .save_file(move |file| drop(answer.send(file)));
        let Some(path) = chosen(choice).await? else {
            return Ok(None);
        };
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        blocking(move || {
            let file = private_file(
                &path,
                OpenOptions::new().write(true).create(true).truncate(true),
            )
            .map_err(|error| cannot_write(&error, &path))?;
            engine.write_history_csv(&filter.0, std::io::BufWriter::new(file))
        })
        .await?;
        Ok(name)
    })
    .await
}

/// Plain text without keys, codes, addresses or labels; the page shows it before it is copied.
#[tauri::command]
pub async fn get_diagnostics(
    shell: State<'_, Shell>,
    started: State<'_, Started>,
) -> Result<String> {
    guarded(async {
        let mut text = shell.engine()?.diagnostics().await?;
        text.push_str(&format!("mode: {:?}\n", shell.mode()));
        text.push_str(&started.lines());
        Ok(text)
    })
    .await
}

#[tauri::command]
pub async fn copy_text<R: Runtime>(app: AppHandle<R>, text: Arg<String>) -> Result<()> {
    guarded(to_clipboard(&app, text.0)).await
}

/// What the clipboard holds for a waiting change: only where the preference is on, and only what fits exactly one without
/// doubt, which core judges. Nothing of it is kept.
#[tauri::command]
pub async fn read_clipboard<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
) -> Result<Option<Understood>> {
    guarded(async {
        if !shell.preferences().clipboard_offer {
            return Ok(None);
        }
        // A clipboard that holds a picture, or none at all, is no mistake.
        let text = blocking(move || Ok(app.clipboard().read_text().unwrap_or_default())).await?;
        shell.engine()?.offered_code(&text)
    })
    .await
}

/// Works without an engine too: who cannot use the folder wants to look into it.
#[tauri::command]
pub async fn show_data_folder<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
) -> Result<()> {
    guarded(async {
        let folder = shell.folder_path().ok_or(Code::FolderReadOnly)?;
        let there = folder
            .ancestors()
            .find(|path| path.is_dir())
            .unwrap_or(folder);
        app.opener()
            .open_path(there.display().to_string(), None::<&str>)
            .map_err(|_| Problem::new(Code::Internal).with("what", "open_folder"))
    })
    .await
}

/// `host` is the one that the page has shown: a link that leads to another is not opened.
///
/// # Errors
/// `field_invalid` for anything but an https link that leads where it says.
#[tauri::command]
pub async fn open_link<R: Runtime>(
    app: AppHandle<R>,
    url: Arg<String>,
    host: Arg<String>,
) -> Result<()> {
    guarded(async {
        let url = shown_link(&url.0, &host.0)?;
        app.opener()
            .open_url(url, None::<&str>)
            .map_err(|_| Problem::new(Code::Internal).with("what", "open_link"))
    })
    .await
}

fn shown_link(url: &str, host: &str) -> Result<String> {
    match link::outside(url) {
        Some(link) if link.host == host => Ok(link.url),
        _ => Err(Problem::new(Code::FieldInvalid).with("field", "url")),
    }
}

/// On a thread that may wait for the display server.
pub async fn to_clipboard<R: Runtime>(app: &AppHandle<R>, text: String) -> Result<()> {
    let app = app.clone();
    blocking(move || {
        app.clipboard()
            .write_text(text)
            .map_err(|_| Problem::new(Code::Internal).with("what", "clipboard"))
    })
    .await
}

/// What a file dialog was answered.
pub async fn chosen(choice: Receiver<Option<FilePath>>) -> Result<Option<PathBuf>> {
    let file = choice.await.map_err(|_| Code::Internal)?;
    file.map(|file| file.into_path().map_err(|_| Code::Internal.into()))
        .transpose()
}

/// On a thread that may wait.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tauri::async_runtime::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(Code::Internal.into()),
    }
}

fn cannot_write(error: &std::io::Error, path: &std::path::Path) -> Problem {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    let full = matches!(error.kind(), StorageFull | QuotaExceeded);
    Problem::new(if full {
        Code::DiskFull
    } else {
        Code::FolderReadOnly
    })
    .with("file", path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::shown_link;

    #[test]
    fn a_link_is_opened_only_where_its_host_was_shown() {
        let docs = "https://developer.z-api.io/en/";
        assert_eq!(shown_link(docs, "developer.z-api.io").as_deref(), Ok(docs));
        for (url, host) in [
            (docs, ""),
            (docs, "z-api.io"),
            (
                "https://evil.example/developer.z-api.io",
                "developer.z-api.io",
            ),
            (
                "https://developer.z-api.io@evil.example/",
                "developer.z-api.io",
            ),
            ("https://developer.z-api.io:8443/", "developer.z-api.io"),
            ("http://example.com", "example.com"),
            ("https://\u{430}pple.example/", "\u{430}pple.example"),
            ("file:///etc/passwd", ""),
            ("javascript:alert(1)", ""),
        ] {
            assert!(shown_link(url, host).is_err(), "{url} as {host}");
        }
        // Handed on as a browser reads it: nothing is left to be read in another way.
        let named = shown_link("https://\u{430}pple.example/a b", "xn--pple-43d.example");
        assert!(named.is_err(), "a space");
        assert_eq!(
            shown_link("https://\u{430}pple.example/", "xn--pple-43d.example").as_deref(),
            Ok("https://xn--pple-43d.example/")
        );
    }
}
