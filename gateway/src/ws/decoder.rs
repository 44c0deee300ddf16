//! From the bytes of a connection to whole messages, within bounds.

use super::frames::MESSAGE_BYTES_MAX;
use actix_http::ws::{Codec, Frame, Item, ProtocolError};
use actix_web::web::Payload;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio_util::codec::Decoder as _;

/// What a client has sent.
#[derive(Debug)]
pub enum Received {
    /// A whole text message; not yet known to be text.
    Text(Bytes),
    /// A ping to be answered.
    Ping(Bytes),
    /// A sign of life.
    Pong,
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
    /// Frames against RFC 6455.
    Protocol,
}

/// Reads one connection.
pub struct Decoder {
    payload: Payload,
    codec: Codec,
    buffer: BytesMut,
    /// The parts of a message that came so far.
    parts: Option<BytesMut>,
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
            Frame::Pong(_) => Some(Received::Pong),
            Frame::Close(_) => Some(Received::Closed),
            Frame::Binary(_) => return Err(Violation::NotText),
            Frame::Continuation(item) => self.join(item)?.map(Received::Text),
        })
    }

    fn join(&mut self, item: Item) -> Result<Option<Bytes>, Violation> {
        let (part, last) = match item {
            Item::FirstText(part) => {
                self.parts = Some(BytesMut::new());
                (part, false)
            }
            Item::FirstBinary(_) => return Err(Violation::NotText),
            Item::Continue(part) => (part, false),
            Item::Last(part) => (part, true),
        };
        let parts = self.parts.as_mut().ok_or(Violation::Protocol)?;
        if parts.len() + part.len() > MESSAGE_BYTES_MAX {
            return Err(Violation::TooLarge);
        }
        parts.extend_from_slice(&part);
        if last {
            Ok(self.parts.take().map(BytesMut::freeze))
        } else {
            Ok(None)
        }
    }
}
