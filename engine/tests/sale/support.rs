//! A sale to try commands on. Whatever a test does with it, the exposures and the credit ledger
//! are in step after every record, and at its end the log alone gives the same bytes again.

use gavel_engine::{
    Reason, Rejection,
    auction::{
        Approval, Auction, Command, EnterBid, Event, GroupLots, Hammer, LotSetup, PlaceBid, Record, Register,
        SaleKind, Setup,
    },
    credit::Ledger,
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Lot, Offer, Outcome, Together},
    money::{Amount, Currency},
    rules::{Band, DutchClock, Format, RuleSet},
    time::Timestamp,
};
use std::collections::BTreeMap;

pub const ANN: BidderId = BidderId(1);
pub const BOB: BidderId = BidderId(2);
pub const CYD: BidderId = BidderId(3);
/// Registered, and the consignor where the rules say so.
pub const SELLER: BidderId = BidderId(4);
/// The first lots of the running order.
pub const ONE: LotId = LotId(1);
pub const TWO: LotId = LotId(2);
pub const THREE: LotId = LotId(3);
pub const SALE: SaleId = SaleId(1);

/// Opens at 100, rises by 10.
pub fn rules() -> RuleSet {
    let step = Band {
        step_minor: Amount(10),
        ..Band::default()
    };
    RuleSet::english(Amount(100), vec![step])
}

/// A clock from 1000 down to 400, by 100 every second.
pub fn clock() -> RuleSet {
    RuleSet {
        format: Format::Dutch,
        dutch: Some(DutchClock {
            start_minor: Amount(1000),
            step_minor: Amount(100),
            every_ms: 1000,
            floor_minor: Amount(400),
        }),
        ..rules()
    }
}

pub fn setup(kind: SaleKind, rules: &[RuleSet]) -> Setup {
    Setup {
        sale_id: SALE,
        currency: Currency::USD,
        kind,
        lots: (1..)
            .map(LotId)
            .zip(rules)
            .map(|(lot_id, rules)| LotSetup {
                lot_id,
                rules: rules.clone(),
            })
            .collect(),
    }
}

/// Drives an auction as its owner would: time first, then the command.
#[derive(Debug, Clone, Default)]
pub struct Sale {
    pub auction: Auction,
    pub now: Timestamp,
    pub log: Vec<Record>,
    /// Credit over all sales; nobody has a limit in it, unless the test sets one.
    pub ledger: Ledger,
    told: BTreeMap<BidderId, Amount>,
    bids: u128,
}

impl Drop for Sale {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let mut replayed = Auction::default();
        for record in &self.log {
            replayed.apply(record);
        }
        let [one, other] =
            [&replayed, &self.auction].map(|state| serde_json::to_vec(state).expect("a state is data"));
        assert!(one == other, "I6: the log gives another state");
    }
}

impl Sale {
    /// A sale with these lots; Ann, Bob, Cyd and the seller hold paddles 1 to 4.
    pub fn of(kind: SaleKind, rules: &[RuleSet]) -> Self {
        let mut sale = Self::default();
        sale.bids = 100;
        sale.done(Command::Create(Box::new(setup(kind, rules))));
        for (bidder, paddle) in [ANN, BOB, CYD, SELLER].into_iter().zip(1..) {
            sale.done(register(bidder, paddle, Approval::Approved));
        }
        sale
    }

    /// A room sale of two lots.
    pub fn room() -> Self {
        Self::of(SaleKind::Room, &[rules(), rules()])
    }

    pub fn try_to(&mut self, command: Command) -> Result<Vec<Event>, Rejection> {
        self.time_passes();
        let credit = self.ledger.in_currency(Currency::USD);
        let mut events = self.auction.decide(&command, self.now, &credit)?;
        self.apply(events.clone());
        events.extend(self.house_bids());
        Ok(events)
    }

    /// What the house bids for its books.
    fn house_bids(&mut self) -> Vec<Event> {
        let mut all = Vec::new();
        loop {
            let credit = self.ledger.in_currency(Currency::USD);
            let events = self.auction.book_bids_due(self.now, &credit);
            if events.is_empty() {
                return all;
            }
            self.apply(events.clone());
            all.extend(events);
        }
    }

    fn time_passes(&mut self) {
        self.house_bids();
        let due = self.auction.due(self.now);
        self.apply(due);
    }

    /// A command that is taken.
    pub fn done(&mut self, command: Command) -> Vec<Event> {
        let shown = format!("{command:?}");
        self.try_to(command)
            .unwrap_or_else(|rejection| panic!("{shown}: {rejection:?}"))
    }

    /// A command that is refused, and changes nothing.
    pub fn refused(&mut self, command: Command) -> Reason {
        self.rejected(command).reason
    }

    /// Everything that belongs to open ascending bids is refused on this lot.
    pub fn knows_no_outcry(&mut self, lot_id: LotId) {
        for command in [
            Command::SetAsk(lot_id, Amount(500)),
            Command::SetStep(lot_id, None),
            Command::WarnFairly(lot_id),
            Command::Pause(lot_id),
            sell(lot_id, None),
        ] {
            assert_eq!(self.refused(command), Reason::WrongFormat);
        }
        assert_eq!(
            self.bid_refused(lot_id, ANN, buy(500)).reason,
            Reason::WrongFormat
        );
    }

    /// Like [`Self::refused`], with what would have been taken.
    pub fn rejected(&mut self, command: Command) -> Rejection {
        self.time_passes();
        let before = self.auction.clone();
        let shown = format!("{command:?}");
        let rejection = self.try_to(command).expect_err(&shown);
        assert_eq!(self.auction, before, "{shown}");
        rejection
    }

