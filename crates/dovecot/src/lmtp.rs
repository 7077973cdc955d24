//! Handing mails to the server (LMTP, RFC 2033): one connection, any number of mails.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An open conversation.
pub struct Lmtp {
    stream: BufReader<TcpStream>,
}

impl Lmtp {
    /// # Errors
    /// Nobody there, or no LMTP.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(10))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.set_nodelay(true)?;
        let mut lmtp = Self {
            stream: BufReader::new(stream),
        };
        lmtp.expect("220")?;
        lmtp.say("LHLO localhost", "250")?;
        Ok(lmtp)
    }

    /// Delivers one mail; line ends may be LF or CRLF. It lies in the mailbox when this returns.
    ///
    /// # Errors
    /// The server's words where it does not take it.
    pub fn deliver(&mut self, to: &str, raw: &[u8]) -> io::Result<()> {
        self.say("MAIL FROM:<sender@service.example>", "250")?;
        if let Err(why) = self.say(&format!("RCPT TO:<{to}>"), "250") {
            // The conversation stays usable.
            self.say("RSET", "250")?;
            return Err(why);
        }
        self.say("DATA", "354")?;
        self.stream.get_mut().write_all(&stuffed(raw))?;
        self.expect("250").map(drop)
    }

    fn say(&mut self, line: &str, want: &str) -> io::Result<String> {
        self.stream
            .get_mut()
            .write_all(format!("{line}\r\n").as_bytes())?;
        self.expect(want)
    }

    fn expect(&mut self, want: &str) -> io::Result<String> {
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            // `250-more follows`
            if line.as_bytes().get(3) != Some(&b'-') {
                return if line.starts_with(want) {
                    Ok(line)
                } else {
                    Err(io::Error::other(line.trim_end().to_owned()))
                };
            }
        }
    }
}

/// With CRLF, a dot before a line's first dot, and the end.
fn stuffed(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 40 + 8);
    let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
    for line in raw.split(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_sent_with_crlf_and_stuffed_dots() {
        assert_eq!(
            stuffed(b"A: b\n\n.\r\n..x\nend"),
            b"A: b\r\n\r\n..\r\n...x\r\nend\r\n.\r\n"
        );
        assert_eq!(stuffed(b"A: b\r\n\r\n"), b"A: b\r\n\r\n.\r\n");
    }
}
