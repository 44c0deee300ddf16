//! A timed sale that says when its lots close, through the actor.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod common;

use common::catalogue::{HOUR_MS, bad_fields, lot_input, sale_input};
use common::{CLOCK_START_MS, Node};
use gavel_actors::catalogue::{
    AddLot, CreateSale, EditSale, GetSale, LotInput, PublishSale, SaleEdit, SaleInput, SaleKind, Viewer,
};
use gavel_engine::ids::SaleId;
use gavel_engine::rules::{DutchClock, Format, Runs, RunsFrom, SoftClose};
use gavel_engine::{money::Amount, time::Timestamp};

const DAY_MS: i64 = 24 * HOUR_MS;

/// The sale starts an hour from now; the first lot closes an hour later, the others 20 s apart.
const FIRST: Timestamp = Timestamp(CLOCK_START_MS + 2 * HOUR_MS);
const EVERY_MS: i64 = 20_000;

fn staggered() -> SaleInput {
    SaleInput {
        first_close_at_ms: Some(FIRST),
        close_every_ms: Some(EVERY_MS),
        ..sale_input(SaleKind::Timed)
    }
}

async fn draft(node: &Node, input: SaleInput) -> SaleId {
    node.catalogue
        .send(CreateSale { input })
        .await
        .unwrap()
        .summary
        .id
}

async fn add(node: &Node, sale_id: SaleId, number: &str, change: fn(&mut LotInput)) {
    let mut input = lot_input(number);
    change(&mut input);
    node.catalogue.send(AddLot { sale_id, input }).await.unwrap();
}

#[actix::test]
async fn lots_get_their_close_in_catalogue_order_when_published() {
    let node = Node::start().await;
    let sale_id = draft(&node, staggered()).await;
    // Entered in any order.
    add(&node, sale_id, "3", |_| {}).await;
    add(&node, sale_id, "1", |lot| {
        lot.rules.rules.soft_close = Some(SoftClose {
            window_ms: 60_000,
            extend_ms: 60_000,
            max_extensions: None,
            group: Some(1),
        });
    })
    .await;
    add(&node, sale_id, "2", |lot| {
        lot.rules.rules.closes_at_ms = Some(FIRST.plus_ms(DAY_MS));
    })
    .await;
    add(&node, sale_id, "4", |lot| {
        lot.rules.rules.runs = Some(Runs {
            from: RunsFrom::FirstBid,
            duration_ms: 5_000,
        });
    })
    .await;
    add(&node, sale_id, "5", |lot| {
        lot.rules.rules.format = Format::Dutch;
        lot.rules.rules.dutch = Some(DutchClock {
            start_minor: Amount(9_000),
            step_minor: Amount(100),
            every_ms: 1_000,
            floor_minor: Amount(5_000),
        });
    })
    .await;
    add(&node, sale_id, "5A", |lot| {
        lot.rules.rules.format = Format::Vickrey;
    })
    .await;
    let get = GetSale {
        sale_id,
        viewer: Viewer::Staff,
    };
    let drafted = node.catalogue.send(get).await.unwrap();
    assert_eq!(drafted.summary.first_close_at_ms, Some(FIRST));
    assert_eq!(drafted.summary.close_every_ms, Some(EVERY_MS));
    assert_eq!(drafted.lots[0].rules.closes_at_ms, None, "not before it is final");

    let published = node.catalogue.send(PublishSale { sale_id }).await.unwrap();
    let closes: Vec<_> = published.lots.iter().map(|lot| lot.rules.closes_at_ms).collect();
    let nth = |n| Some(FIRST.plus_ms(n * EVERY_MS));
    let own = Some(FIRST.plus_ms(DAY_MS));
    assert_eq!(closes, [nth(0), own, nth(1), None, None, nth(2)]);
    let told = node.told.lock().unwrap().published[0].clone();
    let live: Vec<_> = told.lots.iter().map(|lot| lot.rules.closes_at_ms).collect();
    assert_eq!(live, closes);
    assert_eq!(node.catalogue.send(get).await.unwrap(), published);
}

