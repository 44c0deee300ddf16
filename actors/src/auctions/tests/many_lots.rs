//! A timed sale of many lots that close one shortly after the other.

use super::support::{ANN, BOB, Node, SALE, Watcher, bid, place, publish_lots, rules, start};
use crate::auctions::{AuctionHandle, wire::Audience};
use gavel_engine::{
    Reason,
    auction::{Command, LotSetup, PlaceBid, SaleKind, Setup, Verdict},
    ids::{BidderId, LotId},
    money::{Amount, Currency},
    rules::RuleSet,
    time::Timestamp,
};
use gavel_storage::relational::LotResult;
use serde_json::Value;

const LOTS: usize = 500;
const EVERY_MS: i64 = 4;
const OPENED: Timestamp = Timestamp(1_000_000);

fn lot_id(n: usize) -> LotId {
    LotId(0x1000 + n as u128)
}

fn closes_at(n: usize) -> Timestamp {
    OPENED.plus_ms(EVERY_MS * (i64::try_from(n).unwrap() + 1))
}

fn lots() -> Vec<LotSetup> {
    let lot = |n| LotSetup {
        lot_id: lot_id(n),
        rules: RuleSet {
            closes_at_ms: Some(closes_at(n)),
            ..rules()
        },
    };
    (0..LOTS).map(lot).collect()
}

/// All of them are open.
async fn opened(node: &Node) -> AuctionHandle {
    let setup = Setup {
        sale_id: SALE,
        currency: Currency::USD,
        kind: SaleKind::Timed,
        lots: lots(),
    };
    let auction = node.create(setup).await;
    auction.command(Command::Start).await.unwrap().unwrap();
    auction
}

/// A first bid on the `n`th lot.
fn first_bid(bid_id: usize, n: usize) -> PlaceBid {
    PlaceBid {
        lot_id: lot_id(n),
        ..bid(bid_id as u128, bidder_of(n), 1000)
    }
}

/// Who bids on the `n`th lot, if anybody does.
fn bidder_of(n: usize) -> BidderId {
    if n.is_multiple_of(2) { ANN } else { BOB }
}

fn has_bid(n: usize) -> bool {
    n.is_multiple_of(3)
}

/// The lots that an update closes, in order.
fn closed_by(update: &Value) -> impl Iterator<Item = (LotId, bool)> {
    let events = update["events"].as_array().unwrap().iter();
    events.filter_map(|event| {
        let sold = match event["kind"].as_str().unwrap() {
            "lot_sold" => true,
            "lot_unsold" => false,
            _ => return None,
        };
        Some((event["lot_id"].as_str().unwrap().parse().unwrap(), sold))
    })
}

async fn shown(auction: &AuctionHandle, viewer: BidderId) -> Value {
    let viewer = Some(gavel_engine::ids::UserId(viewer.0));
    let followed = auction.follow(Audience::Public, viewer, None).await.unwrap();
    serde_json::from_slice(&followed.messages[0]).unwrap()
}

#[actix::test]
async fn five_hundred_lots_close_once_each_in_order_and_on_time_while_others_are_bid_on() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    publish_lots(&node.store, &lots()).await;
    let auction = opened(&node).await;
    place(&auction, first_bid(1, 0)).await.unwrap().unwrap();
    let mut watcher = Watcher::of(&auction);
    let mut closed = Vec::new();
    for n in 0..LOTS {
        // The clock stands still at the instant of the next close. Some of the lots are closed by the
        // timer alone, others by a bid that comes in right then.
        node.clock.advance_ms(EVERY_MS);
        if n + 1 < LOTS && has_bid(n + 1) {
            let fate = place(&auction, first_bid(n + 2, n + 1)).await.unwrap().unwrap();
            let counts = matches!(fate.answer.verdict, Verdict::Accepted { leading: true, .. });
            assert!(counts, "{fate:?}");
        }
        while closed.len() <= n {
            let update = watcher.next().await;
            for (lot_id, sold) in closed_by(&update) {
                assert_eq!(update["at_ms"], closes_at(closed.len()).0);
                closed.push((lot_id, sold));
            }
        }
        if n.is_multiple_of(50) {
            let late = PlaceBid {
                offer: gavel_engine::lot::Offer::Amount(Amount(5000)),
                ..first_bid(LOTS + 2 + n, n)
            };
            let late = place(&auction, late).await.unwrap().unwrap();
            assert_eq!(late.answer.verdict, Verdict::Refused(Reason::Closed.into()));
            let snapshot = shown(&auction, ANN).await;
            let states = snapshot["lots"]
                .as_array()
                .unwrap()
                .iter()
                .map(|lot| &lot["state"]);
            let states: Vec<_> = states.collect();
            assert!(states[..=n].iter().all(|state| *state == "closed"), "{n}");
            assert!(states[n + 1..].iter().all(|state| *state == "open"), "{n}");
        }
    }
    let expected: Vec<_> = (0..LOTS).map(|n| (lot_id(n), has_bid(n))).collect();
    assert_eq!(closed, expected);
    auction.command(Command::End).await.unwrap().unwrap();
    let ended = watcher.next().await;
    assert_eq!(
        ended["events"][0]["kind"], "sale_ended",
        "nothing closed a second time"
    );
    let you = shown(&auction, ANN).await["you"].clone();
    let own = (0..LOTS).filter(|n| has_bid(*n) && bidder_of(*n) == ANN).count();
    assert_eq!(you["lots"].as_array().unwrap().len(), own);

    let results = loop {
        let results = node.store.results().of_sale(SALE).await.unwrap();
        if results.len() == LOTS {
            break results;
        }
        tokio::task::yield_now().await;
    };
    for (n, result) in results.iter().enumerate() {
        let outcome = result.outcome;
        assert_eq!((result.lot_id, outcome.closed_at_ms), (lot_id(n), closes_at(n)));
        let paddle = if bidder_of(n) == ANN { 1001 } else { 1002 };
        let sold = (LotResult::Sold, Some(Amount(1000)), Some(paddle));
        let expected = if has_bid(n) {
            sold
        } else {
            (LotResult::Unsold, None, None)
        };
        let winner = outcome.winner_paddle.map(|paddle| paddle.0);
        assert_eq!((outcome.result, outcome.price_minor, winner), expected, "{n}");
    }
    node.stop().await;
}

#[actix::test]
async fn lots_that_all_fell_due_at_once_close_in_order_each_at_its_own_time() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let auction = opened(&node).await;
    place(&auction, first_bid(1, 7)).await.unwrap().unwrap();
    let mut watcher = Watcher::of(&auction);
    node.clock.advance_ms(EVERY_MS * 10_000);
    let mut closed = Vec::new();
    while closed.len() < LOTS {
        let update = watcher.next().await;
        closed.extend(closed_by(&update));
    }
    let expected: Vec<_> = (0..LOTS).map(|n| (lot_id(n), n == 7)).collect();
    assert_eq!(closed, expected);
    let snapshot = shown(&auction, BOB).await;
    for (n, lot) in snapshot["lots"].as_array().unwrap().iter().enumerate() {
        assert_eq!(
            (&lot["state"], &lot["closes_at_ms"]),
            (&"closed".into(), &closes_at(n).0.into())
        );
    }
    node.stop().await;
}
