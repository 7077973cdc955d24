//! What is wrong with a manifest, and where: file, line, column, a sentence and a hint.
//!
//! Not here: the checks themselves (`parse`).

use std::ops::Range;
use std::sync::Arc;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode,
};
use toml::de::{DeTable, DeValue};

use crate::error::{Code, Problem};

/// Longest message or hint, in characters.
const LONGEST_SENTENCE: usize = 400;
/// Longest name for which a similar one is looked for, in bytes.
const LONGEST_NAME: usize = 64;

/// One mistake in one file.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    pub message: String,
    pub hint: Option<String>,
    /// Shared by all faults of a file: a broken one has many.
    source_text: Arc<NamedSource<String>>,
    span: Range<usize>,
}

impl Fault {
    /// A fault at a byte range of `text`.
    pub fn new(
        text: &SourceText,
        span: Range<usize>,
        message: impl Into<String>,
        hint: Option<String>,
    ) -> Self {
        let source = text.0.inner().as_str();
        let start = floor(source, span.start);
        let before = &source[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            file: text.0.name().to_owned(),
            line: u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX),
            column: u32::try_from(before[line_start..].chars().count() + 1).unwrap_or(u32::MAX),
            message: cut(message.into()),
            hint: hint.map(cut),
            source_text: Arc::clone(&text.0),
            span: start..floor(source, span.end).max(start),
        }
    }

    /// Several lines for a terminal: the place in the source, the sentence, the hint. No colours.
    pub fn render(&self) -> String {
        let mut text = String::new();
        let handler =
            GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(100);
        match handler.render_report(&mut text, self) {
            Ok(()) => text,
            Err(_) => self.one_line(),
        }
    }

    /// `file:line:column: sentence (hint)`.
    pub fn one_line(&self) -> String {
        let hint = self
            .hint
            .as_ref()
            .map(|hint| format!(" ({hint})"))
            .unwrap_or_default();
        format!(
            "{}:{}:{}: {}{hint}",
            self.file, self.line, self.column, self.message
        )
    }
}

/// A file's text, as its faults share it.
pub struct SourceText(Arc<NamedSource<String>>);

impl SourceText {
    pub fn new(file: &str, source: &str) -> Self {
        Self(Arc::new(NamedSource::new(file, source.to_owned())))
    }
}

/// Sentences quote the file, which may hold a name of any length.
fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST_SENTENCE) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The char boundary at or before `at`.
fn floor(source: &str, at: usize) -> usize {
    (0..=at.min(source.len()))
        .rev()
        .find(|&at| source.is_char_boundary(at))
        .unwrap_or(0)
}

impl Diagnostic for Fault {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.hint
            .as_ref()
            .map(|hint| Box::new(hint) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source_text.as_ref())
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(
            Some("here".to_owned()),
            self.span.clone(),
        ))))
    }
}

impl From<&Fault> for Problem {
    fn from(fault: &Fault) -> Self {
        Self::new(Code::ManifestInvalid)
            .with("file", &fault.file)
            .with("line", fault.line.to_string())
            .with("column", fault.column.to_string())
            .with("message", &fault.message)
            .with("hint", fault.hint.clone().unwrap_or_default())
    }
}

/// A way down the tables of a file: `["step", "request", "path"]`, list indexes as digits.
pub type Place = Vec<String>;

/// Where `place`, or the innermost part of it that exists, stands in a file's table.
pub fn span_of(table: &DeTable<'_>, place: &[String]) -> Range<usize> {
    let mut best = 0..0;
    let mut now: Option<&DeValue<'_>> = None;
    for name in place {
        let next = match now {
            None => table.get(name.as_str()),
            Some(DeValue::Table(inner)) => inner.get(name.as_str()),
            Some(DeValue::Array(items)) => name.parse::<usize>().ok().and_then(|at| items.get(at)),
            Some(_) => None,
        };
        let Some(next) = next else { break };
        best = next.span();
        now = Some(next.get_ref());
    }
    best
}

/// `did you mean …?` where one of the known names is close.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    known
        .into_iter()
        .filter(|other| other.len() <= LONGEST_NAME)
        .map(|other| (strsim::damerau_levenshtein(name, other), other))
        .filter(|(distance, other)| *distance <= (other.len() / 3).max(1))
        .min()
        .map(|(_, other)| format!("did you mean `{other}`?"))
}
