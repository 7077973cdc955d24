//! Which folders are looked at: the inbox and those for unwanted mail.
//!
//! Not here: opening them (`imap`).

use imap_proto::{MailboxDatum, NameAttribute, Response};

use super::MailFolder;
use super::command::Command;
use super::frame::Bounds;
use super::reply::{Reply, Word};
use super::talk::{Heard, Talk};
use super::utf7;
use crate::error::Result;

/// Where a server says nothing about its folders, a mail program may have made one of its own beside the server's.
const MOST_JUNK: usize = 2;

/// What providers and mail programs call the folder for unwanted mail, in lower case.
const JUNK_NAMES: [&str; 38] = [
    "bulk",
    "bulk mail",
    "courrier indésirable",
    "correo basura",
    "correo no deseado",
    "indésirables",
    "istenmeyen",
    "junk",
    "junk e-mail",
    "junk email",
    "junk mail",
    "junk-e-mail",
    "lixo",
    "lixo eletrônico",
    "lixo electrónico",
    "mensajes no deseados",
    "nevyžádaná pošta",
    "niechciane",
    "no deseado",
    "ongewenste e-mail",
    "posta indesiderata",
    "pourriel",
    "roskaposti",
    "skräppost",
    "spam",
    "spam mail",
    "spamverdacht",
    "søppelpost",
    "unerwünscht",
    "uønsket mail",
    "wiadomości-śmieci",
    "önemsiz e-posta",
    "нежелательная почта",
    "спам",
    "垃圾邮件",
    "垃圾郵件",
    "迷惑メール",
    "스팸메일함",
];

/// The inbox first. A server that lists nothing has an inbox all the same.
pub(super) async fn find(talk: &mut Talk) -> Result<Vec<MailFolder>> {
    let mut found = Found::default();
    list(talk, "LIST \"\" \"*\"", &mut found).await?;
    // A server need not tell the use of a folder unless it is asked for it (RFC 6154, 5).
    if found.told.is_empty() && talk.has("SPECIAL-USE") {
        list(talk, "LIST (SPECIAL-USE) \"\" \"*\"", &mut found).await?;
    }
    let mut folders = vec![MailFolder {
        name: "INBOX".to_owned(),
        junk: false,
    }];
    let junk = found.junk().into_iter();
    folders.extend(junk.map(|name| MailFolder { name, junk: true }));
    Ok(folders)
}

async fn list(talk: &mut Talk, command: &str, found: &mut Found) -> Result<()> {
    let hear = |heard: &Heard<'_>| found.hear(heard);
    let status = talk
        .ask(Command::new(command), Bounds::FOLDERS, hear)
        .await?;
    if status.is(Word::Bad) || status.is(Word::No) {
        tracing::debug!("the mail server does not list its folders");
    }
    Ok(())
}

#[derive(Default)]
struct Found {
    /// The server says that they are for unwanted mail.
    told: Vec<String>,
    /// They are called so; how deep they lie.
    named: Vec<(usize, String)>,
}

impl Found {
    fn hear(&mut self, heard: &Heard<'_>) {
        if heard.reply != Reply::Other {
            return;
        }
        let Some(Response::MailboxData(MailboxDatum::List(folder))) = heard.raw.parsed() else {
            return;
        };
        let attributes = &folder.name_attributes;
        let gone = |attribute: &NameAttribute<'_>| match attribute {
            NameAttribute::NoSelect => true,
            NameAttribute::Extension(name) => name.eq_ignore_ascii_case("\\NonExistent"),
            _ => false,
        };
        let name = heard.raw.plain_text(&folder.name);
        if attributes.iter().any(gone) || name.eq_ignore_ascii_case("INBOX") {
            return;
        }
        if attributes.contains(&NameAttribute::Junk) {
            if self.told.len() < MOST_JUNK && !self.told.contains(&name) {
                self.told.push(name);
            }
            return;
        }
        let delimiter = folder.delimiter.map(|own| heard.raw.plain_text(&own));
        if let Some(depth) = junk_depth(&name, delimiter.as_deref())
            && self.named.len() < MOST_NAMED
        {
            self.named.push((depth, name));
        }
    }

    fn junk(mut self) -> Vec<String> {
        if self.told.is_empty() {
            self.named.sort();
            let named = self.named.into_iter().map(|(_, name)| name);
            self.told = named.take(MOST_JUNK).collect();
        }
        self.told
    }
}

/// No account has more of them by good sense.
const MOST_NAMED: usize = 100;

/// How deep a folder lies that is called as one for unwanted mail. Somebody's archive of spam lies deeper.
fn junk_depth(name: &str, delimiter: Option<&str>) -> Option<usize> {
    let parts: Vec<&str> = match delimiter {
        Some(delimiter) if !delimiter.is_empty() => name.split(delimiter).collect(),
        _ => vec![name],
    };
    let last = utf7::decode(parts.last()?).trim().to_lowercase();
    (parts.len() <= 2 && JUNK_NAMES.contains(&last.as_str())).then_some(parts.len())
}

#[cfg(test)]
mod tests {
    use super::super::wire::Raw;
    use super::*;

    fn found(lines: &[&str]) -> Vec<String> {
        let mut found = Found::default();
        for line in lines {
            let raw = Raw {
                bytes: format!("* {line}\r\n").into_bytes(),
                literals: line.contains("}\r\n"),
                deep: false,
            };
            found.hear(&Heard {
                reply: Reply::Other,
                raw: &raw,
            });
        }
        found.junk()
    }

    #[test]
    fn what_the_server_says_counts_more_than_names() {
        let lines = [
            r#"LIST (\HasNoChildren) "." INBOX"#,
            r#"LIST (\HasNoChildren) "." Spam"#,
            r#"LIST (\HasNoChildren \Junk) "." Quarantine"#,
            r#"LIST (\NonExistent \Junk) "." Old"#,
        ];
        assert_eq!(found(&lines), ["Quarantine"]);
        assert_eq!(found(&lines[..2]), ["Spam"]);
        assert_eq!(found(&lines[..1]), [""; 0]);
    }

    #[test]
    fn by_their_usual_names_the_nearest_first() {
        assert_eq!(
            found(&[
                r#"LIST (\Noselect) "/" "[Gmail]""#,
                r#"LIST () "/" "[Gmail]/Lixo Eletr&APQ-nico""#,
                r#"LIST () "/" "Archive/2019/Spam""#,
                r#"LIST () "/" "JUNK E-MAIL""#,
                r#"LIST () "/" "Spam and eggs""#,
                r#"LIST (\Noselect) "/" "Junk""#,
            ]),
            ["JUNK E-MAIL", "[Gmail]/Lixo Eletr&APQ-nico"]
        );
        assert_eq!(found(&[r#"LIST () NIL "&V4NXPpCuTvY-""#]).len(), 1);
    }

    #[test]
    fn names_in_any_spelling_of_a_string() {
        assert_eq!(found(&[r#"LIST (\Junk) "\\" "a \"b\\c""#]), [r#"a "b\c"#]);
        assert_eq!(
            found(&["LIST (\\Junk) \"/\" {6}\r\na \\\"b\\"]),
            [r#"a \"b\"#]
        );
        assert_eq!(found(&[r#"LIST () "\\" "INBOX\\Spam""#]), [r"INBOX\Spam"]);
    }

    #[test]
    fn the_list_of_names_is_in_lower_case() {
        for name in JUNK_NAMES {
            assert_eq!(name, name.to_lowercase());
        }
    }
}
