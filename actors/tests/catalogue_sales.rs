//! Sales and lots through the actor: entering, changing, publishing, and every validation.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod common;

use common::catalogue::{HOUR_MS, add_lot, bad_fields, create_sale, listed, lot_input};
use common::{CLOCK_START_MS, Node, sign_up};
use gavel_actors::catalogue::{
    AddLot, EditLot, EditSale, GetLot, GetSale, ListLots, ListResults, LotEdit, PublishSale, RemoveLot,
    SaleEdit, SaleKind, SaleStatus, Viewer,
};
use gavel_engine::ids::{LotId, SaleId};
use gavel_engine::money::Amount;
use serde_json::json;

/// The code with which a sale is not published.
async fn publish_refused(node: &Node, sale_id: SaleId) -> &'static str {
    let refused = node.catalogue.send(PublishSale { sale_id }).await;
    refused.unwrap_err().code()
}

#[actix::test]
async fn from_draft_to_published() {
    let node = Node::start().await;
    let draft = create_sale(&node, SaleKind::Room).await.summary;
    assert_eq!((draft.status, draft.exponent), (SaleStatus::Draft, 2));
    let sale_id = draft.id;
    // Entered out of order: the numbers decide.
    for number in ["12", "2", "12a", "13"] {
        add_lot(&node, sale_id, number).await;
    }
    let edit = SaleEdit {
        title: Some("Design, part II".to_owned()),
        ..SaleEdit::default()
    };
    node.catalogue.send(EditSale { sale_id, edit }).await.unwrap();

    let get = |viewer| GetSale { sale_id, viewer };
    assert_eq!(
        node.catalogue.send(get(Viewer::Public)).await.unwrap_err().code(),
        "not_found"
    );
    assert!(listed(&node, Viewer::Public).await.is_empty());
    assert_eq!(listed(&node, Viewer::Staff).await.len(), 1);

    let published = node.catalogue.send(PublishSale { sale_id }).await.unwrap();
    assert_eq!(published.summary.status, SaleStatus::Published);
    let shown = node.catalogue.send(get(Viewer::Public)).await.unwrap();
    assert_eq!(shown.summary.title, "Design, part II");
    let lots: Vec<_> = shown
        .lots
        .iter()
        .map(|lot| (lot.position, lot.number.as_str()))
        .collect();
    assert_eq!(lots, [(1, "2"), (2, "12"), (3, "12A"), (4, "13")]);
    assert_eq!(
        listed(&node, Viewer::Public).await,
        std::slice::from_ref(&shown.summary)
    );
    let one = GetLot {
        sale_id,
        lot_id: shown.lots[2].id,
        viewer: Viewer::Public,
    };
    assert_eq!(node.catalogue.send(one).await.unwrap(), shown.lots[2]);

    let told = node.told.lock().unwrap();
    assert_eq!(told.published.len(), 1);
    assert_eq!(told.published[0].sale.status, SaleStatus::Published);
    assert_eq!(told.published[0].lots.len(), 4);
}

