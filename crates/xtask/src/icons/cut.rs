//! Cuts the drawings out of icons/readdress.svg: each `<symbol>` becomes a picture of its own. Pure.
//!
//! A symbol is written `<symbol id="…" class="…" viewBox="…">`, in this order; its class names what is drawn from it.

/// One drawing, and the names of what is made from it.
pub struct Drawing {
    /// A whole SVG file.
    pub svg: String,
    /// `16`, `mac-32`, `scalable`: the words of the symbol's class.
    pub serves: Vec<String>,
}

/// # Errors
/// The file has a symbol that is not written as this reads it, or none.
pub fn drawings(source: &str) -> Result<Vec<Drawing>, String> {
    let drawings = source
        .split("<symbol ")
        .skip(1)
        .map(|symbol| {
            read(symbol).ok_or_else(|| {
                let start: String = symbol.chars().take(60).collect();
                format!("this symbol has no id, class, viewBox or end: {start}")
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    if drawings.is_empty() {
        return Err("there is no symbol in it".to_owned());
    }
    Ok(drawings)
}

fn read(symbol: &str) -> Option<Drawing> {
    let (head, rest) = symbol.split_once('>')?;
    let (inside, _) = rest.split_once("</symbol>")?;
    let area = attribute(head, "viewBox")?;
    let mut sides = area.split(' ').skip(2);
    let (width, height) = (sides.next()?, sides.next()?);
    // One step less deep than in the source.
    let inside: Vec<&str> = inside
        .trim_matches('\n')
        .trim_end()
        .lines()
        .map(|line| line.strip_prefix("  ").unwrap_or(line))
        .collect();
    Some(Drawing {
        svg: format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"{area}\">\n{}\n</svg>\n",
            inside.join("\n")
        ),
        serves: attribute(head, "class")?
            .split(' ')
            .map(str::to_owned)
            .collect(),
    })
}

fn attribute<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = head.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_becomes_a_file_of_its_own() {
        let source = "<svg>\n  <symbol id=\"a\" class=\"16 20\" viewBox=\"0 0 16 12\">\n    <path d=\"M0 0\"/>\n  </symbol>\n  <use href=\"#a\"/>\n</svg>";
        let cut = drawings(source).unwrap();
        assert_eq!(cut.len(), 1);
        assert_eq!(cut[0].serves, ["16", "20"]);
        assert_eq!(
            cut[0].svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"16\" height=\"12\" viewBox=\"0 0 16 12\">\n  <path d=\"M0 0\"/>\n</svg>\n"
        );
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for broken in [
            "<svg></svg>",
            "<symbol id=\"a\" viewBox=\"0 0 1 1\"><path/></symbol>",
            "<symbol id=\"a\" class=\"16\"><path/></symbol>",
            "<symbol id=\"a\" class=\"16\" viewBox=\"0 0 1 1\"><path/>",
        ] {
            assert!(drawings(broken).is_err(), "{broken}");
        }
    }
}