#[actix::test]
async fn closes_that_make_no_sense_are_refused_with_the_field_named() {
    let node = Node::start().await;
    type Change = fn(&mut SaleInput);
    let cases: [(&[&str], Change); 10] = [
        (&["first_close_at_ms", "close_every_ms"], |sale| {
            sale.kind = SaleKind::Room;
        }),
        (&["close_every_ms"], |sale| sale.close_every_ms = None),
        (&["first_close_at_ms"], |sale| sale.first_close_at_ms = None),
        (&["close_every_ms"], |sale| sale.close_every_ms = Some(-1)),
        (&["close_every_ms"], |sale| sale.close_every_ms = Some(DAY_MS + 1)),
        (&["first_close_at_ms"], |sale| {
            sale.first_close_at_ms = Some(sale.starts_at_ms);
        }),
        (&["first_close_at_ms"], |sale| {
            sale.first_close_at_ms = Some(Timestamp(i64::MIN));
        }),
        (&["first_close_at_ms"], |sale| {
            sale.first_close_at_ms = Some(Timestamp(i64::MAX));
        }),
        (&["first_close_at_ms", "close_every_ms"], |sale| {
            sale.kind = SaleKind::Room;
            sale.close_every_ms = Some(-5);
        }),
        (&["first_close_at_ms", "close_every_ms"], |sale| {
            sale.first_close_at_ms = Some(sale.starts_at_ms);
            sale.close_every_ms = Some(-5);
        }),
    ];
    for (index, (fields, change)) in cases.into_iter().enumerate() {
        let mut input = staggered();
        change(&mut input);
        let refused = node.catalogue.send(CreateSale { input }).await.unwrap_err();
        assert_eq!(bad_fields(&refused), fields, "{index}");
    }
    for every_ms in [0, DAY_MS] {
        let input = SaleInput {
            close_every_ms: Some(every_ms),
            ..staggered()
        };
        draft(&node, input).await;
    }
}

#[actix::test]
async fn the_closes_of_a_draft_can_be_changed_and_taken_away() {
    let node = Node::start().await;
    let sale_id = draft(&node, staggered()).await;
    add(&node, sale_id, "1", |_| {}).await;
    let edit = async |edit: &str| {
        let edit: SaleEdit = serde_json::from_str(edit).unwrap();
        node.catalogue.send(EditSale { sale_id, edit }).await
    };
    let kept = edit(r#"{"title": "Lamps"}"#).await.unwrap().summary;
    assert_eq!(
        (kept.first_close_at_ms, kept.close_every_ms),
        (Some(FIRST), Some(EVERY_MS))
    );
    let slower = edit(r#"{"close_every_ms": 60000}"#).await.unwrap().summary;
    assert_eq!(slower.close_every_ms, Some(60_000));
    let half = edit(r#"{"close_every_ms": null}"#).await.unwrap_err();
    assert_eq!(bad_fields(&half), ["close_every_ms"]);
    let gone = edit(r#"{"close_every_ms": null, "first_close_at_ms": null}"#)
        .await
        .unwrap();
    assert_eq!(gone.summary.first_close_at_ms, None);
    // The lot that relied on them is found when it matters.
    let refused = node.catalogue.send(PublishSale { sale_id }).await.unwrap_err();
    assert_eq!(bad_fields(&refused), ["lots[1].rules.closes_at_ms"]);
    let input = lot_input("2");
    let refused = node.catalogue.send(AddLot { sale_id, input }).await.unwrap_err();
    assert_eq!(bad_fields(&refused), ["rules.closes_at_ms"]);

    let first = FIRST.as_ms();
    edit(&format!(
        r#"{{"close_every_ms": 0, "first_close_at_ms": {first}}}"#
    ))
    .await
    .unwrap();
    add(&node, sale_id, "2", |_| {}).await;
    node.clock.advance_ms(2 * HOUR_MS);
    let refused = node.catalogue.send(PublishSale { sale_id }).await.unwrap_err();
    assert_eq!(
        bad_fields(&refused),
        ["first_close_at_ms"],
        "has passed, said once"
    );
    node.clock.advance_ms(-1);
    let published = node.catalogue.send(PublishSale { sale_id }).await.unwrap();
    let closes = published.lots.iter().map(|lot| lot.rules.closes_at_ms);
    assert!(closes.eq([Some(FIRST), Some(FIRST)]), "all at once");
}

#[actix::test]
async fn a_lot_whose_turn_to_close_comes_too_late_is_named() {
    let node = Node::start().await;
    let input = SaleInput {
        first_close_at_ms: Some(FIRST.plus_ms(364 * DAY_MS)),
        close_every_ms: Some(DAY_MS),
        ..sale_input(SaleKind::Timed)
    };
    let sale_id = draft(&node, input).await;
    for number in ["1", "2", "3"] {
        add(&node, sale_id, number, |_| {}).await;
    }
    let refused = node.catalogue.send(PublishSale { sale_id }).await.unwrap_err();
    assert_eq!(bad_fields(&refused), ["lots[3].rules.closes_at_ms"]);
}
