//! Settings from the environment, and the clock of the demonstration, which may run faster than
//! the one on the wall.

use std::time::{Duration, Instant};

/// What can be set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Where all chance comes from.
    pub seed: u64,
    /// How many times faster than life.
    pub pace: f64,
}

/// A setting makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} is `{value}`, but must be {wanted}")]
pub struct SettingError {
    name: &'static str,
    value: String,
    wanted: &'static str,
}

impl Settings {
    /// Reads `GAVEL_DEMO_SEED` (an integer; default: random) and `GAVEL_DEMO_PACE` (0.1 to 100;
    /// default 1) through `variable`.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        let refuse = |name, value: &str, wanted| SettingError {
            name,
            value: value.to_owned(),
            wanted,
        };
        let seed = match variable("GAVEL_DEMO_SEED") {
            None => rand::random(),
            Some(value) => value.trim().parse().map_err(|_| {
                refuse(
                    "GAVEL_DEMO_SEED",
                    &value,
                    "a whole number from 0 to 18446744073709551615",
                )
            })?,
        };
        let pace = match variable("GAVEL_DEMO_PACE") {
            None => 1.0,
            Some(value) => value
                .trim()
                .parse()
                .ok()
                .filter(|pace| (0.1..=100.0).contains(pace))
                .ok_or_else(|| refuse("GAVEL_DEMO_PACE", &value, "a number from 0.1 to 100"))?,
        };
        Ok(Self { seed, pace })
    }
}

/// Demonstration time.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    pace: f64,
}

impl Clock {
    /// Starts at zero now.
    pub fn start(pace: f64) -> Self {
        Self {
            started: Instant::now(),
            pace,
        }
    }

    /// Demonstration time since the start, milliseconds.
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a process's life")]
    pub fn now_ms(&self) -> i64 {
        (self.started.elapsed().as_secs_f64() * 1_000.0 * self.pace) as i64
    }

    /// How long a span of demonstration time really takes.
    pub fn real(&self, span_ms: u32) -> Duration {
        Duration::from_secs_f64(f64::from(span_ms) / 1_000.0 / self.pace)
    }

    /// A span of demonstration time as a real one, milliseconds.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "spans of minutes in milliseconds"
    )]
    pub fn real_ms(&self, demo_ms: i64) -> i64 {
        (demo_ms as f64 / self.pace) as i64
    }

    /// A real span as demonstration time, milliseconds.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "spans of minutes in milliseconds"
    )]
    pub fn demo_ms(&self, real_ms: i64) -> i64 {
        (real_ms as f64 * self.pace) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(seed: Option<&str>, pace: Option<&str>) -> Result<Settings, SettingError> {
        Settings::read(|name| match name {
            "GAVEL_DEMO_SEED" => seed.map(str::to_owned),
            "GAVEL_DEMO_PACE" => pace.map(str::to_owned),
            _ => None,
        })
    }

    #[test]
    fn settings_are_read_or_refused_by_name() {
        let settings = read(Some("7"), Some(" 20 ")).unwrap();
        assert_eq!(settings, Settings { seed: 7, pace: 20.0 });
        assert!((read(None, None).unwrap().pace - 1.0).abs() < f64::EPSILON);
        for bad in ["0", "-1", "nan", "inf", "fast", "101"] {
            let error = read(None, Some(bad)).unwrap_err().to_string();
            assert!(
                error.contains("GAVEL_DEMO_PACE") && error.contains(bad),
                "{error}"
            );
        }
        assert!(read(Some("-1"), None).is_err());
    }

    #[test]
    fn a_faster_pace_makes_waits_shorter() {
        let clock = Clock::start(20.0);
        assert_eq!(clock.real(1_000), Duration::from_millis(50));
        assert_eq!(clock.demo_ms(50), 1_000);
    }
}
