//! An XML file as the list of its elements.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

pub struct Element {
    /// From the root down, with `/` between.
    pub path: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn language(&self) -> Option<&str> {
        self.attribute("xml:lang")
    }
}

/// Those of a path, with and without a language.
pub fn at<'a>(elements: &'a [Element], path: &str) -> Vec<&'a Element> {
    elements.iter().filter(|one| one.path == path).collect()
}

pub fn elements(path: &str) -> Vec<Element> {
    let file = super::read(path);
    let mut reader = Reader::from_str(&file);
    let (mut all, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    loop {
        match reader
            .read_event()
            .unwrap_or_else(|why| panic!("{path}: {why}"))
        {
            Event::Start(start) => {
                open.push(all.len());
                all.push(element(&start, open.split_last().unwrap().1, &all));
            }
            Event::Empty(start) => all.push(element(&start, &open, &all)),
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) => {
                if let Some(current) = open.last() {
                    all[*current].text += text.trim();
                }
            }
            Event::Eof => return all,
            _ => {}
        }
    }
}

fn element(start: &BytesStart<'_>, above: &[usize], all: &[Element]) -> Element {
    let own = start.name().as_ref().to_owned();
    let path = above.last().map_or_else(
        || own.clone(),
        |parent| format!("{}/{own}", all[*parent].path),
    );
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        (
            attribute.key.as_ref().to_owned(),
            attribute.value.into_owned(),
        )
    });
    Element {
        path,
        attributes: attributes.collect(),
        text: String::new(),
    }
}
