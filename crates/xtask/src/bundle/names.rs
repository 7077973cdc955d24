//! What the packages are called. Pure.

/// What a package is for; each has its own custom of naming.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Deb,
    Rpm,
    /// Any Linux, one file without installation.
    AppImage,
    /// Windows, for one user.
    Nsis,
    /// Windows, by an administrator, for everybody; the wizard speaks one language.
    Msi(&'static str),
    Dmg,
}

/// A file's name. `arch` is Rust's word (`x86_64`, `aarch64`); a package that should be signed and is not says so.
pub fn name(kind: Kind, version: &str, arch: &str, signed: bool) -> String {
    let not = if signed { "" } else { "-unsigned" };
    match kind {
        Kind::Deb => format!("readdress_{}_{}.deb", sortable(version), debian(arch)),
        Kind::Rpm => format!("readdress-{}-1.{arch}.rpm", sortable(version)),
        Kind::AppImage => format!("Readdress-{version}-{arch}.AppImage"),
        Kind::Nsis => format!("Readdress_{version}_{}-setup{not}.exe", windows(arch)),
        Kind::Msi(language) => {
            format!("Readdress_{version}_{}_{language}{not}.msi", windows(arch))
        }
        Kind::Dmg => format!("Readdress_{version}_universal{not}.dmg"),
    }
}

/// A version as Debian and rpm sort it: what comes before a release is marked with `~`, not with `-`.
pub fn sortable(version: &str) -> String {
    version.replace('-', "~")
}

/// Debian's word for an architecture.
pub fn debian(arch: &str) -> &str {
    match arch {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn windows(arch: &str) -> &str {
    match arch {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_the_readme_tells() {
        let of = |kind, signed| name(kind, "0.1.0", "x86_64", signed);
        assert_eq!(of(Kind::Deb, false), "readdress_0.1.0_amd64.deb");
        assert_eq!(of(Kind::Rpm, false), "readdress-0.1.0-1.x86_64.rpm");
        assert_eq!(of(Kind::AppImage, false), "Readdress-0.1.0-x86_64.AppImage");
        assert_eq!(of(Kind::Nsis, true), "Readdress_0.1.0_x64-setup.exe");
        assert_eq!(
            of(Kind::Msi("pt-BR"), true),
            "Readdress_0.1.0_x64_pt-BR.msi"
        );
        assert_eq!(of(Kind::Dmg, true), "Readdress_0.1.0_universal.dmg");
    }

    #[test]
    fn an_unsigned_package_says_so_in_its_name() {
        let of = |kind| name(kind, "0.1.0", "x86_64", false);
        assert_eq!(of(Kind::Nsis), "Readdress_0.1.0_x64-setup-unsigned.exe");
        assert_eq!(
            of(Kind::Msi("en-US")),
            "Readdress_0.1.0_x64_en-US-unsigned.msi"
        );
        assert_eq!(of(Kind::Dmg), "Readdress_0.1.0_universal-unsigned.dmg");
    }

    #[test]
    fn other_machines_have_other_names() {
        assert_eq!(
            name(Kind::Deb, "1.0.0", "aarch64", false),
            "readdress_1.0.0_arm64.deb"
        );
        assert_eq!(
            name(Kind::Rpm, "1.0.0", "aarch64", false),
            "readdress-1.0.0-1.aarch64.rpm"
        );
    }
}