#[actix::test]
async fn the_json_is_that_of_the_contract() {
    let node = Node::start().await;
    let seller = node.users.send(sign_up("seller")).await.unwrap().session.user.id;
    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    let mut input = lot_input("7");
    input.seller_id = Some(seller);
    input.rules.rules.reserve_price_minor = Some(Amount(90_000));
    node.catalogue.send(AddLot { sale_id, input }).await.unwrap();
    let get = |viewer| GetSale { sale_id, viewer };
    let staff = serde_json::to_value(node.catalogue.send(get(Viewer::Staff)).await.unwrap()).unwrap();
    let lot = &staff["lots"][0];
    let rules = json!({
        "version": 1, "format": "english", "opening_price_minor": 5_000,
        "increments": [{"from_minor": 0, "step_minor": 500, "step_bp": null}], "reserve_price_minor": 90_000,
        "reserve_rule": "hold", "tie_rule": "earliest", "off_increment": "accept",
        "closes_at_ms": null, "soft_close": null, "seller": seller, "dutch": null,
        "revisions": false, "runs": null, "hammer_window_ms": 400, "buy_now_price_minor": null,
        "quantity": 1, "house_bids": false, "reserve_currency": null, "self_raise": false,
    });
    let expected = json!({
        "id": sale_id, "title": "Design", "description": "Chairs\nand lamps", "location": "Hall 1",
        "kind": "room", "currency": "EUR", "exponent": 2, "starts_at_ms": CLOCK_START_MS + HOUR_MS,
        "status": "draft", "lot_count": 1, "current_lot_id": null, "cover_lot_id": null,
        "first_close_at_ms": null, "close_every_ms": null,
        "auto_approve": false, "book_visibility": "counts",
        "lots": [{
            "id": lot["id"], "sale_id": sale_id, "position": 1, "number": "7", "title": "Lot 7",
            "artist": "", "description": "", "estimate_low_minor": 10_000, "estimate_high_minor": 20_000,
            "rules": rules,
            "seller_id": seller, "has_picture": false,
        }],
    });
    assert_eq!(staff, expected);

    node.catalogue.send(PublishSale { sale_id }).await.unwrap();
    let public = serde_json::to_value(node.catalogue.send(get(Viewer::Public)).await.unwrap()).unwrap();
    for secret in [
        "/lots/0/rules/reserve_price_minor",
        "/lots/0/rules/seller",
        "/lots/0/seller_id",
    ] {
        assert_eq!(public.pointer(secret), Some(&json!(null)), "{secret}");
    }
}

#[actix::test]
async fn a_published_catalogue_is_final() {
    let node = Node::start().await;
    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    let lot = add_lot(&node, sale_id, "1").await;
    node.catalogue.send(PublishSale { sale_id }).await.unwrap();
    let edit_sale = node
        .catalogue
        .send(EditSale {
            sale_id,
            edit: SaleEdit::default(),
        })
        .await
        .unwrap_err();
    let add = node
        .catalogue
        .send(AddLot {
            sale_id,
            input: lot_input("2"),
        })
        .await
        .unwrap_err();
    let edit = EditLot {
        sale_id,
        lot_id: lot.id,
        edit: LotEdit::default(),
    };
    let edit = node.catalogue.send(edit).await.unwrap_err();
    let remove = node
        .catalogue
        .send(RemoveLot {
            sale_id,
            lot_id: lot.id,
        })
        .await
        .unwrap_err();
    for error in [edit_sale, add, edit, remove] {
        assert_eq!(error.code(), "not_draft");
    }
    assert!(
        node.catalogue.send(PublishSale { sale_id }).await.is_ok(),
        "publishing again is no error"
    );
    assert_eq!(
        node.told.lock().unwrap().published.len(),
        2,
        "and tells the live side again"
    );
}

#[actix::test]
async fn what_is_not_there_is_not_found() {
    let node = Node::start().await;
    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    let other_sale = create_sale(&node, SaleKind::Room).await.summary.id;
    let foreign = add_lot(&node, other_sale, "1").await.id;
    let viewer = Viewer::Staff;
    for sale_id in [SaleId(1), sale_id] {
        for lot_id in [LotId(1), foreign] {
            let get = node
                .catalogue
                .send(GetLot {
                    sale_id,
                    lot_id,
                    viewer,
                })
                .await
                .unwrap_err();
            let remove = node
                .catalogue
                .send(RemoveLot { sale_id, lot_id })
                .await
                .unwrap_err();
            let edit = EditLot {
                sale_id,
                lot_id,
                edit: LotEdit::default(),
            };
            let edit = node.catalogue.send(edit).await.unwrap_err();
            assert_eq!([get.code(), remove.code(), edit.code()], ["not_found"; 3]);
        }
    }
    let sale_id = SaleId(1);
    let lots = node
        .catalogue
        .send(ListLots { sale_id, viewer })
        .await
        .unwrap_err();
    let results = node
        .catalogue
        .send(ListResults { sale_id, viewer })
        .await
        .unwrap_err();
    let publish = publish_refused(&node, sale_id).await;
    let add = node
        .catalogue
        .send(AddLot {
            sale_id,
            input: lot_input("1"),
        })
        .await
        .unwrap_err();
    assert_eq!(
        [lots.code(), results.code(), publish, add.code()],
        ["not_found"; 4]
    );
}

