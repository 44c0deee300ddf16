use super::gate::on_a_gated_disk;
use super::support::{ANN, ARRIVAL, BOB, LOT, SALE, Watcher, bid, next_bid, place, rules, start, start_with};
use crate::auctions::{Refused, actor::MAILBOX_MAX, wire::Audience};
use futures_util::FutureExt;
use gavel_engine::{
    Reason,
    auction::{Command, Hammer, LotSetup, SaleKind, Setup, Verdict},
    ids::{BidId, LotId},
    money::{Amount, Currency},
    rules::{BANDS_MAX, Band, SoftClose},
    time::Timestamp,
};
use gavel_storage::journal::WriterOptions;
use gavel_storage::relational::{BookVisibility, LOTS_MAX};

#[actix::test]
async fn nothing_is_told_before_it_is_durable() {
    let dir = tempfile::tempdir().unwrap();
    let (node, auction, gate) = on_a_gated_disk(dir.path(), rules()).await;
    let mut watcher = Watcher::of(&auction);

    gate.set(true);
    let accepted = auction.place_bid(bid(1, ANN, 1000), ARRIVAL);
    let mut accepted = std::pin::pin!(accepted);
    assert!(accepted.as_mut().now_or_never().is_none());
    gate.reached.notified().await;
    // The bid is decided and on its way to the disk, which does not answer.
    let refused = auction.place_bid(bid(2, BOB, 1000), ARRIVAL);
    let mut refused = std::pin::pin!(refused);
    assert!(
        refused.as_mut().now_or_never().is_none(),
        "a refusal reveals the price too"
    );
    let snapshot = auction.follow(Audience::Public, None, None).await.unwrap();
    let snapshot: serde_json::Value = serde_json::from_slice(&snapshot.messages[0]).unwrap();
    assert_eq!(snapshot["lots"][0]["price_minor"], serde_json::Value::Null);
    assert!(accepted.as_mut().now_or_never().is_none());
    assert!(refused.as_mut().now_or_never().is_none());
    assert!(watcher.is_silent());

    gate.set(false);
    let fate = accepted.await.unwrap().unwrap();
    assert!(matches!(
        fate.answer.verdict,
        Verdict::Accepted { leading: true, .. }
    ));
    let refusal = refused.await.unwrap().unwrap();
    let Verdict::Refused(rejection) = refusal.answer.verdict else {
        panic!("{refusal:?}")
    };
    assert_eq!(rejection.reason, Reason::BelowMinimum);
    assert_eq!(rejection.minimum().map(|minimum| minimum.0), Some(1100));
    assert_eq!(watcher.next().await["lots"][0]["price_minor"], 1000);
    node.stop().await;
}

#[actix::test]
async fn a_repeat_gets_the_first_answer_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let auction = node.open_sale(rules()).await;
    let accepted = place(&auction, bid(1, ANN, 1000)).await.unwrap().unwrap();
    let refused = place(&auction, bid(2, BOB, 900)).await.unwrap().unwrap();
    place(&auction, bid(3, BOB, 1500)).await.unwrap().unwrap();
    node.stop().await;

    let node = start(dir.path()).await;
    let auction = node.auction();
    let again = place(&auction, bid(1, ANN, 1000)).await.unwrap().unwrap();
    assert!(again.repeated && !accepted.repeated);
    assert_eq!(again.answer, accepted.answer);
    let again = place(&auction, bid(2, BOB, 900)).await.unwrap().unwrap();
    assert!(again.repeated);
    assert_eq!(again.answer, refused.answer);
    let other = place(&auction, bid(1, ANN, 2000)).await.unwrap();
    assert_eq!(other.unwrap_err().reason, Reason::BidIdReused);
    let stolen = place(&auction, bid(1, BOB, 1000)).await.unwrap();
    assert_eq!(stolen.unwrap_err().reason, Reason::BidIdReused);
    node.stop().await;
}

#[actix::test]
async fn a_bid_that_never_arrived_is_void_from_the_moment_it_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let auction = node.open_sale(rules()).await;
    let unknown = auction.bid_status(ANN, BidId(7)).await.unwrap().unwrap();
    assert_eq!(
        unknown.answer.verdict,
        Verdict::Refused(Reason::NotReceived.into())
    );
    // The copy that was still on its way gets the same answer.
    let late = place(&auction, bid(7, ANN, 1000)).await.unwrap().unwrap();
    assert_eq!(late.answer.verdict, unknown.answer.verdict);
    place(&auction, bid(8, ANN, 1000)).await.unwrap().unwrap();
    let known = auction.bid_status(ANN, BidId(8)).await.unwrap().unwrap();
    assert!(known.repeated && matches!(known.answer.verdict, Verdict::Accepted { .. }));
    let not_yours = auction.bid_status(BOB, BidId(8)).await.unwrap();
    assert_eq!(not_yours.unwrap_err().reason, Reason::BidIdReused);
    node.stop().await;
}

