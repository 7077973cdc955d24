//! How a letter becomes a message: its shape (encodings), its language, how its code is written.
//!
//! Sender and subject of the real mails are undocumented; these are plausible and neutral. Not here: the
//! words (`mail_texts.rs`).

use crate::mail_texts::{Words, words};
use crate::mailbox::{Content, Letter, Mail};
use crate::settings::MailSettings;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The MIME shape of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// One `text/plain` part, as it is.
    Plain,
    /// One `text/html` part, as it is.
    Html,
    /// Text and HTML side by side.
    Alternative,
    /// Text and HTML in quoted-printable, with soft line breaks, also through a link.
    QuotedPrintable,
    /// Text and HTML in base64.
    Base64,
}

/// The language of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    #[serde(rename = "en")]
    En,
    #[serde(rename = "pt-BR")]
    PtBr,
    #[serde(rename = "es")]
    Es,
}

/// How a code is written for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeForm {
    /// `204617`
    Joined,
    /// `204 617`
    Spaced,
    /// `204-617`
    Dashed,
}

/// The three choices for one letter.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Dress {
    shape: Shape,
    language: Language,
    code_form: CodeForm,
}

impl Dress {
    /// What the settings fix, and for the rest the next of the rotation.
    pub(crate) fn of(settings: &MailSettings, number: u64) -> Self {
        let turn = usize::try_from(number.saturating_sub(1)).unwrap_or(0);
        let shapes = [
            Shape::Alternative,
            Shape::Plain,
            Shape::Html,
            Shape::QuotedPrintable,
            Shape::Base64,
        ];
        let languages = [Language::En, Language::PtBr, Language::Es];
        let forms = [CodeForm::Joined, CodeForm::Spaced, CodeForm::Dashed];
        Self {
            shape: settings.shape.unwrap_or(shapes[turn % 5]),
            language: settings.language.unwrap_or(languages[turn / 5 % 3]),
            code_form: settings.code_form.unwrap_or(forms[turn % 3]),
        }
    }
}

/// The whole mail.
pub(crate) fn render(letter: &Letter) -> Mail {
    let words = words(
        letter.dress.language,
        &letter.content,
        letter.service.name(),
    );
    let (shown, code, link) = match &letter.content {
        Content::Code(code) => (
            written(code, letter.dress.code_form),
            Some(code.clone()),
            None,
        ),
        Content::ChangeLink(segment) => {
            let link = format!("https://dashboard.webshare.io/changeemail/{segment}/confirm/");
            (link.clone(), Some(segment.clone()), Some(link))
        }
        Content::ActivationLink(segment) => {
            let link = format!("https://dashboard.webshare.io/activation/{segment}/confirm/");
            (link.clone(), None, Some(link))
        }
    };
    let text = text_body(&words, &shown);
    let html = html_body(&words, &shown, link.as_deref());
    let from = format!(
        "{} <no-reply@{}.practice.example>",
        letter.service.name(),
        letter.service
    );
    let body = match letter.dress.shape {
        Shape::Plain => part("plain", "8bit", &text),
        Shape::Html => part("html", "8bit", &html),
        Shape::Alternative => both("8bit", &text, &html, letter.id),
        Shape::QuotedPrintable => both("quoted-printable", &text, &html, letter.id),
        Shape::Base64 => both("base64", &text, &html, letter.id),
    };
    let date = jiff::fmt::rfc2822::to_string(&letter.at.to_zoned(jiff::tz::TimeZone::UTC))
        .unwrap_or_else(|_| letter.at.to_string());
    let raw = format!(
        "Date: {date}\r\nFrom: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{id}@{service}.practice.example>\r\nMIME-Version: 1.0\r\n{body}",
        to = letter.to,
        subject = header_text(&words.subject),
        id = letter.id,
        service = letter.service,
    );
    Mail {
        id: letter.id,
        at: letter.at,
        service: letter.service,
        to: letter.to.clone(),
        from,
        subject: words.subject,
        raw,
        text,
        html: (letter.dress.shape != Shape::Plain).then_some(html),
        code,
        link,
    }
}

/// A code as a person sees it; the two halves apart, or as it is.
fn written(code: &str, form: CodeForm) -> String {
    let between = match form {
        CodeForm::Joined => return code.to_owned(),
        CodeForm::Spaced => ' ',
        CodeForm::Dashed => '-',
    };
    if code.len() < 4 || !code.is_ascii() {
        return code.to_owned();
    }
    let (left, right) = code.split_at(code.len() / 2);
    format!("{left}{between}{right}")
}

fn text_body(words: &Words, shown: &str) -> String {
    format!(
        "{}\r\n\r\n{}\r\n\r\n{shown}\r\n\r\n{}\r\n",
        words.greeting, words.ask, words.foot
    )
}

fn html_body(words: &Words, shown: &str, link: Option<&str>) -> String {
    let middle = match link {
        Some(link) => format!(
            "<a href=\"{link}\" style=\"color:#225588;font-size:16px\">{}</a>",
            words.button
        ),
        None => format!("<strong style=\"font-size:28px;color:#112233\">{shown}</strong>"),
    };
    format!(
        "<!doctype html>\r\n<html><head><meta charset=\"utf-8\"><title>{}</title></head>\r\n<body>\r\n<p>{}</p>\r\n<p>{}</p>\r\n<p>{middle}</p>\r\n<p>{}</p>\r\n</body></html>\r\n",
        words.subject, words.greeting, words.ask, words.foot
    )
}

/// The content headers and the encoded body of one part.
fn part(kind: &str, encoding: &str, body: &str) -> String {
    let encoded = match encoding {
        "quoted-printable" => quoted_printable::encode_to_str(body),
        "base64" => wrapped(&STANDARD.encode(body)),
        _ => body.to_owned(),
    };
    format!(
        "Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{encoded}"
    )
}

fn both(encoding: &str, text: &str, html: &str, id: u64) -> String {
    let boundary = format!("=_practice_{id}");
    format!(
        "Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n{}\r\n--{boundary}\r\n{}\r\n--{boundary}--\r\n",
        part("plain", encoding, text),
        part("html", encoding, html),
    )
}

/// Base64 in lines of 76.
fn wrapped(text: &str) -> String {
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap_or_default())
        .collect();
    lines.join("\r\n") + "\r\n"
}

/// A header's text; encoded (RFC 2047) when it is more than ASCII.
fn header_text(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    format!("=?UTF-8?B?{}?=", STANDARD.encode(text))
}
