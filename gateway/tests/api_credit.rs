//! Limits over REST: in one sale, and over all sales.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, Node, text};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Amounts that are no limit.
fn senseless() -> [Value; 5] {
    [
        json!(-1),
        json!(1_000_000_000_000_001_i64),
        json!(1.5),
        json!("500"),
        json!(1e30),
    ]
}

#[actix_web::test]
async fn a_limit_in_a_sale_is_for_staff_to_set_and_for_its_bidder_to_see() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let (sale, _) = node.published(&staff).await;
    let session = node.bidder("jane").await;
    let (jane, user) = (text(&session["access_token"]), text(&session["user"]["id"]));
    let path = format!("/sales/{sale}/registrations/{user}/limit");
    let put = async |path: &str, limit: Value| -> Answer {
        let body = json!({"limit_minor": limit});
        node.call(Method::PUT, path, Some(&staff), Some(body)).await
    };
    put(&path, json!(5)).await.problem(404, "not_found");
    let registrations = format!("/sales/{sale}/registrations");
    let registered = node.post(&registrations, Some(&jane), json!({})).await.json(201);
    assert_eq!(registered["limit_minor"], Value::Null);

    for limit in [json!(0), json!(500_000), json!(1_000_000_000_000_000_i64)] {
        let set = put(&path, limit.clone()).await.json(200);
        assert_eq!((&set["limit_minor"], &set["status"]), (&limit, &json!("pending")));
    }
    for limit in senseless() {
        assert_eq!(put(&path, limit).await.invalid_field(), "limit_minor");
    }
    let nothing = node.call(Method::PUT, &path, Some(&staff), Some(json!({}))).await;
    nothing.problem(422, "validation");
    let own = async || {
        let mine = node.get(&format!("{registrations}/me"), Some(&jane)).await;
        mine.json(200)["limit_minor"].clone()
    };
    assert_eq!(
        own().await,
        1_000_000_000_000_000_i64,
        "nothing refused was stored"
    );
    put(&path, Value::Null).await.json(200);
    assert_eq!(own().await, Value::Null);
    let listed = node.get(&registrations, Some(&staff)).await.json(200);
    assert_eq!(listed["registrations"][0]["limit_minor"], Value::Null);

    for nowhere in [
        format!("/sales/{NOBODY}/registrations/{user}/limit"),
        format!("/sales/{sale}/registrations/{NOBODY}/limit"),
    ] {
        put(&nowhere, json!(5)).await.problem(404, "not_found");
    }
    let nobody = format!("/sales/{sale}/registrations/jane/limit");
    put(&nobody, json!(5)).await.problem(400, "malformed");
}

#[actix_web::test]
async fn credit_over_all_sales_is_set_shown_and_taken_away() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let user = text(&node.bidder("jane").await["user"]["id"]);
    let call = async |method: Method, path: &str, body: Option<Value>| {
        node.call(method, path, Some(&staff), body).await
    };
    let euro = format!("/users/{user}/credit/EUR");
    let unbounded = json!({"currency": "EUR", "limit_minor": null, "exposure_minor": 0});
    assert_eq!(call(Method::GET, &euro, None).await.json(200), unbounded);
    for limit in [7_000_000, 0, 5_000_000] {
        let body = json!({"limit_minor": limit});
        let set = call(Method::PUT, &euro, Some(body)).await.json(200);
        let expected = json!({"currency": "EUR", "limit_minor": limit, "exposure_minor": 0});
        assert_eq!(set, expected);
        assert_eq!(call(Method::GET, &euro, None).await.json(200), expected);
    }
    let dollar = format!("/users/{user}/credit/USD");
    assert_eq!(
        call(Method::GET, &dollar, None).await.json(200)["limit_minor"],
        Value::Null
    );
    for limit in senseless().into_iter().chain([Value::Null]) {
        let body = json!({"limit_minor": limit});
        let refused = call(Method::PUT, &euro, Some(body)).await;
        assert_eq!(refused.invalid_field(), "limit_minor", "{limit}");
    }
    let body = Some(json!({"limit_minor": 5}));
    for (path, body) in [
        ("EURO", &body),
        ("eur", &body),
        ("%20", &body),
        ("E%C3%A9R", &body),
    ] {
        let path = format!("/users/{user}/credit/{path}");
        for (method, body) in [
            (Method::GET, None),
            (Method::PUT, body.clone()),
            (Method::DELETE, None),
        ] {
            let refused = call(method, &path, body).await;
            assert_eq!(refused.invalid_field(), "currency", "{path}");
        }
    }
    let nobody = format!("/users/{NOBODY}/credit/EUR");
    for (method, body) in [(Method::GET, None), (Method::PUT, body), (Method::DELETE, None)] {
        call(method, &nobody, body).await.problem(404, "not_found");
    }
    for _ in 0..2 {
        let gone = call(Method::DELETE, &euro, None).await;
        assert_eq!(gone.status, 204);
        assert_eq!(call(Method::GET, &euro, None).await.json(200), unbounded);
    }
}
