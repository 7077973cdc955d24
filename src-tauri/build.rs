//! Declares the app's commands, so that each needs a permission of its own name.

mod command_names;

use command_names::COMMANDS;

fn main() {
    // Not watched by itself under a folder of our own.
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/command_names.rs");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes).expect("the app's manifest");
}
