//! One lot: its phase, the bids on it, the standing they give, and its close.

mod english;

pub use english::Standing;

use crate::{
    Reason,
    ids::{BidId, BidderId, LotId},
    money::Amount,
    rules::{Format, OffIncrement, RuleSet},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Where a bid came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The bidder's own browser or app.
    #[default]
    Online,
    /// The room, entered by the clerk.
    Floor,
    /// A bidder on the telephone, entered by the clerk.
    Phone,
    /// The book: left before the lot was opened, bid by the house.
    Absentee,
}

/// What a bidder offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// One bid of exactly this.
    Amount(Amount),
    /// A maximum that the house bids for the bidder step by step.
    Max(Amount),
}

impl Offer {
    /// The most that the bidder is bound to by this offer.
    pub const fn ceiling(self) -> Amount {
        match self {
            Self::Amount(amount) | Self::Max(amount) => amount,
        }
    }
}

/// An accepted bid, with what it met: enough to re-apply it when an earlier one is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bid {
    /// Made by the client.
    pub bid_id: BidId,
    /// Whom it counts for.
    pub bidder: BidderId,
    /// Where it came from.
    pub channel: Channel,
    /// What was offered.
    pub offer: Offer,
    /// The auctioneer's ask that stood when it was accepted.
    pub ask_met: Option<Amount>,
    /// The step that the auctioneer had set by hand when it was accepted.
    pub step: Option<Amount>,
}

/// A bid in the lot's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoricBid {
    /// The bid.
    pub bid: Bid,
    /// When it was accepted.
    pub at: Timestamp,
    /// The auction's sequence number of its record.
    pub seq: u64,
    /// The price that it gave when it was accepted.
    pub price: Amount,
    /// The auctioneer has taken it back.
    pub retracted: bool,
}

/// A maximum left before the lot was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookEntry {
    /// Made by the client.
    pub bid_id: BidId,
    /// Whom it counts for.
    pub bidder: BidderId,
    /// The maximum, minor units.
    pub max: Amount,
    /// When it was left; of equal maxima the earlier leads.
    pub at: Timestamp,
    /// The house has bid it.
    pub placed: bool,
}

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

/// How a closed lot ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// To this bidder at this hammer price.
    Sold {
        /// The winner.
        winner: BidderId,
        /// The hammer price, minor units.
        price: Amount,
    },
    /// To nobody.
    Unsold,
}

/// A lot as the auction holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Its id.
    pub lot_id: LotId,
    /// Its rules.
    pub rules: RuleSet,
    /// Where it is in its life.
    pub phase: Phase,
    /// Every accepted bid in order, those taken back too.
    pub bids: Vec<HistoricBid>,
    /// What the bids that were not taken back give; `None` before the first.
    pub standing: Option<Standing>,
    /// The auctioneer's asking price, until the next accepted bid.
    pub ask: Option<Amount>,
    /// The step that the auctioneer set by hand, instead of the ladder's.
    pub step: Option<Amount>,
    /// When it closes by itself, if it does.
    pub closes_at: Option<Timestamp>,
    /// How often a late bid has moved the close.
    pub extensions: u32,
    /// The auctioneer has given fair warning, and nobody has bid since.
    pub fair_warning: bool,
    /// How it ended, while it is closed.
    pub outcome: Option<Outcome>,
    /// When it ended, while it is closed: the hammer's time, or the close that came by itself.
    pub closed_at: Option<Timestamp>,
    /// Maxima left before it was opened, by time.
    pub book: Vec<BookEntry>,
}

impl Lot {
    /// A lot that has not been opened.
    pub fn new(lot_id: LotId, rules: RuleSet) -> Self {
        Self {
            lot_id,
            closes_at: rules.closes_at_ms,
            rules,
            phase: Phase::Pending,
            bids: Vec::new(),
            standing: None,
            ask: None,
            step: None,
            extensions: 0,
            fair_warning: false,
            outcome: None,
            closed_at: None,
            book: Vec::new(),
        }
    }

    /// The current price; `None` before the first bid.
    pub fn price(&self) -> Option<Amount> {
        self.standing.map(|standing| standing.price)
    }

    /// Who leads; `None` before the first bid.
    pub fn leader(&self) -> Option<BidderId> {
        self.standing.map(|standing| standing.leader)
    }

    /// The lowest amount that a rival's bid must reach while the lot is open.
    pub fn minimum(&self) -> Amount {
        match (self.ask, &self.standing) {
            (Some(ask), _) => ask,
            (None, None) => self.rules.opening_price_minor,
            (None, Some(standing)) => standing.price.plus(self.step_at(standing.price)),
        }
    }

