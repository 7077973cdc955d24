//! A pasted command as its words, and the parts of a call among them.
//!
//! Not here: which service it belongs to (`pasted`).

use url::Url;

/// What a pasted text holds of a call.
///
/// Not `Debug`: a pasted call is full of keys.
#[derive(Default)]
pub struct CallText {
    pub urls: Vec<Url>,
    pub headers: Vec<(String, String)>,
    pub bodies: Vec<String>,
}

impl CallText {
    /// Reads a curl command (quotes, line continuations of POSIX shells and of cmd), or URLs and header lines in any text.
    pub fn read(text: &str) -> Self {
        let joined = text
            .replace("\r\n", "\n")
            .replace("\\\n", " ")
            .replace("^\n", " ")
            .replace("`\n", " ");
        match shlex::split(&joined) {
            Some(words) if words.iter().any(|word| is_curl(word)) => Self::from_words(&words),
            _ => Self::from_lines(text),
        }
    }

    fn from_words(words: &[String]) -> Self {
        let mut call = Self::default();
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let (option, inline) = split_option(word);
            match option {
                "-H" | "--header" => {
                    let header = inline.or_else(|| words.next()).unwrap_or_default();
                    call.headers.extend(header_line(header));
                }
                "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--json"
                | "--data-urlencode" => {
                    call.bodies.push(
                        inline
                            .or_else(|| words.next())
                            .unwrap_or_default()
                            .to_owned(),
                    );
                }
                "--url" => call
                    .urls
                    .extend(inline.or_else(|| words.next()).and_then(web_address)),
                _ => call.urls.extend(web_address(word)),
            }
        }
        call
    }

    fn from_lines(text: &str) -> Self {
        let mut call = Self::default();
        for line in text.lines() {
            match header_line(line.trim()) {
                Some(header) => call.headers.push(header),
                None => call
                    .urls
                    .extend(line.split_whitespace().filter_map(web_address)),
            }
        }
        if let (Some(start), Some(end)) = (text.find('{'), text.rfind('}'))
            && start < end
        {
            call.bodies.push(text[start..=end].to_owned());
        }
        call
    }
}

fn is_curl(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.eq_ignore_ascii_case("curl") || name.eq_ignore_ascii_case("curl.exe")
}

/// `--header=x` and `-Hx` carry their value.
fn split_option(word: &str) -> (&str, Option<&str>) {
    if word.starts_with("--") {
        return word
            .split_once('=')
            .map_or((word, None), |(option, value)| (option, Some(value)));
    }
    match word.get(..2) {
        Some(option @ ("-H" | "-d")) if word.len() > 2 => (option, Some(&word[2..])),
        _ => (word, None),
    }
}

fn header_line(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_header = !name.is_empty() && name.chars().all(letters) && !value.starts_with("//");
    is_header.then(|| (name.to_owned(), value.trim().to_owned()))
}

fn web_address(word: &str) -> Option<Url> {
    let word = word.trim_matches(['"', '\'', '<', '>', '(', ')', ',', ';']);
    Url::parse(word)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
