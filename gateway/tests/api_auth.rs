//! Accounts and sessions over REST.

mod support;

use gavel_storage::relational::Role;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, Node, PASSWORD, send, text};

async fn refresh_by_cookie(node: &Node, cookie: &str, body: Value) -> Answer {
    let request = node.request(Method::POST, "/api/v1/auth/refresh");
    send(
        request
            .header("cookie", format!("gavel_refresh={cookie}"))
            .json(&body),
    )
    .await
}

#[actix_web::test]
async fn signing_up_in_and_out() {
    let node = Node::start().await;
    let sign_up = json!({
        "name": "Jane.Doe", "display_name": "Jane Doe", "email": "jane@example.org", "password": PASSWORD,
        "locale": "ru",
    });
    let answer = node.post("/auth/sign-up", None, sign_up).await;
    let session = answer.json(201);
    assert_eq!(session["user"]["name"], "jane.doe");
    assert_eq!(session["user"]["role"], "bidder");
    assert_eq!(session["user"]["locale"], "ru");
    assert_eq!(session["user"]["email"], "jane@example.org");
    assert!(session.get("refresh_token").is_none(), "only when asked for");
    assert!(session["expires_at_ms"].as_i64().unwrap() > 1_700_000_000_000);
    assert_eq!(answer.header("cache-control"), "no-store");
    let (cookie, attributes) = answer.cookie().unwrap();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/auth", "Max-Age=25"] {
        assert!(attributes.contains(attribute), "{attribute} in {attributes}");
    }
    assert!(
        !attributes.contains("Secure") && !attributes.contains("Domain"),
        "{attributes}"
    );

    let token = text(&session["access_token"]);
    assert_eq!(
        node.get("/auth/me", Some(&token)).await.json(200),
        session["user"]
    );
    let check = node
        .post("/auth/check", None, json!({"token": token}))
        .await
        .json(200);
    assert_eq!(check["active"], true);
    assert_eq!(check["user_id"], session["user"]["id"]);

    let sign_in = json!({"name": "JANE.doe", "password": PASSWORD, "refresh_in_body": true});
    let again = node.post("/auth/sign-in", None, sign_in).await.json(200);
    assert_eq!(again["user"], session["user"]);
    assert!(text(&again["refresh_token"]).starts_with("gvr_"));

    let request = node.request(Method::POST, "/api/v1/auth/sign-out");
    let request = request
        .header("cookie", format!("gavel_refresh={cookie}"))
        .json(&json!({}));
    let answer = send(request).await;
    assert_eq!(answer.status, 204);
    let (value, attributes) = answer.cookie().unwrap();
    assert!(
        value.is_empty() && attributes.contains("Max-Age=0"),
        "{attributes}"
    );
    refresh_by_cookie(&node, &cookie, json!({}))
        .await
        .problem(401, "refresh_invalid");
    let signed_out = json!({"refresh_token": "gvr_nonsense"});
    assert_eq!(node.post("/auth/sign-out", None, signed_out).await.status, 204);
    assert_eq!(node.post("/auth/sign-out", None, json!({})).await.status, 204);
}

#[actix_web::test]
async fn a_name_is_taken_once_also_by_two_at_once() {
    let node = Node::start().await;
    let sign_up = |name: &str| json!({"name": name, "display_name": "J", "password": PASSWORD});
    let (one, other) = futures_util::future::join(
        node.post("/auth/sign-up", None, sign_up("twin")),
        node.post("/auth/sign-up", None, sign_up("Twin")),
    )
    .await;
    let (won, lost) = if one.status == 201 {
        (one, other)
    } else {
        (other, one)
    };
    won.json(201);
    lost.problem(409, "name_taken");
    assert!(lost.cookie().is_none());
}

#[actix_web::test]
async fn wrong_credentials_do_not_say_what_is_wrong() {
    let node = Node::start().await;
    node.bidder("jane").await;
    let wrong = |name: &str, password: &str| json!({"name": name, "password": password});
    let password = node
        .post("/auth/sign-in", None, wrong("jane", "wrong horse battery"))
        .await;
    let name = node.post("/auth/sign-in", None, wrong("john", PASSWORD)).await;
    assert_eq!(
        password.problem(401, "bad_credentials"),
        name.problem(401, "bad_credentials")
    );
    assert!(password.header("www-authenticate").starts_with("Bearer"));
}

