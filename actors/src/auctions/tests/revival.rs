use super::support::{ANN, LOT, SALE, Watcher, bid, next_bid, place, publish, rules, setup, start};
use crate::auctions::{AuctionHandle, AuctionRegistry, BidFate, Refused, wire::Audience};
use gavel_engine::{
    auction::{Command, Verdict},
    ids::SaleId,
};
use gavel_storage::relational::SaleStatus;

#[actix::test]
async fn an_actor_that_panics_is_replayed_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let auction = node.open_sale(rules()).await;
    let first = place(&auction, bid(1, ANN, 1000)).await.unwrap().unwrap();
    let mut watcher = Watcher::of(&auction);
    auction.panic();
    // Until it is back, requests are refused as busy; the same id is then answered truly.
    let revived = patiently(&node.registry, 1).await;
    assert!(matches!(
        revived.answer.verdict,
        Verdict::Accepted { leading: true, .. }
    ));
    assert_eq!(
        watcher.next().await["lots"][0]["price_minor"],
        1100,
        "the same sockets are told"
    );
    let again = place(&node.auction(), bid(1, ANN, 1000)).await.unwrap().unwrap();
    assert!(again.repeated);
    assert_eq!(again.answer, first.answer);
    node.stop().await;
}

#[actix::test]
async fn a_panic_in_one_sale_under_load_is_not_noticed_in_another_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let mut sales = Vec::new();
    // There are two threads: the first sale and the third share one.
    for sale_id in [SALE, SaleId(2), SaleId(3)] {
        let sale = node.create(setup(sale_id, rules())).await;
        sale.command(Command::OpenLot(LOT)).await.unwrap().unwrap();
        sales.push(sale);
    }
    let mut acknowledged = Vec::new();
    for n in 0..300 {
        acknowledged.push(place(&sales[0], next_bid(n)).await.unwrap().unwrap().answer);
    }

    // It dies with bids in its mailbox, and decided but not durable.
    let send = |n| {
        let sale = sales[0].clone();
        actix::spawn(async move { place(&sale, next_bid(n)).await })
    };
    let mut under_way: Vec<_> = (300..350).map(send).collect();
    tokio::task::yield_now().await;
    sales[0].panic();
    under_way.extend((350..400).map(send));
    for other in &sales[1..] {
        goes_on(other).await;
    }

    // What it had answered stands; what it had not may be asked again.
    let mut told = Vec::new();
    for reply in under_way {
        told.push(reply.await.unwrap().map(|answer| answer.unwrap().answer));
    }
    assert!(
        told.contains(&Err(Refused::Busy)),
        "it died with nothing under way"
    );
    for (n, first) in (0..).zip(acknowledged.into_iter().map(Ok).chain(told)) {
        let fate = patiently(&node.registry, n).await;
        if let Ok(first) = first {
            assert_eq!((fate.answer, fate.repeated), (first, true), "bid {n}");
        }
    }
    let next = place(&node.auction(), next_bid(400)).await.unwrap().unwrap();
    assert!(matches!(
        next.answer.verdict,
        Verdict::Accepted { leading: true, .. }
    ));
    node.stop().await;
}

/// Every bid of a sale is answered at once, and everybody is told of each, without a gap.
async fn goes_on(sale: &AuctionHandle) {
    let mut watcher = Watcher::of(sale);
    let mut last_seq = None;
    for n in 0..100 {
        let fate = place(sale, next_bid(n)).await.unwrap().unwrap();
        assert!(matches!(
            fate.answer.verdict,
            Verdict::Accepted { leading: true, .. }
        ));
        let update = watcher.next().await;
        assert_eq!(update["seq"], fate.answer.seq);
        if let Some(last_seq) = last_seq.replace(fate.answer.seq) {
            assert_eq!(update["after_seq"], last_seq);
        }
    }
}

/// The answer to a bid of a sale that may be away for a moment.
async fn patiently(registry: &AuctionRegistry, n: u32) -> BidFate {
    loop {
        match place(&registry.find(SALE).unwrap(), next_bid(n)).await {
            Err(Refused::Busy) => tokio::task::yield_now().await,
            other => break other.unwrap().unwrap(),
        }
    }
}

#[actix::test]
async fn a_sale_is_as_it_was_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let auction = node.open_sale(rules()).await;
    for n in 0..50 {
        place(&auction, next_bid(n)).await.unwrap().unwrap();
    }
    let before = auction.follow(Audience::Staff, None, None).await.unwrap();
    // Once from the snapshots that a clean stop leaves, once from the journal alone.
    node.stop().await;
    for from in ["snapshots", "journal"] {
        if from == "journal" {
            std::fs::remove_dir_all(dir.path().join("snapshots")).unwrap();
        }
        let node = start(dir.path()).await;
        let after = node.auction().follow(Audience::Staff, None, None).await.unwrap();
        assert_eq!(after.messages, before.messages, "from {from}");
        node.stop().await;
    }
}

#[actix::test]
async fn whoever_was_away_gets_what_was_missed() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let auction = node.open_sale(rules()).await;
    let here = auction.follow(Audience::Public, None, None).await.unwrap().seq;
    for n in 0..3 {
        place(&auction, next_bid(n)).await.unwrap().unwrap();
    }
    place(&auction, bid(9, ANN, 1)).await.unwrap().unwrap();
    let missed = auction.follow(Audience::Public, None, Some(here)).await.unwrap();
    let messages: Vec<serde_json::Value> = missed
        .messages
        .iter()
        .map(|message| serde_json::from_slice(message).unwrap())
        .collect();
    let kinds: Vec<_> = messages
        .iter()
        .map(|message| message["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["resumed", "update", "update", "update"],
        "a refusal is nobody else's news"
    );
    assert_eq!(messages[1]["after_seq"], here);
    assert_eq!(messages[2]["after_seq"], messages[1]["seq"]);
    let from_the_future = auction
        .follow(Audience::Public, None, Some(here + 1000))
        .await
        .unwrap();
    assert!(from_the_future.messages[0].starts_with(b"{\"type\":\"snapshot\""));
    node.stop().await;
}

#[actix::test]
async fn results_that_the_database_did_not_take_are_told_again() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    node.open_sale(rules()).await;
    // The database does not know the sale until everything so far has been told and given up on; only
    // time shows that.
    tokio::time::sleep(std::time::Duration::from_millis(2200)).await;
    publish(&node.store).await;
    let status = async || node.store.sales().by_id(SALE).await.unwrap().unwrap().status;
    while status().await != SaleStatus::Live {
        tokio::task::yield_now().await;
    }
    node.stop().await;
}
