use super::support::{ANN, LOT, Watcher, bid, place, rules, start};
use gavel_engine::{Reason, auction::Command, time::Timestamp};

#[actix::test]
async fn a_lot_closes_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let mut timed = rules();
    timed.closes_at_ms = Some(Timestamp(1_000_030));
    let auction = node.open_sale(timed).await;
    place(&auction, bid(1, ANN, 1000)).await.unwrap().unwrap();
    let mut watcher = Watcher::of(&auction);
    // The clock of the test stands still, the timer runs by the real one and asks the clock.
    node.clock.advance_ms(30);
    let update = watcher.next().await;
    assert_eq!(update["events"][0]["kind"], "lot_sold");
    assert_eq!(update["lots"][0]["outcome"]["winner_paddle"], 1001);
    let late = place(&auction, bid(2, ANN, 2000)).await.unwrap().unwrap();
    let gavel_engine::auction::Verdict::Refused(rejection) = late.answer.verdict else {
        panic!("{late:?}")
    };
    assert_eq!(rejection.reason, Reason::Closed);
    node.stop().await;
}

#[actix::test]
async fn a_bid_at_the_instant_of_the_close_comes_too_late() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(dir.path()).await;
    let mut timed = rules();
    timed.closes_at_ms = Some(Timestamp(2_000_000));
    let auction = node.open_sale(timed).await;
    node.clock.advance_ms(1_000_000);
    let late = place(&auction, bid(1, ANN, 1000)).await.unwrap().unwrap();
    let gavel_engine::auction::Verdict::Refused(rejection) = late.answer.verdict else {
        panic!("{late:?}")
    };
    assert_eq!(rejection.reason, Reason::Closed);
    let reopened = auction
        .command(Command::Reopen {
            lot_id: LOT,
            closes_at: None,
        })
        .await;
    reopened.unwrap().unwrap();
    place(&auction, bid(2, ANN, 1000)).await.unwrap().unwrap();
    node.stop().await;
}
