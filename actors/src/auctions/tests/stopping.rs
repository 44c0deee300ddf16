//! What a stop leaves behind for the next start, also when something is wrong at that moment.

use super::support::{ANN, BOB, Node, SALE, bid, place, publish, rules, setup, start};
use crate::auctions::{Refused, reconcile, wire::Audience};
use gavel_engine::ids::SaleId;
use gavel_storage::relational::{BookVisibility, Change, SaleStatus};
use std::{fs, path::Path};

/// The first answer to Ann's bid is still the answer, after a start on what `node` left.
async fn remembers_anns_bid(dir: &Path) {
    let node = start(dir).await;
    let again = place(&node.auction(), bid(1, ANN, 1000)).await.unwrap().unwrap();
    assert!(again.repeated, "the bid had been acknowledged");
    let next = place(&node.auction(), bid(2, BOB, 1100)).await.unwrap().unwrap();
    assert!(next.answer.seq > again.answer.seq);
    node.stop().await;
    // And the sale is whole when all of it is read.
    fs::remove_dir_all(dir.join("snapshots")).unwrap();
    let node = start(dir).await;
    let all = place(&node.auction(), bid(2, BOB, 1100)).await.unwrap().unwrap();
    assert_eq!((all.repeated, all.answer), (true, next.answer));
    node.stop().await;
}

async fn node_with_anns_bid(dir: &Path) -> Node {
    let node = start(dir).await;
    let auction = node.open_sale(rules()).await;
    place(&auction, bid(1, ANN, 1000)).await.unwrap().unwrap();
    node
}

#[actix::test]
async fn a_revived_sale_that_heard_of_nothing_more_survives_a_clean_stop() {
    let dir = tempfile::tempdir().unwrap();
    let node = node_with_anns_bid(dir.path()).await;
    node.auction().panic();
    while node.auction().follow(Audience::Public, None, None).await.is_err() {
        tokio::task::yield_now().await;
    }
    node.stop().await;
    remembers_anns_bid(dir.path()).await;
}

#[actix::test]
async fn a_sale_whose_actor_is_dead_survives_a_clean_stop() {
    let dir = tempfile::tempdir().unwrap();
    // Kept once, so that what was kept is there and old.
    node_with_anns_bid(dir.path()).await.stop().await;
    let node = start(dir.path()).await;
    place(&node.auction(), bid(5, BOB, 1200)).await.unwrap().unwrap();
    node.auction().panic();
    node.stop().await;

    let node = start(dir.path()).await;
    let again = place(&node.auction(), bid(5, BOB, 1200)).await.unwrap().unwrap();
    assert!(again.repeated, "the bid had been acknowledged");
    node.stop().await;
}

#[actix::test]
async fn snapshots_that_cannot_be_written_at_a_stop_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let node = node_with_anns_bid(dir.path()).await;
    fs::remove_dir_all(dir.path().join("snapshots")).unwrap();
    node.stop().await;
    remembers_anns_bid(dir.path()).await;
}

#[actix::test]
async fn a_node_that_stops_takes_over_no_sale() {
    let dir = tempfile::tempdir().unwrap();
    let node = node_with_anns_bid(dir.path()).await;
    node.registry.stop().await;
    let other = SaleId(0xdead);
    let refused = node
        .registry
        .create(setup(other, rules()), BookVisibility::Counts)
        .await;
    assert_eq!(refused, Err(Refused::Unavailable));
    assert!(node.registry.find(other).is_none());
    node.writer.shutdown();
    remembers_anns_bid(dir.path()).await;
}

#[actix::test]
async fn a_sale_that_was_live_is_never_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    publish(&node.store).await;
    reconcile(&node.registry, &node.store).await.unwrap();
    let live = [Change::Sale {
        status: SaleStatus::Live,
        current_lot_id: None,
    }];
    node.store
        .results()
        .apply("results", SALE, 7, &live)
        .await
        .unwrap();
    node.stop().await;
    // The same again changes nothing.
    let node = start(dir.path()).await;
    reconcile(&node.registry, &node.store).await.unwrap();
    node.stop().await;

    for part in ["journal", "snapshots"] {
        fs::remove_dir_all(dir.path().join(part)).unwrap();
    }
    let node = start(dir.path()).await;
    let refused = reconcile(&node.registry, &node.store).await.unwrap_err();
    assert!(
        refused.contains(&SALE.to_string()) && refused.contains("record 7"),
        "{refused}"
    );
    assert!(node.registry.find(SALE).is_none());
    node.stop().await;
}
