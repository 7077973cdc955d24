//! The new words of a mail's text, and those that it only repeats: an answered or forwarded mail below.
//!
//! Not here: quotations in HTML (`html`), attached mails (`parts`).

use std::sync::LazyLock;

use regex::Regex;

/// Lines from which on everything is somebody's earlier words.
static BEGINS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\s*(?:",
        r"-{2,}\s*(?:original message|forwarded message|mensagem original|mensagem encaminhada|mensaje original|mensaje reenviado|",
        r"message d'origine|message transféré|ursprüngliche nachricht|weitergeleitete nachricht|messaggio originale|messaggio inoltrato)\b.*",
        r"|(?:begin forwarded message|início da mensagem encaminhada|inicio del mensaje reenviado)\s*:?",
        r"|(?:on|em|el|le|am|il)\s.{4,300}\b(?:wrote|escreveu|escribió|a écrit|schrieb|ha scritto)\s*:?",
        r")\s*$",
    ))
    .expect("a pattern")
});
/// The start of such a line where a mail program broke it.
static BROKEN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^\s*(?:on|em|el|le|am|il)\s.{4,300}$").expect("a pattern"));
static BROKEN_END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^.{0,200}\b(?:wrote|escreveu|escribió|a écrit|schrieb|ha scritto)\s*:\s*$")
        .expect("a pattern")
});

/// The earlier mail's header as Outlook repeats it: two lines in a row.
static REPEATED_FROM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^\s*\*?(?:from|de|von|da)\s*:").expect("a pattern"));
static REPEATED_DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*\*?(?:sent|date|enviad[oa](?: em| el)?|data|fecha|gesendet|datum|envoyé|inviato)\s*:").expect("a pattern")
});

/// A text's new words, and its repeated ones without their marks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Split {
    pub fresh: String,
    pub quoted: String,
}

/// Lines that begin with `>`, and all after a line that introduces an earlier mail.
pub(super) fn split(text: &str) -> Split {
    let mut split = Split::default();
    let mut lines = text.lines().peekable();
    let mut earlier = false;
    let mut armour = false;
    while let Some(line) = lines.next() {
        let bare = line.trim_start();
        // `<https://…>` of plain texts begins with another sign; `>` alone stands for a quotation in every mail program.
        if bare.starts_with('>') {
            split.quoted.push_str(bare.trim_start_matches(['>', ' ']));
            split.quoted.push('\n');
            continue;
        }
        // What is encrypted, or signs, are no words (RFC 9580, section 6.2).
        armour = armour
            || bare.starts_with("-----BEGIN PGP MESSAGE")
            || bare.starts_with("-----BEGIN PGP SIGNATURE");
        if armour {
            armour = !bare.starts_with("-----END PGP");
            continue;
        }
        let short = line.len() <= 400;
        let broken = short
            && BROKEN.is_match(line)
            && lines
                .peek()
                .is_some_and(|next| next.len() <= 400 && BROKEN_END.is_match(next));
        // At the start it is the mail itself, copied from a window.
        let repeated = short
            && REPEATED_FROM.is_match(line)
            && !split.fresh.trim().is_empty()
            && lines
                .peek()
                .is_some_and(|next| next.len() <= 400 && REPEATED_DATE.is_match(next));
        earlier = earlier || broken || repeated || (short && BEGINS.is_match(line));
        let part = if earlier {
            &mut split.quoted
        } else {
            &mut split.fresh
        };
        part.push_str(line);
        part.push('\n');
    }
    split
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_words_are_told_from_new_ones() {
        for begins in [
            "On Fri, Nov 20, 2026 at 10:15 AM Ana <ana@new.example> wrote:",
            "On Fri, Nov 20, 2026 at 10:15 AM Ana Maria da Silva\n<ana@new.example> wrote:",
            "Em sex., 20 de nov. de 2026 às 10:15, Ana <ana@new.example> escreveu:",
            "El vie, 20 nov 2026 a las 10:15, Ana (<ana@new.example>) escribió:",
            "---------- Forwarded message ---------",
            "-----Original Message-----",
            "Begin forwarded message:",
            "From: Ana\nSent: Friday, November 20, 2026 10:15 AM",
            "*De:* Ana\n*Enviado em:* sexta-feira",
        ] {
            let split = split(&format!("new words\n{begins}\nold words\n"));
            assert_eq!(split.fresh, "new words\n", "{begins}");
            assert!(split.quoted.ends_with("old words\n"), "{begins}");
        }
        let marked = split("new\n> old\n>> > older\nnew again");
        assert_eq!(marked.fresh, "new\nnew again\n");
        assert_eq!(marked.quoted, "old\nolder\n");
        for not in [
            "On request we send codes",
            "El código es 123456:",
            "-- ",
            "--------",
        ] {
            assert_eq!(split(not).quoted, "", "{not}");
        }
    }
}
