//! Registrations, results and pictures through the actor.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod common;

use bytes::Bytes;
use common::catalogue::{add_lot, create_sale, published};
use common::{Node, sign_up};
use gavel_actors::catalogue::{
    ApproveRegistration, GetPicture, GetRegistration, GetSale, ListRegistrations, ListResults, LotResult,
    PICTURE_BYTES_MAX, PublishSale, PutPicture, Register, RegistrationStatus, SaleKind, SaleStatus,
    SuspendRegistration, Viewer,
};
use gavel_engine::ids::{LotId, Paddle, SaleId, UserId};
use gavel_engine::{money::Amount, time::Timestamp};
use gavel_storage::relational::{Change, FIRST_ONLINE_PADDLE, Outcome};

/// The paddle of the `n`th online bidder, from 0.
fn paddle(n: u32) -> Paddle {
    Paddle(FIRST_ONLINE_PADDLE.unsigned_abs() + n)
}

async fn bidder(node: &Node, name: &str) -> UserId {
    node.users.send(sign_up(name)).await.unwrap().session.user.id
}

#[actix::test]
async fn registering_gives_a_paddle_once() {
    let node = Node::start().await;
    let sale_id = published(&node, false).await.summary.id;
    let jane = bidder(&node, "jane").await;
    let first = node
        .catalogue
        .send(Register {
            sale_id,
            user_id: jane,
        })
        .await
        .unwrap();
    assert_eq!(
        (first.paddle, first.status),
        (paddle(0), RegistrationStatus::Pending)
    );
    assert_eq!(
        (first.name.as_str(), first.display_name.as_str()),
        ("jane", "Bidder jane")
    );
    node.clock.advance_ms(5);
    assert_eq!(
        node.catalogue
            .send(Register {
                sale_id,
                user_id: jane
            })
            .await
            .unwrap(),
        first
    );
    assert_eq!(
        node.catalogue
            .send(GetRegistration {
                sale_id,
                user_id: jane
            })
            .await
            .unwrap(),
        first
    );
    let second = Register {
        sale_id,
        user_id: bidder(&node, "joe").await,
    };
    assert_eq!(node.catalogue.send(second).await.unwrap().paddle, paddle(1));
    let other_sale = published(&node, true).await.summary.id;
    let elsewhere = node
        .catalogue
        .send(Register {
            sale_id: other_sale,
            user_id: jane,
        })
        .await
        .unwrap();
    assert_eq!(
        (elsewhere.paddle, elsewhere.status),
        (paddle(0), RegistrationStatus::Approved)
    );
}

#[actix::test]
async fn paddles_stay_unique_when_many_register_at_once() {
    let node = Node::start().await;
    let sale_id = published(&node, true).await.summary.id;
    let mut bidders = Vec::new();
    for n in 0..12 {
        bidders.push(bidder(&node, &format!("bidder{n}")).await);
    }
    // Each of them taps three times.
    let registrations = futures_util::future::join_all(bidders.iter().cycle().take(36).map(|user_id| {
        node.catalogue.send(Register {
            sale_id,
            user_id: *user_id,
        })
    }))
    .await;
    let mut paddles: Vec<u32> = registrations
        .into_iter()
        .map(|registered| registered.unwrap().paddle.0)
        .collect();
    paddles.sort_unstable();
    paddles.dedup();
    assert_eq!(paddles, (0..12).map(|n| paddle(n).0).collect::<Vec<u32>>());
    let listed = node
        .catalogue
        .send(ListRegistrations { sale_id })
        .await
        .unwrap()
        .registrations;
    assert_eq!(
        listed
            .iter()
            .map(|registered| registered.paddle.0)
            .collect::<Vec<_>>(),
        paddles
    );
}

#[actix::test]
async fn staff_approve_and_suspend_and_the_live_side_hears_in_order() {
    let node = Node::start().await;
    let sale_id = published(&node, false).await.summary.id;
    let user_id = bidder(&node, "jane").await;
    let approve = ApproveRegistration { sale_id, user_id };
    assert_eq!(
        node.catalogue.send(approve).await.unwrap_err().code(),
        "not_found"
    );
    node.catalogue.send(Register { sale_id, user_id }).await.unwrap();
    for _ in 0..2 {
        assert_eq!(
            node.catalogue.send(approve).await.unwrap().status,
            RegistrationStatus::Approved
        );
    }
    let suspend = SuspendRegistration {
        sale_id,
        user_id,
        retract_bids: false,
    };
    let suspended = node.catalogue.send(suspend).await.unwrap();
    assert_eq!(
        (suspended.status, suspended.paddle),
        (RegistrationStatus::Suspended, paddle(0))
    );
    let again = node.catalogue.send(Register { sale_id, user_id }).await.unwrap();
    assert_eq!(
        again.status,
        RegistrationStatus::Suspended,
        "registering again does not undo it"
    );
    let statuses: Vec<_> = node
        .told
        .lock()
        .unwrap()
        .registrations
        .iter()
        .map(|told| told.status)
        .collect();
    let expected = ["pending", "approved", "approved", "suspended", "suspended"];
    assert_eq!(
        statuses.iter().map(|status| status.as_str()).collect::<Vec<_>>(),
        expected
    );

    // Staff who press both buttons at once: what is told last is what is stored.
    let (approved, suspended) =
        futures_util::future::join(node.catalogue.send(approve), node.catalogue.send(suspend)).await;
    assert!(approved.is_ok() && suspended.is_ok());
    let stored = node
        .catalogue
        .send(GetRegistration { sale_id, user_id })
        .await
        .unwrap()
        .status;
    assert_eq!(
        node.told.lock().unwrap().registrations.last().unwrap().status,
        stored
    );
}

