//! What a session would hear on a connection, for the fuzzer.

use super::{
    decoder::{Decoder, Received, Violation},
    frames::MESSAGE_BYTES_MAX,
    incoming::{self, Incoming, Order, Unreadable},
};
use crate::access;
use actix_http::{BoxedPayloadStream, Payload};
use bytes::Bytes;
use futures_util::{FutureExt as _, stream};

/// See [`listen`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A message of this `type`.
    Message(&'static str),
    /// A text that is none.
    Unreadable(Unreadable),
    /// A ping or a pong.
    Control(Bytes),
    /// The connection's end.
    Closed,
    /// Its end by a mistake.
    Violation(Violation),
}

/// Everything that comes in these pieces, up to the end; panics where a session could not go on.
pub fn listen(pieces: Vec<Bytes>) -> Vec<Heard> {
    let pieces: BoxedPayloadStream = Box::pin(stream::iter(pieces.into_iter().map(Ok)));
    let mut decoder = Decoder::new(Payload::from(pieces));
    let mut heard = Vec::new();
    loop {
        let received = decoder.next().now_or_never();
        let received = received.unwrap_or_else(|| panic!("waits for what is not to come"));
        heard.push(match received {
            Ok(Received::Text(text)) => read(&text),
            Ok(Received::Ping(payload) | Received::Pong(payload)) => Heard::Control(payload),
            Ok(Received::Closed) => Heard::Closed,
            Err(violation) => Heard::Violation(violation),
        });
        if let Some(Heard::Closed | Heard::Violation(_)) = heard.last() {
            return heard;
        }
    }
}

fn read(text: &[u8]) -> Heard {
    assert!(
        text.len() <= MESSAGE_BYTES_MAX,
        "a message of {} bytes",
        text.len()
    );
    let message = match incoming::read(text) {
        Ok(message) => message,
        Err(unreadable) => return Heard::Unreadable(unreadable),
    };
    let kind = message.kind();
    assert!(access::needs_of_message(kind).is_some(), "{kind} has no right");
    match message {
        Incoming::Command { command, .. } => drop(Order::from(command)),
        Incoming::Bid(bid) => drop(bid.offer()),
        _ => {}
    }
    Heard::Message(kind)
}
