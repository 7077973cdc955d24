//! A call as text for people: secrets as dots that do not tell their length.
//!
//! Not here: the call itself (`sketch`).

use super::encode::{Place, escape};
use super::sketch::{Ink, Part, Sketch};
use crate::http::Method;

const DOTS: &str = "••••••";
/// Longest value of a path segment that is shown whole, in characters.
const LONGEST_SEGMENT: usize = 16;

impl Sketch {
    /// Method and path, headers, body: one line each, as the page shows it.
    pub fn masked(&self) -> String {
        let mut ink = Masked(format!("{} ", method_name(self.method)));
        self.write_target(&mut ink);
        for (name, parts) in &self.headers {
            ink.raw(&format!("\n{name}: "));
            ink.parts(parts, Place::Header);
        }
        let mut body = Masked(String::new());
        if self.write_body(&mut body).is_some() {
            ink.raw("\n");
            ink.raw(&body.0);
        }
        ink.0
    }
}

pub fn method_name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}

struct Masked(String);

impl Ink for Masked {
    fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn part(&mut self, part: &Part, place: Place) {
        match part {
            Part::Value { secret: true, .. } | Part::Missing { secret: true, .. } => {
                self.0.push_str(DOTS)
            }
            Part::Value { text, .. } if place == Place::Path => {
                self.0.push_str(&short(text.expose()))
            }
            Part::Value { text, .. } => self.0.push_str(&escape(text.expose(), place)),
            Part::Missing { .. } => self.0.push('…'),
            Part::Fixed(text) => self.0.push_str(text),
        }
    }
}

/// The two ends of a long identifier.
fn short(text: &str) -> String {
    let length = text.chars().count();
    let text = if length <= LONGEST_SEGMENT {
        return escape(text, Place::Path);
    } else {
        text
    };
    let start: String = text.chars().take(4).collect();
    let end: String = text.chars().skip(length - 2).collect();
    format!(
        "{}…{}",
        escape(&start, Place::Path),
        escape(&end, Place::Path)
    )
}
