//! One lot: its phase, the bids on it, the standing they give, and its close.

mod bid;
mod english;
mod group;
mod holds;
mod outcome;
mod sealed;

pub use bid::{Bid, BookEntry, Channel, HistoricBid, Offer};
pub use english::Standing;
pub use group::{GROUP_MAX, Group, Together};
pub use outcome::{Outcome, Phase, Strike};

use crate::{
    Reason, Rejection,
    ids::{BidId, BidderId, LotId},
    money::Amount,
    rules::{Format, OffIncrement, RuleSet, Runs, RunsFrom},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

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
    /// How many of them stand: neither taken back nor replaced.
    pub bids_standing: u32,
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
    /// Maxima left before it was opened, by time: for what it is offered as now.
    pub book: Vec<BookEntry>,
    /// Maxima for the lot by itself, which wait while it leads a group.
    pub own_book: Vec<BookEntry>,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// The hammer was struck, and bids under way are waited for.
    pub strike: Option<Strike>,
    /// The auctioneer comes back to it when the running order is through.
    pub skipped: bool,
    /// How often it was offered again.
    pub reoffers: u32,
    /// The lots that are offered together with it.
    pub group: Option<Box<Group>>,
    /// The lot that it is offered together with, and that takes the bids.
    pub led_by: Option<LotId>,
    /// It was taken in a choice: the bids that it has, if any, were for the choice.
    pub chosen: bool,
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
            bids_standing: 0,
            standing: None,
            ask: None,
            step: None,
            extensions: 0,
            fair_warning: false,
            outcome: None,
            closed_at: None,
            book: Vec::new(),
            own_book: Vec::new(),
            opened_at: None,
            strike: None,
            skipped: false,
            reoffers: 0,
            group: None,
            led_by: None,
            chosen: false,
        }
    }

    /// The lot as it was before it was opened. Who left a maximum in its book still wants it,
    /// unless it was taken back.
    pub(crate) fn offer_again(&mut self) {
        let before = std::mem::replace(self, Self::new(self.lot_id, self.rules.clone()));
        let taken_back = |bid_id| {
            let mut bids = before.bids.iter().filter(|historic| historic.retracted);
            bids.any(|historic| historic.bid.bid_id == bid_id)
        };
        self.book = before.book;
        self.book.retain(|entry| !taken_back(entry.bid_id));
        self.book.iter_mut().for_each(|entry| entry.placed = false);
        self.own_book = before.own_book;
        self.group = before.group;
        self.led_by = before.led_by;
        self.reoffers = before.reoffers.saturating_add(1);
    }

    /// Keeps an accepted bid and what it gives. A sealed bid takes the place of its bidder's
    /// earlier one.
    pub(crate) fn take(&mut self, historic: HistoricBid, standing: Option<Standing>) {
        let bid = historic.bid;
        if self.rules.format.is_sealed() {
            let own = self
                .bids
                .iter_mut()
                .filter(|earlier| earlier.bid.bidder == bid.bidder);
            own.for_each(|earlier| earlier.replaced = true);
            self.count_bids();
        }
        self.bids.push(historic);
        self.bids_standing += 1;
        self.stand(standing);
        for entry in self.book.iter_mut().filter(|entry| entry.bid_id == bid.bid_id) {
            entry.placed = true;
        }
    }

    /// Counts the bids that stand anew.
    pub(crate) fn count_bids(&mut self) {
        let standing = self.bids.iter().filter(|historic| historic.stands()).count();
        self.bids_standing = u32::try_from(standing).unwrap_or(u32::MAX);
    }

    /// What a bid leaves of the state before it.
    pub(crate) fn stand(&mut self, standing: Option<Standing>) {
        self.standing = standing;
        self.ask = None;
        self.fair_warning = false;
    }

    /// The current price; `None` before the first bid.
    pub fn price(&self) -> Option<Amount> {
        self.standing.map(|standing| standing.price)
    }

    /// Who leads; `None` before the first bid.
    pub fn leader(&self) -> Option<BidderId> {
        self.standing.map(|standing| standing.leader)
    }

    /// The lowest amount that is accepted at `now` while the lot is open: of an English lot from a
    /// rival, of a Dutch lot the clock's price.
    pub fn minimum(&self, now: Timestamp) -> Amount {
        match (self.rules.format, self.ask, &self.standing) {
            (Format::Dutch, ..) => self.clock_price(now).unwrap_or(self.rules.opening_price_minor),
            (Format::English, Some(ask), _) => ask,
            (Format::English, None, Some(standing)) => standing.price.plus(self.step_at(standing.price)),
            _ => self.rules.opening_price_minor,
        }
    }

    /// The price that the clock of a Dutch lot shows, while it runs.
    pub fn clock_price(&self, now: Timestamp) -> Option<Amount> {
        let (clock, opened_at) = (self.rules.dutch?, self.opened_at?);
        (self.phase == Phase::Open).then(|| clock.price_at(opened_at, now))
    }

    /// Whether there is a price that reaches the reserve; `None` for a lot without reserve.
    pub fn reserve_met(&self) -> Option<bool> {
        let reserve = self.rules.reserve_price_minor?;
        Some(self.price().is_some_and(|price| price >= reserve))
    }

    /// Refuses what needs a lot that takes bids.
    fn require_bidding(&self) -> Result<(), Reason> {
        match self.phase {
            Phase::Pending => Err(Reason::NotOpen),
            Phase::Closed => Err(Reason::Closed),
            Phase::Paused(_) => Err(Reason::Paused),
            Phase::Open => Ok(()),
        }
    }

    /// Refuses what the auctioneer does on an open lot only, and not while the hammer falls.
    pub(crate) fn require_open(&self) -> Result<(), Reason> {
        self.require_bidding()?;
        self.require_raised_hammer()
    }

    /// While the hammer falls nothing but bids and lifting it means anything.
    pub(crate) fn require_raised_hammer(&self) -> Result<(), Reason> {
        match self.strike {
            Some(_) => Err(Reason::HammerFalling),
            None => Ok(()),
        }
    }

    /// Refuses what only English lots know.
    pub(crate) fn require_english(&self) -> Result<(), Reason> {
        match self.rules.format {
            Format::English => Ok(()),
            Format::Dutch | Format::SealedFirstPrice | Format::Vickrey => Err(Reason::WrongFormat),
        }
    }

    /// The consignor, or one of those of a group.
    pub(crate) fn is_sold_for(&self, bidder: BidderId) -> bool {
        let others = self.group.as_ref().map(|group| group.sellers.as_slice());
        self.rules.seller == Some(bidder) || others.is_some_and(|sellers| sellers.contains(&bidder))
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

    /// Decides a bid on this lot: the standing that it gives (a sealed one gives none to see), or
    /// why it is refused. `sent_before_ms` says how long after the hammer was struck a bid of this
    /// connection still counts.
    ///
    /// Order of refusals (rule vectors): state, format, seller, then the format's own.
    pub fn admit(
        &self,
        bid: &Bid,
        now: Timestamp,
        sent_before_ms: Option<i64>,
    ) -> Result<Option<Standing>, Rejection> {
        self.require_bidding()?;
        if let Some(strike) = self.strike
            && sent_before_ms.is_none_or(|before_ms| now.since_ms(strike.at) >= before_ms)
        {
            return Err(Reason::AfterHammer.into());
        }
        if matches!(bid.offer, Offer::BuyNow(_)) || bid.channel == Channel::House {
            self.require_english()?;
        }
        if self.is_sold_for(bid.bidder) {
            return Err(Reason::SellerMayNotBid.into());
        }
        match self.rules.format {
            Format::English => self.admit_english(bid).map(Some),
            Format::Dutch => self.admit_dutch(bid, now).map(Some),
            Format::SealedFirstPrice | Format::Vickrey => self.admit_sealed(bid).map(|()| None),
        }
    }

    /// The first bid that reaches the clock's price buys at it.
    fn admit_dutch(&self, bid: &Bid, now: Timestamp) -> Result<Standing, Rejection> {
        let price = self.minimum(now);
        if bid.offer.ceiling() < price {
            return Err(Reason::BelowMinimum.at_least(price));
        }
        Ok(Standing::alone(bid, price))
    }

    fn admit_english(&self, bid: &Bid) -> Result<Standing, Rejection> {
        if bid.channel == Channel::House {
            self.admit_house(bid.offer)?;
        }
        if let Offer::BuyNow(price) = bid.offer {
            return self.admit_buyer(bid, price);
        }
        let minimum = self.english_minimum();
        match &self.standing {
            Some(standing) if standing.leader == bid.bidder => match bid.offer {
                Offer::Max(max) if max > standing.leader_max => {}
                Offer::Max(_) => {
                    let least = standing.leader_max.plus(Amount(1));
                    return Err(Reason::NotAboveOwnMax.at_least(least));
                }
                // Nobody raises the house's own bid for it.
                Offer::Amount(_) if self.rules.self_raise && bid.bidder != BidderId::HOUSE => {
                    self.require_bid_amount(bid.offer, minimum)?;
                }
                Offer::Amount(_) | Offer::BuyNow(_) => return Err(Reason::AlreadyLeading.at_least(minimum)),
            },
            _ => self.require_bid_amount(bid.offer, minimum)?,
        }
        Ok(english::settle(self.standing.as_ref(), bid, &self.rules))
    }

    fn require_bid_amount(&self, offer: Offer, minimum: Amount) -> Result<(), Rejection> {
        let amount = offer.ceiling();
        if amount < minimum {
            return Err(Reason::BelowMinimum.at_least(minimum));
        }
        if matches!(offer, Offer::Amount(_)) && !self.on_the_ladder(amount) {
            return Err(Reason::OffIncrement.at_least(minimum));
        }
        Ok(())
    }

    /// Until the first bid, where the rules name a price.
    fn admit_buyer(&self, bid: &Bid, shown: Amount) -> Result<Standing, Rejection> {
        match self.rules.buy_now_price_minor {
            Some(price) if self.standing.is_none() => {
                if shown == price {
                    Ok(Standing::alone(bid, price))
                } else {
                    Err(Reason::PriceMoved.exactly(price))
                }
            }
            _ => Err(Reason::NoBuyNow.at_least(self.english_minimum())),
        }
    }

    /// The auctioneer may bid for the seller where the rules say so, and below the reserve only.
    fn admit_house(&self, offer: Offer) -> Result<(), Rejection> {
        match (self.rules.reserve_price_minor, offer) {
            (Some(reserve), Offer::Amount(amount)) if self.rules.house_bids => {
                if amount < reserve {
                    Ok(())
                } else {
                    Err(Reason::NotBelowReserve.at_most(Amount(reserve.0 - 1)))
                }
            }
            (Some(reserve), _) if self.rules.house_bids => {
                Err(Reason::NotBelowReserve.at_most(Amount(reserve.0 - 1)))
            }
            _ => Err(Reason::HouseMayNotBid.into()),
        }
    }

    fn english_minimum(&self) -> Amount {
        // The time makes no difference to an English lot.
        self.minimum(Timestamp(0))
    }

    /// Whether an exact amount is taken as far as increments go.
    fn on_the_ladder(&self, amount: Amount) -> bool {
        if self.rules.off_increment == OffIncrement::Accept || amount == self.english_minimum() {
            return true;
        }
        let (from, step) = match (self.step, self.rules.band_of(amount)) {
            // A step set by hand counts on from the lowest bid that would be taken.
            (Some(step), _) => (self.english_minimum(), step),
            (None, Some(band)) => (band.from_minor, band.step_minor),
            (None, None) => return true,
        };
        // A step of zero never passes validation; no remainder is taken by it all the same.
        (amount.0 - from.0).checked_rem(step.0) == Some(0)
    }

    /// The close that opening the lot at `now` gives it, where its rules do not name an instant.
    pub(crate) fn close_by_opening(&self, now: Timestamp) -> Option<Timestamp> {
        match (self.rules.format, self.rules.dutch, self.rules.runs) {
            (Format::Dutch, Some(clock), _) => Some(clock.ends_at(now)),
            (_, _, Some(runs)) if runs.from == RunsFrom::Opening => Some(now.plus_ms(runs.duration_ms)),
            _ => None,
        }
    }

    /// The close that the first bid at `now` gives the lot, where its rules say so.
    pub(crate) fn close_by_first_bid(&self, now: Timestamp) -> Option<Timestamp> {
        match (self.closes_at, self.rules.runs) {
            // One that was reopened without a close has bids, and no longer closes by time.
            (
                None,
                Some(Runs {
                    from: RunsFrom::FirstBid,
                    duration_ms,
                }),
            ) if self.bids.is_empty() => Some(now.plus_ms(duration_ms)),
            _ => None,
        }
    }

    /// When a bid at `now` is a late one: the earliest close from now on, for this lot and those
    /// that move with it.
    pub(crate) fn late_bid_moves_to(&self, now: Timestamp) -> Option<Timestamp> {
        let (soft, close) = (self.rules.soft_close?, self.closes_at?);
        // A lot opened past its close closes at once, also when the house has bid its book.
        let late = close > now && close.since_ms(now) <= soft.window_ms;
        late.then(|| now.plus_ms(soft.extend_ms))
    }

    /// Whether a late bid, here or on a lot that this one moves with, moves the close to `earliest`.
    pub(crate) fn moves_to(&self, earliest: Timestamp) -> bool {
        let soft = self.rules.soft_close;
        let most = soft.and_then(|soft| soft.max_extensions);
        let bounded = most.is_some_and(|most| self.extensions >= most);
        self.phase == Phase::Open && !bounded && self.closes_at.is_some_and(|close| close < earliest)
    }

    /// A bid of the history that has not been taken back.
    pub fn standing_bid(&self, bid_id: BidId) -> Option<&HistoricBid> {
        self.bids
            .iter()
            .find(|historic| historic.bid.bid_id == bid_id && historic.stands())
    }

    /// What the surviving bids give, re-applied in order, when those that `taken_back` names are
    /// taken back. They are not admitted again. Sealed bids give nothing to see.
    pub(crate) fn standing_without(&self, taken_back: impl Fn(&Bid) -> bool) -> Option<Standing> {
        if self.rules.format.is_sealed() {
            return None;
        }
        self.bids
            .iter()
            .filter(|historic| historic.stands() && !taken_back(&historic.bid))
            .fold(None, |standing, historic| {
                Some(english::settle(standing.as_ref(), &historic.bid, &self.rules))
            })
    }

    fn step_at(&self, price: Amount) -> Amount {
        self.step.unwrap_or_else(|| self.rules.step_at(price))
    }
}
