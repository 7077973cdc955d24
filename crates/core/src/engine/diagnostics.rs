//! *Copy diagnostics*: what helps to find a defect, without keys, codes, addresses, labels or paths of a person.

use std::fmt::Write as _;

use super::Engine;
use crate::error::Result;
use crate::view::ProxyChoice;

impl Engine {
    /// Plain text, shown to the user before it goes anywhere.
    pub async fn diagnostics(&self) -> Result<String> {
        let vault = self.0.vault.view();
        let network = self.network()?;
        let proxy = match network.proxy {
            ProxyChoice::System => "system",
            ProxyChoice::None => "none",
            ProxyChoice::Own { .. } => "own",
        };
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = writeln!(text, "Readdress {}", env!("CARGO_PKG_VERSION"));
        let _ = writeln!(
            text,
            "system: {} {}",
            std::env::consts::OS,
            std::env::consts::ARCH
        );
        let _ = writeln!(text, "vault: {:?}, {:?}", vault.kind, vault.state);
        if let Some(problem) = vault.problem {
            let _ = writeln!(text, "vault problem: {}", problem.code.as_str());
        }
        let _ = writeln!(
            text,
            "proxy: {proxy}, extra CA: {}",
            network.ca_file.is_some()
        );
        let _ = writeln!(text, "folder: {} bytes", self.0.folder.bytes());
        for (service, count) in self.0.db.profiles_per_service()? {
            let _ = writeln!(text, "profiles at {service}: {count}");
        }
        for (state, count) in self.0.db.changes_by_state()? {
            let _ = writeln!(text, "changes {}: {count}", state);
        }
        text.push_str(&self.check_journals()?.lines());
        for problem in self.notices() {
            let _ = writeln!(text, "notice: {}", problem.code.as_str());
        }
        Ok(text)
    }
}
