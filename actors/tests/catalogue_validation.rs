//! Every field of sales and lots is checked, and named when it is refused.

mod common;

use common::catalogue::{HOUR_MS, bad_fields, create_sale, listed, lot_input, sale_input};
use common::{CLOCK_START_MS, Node};
use gavel_actors::catalogue::{
    AddLot, BookVisibility, CreateSale, EditSale, ListLots, LotInput, PublishSale, SaleEdit, SaleInput,
    SaleKind, Viewer,
};
use gavel_engine::ids::{BidderId, UserId};
use gavel_engine::{money::Amount, time::Timestamp};

#[actix::test]
async fn every_field_of_a_sale_is_checked() {
    let node = Node::start().await;
    type Spoil = fn(&mut SaleInput);
    let cases: &[(&str, Spoil)] = &[
        ("title", |sale| sale.title.clear()),
        ("title", |sale| sale.title = " ".to_owned()),
        ("title", |sale| sale.title = "x".repeat(201)),
        ("title", |sale| sale.title = "a\u{7}".to_owned()),
        ("description", |sale| sale.description = "x".repeat(10_001)),
        ("description", |sale| sale.description = "a\0".to_owned()),
        ("location", |sale| sale.location = "x".repeat(201)),
        ("location", |sale| sale.location = "a\nb".to_owned()),
        ("currency", |sale| sale.currency = "eur".to_owned()),
        ("currency", |sale| sale.currency = "XXX".to_owned()),
        ("starts_at_ms", |sale| sale.starts_at_ms = Timestamp(0)),
        ("starts_at_ms", |sale| sale.starts_at_ms = Timestamp(i64::MAX)),
        ("starts_at_ms", |sale| sale.starts_at_ms = Timestamp(i64::MIN)),
        ("starts_at_ms", |sale| {
            sale.starts_at_ms = Timestamp(CLOCK_START_MS / 1000);
        }),
    ];
    for (field, spoil) in cases {
        let mut input = sale_input(SaleKind::Room);
        spoil(&mut input);
        let error = node.catalogue.send(CreateSale { input }).await.unwrap_err();
        assert_eq!(bad_fields(&error), [*field]);
    }
    assert!(listed(&node, Viewer::Staff).await.is_empty());

    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    let edit = SaleEdit {
        currency: Some("E".to_owned()),
        title: Some(String::new()),
        ..SaleEdit::default()
    };
    let error = node.catalogue.send(EditSale { sale_id, edit }).await.unwrap_err();
    assert_eq!(bad_fields(&error), ["title", "currency"]);
    node.clock.advance_ms(48 * HOUR_MS);
    let edit = SaleEdit {
        book_visibility: Some(BookVisibility::Full),
        ..SaleEdit::default()
    };
    let edited = node.catalogue.send(EditSale { sale_id, edit }).await.unwrap();
    assert_eq!(
        edited.book_visibility,
        BookVisibility::Full,
        "a start in the past may stay"
    );
}

#[actix::test]
async fn every_field_of_a_lot_is_checked() {
    let node = Node::start().await;
    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    type Spoil = fn(&mut LotInput);
    let cases: &[(&str, Spoil)] = &[
        ("number", |lot| lot.number = "0".to_owned()),
        ("number", |lot| lot.number = "1-2".to_owned()),
        ("title", |lot| lot.title.clear()),
        ("title", |lot| lot.title = "x".repeat(201)),
        ("artist", |lot| lot.artist = "x".repeat(201)),
        ("artist", |lot| lot.artist = "\u{202e}".to_owned()),
        ("description", |lot| lot.description = "x".repeat(20_001)),
        ("estimate_low_minor", |lot| {
            lot.estimate_low_minor = Some(Amount(20_001));
        }),
        ("estimate_low_minor", |lot| {
            lot.estimate_low_minor = Some(Amount(0));
        }),
        ("estimate_high_minor", |lot| {
            lot.estimate_high_minor = Some(Amount(Amount::MAX.0 + 1));
        }),
        ("rules.version", |lot| lot.rules.rules.version = 3),
        ("rules.opening_price_minor", |lot| {
            lot.rules.rules.opening_price_minor = Amount(0);
        }),
        ("rules.increments", |lot| lot.rules.rules.increments.clear()),
        ("rules.increments[0].step_minor", |lot| {
            lot.rules.rules.increments[0].step_minor = Amount(-1);
        }),
        ("rules.reserve_price_minor", |lot| {
            lot.rules.rules.reserve_price_minor = Some(Amount(0));
        }),
        ("rules.closes_at_ms", |lot| {
            lot.rules.rules.closes_at_ms = Some(Timestamp(CLOCK_START_MS + 2 * HOUR_MS));
        }),
        ("seller_id", |lot| {
            (lot.seller_id, lot.rules.rules.seller) = (Some(UserId(1)), Some(BidderId(2)));
        }),
        ("seller_id", |lot| lot.seller_id = Some(UserId(1))),
        ("seller_id", |lot| lot.rules.rules.seller = Some(BidderId(1))),
    ];
    for (field, spoil) in cases {
        let mut input = lot_input("1");
        spoil(&mut input);
        let error = node.catalogue.send(AddLot { sale_id, input }).await.unwrap_err();
        assert_eq!(bad_fields(&error), [*field]);
    }
    assert!(
        node.catalogue
            .send(ListLots {
                sale_id,
                viewer: Viewer::Staff
            })
            .await
            .unwrap()
            .lots
            .is_empty()
    );
}

#[actix::test]
async fn timed_lots_need_a_close() {
    let node = Node::start().await;
    let sale_id = create_sale(&node, SaleKind::Timed).await.summary.id;
    for close in [
        None,
        Some(CLOCK_START_MS + HOUR_MS),
        Some(CLOCK_START_MS + 24 * 400 * HOUR_MS),
    ] {
        let mut input = lot_input("1");
        input.rules.rules.closes_at_ms = close.map(Timestamp);
        let error = node.catalogue.send(AddLot { sale_id, input }).await.unwrap_err();
        assert_eq!(bad_fields(&error), ["rules.closes_at_ms"]);
    }
    let mut input = lot_input("1");
    input.rules.rules.closes_at_ms = Some(Timestamp(CLOCK_START_MS + 2 * HOUR_MS));
    node.catalogue.send(AddLot { sale_id, input }).await.unwrap();

    let edit = SaleEdit {
        kind: Some(SaleKind::Room),
        ..SaleEdit::default()
    };
    node.catalogue.send(EditSale { sale_id, edit }).await.unwrap();
    let error = node.catalogue.send(PublishSale { sale_id }).await.unwrap_err();
    assert_eq!(
        bad_fields(&error),
        ["lots[1].rules.closes_at_ms"],
        "lots are checked again when published"
    );
    let edit = SaleEdit {
        kind: Some(SaleKind::Timed),
        ..SaleEdit::default()
    };
    node.catalogue.send(EditSale { sale_id, edit }).await.unwrap();
    node.clock.advance_ms(2 * HOUR_MS);
    let error = node.catalogue.send(PublishSale { sale_id }).await.unwrap_err();
    assert_eq!(
        bad_fields(&error),
        ["lots[1].rules.closes_at_ms"],
        "the close has passed"
    );
    node.clock.advance_ms(-1);
    assert!(node.catalogue.send(PublishSale { sale_id }).await.is_ok());
}
