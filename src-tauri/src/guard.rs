//! Where the window may go: to its own page and nowhere else. Pure.
//!
//! Not here: what the page may load (the content security policy in `tauri.conf.json`).

use tauri::Url;

/// Whether this is the app's own page: the embedded one, or `dev` where the page is developed.
pub fn is_own_page(url: &Url, dev: Option<&Url>) -> bool {
    if let Some(dev) = dev {
        return url.origin() == dev.origin() && is_index(url);
    }
    // What Tauri serves the embedded page under: a scheme of its own, on Windows a host of its own.
    let place = (url.scheme(), url.host_str());
    let own = if cfg!(windows) {
        place == ("http", Some("tauri.localhost"))
    } else {
        place == ("tauri", Some("localhost"))
    };
    own && url.port().is_none() && url.username().is_empty() && is_index(url)
}

/// A proxy at which nobody listens. The page needs no network, and its policy does not cover everything that opens a connection: a
/// `<link rel=preconnect>` does, with a host's name that can carry something out. Names are left to the proxy, so none is asked for either.
///
/// Only on Linux, where it is tried by a flow in the real window; the embedded page and IPC have schemes of their own there.
/// `None` while the page is developed: it comes from a server then.
pub fn nowhere() -> Option<Url> {
    let shipped = cfg!(target_os = "linux") && !tauri::is_dev();
    // The discard port: only the system itself could listen there.
    shipped
        .then(|| Url::parse("socks5://127.0.0.1:9").ok())
        .flatten()
}

/// A script or a picture of ours as a page of its own would be nothing that can be used.
fn is_index(url: &Url) -> bool {
    matches!(url.path(), "" | "/" | "/index.html")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str, dev: Option<&str>) -> bool {
        let url = |text: &str| Url::parse(text).expect("a URL");
        is_own_page(&url(text), dev.map(url).as_ref())
    }

    #[test]
    fn only_the_own_page_is_shown() {
        let base = if cfg!(windows) {
            "http://tauri.localhost"
        } else {
            "tauri://localhost"
        };
        for path in ["", "/", "/index.html", "/#history", "/?x=1#profiles"] {
            assert!(own(&format!("{base}{path}"), None), "{path}");
        }
        for wrong in [
            "https://example.com/",
            "http://127.0.0.1:5173/",
            "http://localhost/",
            "https://tauri.localhost/",
            "http://tauri.localhost.example/",
            "tauri://localhost.example/",
            "tauri://example/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "about:srcdoc",
            "javascript:alert(1)",
            "blob:tauri://localhost/1",
            "asset://localhost/etc/passwd",
            "ipc://localhost/get_app_state",
        ] {
            assert!(!own(wrong, None), "{wrong}");
        }
        assert!(!own(&format!("{base}/assets/x.js"), None));
    }

    #[test]
    fn while_the_page_is_developed_its_server_is_home() {
        let dev = Some("http://127.0.0.1:5173/");
        assert!(own("http://127.0.0.1:5173/#history", dev));
        for wrong in [
            "http://127.0.0.1:5174/",
            "https://127.0.0.1:5173/",
            "http://localhost:5173/",
            "https://example.com/",
        ] {
            assert!(!own(wrong, dev), "{wrong}");
        }
    }
}
