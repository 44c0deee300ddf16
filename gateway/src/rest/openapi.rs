//! The API's routes and, made of the same list, its description.

use super::{about, auth, bids, credit, health, lots, pictures, registrations, results, sales};
use crate::access::{self, Needs};
use crate::problem::{Details, Field, MEDIA_TYPE};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::{Error, HttpResponse, get, web::Data};
use bytes::Bytes;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Content, Info, License, OpenApi, Paths, Ref, Response, ResponseBuilder};
use utoipa::{PartialSchema as _, ToSchema as _};
use utoipa_actix_web::{OpenApiFactory, scope, scope::Scope};

const SCHEME: &str = "access_token";

/// The description of the API as it is sent.
#[derive(Debug, Clone)]
pub struct Document(Bytes);

/// The description of the API: OpenAPI 3.1.
pub fn document() -> OpenApi {
    describe(&routes())
}

/// The API and its description.
pub(super) fn api() -> (
    Scope<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse,
            Error = Error,
            InitError = (),
        >,
    >,
    Document,
) {
    let routes = routes();
    // Maps with string keys: writing them into memory has no way to fail.
    let document = serde_json::to_vec(&describe(&routes)).unwrap_or_default();
    (routes, Document(document.into()))
}

fn routes() -> Scope<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = Error, InitError = ()>,
> {
    scope("/api/v1")
        .service(description)
        .service(about::about)
        .service(auth::sign_up)
        .service(auth::sign_in)
        .service(auth::refresh)
        .service(auth::sign_out)
        .service(auth::me)
        .service(auth::check)
        .service(sales::list_sales)
        .service(sales::create_sale)
        .service(sales::get_sale)
        .service(sales::edit_sale)
        .service(sales::publish_sale)
        .service(lots::list_lots)
        .service(lots::add_lot)
        .service(lots::get_lot)
        .service(lots::edit_lot)
        .service(lots::remove_lot)
        .service(pictures::get_picture)
        .service(pictures::put_picture)
        .service(bids::list_bids)
        .service(results::list_results)
        .service(registrations::register)
        .service(registrations::my_registration)
        .service(registrations::my_registrations)
        .service(registrations::list_registrations)
        .service(registrations::approve_registration)
        .service(registrations::suspend_registration)
        .service(registrations::set_limit)
        .service(credit::get_credit)
        .service(credit::set_credit)
        .service(credit::remove_credit)
}

/// This description of the API, in OpenAPI 3.1.
#[utoipa::path(tag = "about", responses((status = 200, description = "The description", content_type = "application/json")))]
#[get("/openapi.json")]
async fn description(document: Data<Document>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(document.0.clone())
}

