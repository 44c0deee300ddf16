//! The window of the hammer behind a real journal: what counts is when a bid arrived, when the stroke
//! was told, and the round trip that was measured.

use super::{
    gate::on_a_gated_disk,
    support::{ANN, BOB, LOT, Node, Watcher, bid, place, rules, start},
};
use crate::auctions::{Arrival, AuctionHandle};
use futures_util::FutureExt;
use gavel_engine::{
    Reason,
    auction::{Command, Hammer, Verdict},
    ids::BidderId,
    money::Amount,
    rules::{HAMMER_WINDOW_MS_USUAL, RuleSet},
    time::Timestamp,
};

fn windowed() -> RuleSet {
    RuleSet {
        hammer_window_ms: HAMMER_WINDOW_MS_USUAL,
        ..rules()
    }
}

fn strike(price: i64) -> Command {
    Command::Hammer(Hammer {
        lot_id: LOT,
        sold: true,
        override_reserve: false,
        paddle: None,
        price_seen: Some(Amount(price)),
    })
}

/// Ann leads at 1000, and everybody has been told that the hammer was struck.
async fn struck(node: &Node) -> (AuctionHandle, Watcher) {
    let auction = node.open_sale(windowed()).await;
    place(&auction, bid(1, ANN, 1000)).await.unwrap().unwrap();
    let mut watcher = Watcher::of(&auction);
    auction.command(strike(1000)).await.unwrap().unwrap();
    assert_eq!(watcher.next().await["events"][0]["kind"], "hammer_struck");
    (auction, watcher)
}

/// What becomes of a bid that is received now over a connection of which this is known.
async fn offer(
    auction: &AuctionHandle,
    bid_id: u128,
    bidder: BidderId,
    amount: i64,
    round_trip_ms: Option<u32>,
) -> Result<(), Reason> {
    let arrival = Arrival {
        received_at: Timestamp(i64::MAX),
        round_trip_ms,
    };
    let fate = auction.place_bid(bid(bid_id, bidder, amount), arrival).await;
    match fate.unwrap().unwrap().answer.verdict {
        Verdict::Refused(rejection) => Err(rejection.reason),
        Verdict::Accepted { .. } => Ok(()),
        other => panic!("{other:?}"),
    }
}

#[actix::test]
async fn a_bid_that_was_sent_before_the_hammer_could_be_heard_lifts_it() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let (auction, mut watcher) = struck(&node).await;
    node.clock.advance_ms(200);
    assert_eq!(offer(&auction, 2, BOB, 1100, Some(201)).await, Ok(()));
    let update = watcher.next().await;
    let kinds: Vec<_> = update["events"].as_array().unwrap().iter().collect();
    assert_eq!(
        (&kinds[0]["kind"], &kinds[1]["kind"], &kinds[1]["by_bid"]),
        (&"bid_accepted".into(), &"hammer_lifted".into(), &true.into())
    );
    // Nothing is sold at a price that the auctioneer has not seen.
    let moved = auction.command(strike(1000)).await.unwrap().unwrap_err();
    assert_eq!(moved.reason, Reason::PriceMoved);
    auction.command(strike(1100)).await.unwrap().unwrap();
    assert_eq!(watcher.next().await["events"][0]["kind"], "hammer_struck");
    node.clock.advance_ms(HAMMER_WINDOW_MS_USUAL);
    auction.command(Command::Tick).await.unwrap().unwrap();
    let sold = watcher.next().await;
    assert_eq!(sold["events"][0]["kind"], "lot_sold");
    assert_eq!(sold["lots"][0]["outcome"]["winner_paddle"], 1002);
    node.stop().await;
}

#[actix::test]
async fn a_bid_that_was_sent_when_the_hammer_could_be_heard_is_too_late() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let (auction, mut watcher) = struck(&node).await;
    node.clock.advance_ms(200);
    let late = Err(Reason::AfterHammer);
    assert_eq!(offer(&auction, 2, BOB, 1100, Some(200)).await, late);
    // Of a way that was not measured nothing is believed.
    assert_eq!(offer(&auction, 3, BOB, 1100, None).await, late);
    // Who seems to be far away gains the window and no more.
    node.clock.advance_ms(HAMMER_WINDOW_MS_USUAL - 200);
    let closed = Err(Reason::Closed);
    assert_eq!(offer(&auction, 4, BOB, 1100, Some(60_000)).await, closed);
    let sold = watcher.next().await;
    assert_eq!(sold["events"][0]["kind"], "lot_sold");
    assert_eq!(sold["events"][0]["price_minor"], 1000);
    node.stop().await;
}

#[actix::test]
async fn until_the_hammer_is_told_nobody_has_heard_it() {
    let dir = tempfile::tempdir().unwrap();
    let (node, auction, gate) = on_a_gated_disk(dir.path(), windowed()).await;
    place(&auction, bid(1, ANN, 1000)).await.unwrap().unwrap();
    gate.set(true);
    let mut stroke = std::pin::pin!(auction.command(strike(1000)));
    assert!(stroke.as_mut().now_or_never().is_none());
    gate.reached.notified().await;
    // It is decided, and the disk has not taken it.
    node.clock.advance_ms(300);
    let mut late = std::pin::pin!(offer(&auction, 2, BOB, 1100, None));
    assert!(late.as_mut().now_or_never().is_none());
    gate.set(false);
    stroke.await.unwrap().unwrap();
    assert_eq!(late.await, Ok(()));
    node.stop().await;
}