#[actix_web::test]
async fn sign_ups_are_validated_field_by_field() {
    let node = Node::start().await;
    for (field, value) in [
        ("name", json!("x")),
        ("name", json!("two words")),
        ("name", json!(7)),
        ("password", json!("short")),
        ("display_name", json!("")),
        ("email", json!("nowhere")),
        ("locale", json!("tlh")),
        ("role", json!("admin")),
    ] {
        let mut sign_up = json!({"name": "jane", "display_name": "Jane", "password": PASSWORD});
        sign_up[field] = value;
        let answer = node.post("/auth/sign-up", None, sign_up).await;
        assert_eq!(answer.invalid_field(), field);
    }
    let missing = node.post("/auth/sign-up", None, json!({"name": "jane"})).await;
    missing.problem(422, "validation");
    node.bidder("jane").await;
}

#[actix_web::test]
async fn refresh_tokens_rotate_and_a_stolen_one_ends_the_session() {
    let node = Node::start().await;
    let session = node.bidder("jane").await;
    let first = text(&session["refresh_token"]);

    let answer = refresh_by_cookie(&node, &first, json!({})).await;
    assert!(answer.json(200).get("refresh_token").is_none());
    let (second, _) = answer.cookie().unwrap();
    assert_ne!(first, second);
    let by_body = json!({"refresh_token": second, "refresh_in_body": true});
    let third = text(&node.post("/auth/refresh", None, by_body).await.json(200)["refresh_token"]);

    let stolen = refresh_by_cookie(&node, &first, json!({})).await;
    stolen.problem(401, "refresh_reused");
    assert_eq!(stolen.cookie().unwrap().0, "", "the browser is told to forget it");
    for token in [&third, &second] {
        let answer = node
            .post("/auth/refresh", None, json!({"refresh_token": token}))
            .await;
        assert_eq!(answer.status, 401, "the whole session is over");
    }
    node.post(
        "/auth/sign-in",
        None,
        json!({"name": "jane", "password": PASSWORD}),
    )
    .await
    .json(200);
}

#[actix_web::test]
async fn a_refresh_without_a_good_token_is_refused() {
    let node = Node::start().await;
    node.post("/auth/refresh", None, json!({}))
        .await
        .problem(401, "refresh_invalid");
    refresh_by_cookie(&node, "", json!({}))
        .await
        .problem(401, "refresh_invalid");
    refresh_by_cookie(&node, "gvr_made-up", json!({}))
        .await
        .problem(401, "refresh_invalid");
}

#[actix_web::test]
async fn the_cookie_does_not_work_for_forms_of_other_sites() {
    let node = Node::start().await;
    let refresh = text(&node.bidder("jane").await["refresh_token"]);
    let cookie = format!("gavel_refresh={refresh}");
    for media_type in [
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
        "",
    ] {
        for path in ["/api/v1/auth/refresh", "/api/v1/auth/sign-out"] {
            let request = node
                .request(Method::POST, path)
                .header("cookie", &cookie)
                .body("{}");
            let answer = send(request.header("content-type", media_type)).await;
            answer.problem(415, "unsupported_media_type");
        }
    }
    refresh_by_cookie(&node, &refresh, json!({})).await.json(200);
}

#[actix_web::test]
async fn a_stale_access_token_does_not_hinder_a_refresh() {
    let node = Node::start().await;
    let refresh = text(&node.bidder("jane").await["refresh_token"]);
    let stale = node.expired_token(Role::Bidder).await;
    let body = json!({"refresh_token": refresh});
    node.post("/auth/refresh", Some(&stale), body).await.json(200);
}

#[actix_web::test]
async fn token_checks_say_why_not() {
    let node = Node::start().await;
    let check = async |token: &str| {
        let answer = node.post("/auth/check", None, json!({"token": token})).await;
        answer.json(200)
    };
    let expired = node.expired_token(Role::Bidder).await;
    assert_eq!(
        check(&expired).await,
        json!({"active": false, "reason": "expired"})
    );
    assert_eq!(
        check("nonsense").await,
        json!({"active": false, "reason": "invalid"})
    );
}

#[actix_web::test]
async fn the_cookie_is_secure_behind_tls_and_when_told_to_be() {
    let sign_up = |name: &str| json!({"name": name, "display_name": "J", "password": PASSWORD});
    let node = Node::start_with(|config| config.secure_cookies = true).await;
    let answer = node.post("/auth/sign-up", None, sign_up("jane")).await;
    assert!(answer.cookie().unwrap().1.contains("; Secure"));

    let trusting = Node::start_with(|config| config.trusted_proxies = vec!["127.0.0.0/8".to_owned()]).await;
    let forwarded = |node: &Node, name: &str| {
        let request = node
            .request(Method::POST, "/api/v1/auth/sign-up")
            .json(&sign_up(name));
        send(request.header("x-forwarded-proto", "https"))
    };
    let answer = forwarded(&trusting, "jane").await;
    assert!(answer.cookie().unwrap().1.contains("; Secure"));
    let suspicious = Node::start().await;
    let answer = forwarded(&suspicious, "jane").await;
    assert!(!answer.cookie().unwrap().1.contains("Secure"));
}
