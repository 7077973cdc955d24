//! Times for people: in the zone of this computer, to the minute.
//!
//! Not here: times in JSON, which are UTC (`documents`).

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `2026-11-20 09:12 CET`.
pub fn local(at: Timestamp) -> String {
    in_zone(at, zone())
}

/// `2026-11-20 09:12`, for columns.
pub fn short(at: Timestamp) -> String {
    at.to_zoned(zone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The system's zone, by `TZ` or its settings; UTC, and named so, where it has none or names one that does not exist.
fn zone() -> TimeZone {
    let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
    if zone.is_unknown() {
        TimeZone::UTC
    } else {
        zone
    }
}

/// With the zone's abbreviation: in the hour that a change of the clocks repeats, it is the only difference.
fn in_zone(at: Timestamp, zone: TimeZone) -> String {
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_that_comes_twice_is_told_apart() {
        let told = |at: &str, zone: &str| {
            in_zone(
                at.parse().expect("a time"),
                TimeZone::get(zone).expect("a zone"),
            )
        };
        assert_eq!(
            told("2026-10-25T00:30:00Z", "Europe/Berlin"),
            "2026-10-25 02:30 CEST"
        );
        assert_eq!(
            told("2026-10-25T01:30:00Z", "Europe/Berlin"),
            "2026-10-25 02:30 CET"
        );
        // The hour that does not exist is nobody's time.
        assert_eq!(
            told("2026-03-29T00:59:00Z", "Europe/Berlin"),
            "2026-03-29 01:59 CET"
        );
        assert_eq!(
            told("2026-03-29T01:00:00Z", "Europe/Berlin"),
            "2026-03-29 03:00 CEST"
        );
        assert_eq!(
            told("2026-11-20T18:30:00Z", "Asia/Kathmandu"),
            "2026-11-21 00:15 +0545"
        );
        assert_eq!(told("2026-11-20T18:30:00Z", "UTC"), "2026-11-20 18:30 UTC");
    }
}
