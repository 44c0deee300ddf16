//! Sales and lots to test with.

use super::{CLOCK_START_MS, Node};
use gavel_actors::catalogue::{
    AddLot, BookVisibility, CreateSale, Error, ListSales, Lot, LotInput, PublishSale, Sale, SaleInput,
    SaleKind, SaleSummary, Viewer,
};
use gavel_engine::ids::SaleId;
use gavel_engine::{money::Amount, time::Timestamp};

pub const HOUR_MS: i64 = 60 * 60 * 1000;

pub fn sale_input(kind: SaleKind) -> SaleInput {
    SaleInput {
        title: "Design".to_owned(),
        description: "Chairs\nand lamps".to_owned(),
        location: "Hall 1".to_owned(),
        kind,
        currency: "EUR".to_owned(),
        starts_at_ms: Timestamp(CLOCK_START_MS + HOUR_MS),
        auto_approve: false,
        book_visibility: BookVisibility::Counts,
        first_close_at_ms: None,
        close_every_ms: None,
    }
}

pub fn lot_input(number: &str) -> LotInput {
    let rules = serde_json::json!({
        "version": 1,
        "format": "english",
        "opening_price_minor": 5_000,
        "increments": [{"from_minor": 0, "step_minor": 500}],
    });
    LotInput {
        number: number.to_owned(),
        title: format!("Lot {number}"),
        artist: String::new(),
        description: String::new(),
        estimate_low_minor: Some(Amount(10_000)),
        estimate_high_minor: Some(Amount(20_000)),
        rules: serde_json::from_value(rules).unwrap(),
        seller_id: None,
    }
}

pub async fn create_sale(node: &Node, kind: SaleKind) -> Sale {
    node.catalogue
        .send(CreateSale {
            input: sale_input(kind),
        })
        .await
        .unwrap()
}

pub async fn add_lot(node: &Node, sale_id: SaleId, number: &str) -> Lot {
    node.catalogue
        .send(AddLot {
            sale_id,
            input: lot_input(number),
        })
        .await
        .unwrap()
}

/// A published sale with one lot.
pub async fn published(node: &Node, auto_approve: bool) -> Sale {
    let input = SaleInput {
        auto_approve,
        ..sale_input(SaleKind::Room)
    };
    let created = node.catalogue.send(CreateSale { input }).await.unwrap();
    let sale_id = created.summary.id;
    add_lot(node, sale_id, "1").await;
    node.catalogue.send(PublishSale { sale_id }).await.unwrap()
}

/// The sales that a viewer is shown.
pub async fn listed(node: &Node, viewer: Viewer) -> Vec<SaleSummary> {
    node.catalogue.send(ListSales { viewer }).await.unwrap().sales
}

/// The fields that a refusal names as making no sense.
pub fn bad_fields(error: &Error) -> Vec<&str> {
    assert_eq!(error.code(), "validation", "{error}");
    error.fields().iter().map(|field| field.field.as_str()).collect()
}
