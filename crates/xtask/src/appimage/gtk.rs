//! What GTK loads while it runs, which no library names: the loader for SVG icons, ways of typing, the settings'
//! schemas and the store that the desktop keeps them in.

use super::elf;
use crate::{Outcome, process};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of modules in the `AppDir`, below the libraries.
struct Modules {
    /// Its name there.
    folder: &'static str,
    /// Where they lie, below the system's libraries.
    from: &'static str,
    wanted: &'static [&'static str],
    /// The program, below the system's libraries, that writes the list that GTK reads, and the list's name.
    list: Option<(&'static str, &'static str)>,
}

const MODULES: &[Modules] = &[
    // PNG and JPEG are in the library; icon themes are drawn in SVG.
    Modules {
        folder: "pixbuf",
        from: "gdk-pixbuf-2.0/2.10.0/loaders",
        wanted: &["libpixbufloader-svg.so"],
        list: Some(("gdk-pixbuf-2.0/gdk-pixbuf-query-loaders", "loaders.cache")),
    },
    // Wayland's and X11's input methods, and ' + c = ç as Portuguese is typed.
    Modules {
        folder: "input",
        from: "gtk-3.0/3.0.0/immodules",
        wanted: &["im-cedilla.so", "im-wayland.so", "im-xim.so"],
        list: Some(("libgtk-3-0/gtk-query-immodules-3.0", "immodules.cache")),
    },
    // On Wayland, fonts and the dark theme are read from it.
    Modules {
        folder: "gio",
        from: "gio/modules",
        wanted: &["libdconfsettings.so"],
        list: None,
    },
];

/// Of the schemas: GTK's own, without which a file dialog ends the program, and those of the desktop that GTK reads.
const SCHEMAS: &[&str] = &[
    "org.gtk.Settings.",
    "org.gnome.desktop.a11y.gschema",
    "org.gnome.desktop.a11y.interface.",
    "org.gnome.desktop.enums.",
    "org.gnome.desktop.input-sources.",
    "org.gnome.desktop.interface.",
    "org.gnome.desktop.privacy.",
    "org.gnome.desktop.sound.",
    "org.gnome.desktop.wm.preferences.",
];
const SCHEMAS_FOLDER: &str = "usr/share/glib-2.0/schemas";

/// Takes over the modules and schemas. `libraries`: the folder where the system has GTK. Answers with the files taken.
///
/// # Errors
/// One is not there, or a tool fails.
pub fn take(libraries: &Path, appdir: &Path) -> Outcome<Vec<PathBuf>> {
    let mut taken = Vec::new();
    for modules in MODULES {
        taken.extend(take_modules(modules, libraries, appdir)?);
    }
    taken.extend(take_schemas(appdir)?);
    Ok(taken)
}

fn take_modules(modules: &Modules, libraries: &Path, appdir: &Path) -> Outcome<Vec<PathBuf>> {
    let from = libraries.join(modules.from);
    let to = appdir.join(elf::LIBRARIES).join(modules.folder);
    let mut taken = Vec::new();
    for name in modules.wanted {
        elf::copy(&from.join(name), &to.join(name))?;
        taken.push(from.join(name));
    }
    if let Some((lister, list)) = modules.list {
        let mut ask = std::process::Command::new(libraries.join(lister));
        let said = elf::ask(ask.args(&taken))?;
        let text = portable(&said, &from, modules.folder);
        let place = |name: &&str| format!("\"$ORIGIN/{}/{name}\"", modules.folder);
        if modules
            .wanted
            .iter()
            .any(|name| !text.contains(&place(name)))
        {
            return Err(format!(
                "{lister} does not list all of {:?}:\n{said}",
                modules.wanted
            ));
        }
        let list = to.join(list);
        fs::write(&list, text).map_err(|why| format!("{}: {why}", list.display()))?;
    }
    Ok(taken)
}

/// The list, without the comments (they name this machine's folders), with each module's place told from the folder
/// of the libraries: the loader knows that as `$ORIGIN`.
fn portable(list: &str, from: &Path, folder: &str) -> String {
    let here = format!("{}/", from.display());
    list.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.replace(&here, &format!("$ORIGIN/{folder}/")) + "\n")
        .collect()
}

fn take_schemas(appdir: &Path) -> Outcome<Vec<PathBuf>> {
    let from = Path::new("/").join(SCHEMAS_FOLDER);
    let to = appdir.join(SCHEMAS_FOLDER);
    let mut taken = Vec::new();
    let entries = fs::read_dir(&from).map_err(|why| format!("{}: {why}", from.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let wanted = SCHEMAS.iter().any(|start| name.starts_with(start));
        if wanted && name.ends_with(".xml") {
            elf::copy(&path, &to.join(&*name))?;
            taken.push(path);
        }
    }
    elf::ask(process::command("glib-compile-schemas", &["--strict"]).arg(&to))?;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_modules_holds_in_every_mount() {
        let said = "# LoaderDir = /usr/lib/x/loaders\n#\n\"/usr/lib/x/loaders/svg.so\"\n\"svg\" 6 \"gdk-pixbuf\"\n\n";
        assert_eq!(
            portable(said, Path::new("/usr/lib/x/loaders"), "pixbuf"),
            "\"$ORIGIN/pixbuf/svg.so\"\n\"svg\" 6 \"gdk-pixbuf\"\n\n"
        );
    }
}