#[actix::test]
async fn only_published_sales_that_go_on_take_bidders() {
    let node = Node::start().await;
    let user_id = bidder(&node, "jane").await;
    let draft = create_sale(&node, SaleKind::Room).await.summary.id;
    for sale_id in [draft, SaleId(1)] {
        let error = node
            .catalogue
            .send(Register { sale_id, user_id })
            .await
            .unwrap_err();
        assert_eq!(error.code(), "not_found");
    }
    let sale_id = published(&node, false).await.summary.id;
    let error = node
        .catalogue
        .send(Register {
            sale_id,
            user_id: UserId(1),
        })
        .await
        .unwrap_err();
    assert_eq!(error.code(), "not_found", "no such account");
    let early = node.catalogue.send(Register { sale_id, user_id }).await.unwrap();
    assert_eq!(early.paddle, paddle(0), "the failed one used no number up");
    let ended = Change::Sale {
        status: SaleStatus::Ended,
        current_lot_id: None,
    };
    node.store
        .results()
        .apply("results", sale_id, 9, &[ended])
        .await
        .unwrap();
    assert_eq!(
        node.catalogue.send(Register { sale_id, user_id }).await.unwrap(),
        early
    );
    let late = Register {
        sale_id,
        user_id: bidder(&node, "joe").await,
    };
    assert_eq!(node.catalogue.send(late).await.unwrap_err().code(), "sale_ended");
    assert_eq!(
        node.catalogue
            .send(GetRegistration {
                sale_id,
                user_id: UserId(1)
            })
            .await
            .unwrap_err()
            .code(),
        "not_found"
    );
}

#[actix::test]
async fn a_registration_that_the_live_side_missed_is_kept() {
    let node = Node::start().await;
    let sale_id = published(&node, false).await.summary.id;
    let user_id = bidder(&node, "jane").await;
    node.told.lock().unwrap().down = true;
    assert_eq!(
        node.catalogue
            .send(Register { sale_id, user_id })
            .await
            .unwrap_err()
            .code(),
        "unavailable"
    );
    let differing = node
        .store
        .sales()
        .published_by_id(sale_id)
        .await
        .unwrap()
        .unwrap()
        .registrations;
    assert_eq!(differing.len(), 1, "a reconcile finds it");
    node.told.lock().unwrap().down = false;
    assert_eq!(
        node.catalogue
            .send(Register { sale_id, user_id })
            .await
            .unwrap()
            .paddle,
        paddle(0)
    );
    assert_eq!(node.told.lock().unwrap().registrations, differing);
}

#[actix::test]
async fn a_suspension_that_the_live_side_missed_is_told_until_it_is_taken() {
    let node = Node::start().await;
    let sale_id = published(&node, true).await.summary.id;
    let user_id = bidder(&node, "jane").await;
    node.catalogue.send(Register { sale_id, user_id }).await.unwrap();
    node.told.lock().unwrap().down = true;
    let suspend = SuspendRegistration {
        sale_id,
        user_id,
        retract_bids: true,
    };
    let suspended = node.catalogue.send(suspend).await;
    assert_eq!(suspended.unwrap_err().code(), "unavailable");
    node.told.lock().unwrap().down = false;
    // Nobody asks again.
    while node.told.lock().unwrap().registrations.len() < 2 {
        tokio::task::yield_now().await;
    }
    let told = node.told.lock().unwrap().registrations[1].clone();
    assert_eq!(
        (told.user_id, told.status),
        (user_id, RegistrationStatus::Suspended)
    );
    // Taking back bids is for whoever was told that it did not happen to ask for again.
    assert!(node.told.lock().unwrap().retracted.is_empty());
    node.catalogue.send(suspend).await.unwrap();
    assert_eq!(node.told.lock().unwrap().retracted, [(sale_id, user_id)]);
}

