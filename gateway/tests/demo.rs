//! The demonstration goes on, whatever it finds when it comes back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests may fail as tests do"
)]

mod support;

use gavel_actors::clock::{Clock as _, SystemClock};
use gavel_actors::users::{Locale, Password, Role, SeedUser};
use gavel_gateway::demo::{self, DEMO_ACCOUNTS};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use support::{Node, lot_input, sale_input, text};
use tokio::sync::watch;

/// By this the demonstration knows its own sales.
const MARK: &str = "This is a demonstration sale: artists, works and bidders are invented.";

const HOUR_MS: i64 = 60 * 60 * 1000;

#[actix_web::test]
async fn a_draft_that_was_left_is_completed_and_a_refusal_is_outlived() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let rostrum = DEMO_ACCOUNTS
        .iter()
        .find(|account| !account.for_visitors)
        .unwrap();
    let seeded = node.running.users().send(SeedUser {
        name: rostrum.name.to_owned(),
        display_name: rostrum.display_name.to_owned(),
        email: None,
        password: Password::new(rostrum.password),
        role: Role::Auctioneer,
        locale: Locale::En,
    });
    seeded.await.unwrap();

    // Stopped in the middle of its preparations two hours ago; somebody has added a lot of their own.
    let hours_ago = |hours: i64| SystemClock.now().as_ms() - hours * HOUR_MS;
    let mut sale = sale_input();
    sale["kind"] = json!("timed");
    sale["description"] = json!(MARK);
    sale["starts_at_ms"] = json!(hours_ago(2));
    let sale = text(&node.post("/sales", Some(&staff), sale).await.json(201)["id"]);
    let lots = format!("/sales/{sale}/lots");
    let stale = async |number: &str| {
        let mut lot = lot_input(number);
        lot["rules"]["closes_at_ms"] = json!(hours_ago(1));
        let lot = node.post(&lots, Some(&staff), lot).await.json(201);
        format!("{lots}/{}", text(&lot["id"]))
    };
    let of_the_demonstration = stale("201").await;
    let foreign = stale("999").await;

    let (current_sale, mut held) = watch::channel(None);
    let (_never, shutdown) = watch::channel(false);
    let closes_at = async || {
        let lot = node.get(&of_the_demonstration, Some(&staff)).await.json(200);
        lot["rules"]["closes_at_ms"].clone()
    };
    let steps = async {
        // Every attempt gives the lot another close; the foreign lot prevents all of them.
        let left = closes_at().await;
        let first = changed(&closes_at, &left).await;
        changed(&closes_at, &first).await;
        assert!(held.borrow().is_none());
        let removed = node.call(Method::DELETE, &foreign, Some(&staff), None).await;
        assert_eq!(removed.status, 204);
        held.wait_for(Option::is_some).await.unwrap();
        let sale = node.get(&format!("/sales/{sale}"), None).await.json(200);
        assert_ne!(sale["status"], "draft");
    };
    tokio::select! {
        ended = demo::run(&node.address, current_sale, shutdown) => panic!("it has ended: {ended:?}"),
        () = steps => {}
    }
}

/// What it is once it is no longer `before`.
async fn changed(read: &impl AsyncFn() -> Value, before: &Value) -> Value {
    let change = async {
        loop {
            let now = read().await;
            if now != *before {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), change)
        .await
        .expect("it stays as it was")
}
