//! WebSocket frames on the wire (RFC 6455), by the codec of actix-http.

use actix_http::ws::{CloseCode, CloseReason, OpCode, Parser};
use bytes::{Bytes, BytesMut};

/// The longest message that a client may send, in bytes.
pub const MESSAGE_BYTES_MAX: usize = 8 * 1024;

/// A text message as one frame. Frames of a server are not masked, so one serves all sockets.
pub fn text(message: &[u8]) -> Bytes {
    texts(&[message])
}

/// Text messages, a frame each, in one piece.
pub fn texts(messages: &[impl AsRef<[u8]>]) -> Bytes {
    // A header has at most 10 bytes.
    let size = messages.iter().map(|message| message.as_ref().len() + 10).sum();
    let mut frames = BytesMut::with_capacity(size);
    for message in messages {
        Parser::write_message(&mut frames, message.as_ref(), OpCode::Text, true, false);
    }
    frames.freeze()
}

/// A ping; the client sends the payload back.
pub fn ping(payload: &[u8]) -> Bytes {
    control(OpCode::Ping, payload)
}

/// The answer to a ping.
pub fn pong(payload: &[u8]) -> Bytes {
    control(OpCode::Pong, payload)
}

fn control(code: OpCode, payload: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(payload.len() + 2);
    Parser::write_message(&mut frame, payload, code, true, false);
    frame.freeze()
}

/// The last frame.
pub fn close(code: CloseCode, description: &str) -> Bytes {
    let mut frame = BytesMut::with_capacity(description.len() + 4);
    let reason = CloseReason {
        code,
        description: Some(description.to_owned()),
    };
    Parser::write_close(&mut frame, Some(reason), false);
    frame.freeze()
}