#[actix::test]
async fn results_are_shown_as_the_live_side_tells_them() {
    let node = Node::start().await;
    let sale = published(&node, true).await;
    let (sale_id, lot_id) = (sale.summary.id, sale.lots[0].id);
    let live = Change::Sale {
        status: SaleStatus::Live,
        current_lot_id: Some(lot_id),
    };
    node.store
        .results()
        .apply("results", sale_id, 1, &[live])
        .await
        .unwrap();
    let shown = node
        .catalogue
        .send(GetSale {
            sale_id,
            viewer: Viewer::Public,
        })
        .await
        .unwrap()
        .summary;
    assert_eq!(
        (shown.status, shown.current_lot_id),
        (SaleStatus::Live, Some(lot_id))
    );
    let sold = Outcome {
        result: LotResult::Sold,
        price_minor: Some(Amount(12_000)),
        winner_paddle: Some(paddle(0)),
        winner_user_id: None,
        closed_at_ms: Timestamp(77),
    };
    node.store
        .results()
        .apply(
            "results",
            sale_id,
            5,
            &[Change::Lot {
                lot_id,
                outcome: Some(sold),
            }],
        )
        .await
        .unwrap();
    let results = node
        .catalogue
        .send(ListResults {
            sale_id,
            viewer: Viewer::Public,
        })
        .await
        .unwrap();
    let expected = serde_json::json!({"results": [{
        "lot_id": lot_id, "number": "1", "title": "Lot 1", "result": "sold", "price_minor": 12_000,
        "winner_paddle": paddle(0), "closed_at_ms": 77,
    }]});
    assert_eq!(serde_json::to_value(results).unwrap(), expected);
}

#[actix::test]
async fn pictures_are_what_their_bytes_say() {
    let node = Node::start().await;
    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    add_lot(&node, sale_id, "1").await;
    let lot_id = add_lot(&node, sale_id, "2").await.id;
    let get = |known: Option<&str>| GetPicture {
        sale_id,
        lot_id,
        viewer: Viewer::Staff,
        known_etag: known.map(str::to_owned),
    };
    let put = |bytes: &[u8]| PutPicture {
        sale_id,
        lot_id,
        bytes: Bytes::copy_from_slice(bytes),
    };
    assert_eq!(
        node.catalogue.send(get(None)).await.unwrap_err().code(),
        "not_found"
    );

    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><circle r='3'/></svg>";
    node.catalogue.send(put(svg)).await.unwrap();
    let picture = node.catalogue.send(get(None)).await.unwrap();
    let content = picture.content.unwrap();
    assert_eq!(
        (content.media_type.as_str(), &content.bytes[..]),
        ("image/svg+xml", &svg[..])
    );
    assert_eq!(
        node.catalogue
            .send(get(Some(&picture.etag)))
            .await
            .unwrap()
            .content,
        None
    );

    let jpeg = b"\xff\xd8\xff\xe0....\xff\xd9";
    node.catalogue.send(put(jpeg)).await.unwrap();
    let replaced = node.catalogue.send(get(Some(&picture.etag))).await.unwrap();
    assert_eq!(replaced.content.unwrap().media_type, "image/jpeg");
    for bad in [
        &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..],
        b"GIF89a",
        b"",
    ] {
        let error = node.catalogue.send(put(bad)).await.unwrap_err();
        assert_eq!(
            (error.code(), error.fields()[0].field.as_str()),
            ("validation", "picture")
        );
    }
    assert_eq!(
        node.catalogue
            .send(put(&vec![b' '; PICTURE_BYTES_MAX + 1]))
            .await
            .unwrap_err()
            .code(),
        "too_large"
    );
    assert_eq!(
        node.catalogue.send(get(None)).await.unwrap().etag,
        replaced.etag,
        "the good one stays"
    );

    let sale = node
        .catalogue
        .send(GetSale {
            sale_id,
            viewer: Viewer::Staff,
        })
        .await
        .unwrap();
    assert_eq!(
        sale.summary.cover_lot_id,
        Some(lot_id),
        "the first with a picture"
    );
    assert_eq!(
        sale.lots.iter().map(|lot| lot.has_picture).collect::<Vec<_>>(),
        [false, true]
    );
    let unknown = PutPicture {
        sale_id,
        lot_id: LotId(1),
        bytes: Bytes::from_static(jpeg),
    };
    assert_eq!(
        node.catalogue.send(unknown).await.unwrap_err().code(),
        "not_found"
    );
}

#[actix::test]
async fn pictures_of_drafts_are_for_staff_and_those_of_published_sales_stay() {
    let node = Node::start().await;
    let sale_id = create_sale(&node, SaleKind::Room).await.summary.id;
    let lot_id = add_lot(&node, sale_id, "1").await.id;
    let get = |viewer| GetPicture {
        sale_id,
        lot_id,
        viewer,
        known_etag: None,
    };
    let put = |radius: u8| PutPicture {
        sale_id,
        lot_id,
        bytes: format!("<svg xmlns='http://www.w3.org/2000/svg'><circle r='{radius}'/></svg>").into(),
    };
    node.catalogue.send(put(1)).await.unwrap();
    let hidden = node.catalogue.send(get(Viewer::Public)).await;
    assert_eq!(hidden.unwrap_err().code(), "not_found");
    assert!(!node.catalogue.send(get(Viewer::Staff)).await.unwrap().is_public);

    node.catalogue.send(PublishSale { sale_id }).await.unwrap();
    let shown = node.catalogue.send(get(Viewer::Public)).await.unwrap();
    assert!(shown.is_public);
    let refused = node.catalogue.send(put(2)).await;
    assert_eq!(refused.unwrap_err().code(), "not_draft");
    assert_eq!(node.catalogue.send(get(Viewer::Public)).await.unwrap(), shown);
}
