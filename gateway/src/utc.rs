//! Instants as people and spreadsheets read them.

use gavel_engine::time::Timestamp;
use time::OffsetDateTime;

/// ISO 8601 in UTC with milliseconds, as in `2026-11-22T08:14:03.123Z`; beyond the calendar's years
/// the milliseconds since 1970.
pub fn utc(at: Timestamp) -> String {
    let Ok(at) = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.as_ms()) * 1_000_000) else {
        return format!("{} ms", at.as_ms());
    };
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second, ms) = at.to_hms_milli();
    let month = u8::from(month);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_790_000_000_123, "2026-09-21T14:13:20.123Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (i64::MAX, "9223372036854775807 ms"),
        ] {
            assert_eq!(utc(Timestamp(ms)), text);
        }
    }
}
