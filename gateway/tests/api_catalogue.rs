//! From a draft to a sale that bidders are registered for, over REST.

mod support;

use reqwest::Method;
use serde_json::json;
use support::{Node, lot_input, sale_input, text};

#[actix_web::test]
async fn a_sale_from_draft_to_registered_bidders() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let staff = Some(staff.as_str());

    let created = node.post("/sales", staff, sale_input()).await;
    let sale = created.json(201);
    assert_eq!(sale["status"], "draft");
    assert_eq!(sale["exponent"], 2);
    assert_eq!(sale["lots"], json!([]));
    let id = text(&sale["id"]);
    assert_eq!(created.header("location"), format!("/api/v1/sales/{id}"));
    let at = |rest: &str| format!("/sales/{id}{rest}");

    let edited = node
        .call(
            Method::PATCH,
            &at(""),
            staff,
            Some(json!({"title": "Older masters"})),
        )
        .await;
    assert_eq!(edited.json(200)["title"], "Older masters");
    assert_eq!(edited.json(200)["location"], "Riga");

    node.post(&at("/publish"), staff, json!({}))
        .await
        .problem(409, "conflict");
    let added = node.post(&at("/lots"), staff, lot_input("12A")).await;
    let lot = text(&added.json(201)["id"]);
    assert_eq!(added.header("location"), format!("/api/v1/sales/{id}/lots/{lot}"));
    let extra = text(&node.post(&at("/lots"), staff, lot_input("13")).await.json(201)["id"]);
    let twice = node.post(&at("/lots"), staff, lot_input("13")).await;
    assert_eq!(twice.invalid_field(), "number");
    let lot_path = at(&format!("/lots/{lot}"));
    let edit = json!({"estimate_high_minor": null, "artist": "A. Nonymous"});
    let edited = node
        .call(Method::PATCH, &lot_path, staff, Some(edit))
        .await
        .json(200);
    assert!(edited["estimate_high_minor"].is_null());
    assert_eq!(edited["estimate_low_minor"], 100_000);
    let removed = node
        .call(Method::DELETE, &at(&format!("/lots/{extra}")), staff, None)
        .await;
    assert_eq!(removed.status, 204);
    assert!(removed.body.is_empty());
    node.get(&at(&format!("/lots/{extra}")), staff)
        .await
        .problem(404, "not_found");

    let published = node
        .call(Method::POST, &at("/publish"), staff, None)
        .await
        .json(200);
    assert_eq!(published["status"], "published");
    assert_eq!(published["lot_count"], 1);
    node.call(Method::POST, &at("/publish"), staff, None)
        .await
        .json(200);
    for (method, path, body) in [
        (Method::PATCH, at(""), Some(json!({"title": "Too late"}))),
        (Method::POST, at("/lots"), Some(lot_input("14"))),
        (
            Method::PATCH,
            lot_path.clone(),
            Some(json!({"title": "Too late"})),
        ),
        (Method::DELETE, lot_path.clone(), None),
    ] {
        node.call(method, &path, staff, body)
            .await
            .problem(409, "not_draft");
    }

    let listed = node.get("/sales", None).await.json(200);
    assert_eq!(listed["sales"][0]["id"], id);
    assert!(listed["sales"][0].get("lots").is_none());
    assert_eq!(
        node.get(&at("/lots"), None).await.json(200)["lots"][0]["number"],
        "12A"
    );
    assert_eq!(
        node.get(&format!("{lot_path}/bids"), None).await.json(200),
        json!({"bids": []})
    );
    assert_eq!(
        node.get(&at("/results"), None).await.json(200),
        json!({"results": []})
    );

    let jane = node.bidder("jane").await;
    let (user, jane) = (text(&jane["user"]["id"]), text(&jane["access_token"]));
    let jane = Some(jane.as_str());
    node.get(&at("/registrations/me"), jane)
        .await
        .problem(404, "not_found");
    let registered = node
        .call(Method::POST, &at("/registrations"), jane, None)
        .await
        .json(201);
    assert_eq!(registered["status"], "pending");
    assert_eq!(registered["user_id"], user);
    let again = node
        .call(Method::POST, &at("/registrations"), jane, None)
        .await
        .json(201);
    assert_eq!(again, registered);
    assert_eq!(
        node.get(&at("/registrations/me"), jane).await.json(200),
        registered
    );
    let all = node.get(&at("/registrations"), staff).await.json(200);
    assert_eq!(all["registrations"], json!([registered]));
    for (verb, status) in [
        ("approve", "approved"),
        ("suspend", "suspended"),
        ("approve", "approved"),
    ] {
        let path = at(&format!("/registrations/{user}/{verb}"));
        let changed = node.call(Method::POST, &path, staff, None).await.json(200);
        assert_eq!(changed["status"], status);
        assert_eq!(changed["paddle"], registered["paddle"]);
    }
    let nobody = at("/registrations/00000000-0000-4000-8000-000000000000/approve");
    node.call(Method::POST, &nobody, staff, None)
        .await
        .problem(404, "not_found");
}

