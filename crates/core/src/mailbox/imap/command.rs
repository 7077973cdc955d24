//! A command as it goes out: its words encoded by place, its literals sent only when the server has said to go on.
//!
//! Not here: sending (`talk`).

use zeroize::Zeroizing;

/// Pieces of bytes; before each but the first the server says to go on. They may hold a password, so they do not print.
pub(super) struct Command {
    pieces: Vec<Zeroizing<Vec<u8>>>,
}

/// Longest quoted string: some servers read a line into a small room.
const LONGEST_QUOTED: usize = 900;

impl Command {
    pub fn new(words: &str) -> Self {
        Self {
            pieces: vec![Zeroizing::new(words.as_bytes().to_vec())],
        }
    }

    /// One more argument that is a string: quoted, or a literal where it cannot be (RFC 3501, 4.3).
    #[must_use]
    pub fn string(mut self, text: &str) -> Self {
        let quotable = |byte: u8| (b' '..=b'~').contains(&byte);
        self.add(b" ");
        if text.len() <= LONGEST_QUOTED && text.bytes().all(quotable) {
            self.add(b"\"");
            for byte in text.bytes() {
                if matches!(byte, b'"' | b'\\') {
                    self.add(b"\\");
                }
                self.add(&[byte]);
            }
            self.add(b"\"");
        } else {
            self.add(format!("{{{}}}", text.len()).as_bytes());
            self.pieces.push(Zeroizing::new(text.as_bytes().to_vec()));
        }
        self
    }

    /// A line of its own, once the server has asked for it.
    #[must_use]
    pub fn then(mut self, line: Zeroizing<Vec<u8>>) -> Self {
        self.pieces.push(line);
        self
    }

    fn add(&mut self, bytes: &[u8]) {
        let last = self.pieces.last_mut().expect("there is a first piece");
        if last.capacity() - last.len() < bytes.len() {
            // Growing in place would leave a copy behind that nobody overwrites.
            let mut grown = Zeroizing::new(Vec::with_capacity((last.len() + bytes.len()) * 2 + 64));
            grown.extend_from_slice(last);
            *last = grown;
        }
        last.extend_from_slice(bytes);
    }

    /// What is sent piece by piece, with this tag, each with its line end.
    pub fn into_pieces(self, tag: &str) -> Vec<Zeroizing<Vec<u8>>> {
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for (index, piece) in self.pieces.iter().enumerate() {
            let mut line = Zeroizing::new(Vec::with_capacity(tag.len() + piece.len() + 3));
            if index == 0 {
                line.extend_from_slice(tag.as_bytes());
                line.push(b' ');
            }
            line.extend_from_slice(piece);
            line.extend_from_slice(b"\r\n");
            pieces.push(line);
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(command: Command) -> Vec<String> {
        let pieces = command.into_pieces("R1");
        let text = |piece: &Zeroizing<Vec<u8>>| String::from_utf8(piece.to_vec()).expect("text");
        pieces.iter().map(text).collect()
    }

    #[test]
    fn quoted_where_that_is_possible() {
        assert_eq!(
            pieces(Command::new("LOGIN").string("me").string(r#"a "b\ c{1}"#)),
            ["R1 LOGIN \"me\" \"a \\\"b\\\\ c{1}\"\r\n"]
        );
        assert_eq!(
            pieces(Command::new("EXAMINE").string("")),
            ["R1 EXAMINE \"\"\r\n"]
        );
    }

    #[test]
    fn a_literal_for_everything_else() {
        assert_eq!(
            pieces(
                Command::new("LOGIN")
                    .string("mé")
                    .string("x\r\nA2 DELETE INBOX")
            ),
            [
                "R1 LOGIN {3}\r\n",
                "mé {18}\r\n",
                "x\r\nA2 DELETE INBOX\r\n"
            ]
        );
        let long = "x".repeat(901);
        assert_eq!(pieces(Command::new("LOGIN").string(&long)).len(), 2);
    }
}
