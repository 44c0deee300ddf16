//! The falling clock of a Dutch lot. Source: the rule vectors' README, sections "lot" and "Dutch".

use crate::{money::Amount, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A price that falls from `start_minor` by `step_minor` every `every_ms`, never below
/// `floor_minor`. After the floor was shown for one whole `every_ms` the lot closes unsold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutchClock {
    /// The price at the opening, minor units.
    pub start_minor: Amount,
    /// By how much it falls, minor units.
    pub step_minor: Amount,
    /// How often it falls, milliseconds.
    pub every_ms: i64,
    /// The lowest price, minor units.
    pub floor_minor: Amount,
}

impl DutchClock {
    /// The price that the clock shows at `now`, minor units.
    pub fn price_at(&self, opened_at: Timestamp, now: Timestamp) -> Amount {
        let falls = now.since_ms(opened_at).max(0) / self.every_ms.max(1);
        let fallen = falls.saturating_mul(self.step_minor.0);
        Amount(self.start_minor.0.saturating_sub(fallen)).max(self.floor_minor)
    }

    /// When the lot closes if nobody stops the clock.
    pub fn ends_at(&self, opened_at: Timestamp) -> Timestamp {
        opened_at.plus_ms((self.falls() + 1).saturating_mul(self.every_ms))
    }

    /// How often the price falls before it is the floor.
    pub(super) fn falls(&self) -> i64 {
        let height = self.start_minor.0.saturating_sub(self.floor_minor.0).max(0);
        let step = self.step_minor.0.max(1);
        height / step + i64::from(height % step != 0)
    }
}
