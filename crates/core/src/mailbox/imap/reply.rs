//! What one reply of a server is: an answer to a command, a word to go on, a status, or data.
//!
//! Statuses and numbers are read here, without asking for more grammar than is needed: servers take liberties with it.
//! Not here: mails and folders (`fetch`, `folders`), which imap-proto reads.

/// How a command ended, or how the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Status {
    pub word: Word,
    /// What stands in brackets: `UIDVALIDITY 7` (RFC 3501, 7.1; RFC 5530).
    pub code: Option<String>,
    /// For a person.
    pub text: String,
}

impl Status {
    /// The value of this code, if the status has it.
    pub fn code_value(&self, name: &str) -> Option<&str> {
        let (own, value) = split_word(self.code.as_deref()?);
        own.eq_ignore_ascii_case(name).then_some(value)
    }

    pub fn is(&self, word: Word) -> bool {
        self.word == word
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply<'a> {
    /// The server waits for more of the command.
    GoOn,
    Answer {
        tag: &'a str,
        status: Status,
    },
    Status(Status),
    Capability(&'a str),
    Exists(u32),
    Recent(u32),
    Expunge,
    /// Numbers found.
    Search(Vec<u32>),
    /// `FETCH`, `LIST` and what nobody asked for.
    Other,
}

/// `None`: that is no IMAP.
pub(super) fn read(bytes: &[u8]) -> Option<Reply<'_>> {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.first() == Some(&b'+') {
        return Some(Reply::GoOn);
    }
    if let Some(data) = line.strip_prefix(b"* ") {
        return Some(untagged(data));
    }
    let (tag, rest) = split_word(std::str::from_utf8(line).ok().or_else(|| {
        // Words in some old charset do not make an answer unreadable.
        std::str::from_utf8(&line[..line.iter().position(|byte| !byte.is_ascii())?]).ok()
    })?);
    let is_tag = !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let status = is_tag.then(|| status(rest)).flatten()?;
    matches!(status.word, Word::Ok | Word::No | Word::Bad).then_some(Reply::Answer { tag, status })
}

fn untagged(data: &[u8]) -> Reply<'_> {
    if let Some(status) = status(&String::from_utf8_lossy(
        &data[..data.len().min(MOST_WORDS)],
    )) {
        return Reply::Status(status);
    }
    let Ok(text) = std::str::from_utf8(data) else {
        return Reply::Other;
    };
    let (first, rest) = split_word(text);
    if first.eq_ignore_ascii_case("CAPABILITY") {
        return Reply::Capability(rest);
    }
    if first.eq_ignore_ascii_case("SEARCH") {
        // `(MODSEQ 9)` may stand behind them (RFC 7162).
        let numbers = rest.split(' ').map_while(|number| match number {
            "" => Some(None),
            number => number.parse().ok().map(Some),
        });
        return Reply::Search(numbers.flatten().collect());
    }
    let Ok(number) = first.parse() else {
        return Reply::Other;
    };
    match rest.trim_end().to_ascii_uppercase().as_str() {
        "EXISTS" => Reply::Exists(number),
        "RECENT" => Reply::Recent(number),
        "EXPUNGE" => Reply::Expunge,
        _ => Reply::Other,
    }
}

/// Nobody reads more of a status than this.
const MOST_WORDS: usize = 8 * 1024;

fn status(text: &str) -> Option<Status> {
    let (word, rest) = split_word(text);
    let word = [
        ("OK", Word::Ok),
        ("NO", Word::No),
        ("BAD", Word::Bad),
        ("BYE", Word::Bye),
        ("PREAUTH", Word::Preauth),
    ]
    .into_iter()
    .find_map(|(name, own)| word.eq_ignore_ascii_case(name).then_some(own))?;
    let (code, text) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((code, text)) => (Some(code.to_owned()), text.trim_start()),
        None => (None, rest),
    };
    let text = text.trim_end().to_owned();
    Some(Status { word, code, text })
}

fn split_word(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(line: &str) -> Status {
        match read(line.as_bytes()) {
            Some(Reply::Answer { status, .. }) => status,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn statuses_with_and_without_codes_and_words() {
        let status = answer("A1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n");
        assert_eq!(status.word, Word::No);
        assert_eq!(status.code.as_deref(), Some("AUTHENTICATIONFAILED"));
        assert_eq!(status.text, "Invalid credentials (Failure)");
        assert_eq!(answer("a1 ok\r\n").text, "");
        assert_eq!(answer("A1 OK [UNKNOWN-CODE some (thing)] x\r\n").text, "x");
        let Some(Reply::Status(status)) = read(b"* OK [UIDVALIDITY 123] UIDs valid\r\n") else {
            panic!("a status");
        };
        assert_eq!(status.code_value("uidvalidity"), Some("123"));
        assert_eq!(status.code_value("UIDNEXT"), None);
    }

    #[test]
    fn data() {
        assert_eq!(read(b"* 12 EXISTS\r\n"), Some(Reply::Exists(12)));
        assert_eq!(read(b"* 3 expunge\r\n"), Some(Reply::Expunge));
        assert_eq!(read(b"* 0 RECENT\r\n"), Some(Reply::Recent(0)));
        assert_eq!(read(b"+\r\n"), Some(Reply::GoOn));
        assert_eq!(
            read(b"* SEARCH 4 5  9 (MODSEQ 77)\r\n"),
            Some(Reply::Search(vec![4, 5, 9]))
        );
        assert_eq!(read(b"* SEARCH\r\n"), Some(Reply::Search(vec![])));
        assert_eq!(
            read(b"* CAPABILITY IMAP4rev1 IDLE\r\n"),
            Some(Reply::Capability("IMAP4rev1 IDLE"))
        );
        assert_eq!(read(b"* 1 FETCH (UID 2)\r\n"), Some(Reply::Other));
        assert_eq!(read(b"* XYZ \xff\r\n"), Some(Reply::Other));
    }

    #[test]
    fn what_is_no_imap() {
        for line in [
            "220 mail.example ESMTP\r\n",
            "+OK POP3 ready\r\n",
            "HTTP/1.1 400 Bad Request\r\n",
            "SSH-2.0-OpenSSH_9.2\r\n",
            "\r\n",
            "",
            "A1 BYE\r\n",
        ] {
            let read = read(line.as_bytes());
            assert!(matches!(read, None | Some(Reply::GoOn)), "{line}: {read:?}");
        }
        assert!(matches!(
            read(b"A1 NO falsches Pa\xdfwort\r\n"),
            Some(Reply::Answer { .. })
        ));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..80), start in "(\\* |A1 |\\+|\\* OK \\[|\\* 1 |\\* SEARCH )?") {
            let mut all = start.into_bytes();
            all.extend(bytes);
            read(&all);
        }
    }
}
