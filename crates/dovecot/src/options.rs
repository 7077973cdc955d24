//! How a server starts.

/// The folder for unwanted mail.
#[derive(Debug, Clone)]
pub struct Junk {
    /// As a person sees it.
    pub name: String,
    /// Whether the server says what it is for (SPECIAL-USE, RFC 6154).
    pub special_use: bool,
}

/// Which certificate the server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerCertificate {
    /// For `localhost` and 127.0.0.1, by the authority of `Dovecot::ca_file`.
    Trusted,
    /// Signed by itself.
    SelfSigned,
    /// By the authority, for `elsewhere.example`.
    WrongHost,
}

#[derive(Debug, Clone)]
pub struct Options {
    /// Whether the server tells by itself what is new.
    pub idle: bool,
    /// `None`: there is no such folder.
    pub junk: Option<Junk>,
    pub certificate: ServerCertificate,
    /// Users from the start, beside [`FIRST_USER`](crate::FIRST_USER): free, where a later one costs up to a second.
    pub users: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            idle: true,
            junk: Some(Junk {
                name: "Junk".to_owned(),
                special_use: true,
            }),
            certificate: ServerCertificate::Trusted,
            users: Vec::new(),
        }
    }
}
