//! Instants as people and spreadsheets read them.

use gavel_engine::time::Timestamp;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// ISO 8601 in UTC with milliseconds, as in `2026-11-22T08:14:03.123Z`.
pub fn utc(at: Timestamp) -> String {
    let (day, ms) = (at.as_ms().div_euclid(DAY_MS), at.as_ms().rem_euclid(DAY_MS));
    let (year, month, day) = civil(day);
    let (s, ms) = (ms / 1000, ms % 1000);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{ms:03}Z",
        s / 3600,
        s / 60 % 60,
        s % 60
    )
}

/// Year, month and day of the Gregorian calendar, from days since 1970-01-01. Years are counted from
/// March, so that the leap day is the last of its year, in eras of 400 years of 146,097 days.
fn civil(day: i64) -> (i64, i64, i64) {
    let since_march_0 = day + 719_468;
    let era = since_march_0.div_euclid(146_097);
    let of_era = since_march_0.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
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
        ] {
            assert_eq!(utc(Timestamp(ms)), text);
        }
    }
}
