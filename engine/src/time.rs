//! Time as an argument: the engine never reads a clock.

use serde::{Deserialize, Serialize};

/// An instant in milliseconds. In a live sale these are Unix milliseconds (UTC); the rule vectors
/// use a lot's own clock that starts at zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Milliseconds since the epoch of the clock in use.
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// This instant moved by `duration_ms`, saturating at the ends of time.
    pub const fn plus_ms(self, duration_ms: i64) -> Self {
        Self(self.0.saturating_add(duration_ms))
    }

    /// Milliseconds from `earlier` to this instant (negative when `earlier` is later).
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
