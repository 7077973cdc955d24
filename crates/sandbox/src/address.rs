//! What the played services take for an email address, and how they compare two.
//!
//! On purpose simpler than, and apart from, what the product itself checks.

/// Whether a service would take `text` for an address.
pub(crate) fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    text.len() <= 254
        && !local.is_empty()
        && local.len() <= 64
        && !local.contains(['@', ' ', ',', '<', '>'])
        && domain.contains('.')
        && domain.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
}

/// The form in which two addresses are compared.
pub(crate) fn folded(address: &str) -> String {
    address.to_lowercase()
}

/// Whether two addresses are the same account of mail.
pub(crate) fn same(left: &str, right: &str) -> bool {
    folded(left) == folded(right)
}
