//! Golden bytes: what a version looks like on disk never changes.

use super::{RECORD, v1};
use gavel_engine::{
    Reason,
    auction::{self, Approval, Auction, Event, LateBid, LotSetup, Record, SaleKind, Setup},
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Bid, BookEntry, Channel, Group, Offer, Outcome, Standing, Strike, Together},
    money::{Amount, Currency},
    rules::{Band, DutchClock, Format, RuleSet, Runs, RunsFrom, SoftClose},
    time::Timestamp,
};
use std::fmt::Write as _;

const LOT: LotId = LotId(1);
const OTHER: LotId = LotId(2);
const ANN: BidderId = BidderId(3);
const BID: BidId = BidId(4);
const AT: Timestamp = Timestamp(5);

/// Every field is used, so that none can change its place unseen.
fn rules() -> RuleSet {
    let band = Band {
        from_minor: Amount(0),
        step_minor: Amount(10),
        step_bp: Some(500),
    };
    RuleSet {
        format: Format::Vickrey,
        reserve_price_minor: Some(Amount(90)),
        closes_at_ms: Some(AT),
        soft_close: Some(SoftClose {
            window_ms: 1,
            extend_ms: 2,
            max_extensions: Some(3),
            group: Some(4),
        }),
        seller: Some(ANN),
        dutch: Some(DutchClock {
            start_minor: Amount(50),
            step_minor: Amount(7),
            every_ms: 1000,
            floor_minor: Amount(10),
        }),
        revisions: true,
        runs: Some(Runs {
            from: RunsFrom::FirstBid,
            duration_ms: 60_000,
        }),
        hammer_window_ms: 400,
        buy_now_price_minor: Some(Amount(99)),
        quantity: 6,
        house_bids: true,
        reserve_currency: Some(Currency::USD),
        self_raise: true,
        ..RuleSet::english(Amount(100), vec![band])
    }
}

const STANDING: Standing = Standing {
    price: Amount(100),
    leader: ANN,
    channel: Channel::Floor,
    leader_max: Amount(150),
    second: Some(Amount(90)),
};

const STRIKE: Strike = Strike {
    at: AT,
    falls_at: Timestamp(405),
    outcome: Outcome::Sold {
        winner: ANN,
        price: Amount(100),
    },
};

