//! The pure engine: what one English bid with proxies costs, on lots with few and many bids.
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use gavel_engine::{
    auction::{Approval, Auction, Command, LotSetup, PlaceBid, Record, Register, SaleKind, Setup},
    credit::Unlimited,
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    rules::{Band, RuleSet},
    time::Timestamp,
};
use std::hint::black_box;

const LOT: LotId = LotId(1);
const BIDDERS: u32 = 16;

fn apply(auction: &mut Auction, command: &Command) {
    let at = Timestamp(0);
    let events = auction
        .decide(command, at, &Unlimited)
        .unwrap_or_else(|rejection| panic!("{command:?}: {rejection:?}"));
    auction.apply(&Record { at, events });
}

fn bid(n: u32) -> Command {
    // Every other bid is a maximum that the next one meets.
    let amount = Amount(1_000 + i64::from(n) * 100);
    let offer = if n.is_multiple_of(2) {
        Offer::Max(Amount(amount.0 + 100))
    } else {
        Offer::Amount(amount)
    };
    Command::PlaceBid(PlaceBid {
        bid_id: BidId(u128::from(n) + 1),
        lot_id: LOT,
        bidder: BidderId(u128::from(n % BIDDERS) + 1),
        channel: Channel::Online,
        offer,
        currency: Currency::USD,
        book_if_pending: false,
        sent_before_ms: None,
    })
}

/// An auction whose one lot has taken this many bids.
fn auction_with(bids: u32) -> Auction {
    let rules = RuleSet::english(
        Amount(1_000),
        vec![Band {
            step_minor: Amount(100),
            ..Band::default()
        }],
    );
    let mut auction = Auction::default();
    let lots = vec![LotSetup { lot_id: LOT, rules }];
    let setup = Setup {
        sale_id: SaleId(1),
        currency: Currency::USD,
        kind: SaleKind::Room,
        lots,
    };
    apply(&mut auction, &Command::Create(Box::new(setup)));
    for n in 1..=BIDDERS {
        apply(
            &mut auction,
            &Command::Register(Register {
                bidder: BidderId(u128::from(n)),
                paddle: Paddle(1000 + n),
                standing: Approval::Approved,
                limit: None,
            }),
        );
    }
    apply(&mut auction, &Command::OpenLot(LOT));
    for n in 0..bids {
        apply(&mut auction, &bid(n));
    }
    auction
}

fn english(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("english bid, decide and apply");
    for bids in [10, 1_000, 100_000] {
        let auction = auction_with(bids);
        let command = bid(bids);
        group.bench_function(BenchmarkId::from_parameter(bids), |bencher| {
            // A batch of one: the copy of the state is made outside of what is timed.
            bencher.iter_batched_ref(
                || auction.clone(),
                |auction| apply(auction, black_box(&command)),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
    let auction = auction_with(1_000);
    let refused = bid(1);
    let Command::PlaceBid(refused) = refused else {
        unreachable!("bid() makes bids")
    };
    let refused = Command::PlaceBid(PlaceBid {
        bid_id: BidId(u128::MAX),
        ..refused
    });
    criterion.bench_function("english bid refused, decide", |bencher| {
        bencher.iter(|| {
            auction
                .decide(black_box(&refused), Timestamp(0), &Unlimited)
                .is_err()
        });
    });
}

criterion_group!(benches, english);
criterion_main!(benches);