#[actix::test]
async fn two_consoles_that_press_the_same_key_sell_once() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let auction = node.open_sale(rules()).await;
    place(&auction, bid(1, ANN, 1000)).await.unwrap().unwrap();
    let hammer = || {
        let hammer = Hammer {
            lot_id: LOT,
            sold: true,
            override_reserve: false,
            paddle: None,
            price_seen: None,
        };
        auction.command(Command::Hammer(hammer))
    };
    let (one, other) = futures_util::future::join(hammer(), hammer()).await;
    let refused: Vec<_> = [one.unwrap(), other.unwrap()]
        .into_iter()
        .filter_map(Result::err)
        .collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].reason, Reason::Closed);
    node.stop().await;
}

#[actix::test]
async fn a_journal_without_room_is_answered_with_busy_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let options = WriterOptions {
        records_max: 8,
        ..WriterOptions::default()
    };
    let node = start_with(dir.path(), options, |journal| journal).await;
    let auction = node.open_sale(rules()).await;
    let bids = (0..200).map(|n| place(&auction, next_bid(n)));
    let answers = futures_util::future::join_all(bids).await;
    let busy = answers
        .iter()
        .filter(|answer| matches!(answer, Err(Refused::Busy)))
        .count();
    assert!(busy > 0, "eight places cannot take two hundred bids at once");
    // The same ids again: those that were taken get their answers, the others are taken now.
    for n in 0..200 {
        let again = place(&auction, next_bid(n)).await;
        let again = again.unwrap().unwrap();
        if let Ok(Ok(first)) = &answers[n as usize] {
            assert_eq!(again.answer, first.answer);
        }
    }
    node.stop().await;
}

#[actix::test]
async fn a_command_whose_actor_dies_is_not_said_to_have_done_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (node, auction, gate) = on_a_gated_disk(dir.path(), rules()).await;
    gate.set(true);
    let pass = || {
        let hammer = Hammer {
            lot_id: LOT,
            sold: false,
            override_reserve: false,
            paddle: None,
            price_seen: None,
        };
        Command::Hammer(hammer)
    };
    let mut passed = std::pin::pin!(auction.command(pass()));
    let mut bids = std::pin::pin!(auction.place_bid(bid(1, ANN, 1000), ARRIVAL));
    assert!(passed.as_mut().now_or_never().is_none() && bids.as_mut().now_or_never().is_none());
    gate.reached.notified().await;
    auction.panic();
    assert_eq!(passed.await, Err(Refused::UnknownFate));
    assert_eq!(bids.await, Err(Refused::Busy), "its id makes it safe to repeat");
    gate.set(false);
    // It did happen: pressing the key again unseen would be wrong.
    let again = loop {
        match node.auction().command(pass()).await {
            Ok(again) => break again,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    assert_eq!(again.unwrap_err().reason, Reason::Closed);
    node.stop().await;
}

#[actix::test]
async fn an_auction_with_too_much_under_way_answers_busy_at_once_to_everybody() {
    let dir = tempfile::tempdir().unwrap();
    let (node, auction, gate) = on_a_gated_disk(dir.path(), rules()).await;
    gate.set(true);
    let mut first = std::pin::pin!(auction.place_bid(bid(1, ANN, 1000), ARRIVAL));
    assert!(first.as_mut().now_or_never().is_none());
    gate.reached.notified().await;

    // Each through a handle of its own; asking for a bid that is under way takes no place in the journal.
    let ask = || {
        let auction = node.auction();
        Box::pin(async move { auction.bid_status(ANN, BidId(1)).await })
    };
    let mut waiting: Vec<_> = (1..MAILBOX_MAX).map(|_| ask()).collect();
    for one in &mut waiting {
        assert!(one.as_mut().now_or_never().is_none());
    }
    assert_eq!(ask().now_or_never(), Some(Err(Refused::Busy)));
    // Those who stop waiting leave their requests behind.
    waiting.drain(..MAILBOX_MAX / 2);
    assert_eq!(ask().now_or_never(), Some(Err(Refused::Busy)));

    gate.set(false);
    assert!(!first.await.unwrap().unwrap().repeated);
    for one in waiting {
        assert!(one.await.unwrap().unwrap().repeated);
    }
    assert!(ask().await.unwrap().unwrap().repeated, "there is room again");
    node.stop().await;
}

#[actix::test]
async fn the_largest_sale_fits_one_record() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let mut longest = rules();
    longest.increments = (0..)
        .map(|from| Band {
            from_minor: Amount(from),
            step_minor: Amount(1),
            step_bp: None,
        })
        .take(BANDS_MAX)
        .collect();
    longest.reserve_price_minor = Some(Amount(1));
    longest.closes_at_ms = Some(Timestamp(2_000_000));
    longest.soft_close = Some(SoftClose {
        window_ms: 1,
        extend_ms: 1,
        max_extensions: Some(1),
        group: Some(1),
    });
    longest.seller = Some(BOB);
    let lots: u128 = LOTS_MAX.into();
    let lots = (0..lots)
        .map(|n| LotSetup {
            lot_id: LotId(n),
            rules: longest.clone(),
        })
        .collect();
    let setup = Setup {
        sale_id: SALE,
        currency: Currency::USD,
        kind: SaleKind::Timed,
        lots,
    };
    node.registry.create(setup, BookVisibility::Counts).await.unwrap();
    // All of them open in one command.
    node.auction().command(Command::Start).await.unwrap().unwrap();
    node.stop().await;
}
