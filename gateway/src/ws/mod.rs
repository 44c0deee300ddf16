//! `/ws/v1`: bidders and consoles. The contract is `docs/asyncapi.yaml`.
//!
//! A socket is a [`session`] (what it may do, what it follows), a [`decoder`] on the way in and an
//! [`outbox`] on the way out; its worker's [`hub`] passes it the updates of the sales it follows.

mod answers;
mod decoder;
mod frames;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod hub;
mod incoming;
mod origin;
mod outbox;
mod pulse;
mod seats;
mod session;

pub use hub::WorkerHub;
pub use origin::{OriginError, Origins};
pub use seats::Seats;

use crate::{
    limits::Limits,
    problem::{Code, Problem},
    rest::Client,
};
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
use seats::Seated;
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
    /// How often anyone may ask.
    pub limits: Limits,
    /// Whose pages may connect.
    pub origins: Origins,
    /// How many may be connected.
    pub seats: Seats,
    /// The time.
    pub clock: SharedClock,
    /// Becomes true when the node stops.
    pub shutdown: watch::Receiver<bool>,
}

/// Upgrades a request to a WebSocket session.
pub async fn connect(
    request: HttpRequest,
    payload: web::Payload,
    client: Client,
    shared: web::Data<Shared>,
    hub: web::Data<WorkerHub>,
) -> Result<HttpResponse, actix_web::Error> {
    let mut response =
        actix_http::ws::handshake(request.head()).map_err(|error| ErrorBadRequest(error.to_string()))?;
    shared.limits.api(client.address).map_err(Problem::rate_limited)?;
    if !shared.origins.admit(request.head()) {
        let text =
            "sockets are for this node's own pages, and for those of the origins in its setting `origins`";
        return Err(Problem::new(Code::Forbidden, text).into());
    }
    let seat = shared.seats.take(client.address).ok_or_else(|| {
        tracing::debug!(address = %client.address, "a socket too many");
        Problem::busy("as many sockets are open as there may be, try again in a moment")
    })?;
    let outbox = outbox::Outbox::default();
    let visitor = session::Visitor {
        address: client.address,
        seat: Rc::new(seat),
    };
    // The seat is taken until the connection is gone, which may be after the session has ended.
    let body = Seated::new(outbox.clone(), Rc::clone(&visitor.seat));
    let session = session::Session::new(shared.get_ref().clone(), hub.get_ref().clone(), outbox, visitor);
    actix_web::rt::spawn(session::run(
        Rc::new(session),
        decoder::Decoder::new(payload.into_inner()),
    ));
    Ok(response.message_body(BodyStream::new(body).boxed())?.into())
}
