//! A sale as it is held: the authoritative state that one actor keeps in memory.
//!
//! [`Auction::decide`] says what a command means now and changes nothing; [`Auction::apply`] is
//! the only mutator. Time first: whoever drives the state applies [`Auction::due`] before every
//! command.

mod apply;
mod command;
mod commands;
mod decide;
mod event;

pub use command::{Command, EnterBid, GroupLots, Hammer, PlaceBid, Register};
pub use event::{Event, LateBid, Record};

use crate::{
    Reason, Rejection,
    credit::Credit,
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Lot, Offer},
    money::{Amount, Currency},
    rules::RuleSet,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Refusals whose answers are kept for repeats; the oldest give way. Accepted bids are kept for ever.
pub const REFUSALS_KEPT: usize = 65_536;

/// The most lots that close in one record, which bounds its size.
const CLOSINGS_MAX: usize = 500;

/// The longest message to the room, in characters.
pub const MESSAGE_CHARS_MAX: usize = 280;

/// How a sale is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaleKind {
    /// An auctioneer sells one lot after the other.
    #[default]
    Room,
    /// All lots are open at once and close by themselves.
    Timed,
}

/// What is copied from the catalogue when a sale goes live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The sale.
    pub sale_id: SaleId,
    /// The currency of every amount in it.
    pub currency: Currency,
    /// How it is held.
    pub kind: SaleKind,
    /// The lots in running order.
    pub lots: Vec<LotSetup>,
}

/// One lot of a [`Setup`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotSetup {
    /// The lot.
    pub lot_id: LotId,
    /// Its rules.
    pub rules: RuleSet,
}

/// Where a sale is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SalePhase {
    /// Announced.
    #[default]
    Published,
    /// Being held.
    Live,
    /// Over.
    Ended,
}

/// The house's word on a bidder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Not decided yet.
    Pending,
    /// May bid.
    Approved,
    /// May not bid any more.
    Suspended,
}

/// A bidder's place in the sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The number in this sale.
    pub paddle: Paddle,
    /// What the house says.
    pub standing: Approval,
    /// What the bidder may be bound to in this sale at once, minor units; `None` is without bound.
    pub limit: Option<Amount>,
}

/// The first answer to a bid, which every repeat gets again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Who bid.
    pub bidder: BidderId,
    /// What for; `None` when all that is known is that it never arrived.
    pub asked: Option<(LotId, Offer)>,
    /// When it was answered.
    pub at: Timestamp,
    /// Sequence number of the record that holds the answer.
    pub seq: u64,
    /// The answer.
    pub verdict: Verdict,
}

/// See [`Answer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It counts.
    Accepted {
        /// The price right after it.
        price: Amount,
        /// Whether its bidder led right after it.
        leading: bool,
        /// The lowest acceptable bid right after it.
        minimum: Amount,
    },
    /// It lies in the absentee book.
    Booked,
    /// It does not count.
    Refused(Rejection),
    /// It counts, and nobody sees it until the lot has closed.
    Sealed,
}

/// What a bid id is worth to the auction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Never seen.
    New,
    /// The same bid again.
    Same(Answer),
    /// Another bid under a used id.
    Reused,
}

/// The state of a live auction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auction {
    setup: Option<Header>,
    phase: SalePhase,
    seq: u64,
    clock: Timestamp,
    lots: Vec<Lot>,
    lot_index: BTreeMap<LotId, u32>,
    /// What each bidder is bound to by all lots together; those bound to nothing are not in it.
    exposures: BTreeMap<BidderId, Amount>,
    /// Lots whose absentee book the house has to look at.
    books_due: BTreeSet<u32>,
    /// Open lots that end by themselves, soonest first.
    closings: BTreeSet<(Timestamp, u32)>,
    current: Option<LotId>,
    registrations: BTreeMap<BidderId, Registration>,
    paddles: BTreeMap<Paddle, BidderId>,
    answers: BTreeMap<BidId, Answer>,
    refusals: VecDeque<BidId>,
    message: Option<String>,
}

/// What does not change after creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    sale_id: SaleId,
    currency: Currency,
    kind: SaleKind,
}

impl Auction {
    /// Number of records applied; the seq of the last one.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Time of the last record.
    pub fn clock(&self) -> Timestamp {
        self.clock
    }

