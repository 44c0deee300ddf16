//! The REST API under `/api/v1`: one file for each kind of thing, thin over the services.
//!
//! A request passes the gate (`gate.rs`: rate limit, rights), then its handler reads it, asks a
//! service, and answers. Handlers hold no rules of the trade.

mod about;
mod auth;
mod bids;
mod body;
mod client;
mod credit;
mod gate;
mod health;
mod lots;
mod openapi;
mod paths;
mod pictures;
mod registrations;
mod results;
mod sales;

pub use about::{Demo, DemoAccount, DemoInfo};
pub use client::{Client, Network, NetworkError, TrustedProxies};
pub use health::{Part, Probe, Readiness};
pub use openapi::document;

use crate::limits::Limits;
use crate::problem::{Code, Problem};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, PathConfig, QueryConfig, ServiceConfig};
use actix_web::{HttpResponse, ResponseError as _};
use gavel_actors::auctions::AuctionRegistry;
use gavel_actors::catalogue::Catalogue;
use gavel_actors::clock::SharedClock;
use gavel_actors::users::{TokenVerifier, Users};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// What the API stands on; shared by all HTTP workers.
pub struct State {
    /// Accounts and sessions.
    pub users: Users,
    /// Sales, lots, registrations.
    pub catalogue: Catalogue,
    /// Live sales.
    pub auctions: AuctionRegistry,
    /// Tells whether an access token counts.
    pub verifier: TokenVerifier,
    /// How often anyone may ask.
    pub limits: Limits,
    /// The time.
    pub clock: SharedClock,
    /// The demonstration, on a node that runs one.
    pub demo: Option<Demo>,
    /// Whether the node can do its work.
    pub readiness: Probe,
    /// The proxies whose word on the client's address counts.
    pub proxies: TrustedProxies,
    /// Cookies go over TLS only, whatever the request came by.
    pub secure_cookies: bool,
}

/// Adds the API, its description and the health checks to an application. Everything else under
/// `/api` is answered `not_found`.
pub fn configure(config: &mut ServiceConfig, state: Data<State>) {
    let (api, document) = openapi::api();
    let docs = SwaggerUi::new("/{_:.*}").config(Config::new(["/api/v1/openapi.json"]));
    config
        .app_data(state)
        .app_data(Data::new(document))
        .app_data(
            PathConfig::default().error_handler(|_, _| {
                Problem::new(Code::Malformed, "an id in the path is not a UUID").into()
            }),
        )
        .app_data(QueryConfig::default().error_handler(|error, _| {
            Problem::new(Code::Malformed, format!("the query makes no sense: {error}")).into()
        }))
        .service(health::live)
        .service(health::ready)
        .service(api.wrap(from_fn(gate::gate)).wrap(Compress::default()))
        .service(web::redirect("/api/docs", "/api/docs/").see_other())
        .service(
            web::scope("/api/docs")
                .wrap(from_fn(gate::browsable))
                .service(docs),
        )
        .service(web::scope("/api").default_service(web::to(nothing_here)));
}

async fn nothing_here() -> HttpResponse {
    Problem::no_such_path().error_response()
}
