//! Whether a package can be signed, from the variables that hold the secrets' names; and what Tauri is told of it.
//!
//! Not here: the secrets themselves. What Apple's tools need, Tauri reads out of the same variables.

use super::System;
use serde_json::{Value, json};

const THUMBPRINT: &str = "WINDOWS_CERTIFICATE_THUMBPRINT";
const COMMAND: &str = "WINDOWS_SIGN_COMMAND";

/// A variable that is there and not empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether the system will take the package without a warning. On macOS that takes a certificate and Apple's own look at
/// it: what is signed and not notarised is refused like what is not signed. Packages for Linux are not asked.
pub fn will_be(system: System, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let has = |name| variable(name).is_some();
    match system {
        System::Linux => true,
        System::Windows => has(THUMBPRINT) || has(COMMAND),
        System::MacOs => has("APPLE_CERTIFICATE") && has("APPLE_ID"),
    }
}

/// What Windows' signing needs, for `bundle.windows`; nothing where it is not to be signed. A certificate in the user's
/// store is named by its thumbprint; anything else (a cloud's key) by a command in which `%1` is the file.
pub fn windows(variable: &dyn Fn(&str) -> Option<String>) -> Option<Value> {
    if let Some(thumbprint) = variable(THUMBPRINT) {
        return Some(json!({ "certificateThumbprint": thumbprint }));
    }
    variable(COMMAND).map(|command| json!({ "signCommand": command }))
}

/// The identity that macOS' programs are signed with where nobody gave one: none, but sealed (ad hoc). Without a seal a
/// downloaded app is called damaged, and there is no way to open it.
pub fn seal(variable: &dyn Fn(&str) -> Option<String>) -> Option<&'static str> {
    let given = ["APPLE_CERTIFICATE", "APPLE_SIGNING_IDENTITY"];
    given
        .iter()
        .all(|name| variable(name).is_none())
        .then_some("-")
}

/// What is said about a package that nobody signed.
pub fn warning(system: System) -> &'static str {
    match system {
        System::Linux => "",
        System::Windows => {
            "NOT SIGNED: Windows' SmartScreen will warn before it starts the installer. \
             WINDOWS_CERTIFICATE_THUMBPRINT or WINDOWS_SIGN_COMMAND would sign it."
        }
        System::MacOs => {
            "NOT SIGNED: macOS will refuse to open it at first (System Settings, Privacy & Security, Open Anyway). \
             APPLE_CERTIFICATE and APPLE_ID with their companions would sign and notarise it."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'a>(names: &'a [&'a str]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| names.contains(&name).then(|| format!("the {name}"))
    }

    #[test]
    fn windows_is_signed_by_a_certificate_or_a_command() {
        assert!(!will_be(System::Windows, &with(&[])));
        assert_eq!(windows(&with(&[])), None);
        assert!(will_be(System::Windows, &with(&[COMMAND])));
        assert_eq!(
            windows(&with(&[COMMAND])).unwrap()["signCommand"],
            "the WINDOWS_SIGN_COMMAND"
        );
        let both = windows(&with(&[COMMAND, THUMBPRINT])).unwrap();
        assert_eq!(
            both["certificateThumbprint"],
            "the WINDOWS_CERTIFICATE_THUMBPRINT"
        );
        assert_eq!(both.get("signCommand"), None);
    }

    #[test]
    fn macos_wants_the_certificate_and_the_notarisation() {
        assert!(!will_be(System::MacOs, &with(&["APPLE_CERTIFICATE"])));
        assert!(!will_be(System::MacOs, &with(&["APPLE_SIGNING_IDENTITY"])));
        assert!(will_be(
            System::MacOs,
            &with(&["APPLE_CERTIFICATE", "APPLE_ID"])
        ));
    }

    #[test]
    fn an_app_without_a_signature_is_sealed() {
        assert_eq!(seal(&with(&[])), Some("-"));
        assert_eq!(seal(&with(&["APPLE_CERTIFICATE"])), None);
        assert_eq!(seal(&with(&["APPLE_SIGNING_IDENTITY"])), None);
    }

    #[test]
    fn what_is_not_signed_is_told() {
        assert!(warning(System::Windows).contains("SmartScreen"));
        assert!(warning(System::MacOs).contains("Open Anyway"));
        assert!(will_be(System::Linux, &with(&[])));
    }
}