    /// The sale, once created.
    pub fn sale_id(&self) -> Option<SaleId> {
        self.setup.map(|setup| setup.sale_id)
    }

    /// The sale's currency, once created.
    pub fn currency(&self) -> Option<Currency> {
        self.setup.map(|setup| setup.currency)
    }

    /// How the sale is held, once created.
    pub fn kind(&self) -> Option<SaleKind> {
        self.setup.map(|setup| setup.kind)
    }

    /// Where the sale is in its life.
    pub fn phase(&self) -> SalePhase {
        self.phase
    }

    /// The lots in running order.
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// The lot that was opened last in the room; `None` in a timed sale, where lots are open side by side.
    pub fn current_lot(&self) -> Option<LotId> {
        self.current
    }

    /// The standing message to the room.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// One lot.
    pub fn lot(&self, lot_id: LotId) -> Option<&Lot> {
        self.lot_index
            .get(&lot_id)
            .and_then(|index| self.lots.get(*index as usize))
    }

    /// A bidder's registration.
    pub fn registration(&self, bidder: BidderId) -> Option<&Registration> {
        self.registrations.get(&bidder)
    }

    /// Every registration, by bidder.
    pub fn registrations(&self) -> impl Iterator<Item = (BidderId, &Registration)> {
        self.registrations
            .iter()
            .map(|(bidder, registration)| (*bidder, registration))
    }

    /// Whose number this is.
    pub fn holder(&self, paddle: Paddle) -> Option<BidderId> {
        self.paddles.get(&paddle).copied()
    }

    /// A bidder's number; unnamed room bidders have none.
    pub fn paddle(&self, bidder: BidderId) -> Option<Paddle> {
        self.registrations
            .get(&bidder)
            .map(|registration| registration.paddle)
    }

    /// What a bidder is bound to by all lots of the sale together, minor units.
    pub fn exposure(&self, bidder: BidderId) -> Amount {
        self.exposures.get(&bidder).copied().unwrap_or_default()
    }

    /// Everybody who is bound to something, and to how much.
    pub fn exposures(&self) -> impl Iterator<Item = (BidderId, Amount)> {
        self.exposures.iter().map(|(bidder, amount)| (*bidder, *amount))
    }

    /// The first answer to a bid.
    pub fn answer(&self, bid_id: BidId) -> Option<&Answer> {
        self.answers.get(&bid_id)
    }

    /// Whether a bid was seen before. `bidder` is `None` for bids that the clerk enters, whose
    /// bidder follows from the paddle.
    pub fn repeat(&self, bid_id: BidId, bidder: Option<BidderId>, lot_id: LotId, offer: Offer) -> Repeat {
        match self.answers.get(&bid_id) {
            None => Repeat::New,
            Some(answer) => {
                let same_bidder = bidder.is_none_or(|bidder| bidder == answer.bidder);
                let same_bid = answer.asked.is_none_or(|asked| asked == (lot_id, offer));
                if same_bidder && same_bid {
                    Repeat::Same(*answer)
                } else {
                    Repeat::Reused
                }
            }
        }
    }

    /// The next instant at which something happens by itself.
    pub fn next_due(&self) -> Option<Timestamp> {
        if self.books_due.is_empty() {
            self.closings.first().map(|(at, _)| *at)
        } else {
            Some(self.clock)
        }
    }

    /// Whether the house has to look at an absentee book.
    pub fn owes_book_bids(&self) -> bool {
        !self.books_due.is_empty()
    }

    /// The bids that the house owes to an absentee book, of one lot at a time; empty when it owes
    /// none. Whoever drives the state applies them as one record and asks again, before and after
    /// every command.
    pub fn book_bids_due(&self, now: Timestamp, credit: &impl Credit) -> Vec<Event> {
        let index = self.books_due.first();
        let lot = index.and_then(|index| self.lots.get(*index as usize));
        lot.map(|lot| commands::read_book(self, lot, now, credit))
            .unwrap_or_default()
    }

