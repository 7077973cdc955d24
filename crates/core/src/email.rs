//! email (stand-in until the wire branch lands)
pub fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