/// Takes the routes' paths and schemas and adds what all of them share.
fn describe<T>(routes: &Scope<T>) -> OpenApi {
    let mut paths = Paths::new();
    let mut schemas = Vec::new();
    let mut add = |factory: &dyn OpenApiFactory| {
        paths.merge(factory.paths());
        factory.schemas(&mut schemas);
    };
    add(routes);
    add(&health::live);
    add(&health::ready);
    for (path, item) in &mut paths.paths {
        for (method, operation) in operations(item) {
            operation
                .responses
                .responses
                .insert("default".to_owned(), Ref::from_response_name("Problem").into());
            let needs = access::needs(&method, Some(path));
            operation.security = match needs {
                Ok(Needs::SignedIn | Needs::Staff) => Some(vec![with_token()]),
                Ok(Needs::TokenIfAny) => Some(vec![SecurityRequirement::default(), with_token()]),
                Ok(Needs::Nothing) | Err(_) => None,
            };
            if let Ok(Needs::Staff) = needs {
                let text = operation.description.take().unwrap_or_default();
                operation.description = Some(format!("{text}\n\nOnly for staff.").trim_start().to_owned());
            }
        }
    }
    let mut components = Components::new();
    components.schemas.extend(schemas);
    components
        .schemas
        .insert(Details::name().into_owned(), Details::schema());
    components
        .schemas
        .insert(Field::name().into_owned(), Field::schema());
    components.schemas.insert("Bid".to_owned(), bids::Bid::schema());
    components
        .responses
        .insert("Problem".to_owned(), problem().into());
    components
        .security_schemes
        .insert(SCHEME.to_owned(), scheme().into());
    OpenApi::builder()
        .info(info())
        .paths(paths)
        .components(Some(components))
        .build()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    [
        (Method::GET, item.get.as_mut()),
        (Method::PUT, item.put.as_mut()),
        (Method::POST, item.post.as_mut()),
        (Method::DELETE, item.delete.as_mut()),
        (Method::PATCH, item.patch.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

fn with_token() -> SecurityRequirement {
    SecurityRequirement::new(SCHEME, [] as [&str; 0])
}

fn scheme() -> SecurityScheme {
    let scheme = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The `access_token` of a session; it works for 15 minutes."));
    SecurityScheme::Http(scheme.build())
}

fn problem() -> Response {
    let content = Content::new(Some(Ref::from_schema_name(Details::name())));
    ResponseBuilder::new()
        .description("Refused (RFC 9457); `code` says why")
        .content(MEDIA_TYPE, content)
        .build()
}

fn info() -> Info {
    let mut info = Info::new("Gavel", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "Live auctions: sales, lots, registrations and sessions. Bids are placed over the WebSocket \
         at `/ws/v1`.\n\nMoney is in minor units of the sale's currency (`_minor`), times are Unix \
         milliseconds (`_ms`). Errors are problem details (RFC 9457) with a stable `code`. A request \
         that is refused with 429 or 503 may be sent again after `Retry-After` seconds."
            .to_owned(),
    );
    info.license = Some(License::new(env!("CARGO_PKG_LICENSE")));
    info
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::RIGHTS;
    use serde_json::Value;
    use std::collections::BTreeSet;
    use utoipa::openapi::{RefOr, path::ParameterIn};

    fn described() -> Value {
        serde_json::to_value(document()).unwrap()
    }

    #[test]
    fn every_right_is_described_and_the_other_way_round() {
        let mut document = document();
        let mut described = BTreeSet::new();
        for (path, item) in &mut document.paths.paths {
            for (method, _) in operations(item) {
                described.insert(format!("{method} {path}"));
            }
        }
        let mut expected: BTreeSet<_> = RIGHTS
            .iter()
            .map(|right| format!("{} {}", right.method, right.path))
            .collect();
        expected.extend(["GET /healthz".to_owned(), "GET /readyz".to_owned()]);
        assert_eq!(described, expected);
    }

    #[test]
    fn every_reference_leads_somewhere_and_nothing_described_is_unused() {
        fn collect(value: &Value, found: &mut BTreeSet<String>) {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(reference)) = map.get("$ref") {
                        found.insert(reference.clone());
                    }
                    map.values().for_each(|value| collect(value, found));
                }
                Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
                _ => {}
            }
        }
        let document = described();
        let mut found = BTreeSet::new();
        collect(&document, &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(
                found.contains(&format!("#/components/schemas/{name}")),
                "{name} is not used"
            );
        }
    }

    #[test]
    fn no_schema_contradicts_itself() {
        // What an inlined enum with a comment on its field comes to: a text that is an object.
        fn check(value: &Value) {
            match value {
                Value::Object(map) => {
                    assert!(
                        !map.contains_key("allOf") || map["allOf"].to_string().contains("$ref"),
                        "{value}"
                    );
                    map.values().for_each(check);
                }
                Value::Array(items) => items.iter().for_each(check),
                _ => {}
            }
        }
        check(&described());
    }

    #[test]
    fn every_operation_says_what_it_does_and_needs() {
        let mut document = document();
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                assert!(
                    operation.summary.is_some() || operation.description.is_some(),
                    "{method} {path}"
                );
                assert!(
                    operation.responses.responses.contains_key("default"),
                    "{method} {path}"
                );
                let parameters = operation.parameters.as_deref().unwrap_or_default().iter();
                let in_path = parameters.filter(|parameter| match parameter {
                    RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Path,
                    RefOr::Ref(_) => false,
                });
                assert_eq!(in_path.count(), path.matches('{').count(), "{method} {path}");
                let staff = matches!(access::needs(&method, Some(path)), Ok(Needs::Staff));
                let says = operation
                    .description
                    .as_deref()
                    .unwrap_or_default()
                    .contains("Only for staff");
                assert_eq!(staff, says, "{method} {path}");
                assert!(!staff || operation.security.is_some(), "{method} {path}");
            }
        }
    }

    #[test]
    fn bids_are_described_as_they_are_sent() {
        use gavel_actors::auctions::wire::BidView;
        use gavel_engine::{
            ids::{BidId, Paddle},
            lot::Channel,
            money::Amount,
            time::Timestamp,
        };
        let view = BidView {
            seq: 1,
            at_ms: Timestamp(2),
            paddle: Some(Paddle(3)),
            channel: Channel::Online,
            amount_minor: Amount(4),
            kind: Some("bid"),
            retracted: false,
            mine: true,
            bid_id: Some(BidId(5)),
            max_minor: Some(Amount(4)),
        };
        let sent = serde_json::to_value(&view).unwrap();
        let sent: BTreeSet<_> = sent.as_object().unwrap().keys().cloned().collect();
        let schema = &described()["components"]["schemas"]["Bid"];
        let described: BTreeSet<_> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        assert_eq!(sent, described);
        let channel = &schema["properties"]["channel"];
        let channels = &channel["enum"];
        assert!(channels.is_array(), "{channel}");
        for channel in [Channel::Online, Channel::Floor, Channel::Phone, Channel::Absentee] {
            let sent = serde_json::to_value(channel).unwrap();
            assert!(
                channels.as_array().unwrap().contains(&sent),
                "{sent} in {channels}"
            );
        }
    }
}
