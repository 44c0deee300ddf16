//! From the bytes of a connection to whole messages, within bounds.

use super::frames::MESSAGE_BYTES_MAX;
use actix_http::ws::{Codec, Frame, Item, ProtocolError};
use actix_web::dev::Payload;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio_util::codec::Decoder as _;

/// Frames that one message may come in: they cost work whatever their size, and only whole messages
/// are counted.
pub const PARTS_MAX: usize = 64;

/// What a client has sent.
#[derive(Debug)]
pub enum Received {
    /// A whole text message; not yet known to be text.
    Text(Bytes),
    /// A ping to be answered.
    Ping(Bytes),
    /// The answer to a ping, or what looks like one.
    Pong(Bytes),
    /// The client is done.
    Closed,
}

/// What is wrong with what a client has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Violation {
    /// A message beyond [`MESSAGE_BYTES_MAX`].
    TooLarge,
    /// Binary data, or a text that is not UTF-8.
    NotText,
    /// A message in more than [`PARTS_MAX`] parts.
    TooManyParts,
    /// Frames against RFC 6455.
    Protocol,
}

/// Reads one connection.
pub struct Decoder {
    payload: Payload,
    codec: Codec,
    buffer: BytesMut,
    /// The parts of a message that came so far, and how many.
    parts: Option<(BytesMut, usize)>,
}

impl Decoder {
    /// Of this connection.
    pub fn new(payload: Payload) -> Self {
        let codec = Codec::new().max_size(MESSAGE_BYTES_MAX);
        Self {
            payload,
            codec,
            buffer: BytesMut::new(),
            parts: None,
        }
    }

    /// The next thing that the client sends. Cancel safe: bytes that were read stay in the buffer.
    ///
    /// # Errors
    /// [`Violation`]; nothing more can be read then.
    pub async fn next(&mut self) -> Result<Received, Violation> {
        loop {
            match self.codec.decode(&mut self.buffer) {
                Ok(Some(frame)) => {
                    if let Some(received) = self.take(frame)? {
                        return Ok(received);
                    }
                }
                Ok(None) => match self.payload.next().await {
                    Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                    Some(Err(_)) | None => return Ok(Received::Closed),
                },
                Err(ProtocolError::Overflow) => return Err(Violation::TooLarge),
                Err(_) => return Err(Violation::Protocol),
            }
        }
    }

    fn take(&mut self, frame: Frame) -> Result<Option<Received>, Violation> {
        Ok(match frame {
            Frame::Text(text) => Some(Received::Text(text)),
            Frame::Ping(payload) => Some(Received::Ping(payload)),
            Frame::Pong(payload) => Some(Received::Pong(payload)),
            Frame::Close(_) => Some(Received::Closed),
            Frame::Binary(_) => return Err(Violation::NotText),
            Frame::Continuation(item) => self.join(item)?.map(Received::Text),
        })
    }

    fn join(&mut self, item: Item) -> Result<Option<Bytes>, Violation> {
        let (part, last) = match item {
            Item::FirstText(part) => {
                self.parts = Some((BytesMut::new(), 0));
                (part, false)
            }
            Item::FirstBinary(_) => return Err(Violation::NotText),
            Item::Continue(part) => (part, false),
            Item::Last(part) => (part, true),
        };
        let (parts, count) = self.parts.as_mut().ok_or(Violation::Protocol)?;
        *count += 1;
        if *count > PARTS_MAX {
            return Err(Violation::TooManyParts);
        }
        if parts.len() + part.len() > MESSAGE_BYTES_MAX {
            return Err(Violation::TooLarge);
        }
        parts.extend_from_slice(&part);
        if last {
            Ok(self.parts.take().map(|(parts, _)| parts.freeze()))
        } else {
            Ok(None)
        }
    }
}