    /// Whether there is a price that reaches the reserve; `None` for a lot without reserve.
    pub fn reserve_met(&self) -> Option<bool> {
        let reserve = self.rules.reserve_price_minor?;
        Some(self.price().is_some_and(|price| price >= reserve))
    }

    /// Refuses whatever needs an open lot.
    pub fn require_open(&self) -> Result<(), Reason> {
        match self.phase {
            Phase::Pending => Err(Reason::NotOpen),
            Phase::Closed => Err(Reason::Closed),
            Phase::Paused(_) => Err(Reason::Paused),
            Phase::Open => Ok(()),
        }
    }

    /// The bid as it would stand in the history, with what it meets now.
    pub fn meet(&self, bid_id: BidId, bidder: BidderId, channel: Channel, offer: Offer) -> Bid {
        Bid {
            bid_id,
            bidder,
            channel,
            offer,
            ask_met: self.ask,
            step: self.step,
        }
    }

    /// Decides a bid on this lot: the standing that it gives, or why it is refused.
    ///
    /// Order of refusals (rule vectors): state, seller, then the format's own.
    pub fn admit(&self, bid: &Bid) -> Result<Standing, Reason> {
        self.require_open()?;
        if self.rules.seller == Some(bid.bidder) {
            return Err(Reason::SellerMayNotBid);
        }
        match self.rules.format {
            Format::English => self.admit_english(bid),
        }
    }

    fn admit_english(&self, bid: &Bid) -> Result<Standing, Reason> {
        let amount = bid.offer.ceiling();
        match &self.standing {
            Some(standing) if standing.leader == bid.bidder => match bid.offer {
                Offer::Amount(_) => return Err(Reason::AlreadyLeading),
                Offer::Max(max) if max <= standing.leader_max => return Err(Reason::NotAboveOwnMax),
                Offer::Max(_) => {}
            },
            _ => {
                if amount < self.minimum() {
                    return Err(Reason::BelowMinimum);
                }
                if matches!(bid.offer, Offer::Amount(_)) && !self.on_the_ladder(amount) {
                    return Err(Reason::OffIncrement);
                }
            }
        }
        Ok(english::settle(self.standing.as_ref(), bid, &self.rules))
    }

    /// Whether an exact amount is taken as far as increments go.
    fn on_the_ladder(&self, amount: Amount) -> bool {
        if self.rules.off_increment == OffIncrement::Accept || amount == self.minimum() {
            return true;
        }
        let (from, step) = match (self.step, self.rules.band_of(amount)) {
            // A step set by hand counts on from the lowest bid that would be taken.
            (Some(step), _) => (self.minimum(), step),
            (None, Some(band)) => (band.from_minor, band.step_minor),
            (None, None) => return true,
        };
        // A step of zero never passes validation; no remainder is taken by it all the same.
        (amount.0 - from.0).checked_rem(step.0) == Some(0)
    }

    /// The close that an accepted bid at `now` moves this lot's to, if it does.
    pub fn extended_close(&self, now: Timestamp) -> Option<Timestamp> {
        let (soft, close) = (self.rules.soft_close?, self.closes_at?);
        let bounded = soft.max_extensions.is_some_and(|most| self.extensions >= most);
        // A lot opened past its close closes at once, also when the house has bid its book.
        if bounded || close <= now || close.since_ms(now) > soft.window_ms {
            return None;
        }
        let moved = now.plus_ms(soft.extend_ms);
        (moved > close).then_some(moved)
    }

    /// A bid of the history that has not been taken back.
    pub fn standing_bid(&self, bid_id: BidId) -> Option<&HistoricBid> {
        self.bids
            .iter()
            .find(|historic| historic.bid.bid_id == bid_id && !historic.retracted)
    }

    /// What the surviving bids give, re-applied in order, when `without` is taken back. They are
    /// not admitted again.
    pub fn standing_without(&self, without: BidId) -> Option<Standing> {
        self.bids
            .iter()
            .filter(|historic| !historic.retracted && historic.bid.bid_id != without)
            .fold(None, |standing, historic| {
                Some(english::settle(standing.as_ref(), &historic.bid, &self.rules))
            })
    }

    /// How the lot ends when its time is up: to the leader when the reserve allows it.
    pub fn natural_outcome(&self) -> Outcome {
        match &self.standing {
            Some(standing) if self.reserve_met() != Some(false) => Outcome::Sold {
                winner: standing.leader,
                price: standing.price,
            },
            _ => Outcome::Unsold,
        }
    }

    fn step_at(&self, price: Amount) -> Amount {
        self.step.unwrap_or_else(|| self.rules.step_at(price))
    }
}
