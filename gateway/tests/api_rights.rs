//! Who may do what over REST: every row of the table of rights, with every kind of token.

mod support;

use gavel_gateway::access::{Needs, RIGHTS};
use gavel_storage::relational::Role;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, Node, send};

const ANY_ID: &str = "00000000-0000-4000-8000-000000000000";

/// `{"alg":"none","typ":"JWT"}`
const ALG_NONE: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";

/// `{"alg":"HS256","typ":"JWT"}`
const ALG_HS256: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Tokens that this node did not make, or that were changed since.
fn forged(token: &str) -> Vec<String> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("{token}")
    };
    let flipped = if claims.starts_with('A') { "B" } else { "A" };
    vec![
        String::new(),
        "nonsense".to_owned(),
        format!("{ALG_NONE}.{claims}."),
        format!("{ALG_NONE}.{claims}.{signature}"),
        format!("{ALG_HS256}.{claims}.{signature}"),
        format!("{header}.{flipped}{}.{signature}", &claims[1..]),
        format!("{header}.{claims}.{}", &signature[..signature.len() - 4]),
        format!("{header}.{claims}"),
        "x".repeat(4000),
    ]
}

#[actix_web::test]
async fn every_right_holds_for_every_kind_of_token() {
    let node = Node::start().await;
    let bidder = node.bidder_token("jane").await;
    let expired = node.expired_token(Role::Auctioneer).await;
    let forged = forged(&node.staff_token().await);
    for right in &RIGHTS {
        let path = right.path.strip_prefix("/api/v1").unwrap();
        let path = path.replace("{sale_id}", ANY_ID).replace("{lot_id}", ANY_ID);
        let path = path.replace("{user_id}", ANY_ID).replace("{currency}", "EUR");
        let method: Method = right.method.as_str().parse().unwrap();
        let call = async |token: Option<&str>| node.call(method.clone(), &path, token, None).await;
        let anonymous = call(None).await;
        let expired = call(Some(&expired)).await;
        let bidder = call(Some(&bidder)).await;
        let what = format!("{method} {path}");
        match right.needs {
            Needs::Nothing => {
                for answer in [&anonymous, &expired, &bidder] {
                    passed(answer, &what);
                }
                continue;
            }
            Needs::TokenIfAny => {
                passed(&anonymous, &what);
                passed(&bidder, &what);
            }
            Needs::SignedIn => {
                anonymous.problem(401, "unauthorised");
                passed(&bidder, &what);
            }
            Needs::Staff => {
                anonymous.problem(401, "unauthorised");
                let refused = bidder;
                refused.problem(403, "forbidden");
                assert!(refused.header("www-authenticate").contains("insufficient_scope"));
            }
        }
        expired.problem(401, "token_expired");
        assert!(
            expired.header("www-authenticate").contains("invalid_token"),
            "{what}"
        );
        for token in &forged {
            let answer = call(Some(token)).await;
            answer.problem(401, "token_invalid");
            assert!(
                answer.header("www-authenticate").contains("invalid_token"),
                "{what}"
            );
        }
    }
}

/// Past the rights: whatever the answer is, it is not about who asks.
fn passed(answer: &Answer, what: &str) {
    assert!(
        ![401, 403, 405].contains(&answer.status.as_u16()),
        "{what}: {}",
        answer.text()
    );
}

#[actix_web::test]
async fn staff_pass_where_staff_are_needed() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    for right in RIGHTS.iter().filter(|right| right.needs == Needs::Staff) {
        let path = right.path.strip_prefix("/api/v1").unwrap();
        let path = path.replace("{sale_id}", ANY_ID).replace("{lot_id}", ANY_ID);
        let path = path.replace("{user_id}", ANY_ID);
        let method: Method = right.method.as_str().parse().unwrap();
        let answer = node.call(method, &path, Some(&staff), None).await;
        passed(&answer, right.path);
    }
}

#[actix_web::test]
async fn other_ways_to_sign_in_are_refused() {
    let node = Node::start().await;
    for value in ["Basic amFuZTp4", "Bearer", "token", "Bearer\u{a0}x"] {
        let request = node.request(Method::GET, "/api/v1/auth/me");
        let answer = send(request.header("authorization", value.as_bytes())).await;
        answer.problem(401, "token_invalid");
    }
    let token = node.bidder_token("jane").await;
    let request = node.request(Method::GET, "/api/v1/auth/me");
    send(request.header("authorization", format!("bearer  {token}")))
        .await
        .json(200);
    // Addresses are logged and passed on by many.
    for name in ["token", "access_token", "authorization"] {
        let path = format!("/api/v1/auth/me?{name}={token}");
        send(node.request(Method::GET, &path))
            .await
            .problem(401, "unauthorised");
    }
}

#[actix_web::test]
async fn nobody_but_staff_sees_drafts_reserves_and_sellers() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let bidder = node.bidder("jane").await;
    let (jane, seller) = (support::text(&bidder["access_token"]), &bidder["user"]["id"]);
    let sale = node.draft(&staff).await;
    let mut input = support::lot_input("1");
    input["seller_id"] = seller.clone();
    let lot = node
        .post(&format!("/sales/{sale}/lots"), Some(&staff), input)
        .await
        .json(201);
    assert_eq!(lot["rules"]["reserve_price_minor"], 90_000);
    assert_eq!(&lot["seller_id"], seller);
    let lot = support::text(&lot["id"]);

    let listed = async |token: Option<&str>| {
        let sales = node.get("/sales", token).await.json(200);
        sales["sales"].as_array().unwrap().len()
    };
    let of_draft = [
        format!("/sales/{sale}"),
        format!("/sales/{sale}/lots"),
        format!("/sales/{sale}/lots/{lot}"),
        format!("/sales/{sale}/lots/{lot}/bids"),
        format!("/sales/{sale}/results"),
    ];
    for other in [None, Some(jane.as_str())] {
        assert_eq!(listed(other).await, 0);
        for path in &of_draft {
            node.get(path, other).await.problem(404, "not_found");
        }
    }
    node.post(&format!("/sales/{sale}/registrations"), Some(&jane), json!({}))
        .await
        .problem(404, "not_found");
    assert_eq!(listed(Some(&staff)).await, 1);
    for path in &of_draft {
        node.get(path, Some(&staff)).await.json(200);
    }

    let publish = format!("/sales/{sale}/publish");
    node.call(Method::POST, &publish, Some(&staff), None)
        .await
        .json(200);
    let lots_in = |answer: &Value| match answer.get("lots") {
        Some(lots) => lots[0].clone(),
        None => answer.clone(),
    };
    for path in &of_draft[..3] {
        for other in [None, Some(jane.as_str())] {
            let lot = lots_in(&node.get(path, other).await.json(200));
            assert!(lot["rules"]["reserve_price_minor"].is_null(), "{path}: {lot}");
            assert!(
                lot["rules"]["seller"].is_null() && lot["seller_id"].is_null(),
                "{path}: {lot}"
            );
        }
        let lot = lots_in(&node.get(path, Some(&staff)).await.json(200));
        assert_eq!(lot["rules"]["reserve_price_minor"], 90_000, "{path}");
        assert_eq!(&lot["seller_id"], seller, "{path}");
    }
    assert_eq!(listed(None).await, 1);
}
