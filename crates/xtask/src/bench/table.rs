//! The table at the end of the bench. Pure.

use std::fmt;

struct Row {
    what: String,
    ours: String,
    beside: String,
    aim: String,
    reached: Option<bool>,
}

#[derive(Default)]
pub struct Table(Vec<Row>);

/// How a number is written.
#[derive(Clone, Copy)]
pub enum Unit {
    Milliseconds,
    Seconds,
    Mebibytes,
    Megabytes,
    Kilobytes,
}

impl Unit {
    fn write(self, value: f64) -> String {
        match self {
            Self::Milliseconds => format!("{value:.1} ms"),
            Self::Seconds => format!("{value:.1} s"),
            Self::Mebibytes => format!("{value:.1} MiB"),
            Self::Megabytes => format!("{value:.2} MB"),
            Self::Kilobytes => format!("{value:.1} kB"),
        }
    }
}

impl Table {
    /// A value beside another of the same run; the aim is a ratio.
    pub fn ratio(&mut self, what: &str, unit: Unit, ours: f64, beside: (&str, f64), at_most: f64) {
        let ratio = ours / beside.1;
        self.0.push(Row {
            what: what.to_owned(),
            ours: unit.write(ours),
            beside: format!("{} {} ({ratio:.2} x)", beside.0, unit.write(beside.1)),
            aim: format!("<= {at_most} x"),
            reached: Some(ratio <= at_most),
        });
    }

    /// A value with a limit of its own; `beside` is for the eye.
    pub fn limit(&mut self, what: &str, unit: Unit, ours: f64, beside: &str, at_most: f64) {
        self.0.push(Row {
            what: what.to_owned(),
            ours: unit.write(ours),
            beside: beside.to_owned(),
            aim: format!("<= {}", unit.write(at_most)),
            reached: Some(ours <= at_most),
        });
    }

    /// A value that only informs.
    pub fn plain(&mut self, what: &str, unit: Unit, ours: f64) {
        self.0.push(Row {
            what: what.to_owned(),
            ours: unit.write(ours),
            beside: String::new(),
            aim: String::new(),
            reached: None,
        });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = Row {
            what: "what".into(),
            ours: "Readdress".into(),
            beside: "beside".into(),
            aim: "aim".into(),
            reached: None,
        };
        for row in std::iter::once(&head).chain(&self.0) {
            let mark = match row.reached {
                Some(true) => "reached",
                Some(false) => "NOT reached",
                None => "",
            };
            let line = format!(
                "{:<38} {:>12}  {:<38} {:<13} {mark}",
                row.what, row.ours, row.beside, row.aim
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_whether_the_aim_is_reached() {
        let mut table = Table::default();
        table.ratio(
            "start",
            Unit::Milliseconds,
            300.0,
            ("empty window", 200.0),
            1.5,
        );
        table.ratio(
            "memory",
            Unit::Mebibytes,
            260.0,
            ("empty window", 200.0),
            1.15,
        );
        table.limit("program", Unit::Megabytes, 9.7, "", 15.0);
        table.plain("both", Unit::Megabytes, 12.0);
        let text = table.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].contains("(1.50 x)") && lines[1].ends_with(" reached"));
        assert!(lines[2].ends_with("NOT reached"));
        assert!(lines[3].contains("9.70 MB") && lines[3].ends_with(" reached"));
        assert!(lines[4].ends_with("12.00 MB"));
    }
}