/// One of every kind, in the order of the enum.
fn events() -> Vec<Event> {
    let lot_id = LOT;
    let setup = Setup {
        sale_id: SaleId(9),
        currency: Currency::USD,
        kind: SaleKind::Timed,
        lots: vec![LotSetup {
            lot_id,
            rules: rules(),
        }],
    };
    let bid = Bid {
        bid_id: BID,
        bidder: ANN,
        channel: Channel::House,
        offer: Offer::BuyNow(Amount(100)),
        ask_met: Some(Amount(95)),
        step: Some(Amount(5)),
    };
    let entry = BookEntry {
        bid_id: BID,
        bidder: ANN,
        max: Amount(100),
        at: AT,
        placed: true,
    };
    let group = Group {
        together: Together::Choice,
        others: vec![OTHER],
        sellers: vec![ANN],
        own_rules: rules(),
    };
    let late = LateBid {
        bid_id: BID,
        after_ms: 80,
        sent_before_ms: 120,
    };
    vec![
        Event::Created(Box::new(setup)),
        Event::Started,
        Event::Ended,
        Event::Registered {
            bidder: ANN,
            paddle: Paddle(7),
            standing: Approval::Suspended,
            limit: Some(Amount(1_000)),
        },
        Event::LotOpened(lot_id),
        Event::BidAccepted {
            lot_id,
            bid,
            standing: Some(STANDING),
        },
        Event::BidRefused {
            lot_id,
            bid_id: BID,
            bidder: ANN,
            offer: Offer::Max(Amount(1)),
            rejection: Reason::OverLimit.at_most(Amount(50)),
        },
        Event::BidVoided {
            bid_id: BID,
            bidder: ANN,
        },
        Event::AbsenteeLeft { lot_id, entry },
        Event::CloseExtended {
            lot_id,
            closes_at: AT,
        },
        Event::AskSet(lot_id, Amount(8)),
        Event::StepSet(lot_id, Some(Amount(9))),
        Event::FairlyWarned(lot_id),
        Event::Paused(lot_id),
        Event::Resumed {
            lot_id,
            closes_at: Some(AT),
        },
        Event::LotClosed {
            lot_id,
            outcome: Outcome::SoldWith(OTHER),
            by_hammer: true,
        },
        Event::BidRetracted {
            lot_id,
            bid_id: BID,
            standing: None,
        },
        Event::LotReopened {
            lot_id,
            closes_at: None,
        },
        Event::Said("Welcome".to_owned()),
        Event::BookRead(lot_id),
        Event::BidsRetracted {
            lot_id,
            bidder: ANN,
            standing: Some(STANDING),
        },
        Event::CloseSet {
            lot_id,
            closes_at: AT,
        },
        Event::HammerStruck {
            lot_id,
            strike: STRIKE,
        },
        Event::HammerLifted {
            lot_id,
            by: Some(late),
        },
        Event::AbsenteeWithdrawn { lot_id, bidder: ANN },
        Event::LotSkipped(lot_id),
        Event::LotReoffered {
            lot_id,
            closes_at: Some(AT),
        },
        Event::LotsGrouped {
            lot_id,
            group: Box::new(group),
            rules: Box::new(rules()),
        },
        Event::LotsSplit {
            lot_id,
            others: vec![OTHER],
        },
        Event::ChoiceMade {
            lot_id,
            taken: vec![OTHER],
            left: vec![LOT],
            winner: ANN,
            price: Amount(100),
        },
    ]
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits = text.trim().as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// One line for each of [`events`], as version 2 was first written.
const VERSION_2: &str = include_str!("v2.golden");

#[test]
fn version_2_is_written_and_read_as_it_was() {
    let written: Vec<String> = events()
        .into_iter()
        .map(|event| {
            let record = Record {
                at: AT,
                events: vec![event],
            };
            let bytes = RECORD.encode(&record).unwrap();
            assert_eq!(RECORD.decode(&bytes).unwrap(), record);
            hex(&bytes)
        })
        .collect();
    let golden: Vec<&str> = VERSION_2.lines().collect();
    for (index, (written, golden)) in written.iter().zip(&golden).enumerate() {
        assert_eq!(written, golden, "event {index}");
    }
    assert_eq!(written.len(), golden.len());
}

/// A sale of version 1: created with one English lot, two bidders, a bid, a refusal, sold.
const VERSION_1: &str = include_str!("v1.golden");

#[test]
fn a_sale_of_version_1_goes_on() {
    let mut auction = Auction::default();
    for line in VERSION_1.lines() {
        let bytes = from_hex(line);
        assert_eq!(bytes.first(), Some(&1));
        // The frozen types still have the layout that they had.
        let frozen: v1::Record = gavel_storage::codec::from_bytes(&bytes[1..]).unwrap();
        assert_eq!(gavel_storage::codec::to_bytes(&frozen).unwrap(), &bytes[1..]);
        auction.apply(&RECORD.decode(&bytes).unwrap());
    }
    let lot = auction.lot(LOT).unwrap();
    assert_eq!(
        lot.outcome,
        Some(Outcome::Sold {
            winner: ANN,
            price: Amount(100)
        })
    );
    assert_eq!(lot.rules.quantity, 1);
    assert_eq!(auction.exposure(ANN), Amount(100));
    let refused = auction.answer(BidId(11)).unwrap().verdict;
    assert_eq!(
        refused,
        auction::Verdict::Refused(Reason::BelowMinimum.at_least(Amount(110)))
    );
}

#[test]
fn what_is_newer_is_refused() {
    assert!(RECORD.decode(&[3, 0]).is_err());
    assert!(RECORD.decode(&[0, 0]).is_err());
}