    /// What has become due by `now`: lots whose time is up or whose hammer has fallen, soonest
    /// first, and not more than fit one record. Whoever drives the state applies it and asks again,
    /// before every command.
    pub fn due(&self, now: Timestamp) -> Vec<Event> {
        self.closings
            .iter()
            .take_while(|(at, _)| *at <= now)
            .take(CLOSINGS_MAX)
            .filter_map(|(_, index)| self.lots.get(*index as usize))
            .map(|lot| Event::LotClosed {
                lot_id: lot.lot_id,
                outcome: lot
                    .strike
                    .map_or_else(|| lot.natural_outcome(), |strike| strike.outcome),
                by_hammer: lot.strike.is_some(),
            })
            .collect()
    }

    /// What the sale would be after a command, from the view of one lot: a copy that knows this
    /// lot only, and no answers.
    ///
    /// # Errors
    /// As [`Auction::decide`].
    pub fn foresee(
        &self,
        lot_id: LotId,
        command: &Command,
        now: Timestamp,
        credit: &impl Credit,
    ) -> Result<Self, Rejection> {
        let events = self.decide(command, now, credit)?;
        let mut copy = Self {
            setup: self.setup,
            phase: self.phase,
            seq: self.seq,
            clock: self.clock,
            lots: self.lot(lot_id).cloned().into_iter().collect(),
            lot_index: BTreeMap::from([(lot_id, 0)]),
            exposures: self.exposures.clone(),
            registrations: self.registrations.clone(),
            paddles: self.paddles.clone(),
            ..Self::default()
        };
        copy.apply(&Record { at: now, events });
        loop {
            let events = copy.book_bids_due(now, credit);
            if events.is_empty() {
                return Ok(copy);
            }
            copy.apply(&Record { at: now, events });
        }
    }

    /// A lot of a sale that is not over.
    fn lot_on_sale(&self, lot_id: LotId) -> Result<&Lot, Reason> {
        let lot = self.lot(lot_id).ok_or(Reason::UnknownLot)?;
        if self.phase == SalePhase::Ended {
            Err(Reason::SaleEnded)
        } else {
            Ok(lot)
        }
    }

    /// Only bidders whom the house has approved may bid.
    fn require_approved(&self, bidder: BidderId) -> Result<(), Reason> {
        match self
            .registration(bidder)
            .map(|registration| registration.standing)
        {
            None => Err(Reason::NotRegistered),
            Some(Approval::Pending) => Err(Reason::PendingApproval),
            Some(Approval::Suspended) => Err(Reason::Suspended),
            Some(Approval::Approved) => Ok(()),
        }
    }

    /// Refuses a bid that would bind the bidder to more than the limit of this sale or the credit
    /// over all sales allows. `bound` is what the lot would bind the bidder to.
    fn require_cover(
        &self,
        lot: &Lot,
        bidder: BidderId,
        bound: Amount,
        credit: &impl Credit,
    ) -> Result<(), Rejection> {
        let Some(left) = self.left_for(bidder, credit) else {
            return Ok(());
        };
        // `lot` may be a copy that knows more bids than the exposures do.
        let held = self.lot(lot.lot_id).map_or(Amount(0), |lot| lot.hold_of(bidder));
        // A limit lowered below the holds refuses nothing that binds to no more than before.
        let most = left.max(Amount(0)).plus(held);
        if bound <= most {
            return Ok(());
        }
        let each = most.0 / i64::from(lot.rules.quantity.max(1));
        Err(Reason::OverLimit.at_most(Amount(each)))
    }

    /// What the bidder may be bound to beside everything present; `None` is without bound.
    fn left_for(&self, bidder: BidderId, credit: &impl Credit) -> Option<Amount> {
        if bidder == BidderId::HOUSE {
            return None;
        }
        let limit = self
            .registration(bidder)
            .and_then(|registration| registration.limit);
        let here = limit.map(|limit| limit.minus(self.exposure(bidder)));
        match (here, credit.left(bidder)) {
            (Some(here), Some(everywhere)) => Some(here.min(everywhere)),
            (here, everywhere) => here.or(everywhere),
        }
    }

    /// In the room one lot is sold at a time.
    fn require_free_rostrum(&self) -> Result<(), Reason> {
        if self.lots.iter().any(Lot::choice_is_due) {
            return Err(Reason::ChoicePending);
        }
        let busy = self.kind() == Some(SaleKind::Room) && self.lots.iter().any(|lot| lot.phase.is_running());
        if busy { Err(Reason::AnotherLotOpen) } else { Ok(()) }
    }
}
