//! Handing mails to a mail server on this machine (LMTP, RFC 2033). Just what a practice mail needs.
//!
//! Not here: which mails, and what becomes of one that is not taken (`outbox.rs`).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// One answer; a server that is stopped says nothing at all.
const ANSWER: Duration = Duration::from_secs(60);

/// Why a mail was not taken.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// No server, or it stopped talking: it may be taken later.
    Later,
    /// The server's words: 4yz may be taken later too, 5yz never.
    Refused(String),
}

impl From<io::Error> for NotTaken {
    fn from(_: io::Error) -> Self {
        Self::Later
    }
}

/// An open conversation.
pub(crate) struct Lmtp(BufReader<TcpStream>);

impl Lmtp {
    pub(crate) async fn connect(to: SocketAddr) -> Result<Self, NotTaken> {
        let stream = timeout(ANSWER, TcpStream::connect(to))
            .await
            .map_err(io::Error::from)??;
        stream.set_nodelay(true)?;
        let mut lmtp = Self(BufReader::new(stream));
        lmtp.expect("220").await?;
        lmtp.say("LHLO practice.example", "250").await?;
        Ok(lmtp)
    }

    /// Delivers one mail. After a refusal the conversation goes on.
    pub(crate) async fn deliver(
        &mut self,
        from: &str,
        to: &str,
        raw: &str,
    ) -> Result<(), NotTaken> {
        let asked = async {
            self.say(&format!("MAIL FROM:<{from}>"), "250").await?;
            self.say(&format!("RCPT TO:<{to}>"), "250").await?;
            self.say("DATA", "354").await
        };
        if let Err(why) = asked.await {
            if matches!(why, NotTaken::Refused(_)) {
                self.say("RSET", "250").await?;
            }
            return Err(why);
        }
        self.0.get_mut().write_all(stuffed(raw).as_bytes()).await?;
        self.expect("250").await
    }

    async fn say(&mut self, line: &str, want: &str) -> Result<(), NotTaken> {
        let line = format!("{line}\r\n");
        self.0.get_mut().write_all(line.as_bytes()).await?;
        self.expect(want).await
    }

    async fn expect(&mut self, want: &str) -> Result<(), NotTaken> {
        loop {
            let mut line = String::new();
            let read = timeout(ANSWER, self.0.read_line(&mut line))
                .await
                .map_err(io::Error::from)??;
            if read == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            // `250-more follows`
            if line.as_bytes().get(3) == Some(&b'-') {
                continue;
            }
            return if line.starts_with(want) {
                Ok(())
            } else {
                Err(NotTaken::Refused(line.trim_end().to_owned()))
            };
        }
    }
}

/// With CRLF, a dot before a line's first dot, and the end.
fn stuffed(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + 16);
    for line in raw.lines() {
        if line.starts_with('.') {
            out.push('.');
        }
        out.push_str(line);
        out.push_str("\r\n");
    }
    out.push_str(".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::stuffed;

    #[test]
    fn dots_at_the_start_of_a_line_are_doubled() {
        assert_eq!(
            stuffed("To: a\r\n\r\n.\r\n.a\nb.\r\n"),
            "To: a\r\n\r\n..\r\n..a\r\nb.\r\n.\r\n"
        );
    }
}
