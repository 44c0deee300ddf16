//! The API's description, its browsable page, the health checks, and the web apps beside them.

mod support;

use reqwest::Method;
use serde_json::json;
use support::{Node, send};

const ANY_ID: &str = "00000000-0000-4000-8000-000000000000";

#[actix_web::test]
async fn what_is_described_is_there() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let document = node.get("/openapi.json", None).await.json(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut operations = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let concrete = path.replace("{sale_id}", ANY_ID).replace("{lot_id}", ANY_ID);
        let concrete = concrete.replace("{user_id}", ANY_ID).replace("{currency}", "EUR");
        for method in ["get", "put", "post", "patch", "delete"] {
            if item.get(method).is_none() {
                continue;
            }
            operations += 1;
            let method: Method = method.to_uppercase().parse().unwrap();
            let request = node.request(method.clone(), &concrete).bearer_auth(&staff);
            let answer = send(request).await;
            let what = format!("{method} {path}: {}", answer.text());
            assert!(![401, 403, 405].contains(&answer.status.as_u16()), "{what}");
            assert!(!answer.status.is_server_error(), "{what}");
            assert!(!answer.text().contains("nothing at this path"), "{what}");
        }
    }
    assert_eq!(operations, 34);
}

#[actix_web::test]
async fn the_description_can_be_browsed_without_other_hosts() {
    let node = Node::start().await;
    let page = send(node.request(Method::GET, "/api/docs")).await;
    assert_eq!(page.status, 200, "after a redirect");
    assert!(page.text().contains("swagger-ui"));
    assert!(!page.text().contains("//unpkg") && !page.text().contains("//cdn"));
    let set_up = send(node.request(Method::GET, "/api/docs/swagger-initializer.js")).await;
    assert!(
        set_up.text().contains("/api/v1/openapi.json"),
        "{}",
        set_up.text()
    );
    let script = send(node.request(Method::GET, "/api/docs/swagger-ui-bundle.js")).await;
    assert_eq!(script.status, 200);
    assert!(script.body.len() > 100_000);
}

#[actix_web::test]
async fn a_node_says_what_it_is_and_how_it_is() {
    let node = Node::start().await;
    let about = node.get("/about", None).await.json(200);
    assert_eq!(
        about,
        json!({"name": "Gavel", "version": env!("CARGO_PKG_VERSION"), "demo": null})
    );
    let live = send(node.request(Method::GET, "/healthz")).await;
    assert_eq!(live.json(200), json!({"live": true}));
    let ready = send(node.request(Method::GET, "/readyz")).await;
    let parts = json!({"journal": "ready", "database": "ready"});
    assert_eq!(ready.json(200), json!({"ready": true, "parts": parts}));
    for path in ["/healthz", "/readyz"] {
        let head = send(node.request(Method::HEAD, path)).await;
        assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    }
}

#[actix_web::test]
async fn large_answers_are_compressed_for_those_who_take_it() {
    let node = Node::start().await;
    let request = || node.request(Method::GET, "/api/v1/openapi.json");
    let plain = send(request()).await;
    assert_eq!(plain.header("content-encoding"), "");
    let gzip = send(request().header("accept-encoding", "gzip")).await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    assert!(gzip.body.len() * 3 < plain.body.len());
}

#[actix_web::test]
async fn every_other_path_belongs_to_the_web_apps() {
    let node = Node::start().await;
    for path in ["/", "/sales/1", "/console/sales/1"] {
        let page = send(node.request(Method::GET, path)).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(page.text().contains("<title>Gavel</title>"), "{path}");
    }
    let missing = send(node.request(Method::GET, "/assets/missing.js")).await;
    missing.problem(404, "not_found");
}
