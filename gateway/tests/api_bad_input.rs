//! What is not a request: every way to get one wrong has its answer, and none has an effect.

mod support;

use reqwest::{Method, RequestBuilder};
use serde_json::json;
use support::{Answer, Node, raw_json, send};

async fn sign_up(node: &Node, body: impl Into<reqwest::Body>) -> Answer {
    send(raw_json(node.request(Method::POST, "/api/v1/auth/sign-up"), body)).await
}

#[actix_web::test]
async fn bodies_that_are_not_json() {
    let node = Node::start().await;
    for (body, detail) in [
        (b"".to_vec(), "empty"),
        (b"{\"name\": \"jane\", \"disp".to_vec(), "ends too early"),
        (b"{\"name\": jane}".to_vec(), "not JSON"),
        (b"{}{}".to_vec(), "not JSON"),
        (b"name=jane&password=x".to_vec(), "not JSON"),
        (b"{\"name\": \"\xff\xfe\"}".to_vec(), "not UTF-8"),
        (b"\x00".to_vec(), "not JSON"),
        ("[".repeat(100_000).into_bytes(), "nested"),
        ("{\"a\":".repeat(40_000).into_bytes(), "nested"),
        (
            format!("{{\"name\": {}1{}}}", "[".repeat(33), "]".repeat(33)).into_bytes(),
            "nested",
        ),
    ] {
        let problem = sign_up(&node, body).await.problem(400, "malformed");
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
    }
}

#[actix_web::test]
async fn bodies_that_are_json_but_not_what_was_asked_for() {
    let node = Node::start().await;
    for body in [
        "null",
        "[]",
        "7",
        "\"jane\"",
        "{}",
        r#"{"name": {"first": "Jane"}}"#,
        r#"{"names": "jane"}"#,
    ] {
        let problem = sign_up(&node, body).await.problem(422, "validation");
        let field = &problem["fields"][0];
        assert!(!field["message"].as_str().unwrap().is_empty(), "{problem}");
    }
    let staff = node.staff_token().await;
    let sale = node.draft(&staff).await;
    let path = format!("/sales/{sale}/lots");
    for (pointer, value, field) in [
        (
            "/rules/opening_price_minor",
            json!("5"),
            "rules.opening_price_minor",
        ),
        (
            "/rules/opening_price_minor",
            json!(1.5),
            "rules.opening_price_minor",
        ),
        (
            "/rules/increments/0/step_minor",
            json!(null),
            "rules.increments[0].step_minor",
        ),
        ("/rules/format", json!("dutch-ish"), "rules.format"),
        ("/title", json!(["x"]), "title"),
    ] {
        let mut input = support::lot_input("1");
        *input.pointer_mut(pointer).unwrap() = value;
        let answer = node.post(&path, Some(&staff), input).await;
        assert!(
            answer
                .invalid_field()
                .starts_with(field.split('.').next().unwrap()),
            "{}",
            answer.text()
        );
    }
    assert_eq!(node.get(&path, Some(&staff)).await.json(200)["lots"], json!([]));
}

#[actix_web::test]
async fn bodies_that_are_too_large() {
    let node = Node::start().await;
    let limit = 256 * 1024;
    let padded = |bytes: usize| format!("{{\"name\": \"{}\"}}", "x".repeat(bytes - 12));
    sign_up(&node, padded(limit)).await.problem(422, "validation");
    for bytes in [limit + 1, 10 * 1024 * 1024] {
        sign_up(&node, padded(bytes)).await.problem(413, "too_large");
    }
    // Without a length, as a stream of chunks.
    let chunks = (0..10 * 16).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024]));
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
    sign_up(&node, stream).await.problem(413, "too_large");
    node.bidder("jane").await;
}

#[actix_web::test]
async fn bodies_of_another_type() {
    let node = Node::start().await;
    let body = json!({"name": "jane", "display_name": "Jane", "password": support::PASSWORD}).to_string();
    let typed = |media_type: &str| {
        let request = node.request(Method::POST, "/api/v1/auth/sign-up");
        request.header("content-type", media_type).body(body.clone())
    };
    for media_type in ["text/plain", "application/xml", "text/json", "", "nonsense"] {
        send(typed(media_type))
            .await
            .problem(415, "unsupported_media_type");
    }
    let untyped = node
        .request(Method::POST, "/api/v1/auth/sign-up")
        .body(body.clone());
    send(untyped).await.problem(415, "unsupported_media_type");
    let gzipped = typed("application/json").header("content-encoding", "gzip");
    send(gzipped).await.problem(415, "unsupported_media_type");
    send(typed("Application/JSON; charset=utf-8")).await.json(201);
}

#[actix_web::test]
async fn paths_that_lead_nowhere() {
    let node = Node::start().await;
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v1/sales/",
        "/api/v1//sales",
        "/api/v2/sales",
        "/api/v1/about/",
        "/api/v1/sal%65s%2F",
        "/api/v1/%ff",
        "/api/docs/nothing.js",
        "/ws/v9",
        "/assets/nothing.js",
    ] {
        for method in [Method::GET, Method::POST] {
            let answer = send(node.request(method.clone(), path)).await;
            let status = answer.status.as_u16();
            assert!([404, 405].contains(&status), "{method} {path}: {status}");
            answer.problem(
                status,
                if status == 404 {
                    "not_found"
                } else {
                    "method_not_allowed"
                },
            );
        }
    }
}

#[actix_web::test]
async fn ids_that_are_none() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let no_ids = [
        "1",
        "not-a-uuid",
        "..%2f..",
        "%00",
        "00000000-0000-0000-0000-00000000000g",
        "'%20or%201=1",
    ];
    for id in no_ids {
        for path in [
            format!("/sales/{id}"),
            format!("/sales/{id}/lots"),
            format!("/sales/{id}/results"),
        ] {
            node.get(&path, Some(&staff)).await.problem(400, "malformed");
        }
    }
    let nobody = "00000000-0000-4000-8000-000000000000";
    for path in [
        format!("/sales/{nobody}"),
        format!("/sales/{nobody}/lots/{nobody}"),
        format!("/sales/{nobody}/lots/{nobody}/bids"),
        format!("/sales/{nobody}/lots/{nobody}/picture"),
        format!("/sales/{nobody}/registrations/me"),
    ] {
        node.get(&path, Some(&staff)).await.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn methods_that_a_path_does_not_take() {
    let node = Node::start().await;
    for (method, path, allow) in [
        (Method::DELETE, "/api/v1/sales", "GET, HEAD, POST"),
        (Method::GET, "/api/v1/auth/sign-in", "POST"),
        (Method::OPTIONS, "/api/v1/about", "GET, HEAD"),
        (Method::TRACE, "/api/v1/about", "GET, HEAD"),
        (Method::from_bytes(b"BREW").unwrap(), "/api/v1/about", "GET, HEAD"),
        (Method::POST, "/", "GET, HEAD"),
    ] {
        let answer = send(node.request(method, path)).await;
        answer.problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), allow, "{path}");
    }
    let head = send(node.request(Method::HEAD, "/api/v1/about")).await;
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
    assert_eq!(head.header("content-type"), "application/json");
}

#[actix_web::test]
async fn answers_cannot_be_framed_run_or_sniffed() {
    let node = Node::start().await;
    let get = |path: &str| -> RequestBuilder { node.request(Method::GET, path) };
    for path in [
        "/api/v1/about",
        "/api/v1/nothing",
        "/api/docs/",
        "/",
        "/nothing.js",
    ] {
        let answer = send(get(path)).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
}
