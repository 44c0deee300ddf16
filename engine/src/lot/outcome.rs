//! Where a lot is in its life, and how it ends.

use super::Lot;
use crate::{
    ids::{BidderId, LotId},
    money::Amount,
    rules::Format,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Where a lot is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not opened yet.
    Pending,
    /// Takes bids.
    Open,
    /// Takes no bids; time stands still since this instant.
    Paused(Timestamp),
    /// Over, until it is reopened.
    Closed,
}

impl Phase {
    /// Opened, and not over.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Open | Self::Paused(_))
    }
}

/// How a closed lot ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// To this bidder at this hammer price.
    Sold {
        /// The winner.
        winner: BidderId,
        /// The hammer price, minor units; for each piece, where there are several.
        price: Amount,
    },
    /// To nobody.
    Unsold,
    /// Taken out of the sale.
    Withdrawn,
    /// Combined with this lot, and sold with it at its price.
    SoldWith(LotId),
}

/// The hammer was struck, and bids under way are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    /// When it was struck.
    pub at: Timestamp,
    /// When it has fallen, unless a bid lifts it.
    pub falls_at: Timestamp,
    /// How the lot ends then.
    pub outcome: Outcome,
}

impl Lot {
    /// How the lot ends when its time is up.
    pub fn natural_outcome(&self) -> Outcome {
        match self.rules.format {
            Format::SealedFirstPrice | Format::Vickrey => self.unseal(),
            // A Dutch lot with a bid is closed already.
            Format::Dutch => Outcome::Unsold,
            Format::English => match &self.standing {
                Some(standing) if self.reserve_met() != Some(false) && standing.leader != BidderId::HOUSE => {
                    Outcome::Sold {
                        winner: standing.leader,
                        price: standing.price,
                    }
                }
                _ => Outcome::Unsold,
            },
        }
    }

    /// How the lot ends by itself, and when, if it does: a paused lot does not close by time, and
    /// one whose hammer was struck ends as the auctioneer said.
    pub fn ends_by_itself(&self) -> Option<Timestamp> {
        match (self.phase, self.strike) {
            (Phase::Open, Some(strike)) => Some(strike.falls_at),
            (Phase::Open, None) => self.closes_at,
            _ => None,
        }
    }
}
