//! The server's one settings file (Dovecot 2.3's language).

use crate::Options;
use crate::users::Owner;
use std::path::Path;

/// Ports on 127.0.0.1.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    pub imaps: u16,
    pub starttls: u16,
    pub lmtp: u16,
}

pub fn text(folder: &Path, ports: Ports, owner: &Owner, options: &Options) -> String {
    let folder = folder.display();
    let Ports {
        imaps,
        starttls,
        lmtp,
    } = ports;
    let Owner {
        internal,
        internal_group,
        login,
        ..
    } = owner;
    // Without it the server says what its version can.
    let capability = if options.idle {
        String::new()
    } else {
        "imap_capability = IMAP4rev1 SASL-IR LITERAL+ ENABLE UIDPLUS SPECIAL-USE CHILDREN NAMESPACE\n"
            .to_owned()
    };
    let junk = options.junk.as_ref().map_or_else(String::new, |junk| {
        let meant = if junk.special_use {
            "    special_use = \\Junk\n"
        } else {
            ""
        };
        format!(
            "  mailbox \"{}\" {{\n    auto = create\n{meant}  }}\n",
            junk.name
        )
    });
    format!(
        r#"# A test's server: nothing of it survives the test.
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
hostname = localhost
postmaster_address = postmaster@example.test
recipient_delimiter = +
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
mail_location = maildir:~/Maildir
mail_max_userip_connections = 0
mail_plugins = quota
# The machine will not lose its power in the middle of a test.
mail_fsync = never
# A refused login is told at once, also the tenth.
auth_failure_delay = 0
{capability}passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
}}
namespace inbox {{
  inbox = yes
{junk}}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"#
    )
}
