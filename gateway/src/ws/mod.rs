//! `/ws/v1`: bidders and consoles. The contract is `docs/asyncapi.yaml`.
//!
//! A socket is a [`session`] (what it may do, what it follows), a [`decoder`] on the way in and an
//! [`outbox`] on the way out; its worker's [`hub`] passes it the updates of the sales it follows.

mod answers;
mod decoder;
mod frames;
mod hub;
mod incoming;
mod outbox;
mod session;

pub use hub::WorkerHub;

use crate::limits::Limits;
use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodyStream, MessageBody},
    error::ErrorBadRequest,
    web,
};
use gavel_actors::{
    auctions::AuctionRegistry,
    clock::SharedClock,
    users::{TokenVerifier, Users},
};
use std::rc::Rc;
use tokio::sync::watch;

/// What all sessions of a node share.
#[derive(Clone)]
pub struct Shared {
    /// The live auctions.
    pub auctions: AuctionRegistry,
    /// Accounts.
    pub users: Users,
    /// Verifies access tokens.
    pub verifier: TokenVerifier,
    /// How often a bidder may bid.
    pub limits: Limits,
    /// The time.
    pub clock: SharedClock,
    /// Becomes true when the node stops.
    pub shutdown: watch::Receiver<bool>,
}

/// Upgrades a request to a WebSocket session.
pub async fn connect(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<Shared>,
    hub: web::Data<WorkerHub>,
) -> Result<HttpResponse, actix_web::Error> {
    let mut response =
        actix_http::ws::handshake(request.head()).map_err(|error| ErrorBadRequest(error.to_string()))?;
    let outbox = outbox::Outbox::default();
    let session = session::Session::new(shared.get_ref().clone(), hub.get_ref().clone(), outbox.clone());
    actix_web::rt::spawn(session::run(Rc::new(session), decoder::Decoder::new(payload)));
    Ok(response.message_body(BodyStream::new(outbox).boxed())?.into())
}
