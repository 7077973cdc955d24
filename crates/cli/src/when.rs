//! Times for people: in the zone of this computer, to the minute.
//!
//! Not here: times in JSON, which are UTC (`documents`).

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `2026-11-20 09:12 CET`.
pub fn local(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M %Z")
        .to_string()
}

/// `2026-11-20 09:12`, for columns.
pub fn short(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}
