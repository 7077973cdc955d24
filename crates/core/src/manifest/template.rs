//! `{{name}}` templates: text with gaps.
//!
//! Not here: what fills the gaps and how it is encoded (`render`), which names exist (`parse`).

/// A text with gaps, each filled by a field or a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template(pub Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// The name between the braces.
    Gap(String),
}

impl Template {
    /// Reads a template. Errors are sentences for a manifest's author.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            if open > 0 {
                pieces.push(Piece::Text(rest[..open].to_owned()));
            }
            let after = &rest[open + 2..];
            let close = after
                .find("}}")
                .ok_or_else(|| "`{{` without its `}}`".to_owned())?;
            let name = after[..close].trim();
            if !is_name(name) {
                return Err(format!(
                    "`{name}` is not a name: lower-case letters, digits and underscores"
                ));
            }
            pieces.push(Piece::Gap(name.to_owned()));
            rest = &after[close + 2..];
        }
        if rest.contains("}}") {
            return Err("`}}` without its `{{`".to_owned());
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// The names in the gaps.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Gap(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// What fills the only gap so that the template reads `text`: for one gap, with fixed text around it.
    pub fn unfill<'a>(&self, text: &'a str) -> Option<(&str, &'a str)> {
        let (before, name, after) = match self.0.as_slice() {
            [Piece::Gap(name)] => ("", name, ""),
            [Piece::Text(before), Piece::Gap(name)] => (before.as_str(), name, ""),
            [Piece::Gap(name), Piece::Text(after)] => ("", name, after.as_str()),
            [Piece::Text(before), Piece::Gap(name), Piece::Text(after)] => {
                (before.as_str(), name, after.as_str())
            }
            _ => return None,
        };
        let inner = text.strip_prefix(before)?.strip_suffix(after)?;
        (!inner.is_empty()).then_some((name.as_str(), inner))
    }
}

/// Lower-case letters, digits and underscores, a letter first.
pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= 40
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_text_and_gaps() {
        let template = Template::parse("Token {{ api_key }}!").unwrap();
        assert_eq!(
            template.0,
            [
                Piece::Text("Token ".into()),
                Piece::Gap("api_key".into()),
                Piece::Text("!".into())
            ]
        );
        assert_eq!(template.unfill("Token abc!"), Some(("api_key", "abc")));
        assert_eq!(template.unfill("Bearer abc!"), None);
        assert_eq!(template.unfill("Token !"), None);
    }

    #[test]
    fn refuses_open_braces_and_bad_names() {
        assert!(Template::parse("{{token").unwrap_err().contains("}}"));
        assert!(Template::parse("token}}").unwrap_err().contains("{{"));
        assert!(
            Template::parse("{{Api-Key}}")
                .unwrap_err()
                .contains("Api-Key")
        );
        assert!(Template::parse("{{}}").is_err());
        assert_eq!(Template::parse("{one}").unwrap().names().count(), 0);
    }
}
