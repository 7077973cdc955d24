//! What the system does for the page: clipboard, files, links, the data folder. All of it asked from Rust.

use std::fs::OpenOptions;
use std::path::PathBuf;

use jiff::Timestamp;
use readdress_core::error::{Code, Problem, Result};
use readdress_core::folder::private_file;
use readdress_core::view::HistoryFilter;
use tauri::{AppHandle, Runtime, State, Url, WebviewWindow};
use tauri_plugin_clipboard_manager::ClipboardExt as _;
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::oneshot::Receiver;

use super::{Arg, Shell, guarded};

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
pub async fn get_diagnostics(shell: State<'_, Shell>) -> Result<String> {
    guarded(async {
        let mut text = shell.engine()?.diagnostics().await?;
        let webview = tauri::webview_version().unwrap_or_else(|_| "unknown".to_owned());
        text.push_str(&format!("mode: {:?}\nwebview: {webview}\n", shell.mode()));
        Ok(text)
    })
    .await
}

#[tauri::command]
pub async fn copy_text<R: Runtime>(app: AppHandle<R>, text: Arg<String>) -> Result<()> {
    guarded(to_clipboard(&app, text.0)).await
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

/// # Errors
/// `field_invalid` for anything but an https link without user info.
#[tauri::command]
pub async fn open_link<R: Runtime>(app: AppHandle<R>, url: Arg<String>) -> Result<()> {
    guarded(async {
        let url = safe_link(&url.0)
            .ok_or_else(|| Problem::new(Code::FieldInvalid).with("field", "url"))?;
        app.opener()
            .open_url(url.as_str(), None::<&str>)
            .map_err(|_| Problem::new(Code::Internal).with("what", "open_link"))
    })
    .await
}

fn safe_link(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    (url.scheme() == "https" && plain && url.has_host()).then_some(url)
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

async fn blocking<T: Send + 'static>(
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
    use super::safe_link;

    #[test]
    fn only_https_links_are_opened() {
        assert!(safe_link("https://developer.z-api.io/en/").is_some());
        for wrong in [
            "http://example.com",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://user@example.com",
            "https://u:p@example.com",
            "example.com",
            "",
            "mailto:a@example.com",
        ] {
            assert!(safe_link(wrong).is_none(), "{wrong}");
        }
    }
}
