//! Pictures of lots over REST.

mod support;

use reqwest::Method;
use support::{Answer, Node, send};

const SVG: &str =
    r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4"/></svg>"#;

/// One pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\nIDAT\x78\x9c\x63\0\x01\0\0\x05\0\x01\r\n\x2d\xb4\0\0\0\0IEND\xae\x42\x60\x82";

async fn put(
    node: &Node,
    path: &str,
    staff: &str,
    media_type: &str,
    bytes: impl Into<reqwest::Body>,
) -> Answer {
    let request = node.request(Method::PUT, &format!("/api/v1{path}"));
    let request = request.bearer_auth(staff).header("content-type", media_type);
    send(request.body(bytes)).await
}

async fn get(node: &Node, path: &str, known: &str) -> Answer {
    let request = node.request(Method::GET, &format!("/api/v1{path}"));
    send(request.header("if-none-match", known)).await
}

#[actix_web::test]
async fn a_picture_is_replaced_in_a_draft_and_shown_once_it_is_published() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let sale = node.draft(&staff).await;
    let lot = node.lot(&staff, &sale, "1").await;
    let path = format!("/sales/{sale}/lots/{lot}/picture");
    assert_eq!(
        put(&node, &path, &staff, "image/png", PNG.to_vec()).await.status,
        204
    );
    get(&node, &path, "").await.problem(404, "not_found");
    let draft = node.get(&path, Some(&staff)).await;
    assert_eq!((draft.status.as_u16(), &draft.body[..]), (200, PNG));
    assert_eq!(draft.header("cache-control"), "private, no-cache");
    assert_eq!(put(&node, &path, &staff, "image/svg+xml", SVG).await.status, 204);

    let publish = format!("/sales/{sale}/publish");
    node.call(Method::POST, &publish, Some(&staff), None)
        .await
        .json(200);
    let shown = get(&node, &path, draft.header("etag")).await;
    assert_eq!((shown.status.as_u16(), shown.text()), (200, SVG.to_owned()));
    assert_eq!(shown.header("content-type"), "image/svg+xml");
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert!(shown.header("cache-control").starts_with("public"));
    let policy = shown.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("sandbox"),
        "{policy}"
    );

    let etag = shown.header("etag").to_owned();
    let known = get(&node, &path, &etag).await;
    assert_eq!((known.status.as_u16(), known.body.len()), (304, 0));
    let late = put(&node, &path, &staff, "image/png", PNG.to_vec()).await;
    late.problem(409, "not_draft");
    assert_eq!(get(&node, &path, &etag).await.status, 304);
    assert_eq!(
        node.get(&format!("/sales/{sale}/lots/{lot}"), None)
            .await
            .json(200)["has_picture"],
        true
    );
    assert_eq!(
        node.get("/sales", None).await.json(200)["sales"][0]["cover_lot_id"],
        lot
    );
}

#[actix_web::test]
async fn what_is_no_picture_is_refused_and_nothing_changes() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let sale = node.draft(&staff).await;
    let lot = node.lot(&staff, &sale, "1").await;
    let path = format!("/sales/{sale}/lots/{lot}/picture");
    for media_type in ["text/html", "image/gif", "application/json", ""] {
        let refused = put(&node, &path, &staff, media_type, SVG).await;
        refused.problem(415, "unsupported_media_type");
    }
    let namespace = "xmlns='http://www.w3.org/2000/svg'";
    for (media_type, bytes) in [
        ("image/png", "this is text"),
        ("image/svg+xml", ""),
        ("image/svg+xml", "<html><body>hello</body></html>"),
        (
            "image/svg+xml",
            &format!("<svg {namespace}><script>alert(1)</script></svg>"),
        ),
        ("image/svg+xml", &format!("<svg {namespace} onload='alert(1)'/>")),
        (
            "image/svg+xml",
            &format!("<svg {namespace}><foreignObject/></svg>"),
        ),
        (
            "image/svg+xml",
            &format!("<svg {namespace}><image href='http://example.org/x.png'/></svg>"),
        ),
        ("image/svg+xml", &format!("<svg {namespace}>")),
    ] {
        let refused = put(&node, &path, &staff, media_type, bytes.to_owned()).await;
        refused.problem(422, "validation");
    }
    let limit = 2 * 1024 * 1024;
    let padded = |bytes: usize| format!("{SVG}{}", "\n".repeat(bytes - SVG.len()));
    for bytes in [limit + 1, 10 * 1024 * 1024] {
        put(&node, &path, &staff, "image/svg+xml", padded(bytes))
            .await
            .problem(413, "too_large");
    }
    let chunks = (0..40).map(|_| Ok::<_, std::io::Error>(vec![b'\n'; 64 * 1024]));
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
    put(&node, &path, &staff, "image/svg+xml", stream)
        .await
        .problem(413, "too_large");
    get(&node, &path, "").await.problem(404, "not_found");

    assert_eq!(
        put(&node, &path, &staff, "image/svg+xml", padded(limit))
            .await
            .status,
        204
    );
    let elsewhere = format!("/sales/{sale}/lots/00000000-0000-4000-8000-000000000000/picture");
    put(&node, &elsewhere, &staff, "image/svg+xml", SVG)
        .await
        .problem(404, "not_found");
}
