//! Rate limits over REST, with quotas small enough to reach.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;

use gavel_gateway::limits::Rate;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, Node, PASSWORD, send};

fn quota(burst: u32) -> Rate {
    Rate::new(1, burst).unwrap()
}

fn limited(answer: &Answer) {
    answer.problem(429, "rate_limited");
    let wait_s: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait_s), "{wait_s}");
}

async fn guess(node: &Node, name: &str, from: &str) -> Answer {
    let request = node.request(Method::POST, "/api/v1/auth/sign-in");
    let guess = json!({"name": name, "password": "wrong horse battery"});
    send(request.header("x-forwarded-for", from).json(&guess)).await
}

#[actix_web::test]
async fn guesses_are_counted_by_name_from_all_addresses() {
    let node = Node::start_with(|config| {
        config.limits.sign_in_name = quota(3);
        config.trusted_proxies = vec!["127.0.0.1".to_owned()];
    })
    .await;
    for from in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
        guess(&node, "jane", from).await.problem(401, "bad_credentials");
    }
    limited(&guess(&node, "Jane", "192.0.2.4").await);
    guess(&node, "john", "192.0.2.4")
        .await
        .problem(401, "bad_credentials");
}

#[actix_web::test]
async fn nobody_keeps_the_owner_of_an_account_out() {
    let node = Node::start_with(|config| {
        config.limits.sign_in_name_address = quota(3);
        config.limits.sign_in_name = quota(4);
        config.trusted_proxies = vec!["127.0.0.1".to_owned()];
    })
    .await;
    let jane = node.bidder("jane").await;
    let sign_in = async |from: &str| {
        let request = node.request(Method::POST, "/api/v1/auth/sign-in");
        let credentials = json!({"name": "jane", "password": PASSWORD});
        send(request.header("x-forwarded-for", from).json(&credentials)).await
    };
    // Neither signing in nor trying to sign up under the name uses anything up.
    for _ in 0..6 {
        sign_in("192.0.2.9").await.json(200);
        let taken = json!({"name": "jane", "display_name": "Jane", "password": PASSWORD});
        node.post("/auth/sign-up", None, taken)
            .await
            .problem(409, "name_taken");
    }
    for _ in 0..3 {
        guess(&node, "jane", "192.0.2.1")
            .await
            .problem(401, "bad_credentials");
    }
    limited(&guess(&node, "jane", "192.0.2.1").await);
    limited(&sign_in("192.0.2.1").await);
    // Elsewhere the name is still good for one more guess.
    sign_in("192.0.2.2").await.json(200);
    guess(&node, "jane", "192.0.2.3")
        .await
        .problem(401, "bad_credentials");
    limited(&guess(&node, "jane", "192.0.2.4").await);
    limited(&sign_in("192.0.2.4").await);
    // Who was here before comes in again, and who is in stays.
    sign_in("192.0.2.9").await.json(200);
    let refresh = json!({"refresh_token": jane["refresh_token"]});
    let request = node.request(Method::POST, "/api/v1/auth/refresh");
    send(request.header("x-forwarded-for", "192.0.2.1").json(&refresh))
        .await
        .json(200);
}

#[actix_web::test]
async fn guesses_are_counted_by_address_and_strangers_cannot_choose_theirs() {
    let node = Node::start_with(|config| config.limits.sign_in_address = quota(2)).await;
    guess(&node, "a-name", "192.0.2.1")
        .await
        .problem(401, "bad_credentials");
    guess(&node, "b-name", "192.0.2.2")
        .await
        .problem(401, "bad_credentials");
    limited(&guess(&node, "c-name", "192.0.2.3").await);

    let node = Node::start_with(|config| {
        config.limits.sign_in_address = quota(1);
        config.trusted_proxies = vec!["127.0.0.1".to_owned()];
    })
    .await;
    guess(&node, "a-name", "192.0.2.1")
        .await
        .problem(401, "bad_credentials");
    limited(&guess(&node, "b-name", "198.51.100.1, 192.0.2.1").await);
    guess(&node, "c-name", "192.0.2.2")
        .await
        .problem(401, "bad_credentials");
}

#[actix_web::test]
async fn sign_ups_and_refreshes_are_counted() {
    let node = Node::start_with(|config| {
        config.limits.sign_up_address = quota(1);
        config.limits.refresh_address = quota(1);
    })
    .await;
    let session = node.bidder("jane").await;
    let sign_up = json!({"name": "john", "display_name": "John", "password": PASSWORD});
    limited(&node.post("/auth/sign-up", None, sign_up).await);
    let refresh = |token: &Value| json!({"refresh_token": token, "refresh_in_body": true});
    let refreshed = node
        .post("/auth/refresh", None, refresh(&session["refresh_token"]))
        .await;
    let token = &refreshed.json(200)["refresh_token"];
    limited(&node.post("/auth/refresh", None, refresh(token)).await);
}

#[actix_web::test]
async fn everything_is_counted_by_address() {
    let node = Node::start_with(|config| config.limits.api = quota(2)).await;
    node.get("/about", None).await.json(200);
    node.get("/nothing", None).await.problem(404, "not_found");
    limited(&node.get("/about", None).await);
    for path in ["/api/docs/", "/readyz"] {
        limited(&send(node.request(Method::GET, path)).await);
    }
    let live = send(node.request(Method::GET, "/healthz")).await;
    live.json(200);
}
