//! Lots of different sales bid on in the same millisecond: however the threads run, nobody is
//! bound to more than the credit over all sales allows.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use gavel_engine::{
    Reason,
    auction::{Approval, Auction, Command, LotSetup, PlaceBid, Record, Register, SaleKind, Setup},
    credit::Ledger,
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    rules::{Band, RuleSet},
    time::Timestamp,
};
use std::{
    sync::{Barrier, Mutex},
    thread,
};

const SALES: u128 = 8;
const LOTS: u128 = 4;
const BIDDERS: u128 = 6;
const ROUNDS: u128 = 250;
const LIMIT: Amount = Amount(1_000);
const USD: Currency = Currency::USD;

/// A sale with every lot open and every bidder approved; only the credit bounds them.
fn open_sale(sale_id: SaleId) -> Auction {
    let step = Band {
        step_minor: Amount(10),
        ..Band::default()
    };
    let rules = RuleSet::english(Amount(10), vec![step]);
    let lots = (1..=LOTS).map(|lot| LotSetup {
        lot_id: LotId(lot),
        rules: rules.clone(),
    });
    let create = Command::Create(Box::new(Setup {
        sale_id,
        currency: USD,
        kind: SaleKind::Timed,
        lots: lots.collect(),
    }));
    let registers = (1..=BIDDERS).map(|bidder| {
        Command::Register(Register {
            bidder: BidderId(bidder),
            paddle: Paddle(u32::try_from(bidder).unwrap()),
            standing: Approval::Approved,
            limit: None,
        })
    });
    let mut auction = Auction::default();
    for command in std::iter::once(create).chain(registers).chain([Command::Start]) {
        let events = auction.decide(&command, Timestamp(0), &Ledger::default().in_currency(USD));
        auction.apply(&Record {
            at: Timestamp(0),
            events: events.unwrap(),
        });
    }
    auction
}

/// Bids that mean something else in every sale and round, and the same in every run.
fn drawn(sale: u128, round: u128, bound: u128) -> u128 {
    let mixed = (sale * 1_000_003 + round)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
        .rotate_left(41);
    mixed.wrapping_mul(0xda94_2042_e4dd_58b5) % bound
}

/// How one sale was bid on: accepted, refused for want of credit.
#[derive(Default)]
struct Tally {
    accepted: u32,
    over_limit: u32,
}

fn bid_on(sale: u128, auction: &mut Auction, ledger: &Mutex<Ledger>) -> Tally {
    let mut tally = Tally::default();
    for round in 0..ROUNDS {
        let bidder = BidderId(1 + drawn(sale, round, BIDDERS));
        let lot_id = LotId(1 + drawn(sale, round * 7 + 1, LOTS));
        let minimum = auction.lot(lot_id).unwrap().minimum(Timestamp(1));
        let above = i64::try_from(drawn(sale, round * 13 + 5, 120)).unwrap();
        let offered = Amount(minimum.0 + above);
        let command = Command::PlaceBid(PlaceBid {
            bid_id: BidId(sale * 10_000 + round),
            lot_id,
            bidder,
            channel: Channel::Online,
            offer: Offer::Max(offered),
            currency: USD,
            book_if_pending: false,
            sent_before_ms: None,
        });
        // Held from the check until the bid has its place: that is what makes it safe.
        let mut ledger = ledger.lock().unwrap();
        let left = ledger.left(bidder, USD).unwrap();
        let held = auction.lot(lot_id).unwrap().hold_of(bidder);
        match auction.decide(&command, Timestamp(1), &ledger.in_currency(USD)) {
            Ok(events) => {
                tally.accepted += 1;
                let record = Record {
                    at: Timestamp(1),
                    events,
                };
                auction.apply_telling(&record, |bidder, exposure| {
                    ledger.hold(SaleId(sale), USD, bidder, exposure);
                });
            }
            Err(rejection) if rejection.reason == Reason::OverLimit => {
                tally.over_limit += 1;
                assert_eq!(
                    rejection.maximum(),
                    Some(left.plus(held)),
                    "I3: what is left is said"
                );
                assert!(offered > left.plus(held), "I3: refused without need");
            }
            Err(_) => {}
        }
        for bidder in (1..=BIDDERS).map(BidderId) {
            let exposure = ledger.exposure(bidder, USD);
            assert!(exposure <= LIMIT, "I3: {bidder} is bound to {}", exposure.0);
            assert_eq!(ledger.left(bidder, USD), Some(LIMIT.minus(exposure)));
        }
    }
    tally
}

#[test]
fn bids_in_many_sales_at_once_never_exceed_the_credit() {
    let mut ledger = Ledger::default();
    for bidder in (1..=BIDDERS).map(BidderId) {
        ledger.set_limit(bidder, USD, Some(LIMIT));
    }
    let ledger = Mutex::new(ledger);
    let mut auctions: Vec<_> = (1..=SALES).map(|sale| (sale, open_sale(SaleId(sale)))).collect();
    let start = Barrier::new(auctions.len());
    let tallies: Vec<Tally> = thread::scope(|scope| {
        let threads: Vec<_> = auctions
            .iter_mut()
            .map(|(sale, auction)| {
                let (ledger, start) = (&ledger, &start);
                scope.spawn(move || {
                    start.wait();
                    bid_on(*sale, auction, ledger)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (accepted, over_limit) = tallies.iter().fold((0, 0), |(accepted, over_limit), tally| {
        (accepted + tally.accepted, over_limit + tally.over_limit)
    });
    assert!(
        accepted > 100 && over_limit > 100,
        "{accepted} accepted, {over_limit} over the limit"
    );

    // At the end the ledger is the sum of what every sale's log gives, and survives a rebuild.
    let mut ledger = ledger.into_inner().unwrap();
    let told: Vec<_> = (1..=BIDDERS)
        .map(|bidder| ledger.exposure(BidderId(bidder), USD))
        .collect();
    for (bidder, told) in (1..=BIDDERS).map(BidderId).zip(&told) {
        let sum = auctions
            .iter()
            .map(|(_, auction)| auction.exposure(bidder).0)
            .sum();
        assert_eq!(*told, Amount(sum), "I4: {bidder}");
        assert!(*told <= LIMIT, "I3: {bidder}");
    }
    for (sale, auction) in &auctions {
        ledger.replace(SaleId(*sale), USD, auction.exposures());
    }
    let rebuilt: Vec<_> = (1..=BIDDERS)
        .map(|bidder| ledger.exposure(BidderId(bidder), USD))
        .collect();
    assert_eq!(rebuilt, told, "I4: rebuilt from the sales");
    for (sale, _) in &auctions {
        ledger.release(SaleId(*sale));
    }
    for bidder in (1..=BIDDERS).map(BidderId) {
        assert_eq!(ledger.left(bidder, USD), Some(LIMIT), "I4: all is released");
    }
}
