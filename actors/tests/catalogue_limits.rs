//! How far bidders may go, through the actor.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod common;

use common::catalogue::{bad_fields, published};
use common::{Node, sign_up};
use gavel_actors::catalogue::{Register, RegistrationStatus, RemoveCredit, SetCredit, SetLimit};
use gavel_engine::{ids::UserId, money::Amount};

async fn bidder(node: &Node, name: &str) -> UserId {
    node.users.send(sign_up(name)).await.unwrap().session.user.id
}

#[actix::test]
async fn a_limit_that_the_live_side_missed_is_told_until_it_is_taken() {
    let node = Node::start().await;
    let sale_id = published(&node, true).await.summary.id;
    let user_id = bidder(&node, "jane").await;
    node.catalogue.send(Register { sale_id, user_id }).await.unwrap();
    let limit = |limit| SetLimit {
        sale_id,
        user_id,
        limit,
    };
    node.told.lock().unwrap().down = true;
    let set = node.catalogue.send(limit(Some(Amount(7_000)))).await;
    assert_eq!(set.unwrap_err().code(), "unavailable");
    node.told.lock().unwrap().down = false;
    // Nobody asks again.
    while node.told.lock().unwrap().registrations.len() < 2 {
        tokio::task::yield_now().await;
    }
    let told = node.told.lock().unwrap().registrations[1].clone();
    assert_eq!((told.user_id, told.limit), (user_id, Some(Amount(7_000))));
    let lifted = node.catalogue.send(limit(None)).await.unwrap();
    assert_eq!(lifted.limit_minor, None);
    let told = node.told.lock().unwrap().registrations[2].clone();
    assert_eq!((told.status, told.limit), (RegistrationStatus::Approved, None));
    for senseless in [Amount(-1), Amount(Amount::MAX.0 + 1)] {
        let refused = node.catalogue.send(limit(Some(senseless))).await.unwrap_err();
        assert_eq!(bad_fields(&refused), ["limit_minor"]);
    }
    assert_eq!(node.told.lock().unwrap().registrations.len(), 3);
}

#[actix::test]
async fn the_live_side_is_told_of_credit_that_is_stored() {
    let node = Node::start().await;
    let user_id = bidder(&node, "jane").await;
    let set = |currency: &str, limit: i64| SetCredit {
        user_id,
        currency: currency.to_owned(),
        limit: Amount(limit),
    };
    let credit = node.catalogue.send(set("EUR", 9_000)).await.unwrap();
    let shown = (
        credit.currency.as_str(),
        credit.limit_minor,
        credit.exposure_minor,
    );
    assert_eq!(shown, ("EUR", Some(Amount(9_000)), Amount(12)));
    for (senseless, field) in [(set("EURO", 5), "currency"), (set("EUR", -5), "limit_minor")] {
        let refused = node.catalogue.send(senseless).await.unwrap_err();
        assert_eq!(bad_fields(&refused), [field]);
    }
    let stranger = SetCredit {
        user_id: UserId(1),
        ..set("EUR", 5)
    };
    let refused = node.catalogue.send(stranger).await.unwrap_err();
    assert_eq!(refused.code(), "not_found");
    let currency = "EUR".to_owned();
    let remove = RemoveCredit { user_id, currency };
    node.catalogue.send(remove).await.unwrap();
    let euro = "EUR".parse().unwrap();
    let told = node.told.lock().unwrap().credit.clone();
    let expected = [(user_id, euro, Some(Amount(9_000))), (user_id, euro, None)];
    assert_eq!(told, expected, "and of nothing that was refused");
}