#[actix_web::test]
async fn sales_and_lots_are_validated_field_by_field() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    for (field, value) in [
        ("title", json!("")),
        ("currency", json!("XXQ")),
        ("kind", json!("dutch")),
        ("starts_at_ms", json!("tomorrow")),
        ("surprise", json!(1)),
    ] {
        let mut input = sale_input();
        input[field] = value;
        assert_eq!(
            node.post("/sales", Some(&staff), input).await.invalid_field(),
            field
        );
    }
    let sale = node.draft(&staff).await;
    for (pointer, value) in [
        ("/number", json!("A12")),
        ("/title", json!(" ")),
        ("/rules/opening_price_minor", json!(0)),
        ("/rules/opening_price_minor", json!(1_000_000_000_000_001_i64)),
        ("/rules/increments", json!([])),
        ("/rules/closes_at_ms", json!(1_900_000_000_000_i64)),
        ("/seller_id", json!("00000000-0000-4000-8000-000000000000")),
    ] {
        let mut input = lot_input("1");
        match input.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => input[&pointer[1..]] = value,
        }
        let answer = node
            .post(&format!("/sales/{sale}/lots"), Some(&staff), input)
            .await;
        let field = answer.invalid_field();
        assert!(
            pointer.replace('/', ".").ends_with(&field) && !field.is_empty(),
            "{pointer}: {}",
            answer.text()
        );
    }
}

#[actix_web::test]
async fn who_is_let_in_at_once_needs_no_approval() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let (sale, _) = node.published(&staff).await;
    let mut open = sale_input();
    open["auto_approve"] = json!(true);
    let open = text(&node.post("/sales", Some(&staff), open).await.json(201)["id"]);
    node.lot(&staff, &open, "1").await;
    node.call(
        Method::POST,
        &format!("/sales/{open}/publish"),
        Some(&staff),
        None,
    )
    .await
    .json(200);
    let jane = node.bidder_token("jane").await;
    for (sale, status) in [(sale, "pending"), (open, "approved")] {
        let path = format!("/sales/{sale}/registrations");
        let registration = node.call(Method::POST, &path, Some(&jane), None).await.json(201);
        assert_eq!(registration["status"], status);
    }
}

#[actix_web::test]
async fn all_registrations_of_a_bidder_and_nobody_elses() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let (sooner, _) = node.published(&staff).await;
    let mut later = sale_input();
    later["starts_at_ms"] = json!(later["starts_at_ms"].as_i64().unwrap() + 60_000);
    let later = text(&node.post("/sales", Some(&staff), later).await.json(201)["id"]);
    node.lot(&staff, &later, "1").await;
    let publish = format!("/sales/{later}/publish");
    node.call(Method::POST, &publish, Some(&staff), None)
        .await
        .json(200);
    let (jane, joe) = (node.bidder_token("jane").await, node.bidder_token("joe").await);
    let register = async |sale: &str, token: &str| {
        let path = format!("/sales/{sale}/registrations");
        node.call(Method::POST, &path, Some(token), None).await.json(201)
    };
    let listed = async |token: &str| node.get("/me/registrations", Some(token)).await.json(200);

    assert_eq!(listed(&jane).await, json!({"registrations": []}));
    register(&later, &joe).await;
    let second = register(&later, &jane).await;
    let first = register(&sooner, &jane).await;
    assert_eq!(listed(&jane).await, json!({"registrations": [second, first]}));
    assert_eq!(second["sale_id"], later);
    assert_eq!(second["paddle"], 1002);
    assert_eq!(second["status"], "pending");
    assert_eq!(listed(&staff).await, json!({"registrations": []}));

    let path = format!(
        "/sales/{later}/registrations/{}/approve",
        text(&second["user_id"])
    );
    let approved = node.call(Method::POST, &path, Some(&staff), None).await.json(200);
    assert_eq!(approved["status"], "approved");
    assert_eq!(listed(&jane).await, json!({"registrations": [approved, first]}));
    assert_eq!(listed(&joe).await["registrations"][0]["status"], "pending");
}