#[actix::test]
async fn lot_numbers_are_unique_in_a_sale() {
    let node = Node::start().await;
    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    let other_sale = create_sale(&node, SaleKind::Room).await.summary.id;
    let attempts =
        futures_util::future::join_all(["12A", "12a"].into_iter().cycle().take(10).map(|number| {
            node.catalogue.send(AddLot {
                sale_id,
                input: lot_input(number),
            })
        }))
        .await;
    assert_eq!(attempts.iter().filter(|attempt| attempt.is_ok()).count(), 1);
    for error in attempts.into_iter().filter_map(Result::err) {
        assert_eq!(bad_fields(&error), ["number"]);
    }
    add_lot(&node, other_sale, "12A").await;
    let second = add_lot(&node, sale_id, "13").await;
    let edit = LotEdit {
        number: Some("12A".to_owned()),
        ..LotEdit::default()
    };
    let error = node
        .catalogue
        .send(EditLot {
            sale_id,
            lot_id: second.id,
            edit,
        })
        .await
        .unwrap_err();
    assert_eq!(bad_fields(&error), ["number"]);
}

#[actix::test]
async fn edits_change_what_they_name_and_null_clears() {
    let node = Node::start().await;
    let seller = node.users.send(sign_up("seller")).await.unwrap().session.user.id;
    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    let before = add_lot(&node, sale_id, "1").await;
    let edit = async |text: serde_json::Value| {
        let edit: LotEdit = serde_json::from_value(text).unwrap();
        node.catalogue
            .send(EditLot {
                sale_id,
                lot_id: before.id,
                edit,
            })
            .await
            .unwrap()
    };
    assert_eq!(edit(json!({})).await, before);
    let titled = edit(json!({"title": "Chaise", "number": "3"})).await;
    assert_eq!(
        (titled.title.as_str(), titled.number.as_str(), titled.id),
        ("Chaise", "3", before.id)
    );
    assert_eq!(titled.estimate_low_minor, before.estimate_low_minor);
    assert_eq!(
        edit(json!({"estimate_low_minor": null})).await.estimate_low_minor,
        None
    );
    let consigned = edit(json!({"seller_id": seller})).await;
    assert_eq!(
        (consigned.seller_id, consigned.rules.seller),
        (Some(seller), Some(seller.into()))
    );
    let withdrawn = edit(json!({"seller_id": null})).await;
    assert_eq!((withdrawn.seller_id, withdrawn.rules.seller), (None, None));
    let by_rules = edit(json!({"rules": consigned.rules})).await;
    assert_eq!(by_rules.seller_id, Some(seller));
    assert!(serde_json::from_value::<LotEdit>(json!({"tilte": "typo"})).is_err());
}

#[actix::test]
async fn an_empty_sale_is_not_published() {
    let node = Node::start().await;
    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    assert_eq!(publish_refused(&node, sale_id).await, "conflict");
    let lot = add_lot(&node, sale_id, "1").await;
    node.catalogue
        .send(RemoveLot {
            sale_id,
            lot_id: lot.id,
        })
        .await
        .unwrap();
    assert_eq!(publish_refused(&node, sale_id).await, "conflict");
    assert!(node.told.lock().unwrap().published.is_empty());
}

#[actix::test]
async fn a_publish_that_the_live_side_missed_is_repeated() {
    let node = Node::start().await;
    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    add_lot(&node, sale_id, "1").await;
    node.told.lock().unwrap().down = true;
    assert_eq!(publish_refused(&node, sale_id).await, "unavailable");
    assert_eq!(
        node.store.sales().published_ids().await.unwrap(),
        [sale_id],
        "a reconcile finds it"
    );
    node.told.lock().unwrap().down = false;
    assert!(node.catalogue.send(PublishSale { sale_id }).await.is_ok());
    assert_eq!(node.told.lock().unwrap().published.len(), 1);
}

#[actix::test]
async fn the_catalogue_survives_a_restart() {
    let node = Node::start().await;
    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    add_lot(&node, sale_id, "1").await;
    let before = node.catalogue.send(PublishSale { sale_id }).await.unwrap();
    let node = node.restart().await;
    let after = node
        .catalogue
        .send(GetSale {
            sale_id,
            viewer: Viewer::Staff,
        })
        .await
        .unwrap();
    assert_eq!(after, before);
}