    pub fn apply(&mut self, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let record = Record { at: self.now, events };
        let (auction, ledger, told) = (&mut self.auction, &mut self.ledger, &mut self.told);
        auction.apply_telling(&record, |bidder, exposure| {
            ledger.hold(SALE, Currency::USD, bidder, exposure);
            told.insert(bidder, exposure);
        });
        told.retain(|_, exposure| exposure.0 != 0);
        let exposures: BTreeMap<_, _> = auction.exposures().collect();
        assert_eq!(*told, exposures, "I4: the exposures that were told");
        self.log.push(record);
    }

    /// Everything that happened, in order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.log.iter().flat_map(|record| &record.events)
    }

    /// What a bidder is bound to, minor units.
    pub fn bound(&self, bidder: BidderId) -> i64 {
        self.auction.exposure(bidder).0
    }

    /// What the bidder may be bound to in this sale from now on.
    pub fn limit(&mut self, bidder: BidderId, limit: Option<i64>) {
        let registration = *self.auction.registration(bidder).unwrap();
        self.done(Command::Register(Register {
            bidder,
            paddle: registration.paddle,
            standing: registration.standing,
            limit: limit.map(Amount),
        }));
    }

    pub fn at(&mut self, now: i64) -> &mut Self {
        self.now = Timestamp(now);
        self
    }

    pub fn lot(&self, lot_id: LotId) -> &Lot {
        self.auction.lot(lot_id).unwrap()
    }

    /// Price and leader of lot one.
    pub fn stands(&self) -> Option<(i64, BidderId)> {
        self.stands_on(ONE)
    }

    /// Price and leader of a lot.
    pub fn stands_on(&self, lot_id: LotId) -> Option<(i64, BidderId)> {
        let standing = self.lot(lot_id).standing?;
        Some((standing.price.0, standing.leader))
    }

    /// At which price a closed lot was sold, and to whom.
    pub fn sold(&self, lot_id: LotId) -> Option<(i64, BidderId)> {
        match self.lot(lot_id).outcome {
            Some(Outcome::Sold { winner, price }) => Some((price.0, winner)),
            _ => None,
        }
    }

    pub fn bid_id(&mut self) -> BidId {
        self.bids += 1;
        BidId(self.bids)
    }

    /// A bid on lot one that is taken; its id.
    pub fn bids(&mut self, bidder: BidderId, offer: Offer) -> BidId {
        self.bids_on(ONE, bidder, offer)
    }

    /// A bid that is taken; its id.
    pub fn bids_on(&mut self, lot_id: LotId, bidder: BidderId, offer: Offer) -> BidId {
        let bid_id = self.bid_id();
        self.done(place(bid_id, lot_id, bidder, offer));
        bid_id
    }

    /// A bid that is refused: why, and what would have been taken.
    pub fn bid_refused(&mut self, lot_id: LotId, bidder: BidderId, offer: Offer) -> Rejection {
        let bid_id = self.bid_id();
        self.rejected(place(bid_id, lot_id, bidder, offer))
    }

    /// A maximum left for lot one before it opens; its id.
    pub fn leaves(&mut self, bidder: BidderId, max: i64) -> BidId {
        let bid_id = self.bid_id();
        let Command::PlaceBid(bid) = place(bid_id, ONE, bidder, Offer::Max(Amount(max))) else {
            unreachable!()
        };
        self.done(Command::PlaceBid(PlaceBid {
            book_if_pending: true,
            ..bid
        }));
        bid_id
    }

    /// A bid that the clerk enters for lot one.
    pub fn enter(&mut self, paddle: Option<u32>, channel: Channel, offer: Offer) -> Command {
        Command::EnterBid(EnterBid {
            bid_id: self.bid_id(),
            lot_id: ONE,
            paddle: paddle.map(Paddle),
            channel,
            offer,
            currency: Currency::USD,
        })
    }
}

pub fn amount(minor: i64) -> Offer {
    Offer::Amount(Amount(minor))
}

pub fn max(minor: i64) -> Offer {
    Offer::Max(Amount(minor))
}

pub fn buy(minor: i64) -> Offer {
    Offer::BuyNow(Amount(minor))
}

pub fn place(bid_id: BidId, lot_id: LotId, bidder: BidderId, offer: Offer) -> Command {
    Command::PlaceBid(PlaceBid {
        bid_id,
        lot_id,
        bidder,
        channel: Channel::Online,
        offer,
        currency: Currency::USD,
        book_if_pending: false,
        sent_before_ms: None,
    })
}

pub fn register(bidder: BidderId, paddle: u32, standing: Approval) -> Command {
    Command::Register(Register {
        bidder,
        paddle: Paddle(paddle),
        standing,
        limit: None,
    })
}

pub fn hammer(paddle: Option<u32>) -> Command {
    sell(ONE, paddle)
}

pub fn sell(lot_id: LotId, paddle: Option<u32>) -> Command {
    Command::Hammer(Hammer {
        lot_id,
        sold: true,
        override_reserve: false,
        paddle: paddle.map(Paddle),
        price_seen: None,
    })
}

pub fn pass() -> Command {
    pass_on(ONE)
}

pub fn pass_on(lot_id: LotId) -> Command {
    Command::Hammer(Hammer {
        lot_id,
        sold: false,
        override_reserve: false,
        paddle: None,
        price_seen: None,
    })
}

pub fn reopen(lot_id: LotId) -> Command {
    Command::Reopen {
        lot_id,
        closes_at: None,
    }
}

pub fn reoffer(lot_id: LotId) -> Command {
    Command::Reoffer {
        lot_id,
        closes_at: None,
    }
}

pub fn group(together: Together, lots: &[LotId]) -> Command {
    Command::Group(GroupLots {
        together,
        lots: lots.to_vec(),
        opening_price: None,
    })
}
