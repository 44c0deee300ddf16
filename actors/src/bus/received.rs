//! What comes from the bus.

use super::{Error, Message};
use bytes::Bytes;
use futures_util::{StreamExt as _, future::BoxFuture, stream::BoxStream};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

pub(super) type Answer = Box<dyn FnOnce(Bytes) -> BoxFuture<'static, Result<(), Error>> + Send>;

/// A message that was heard.
pub struct Received {
    /// The message.
    pub message: Message,
    pub(super) answer: Option<Answer>,
}

impl Received {
    /// Whether somebody waits for an answer.
    pub fn is_request(&self) -> bool {
        self.answer.is_some()
    }

    /// Answers a request; goes nowhere for what was only told.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Unreachable`]. That whoever has asked does not wait any more is no error.
    pub async fn reply(self, body: impl Into<Bytes>) -> Result<(), Error> {
        match self.answer {
            Some(answer) => answer(body.into()).await,
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("message", &self.message)
            .field("is_request", &self.is_request())
            .finish_non_exhaustive()
    }
}

/// Listens until it is dropped.
pub struct Subscription {
    pub(super) messages: BoxStream<'static, Received>,
    pub(super) missed: Arc<AtomicU64>,
}

impl Subscription {
    /// The next message; `None` when the bus is gone.
    pub async fn next(&mut self) -> Option<Received> {
        self.messages.next().await
    }

    /// How many messages came while too many were waiting, and were missed; on a server, by any subscription of the same
    /// connection.
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }
}

pub(super) type Settle = Box<dyn FnOnce(Settled) -> BoxFuture<'static, Result<(), Error>> + Send>;

/// What a consumer says of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    Done,
    Again,
}

/// A kept message that was handed out.
pub struct Delivery {
    /// The message.
    pub message: Message,
    /// Its place in the stream, from 1.
    pub sequence: u64,
    /// How often it was handed out, this time included.
    pub times: u64,
    pub(super) settle: Settle,
}

impl Delivery {
    /// It was dealt with for good. It may come again all the same, after a crash of the server: whoever must not deal with
    /// anything twice looks at what the message says it is.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Failed`]: then it may come again.
    pub async fn done(self) -> Result<(), Error> {
        (self.settle)(Settled::Done).await
    }

    /// It could not be dealt with: it comes again, without waiting for its time to be over.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Failed`]: then it comes again when its time is over.
    pub async fn again(self) -> Result<(), Error> {
        (self.settle)(Settled::Again).await
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("message", &self.message)
            .field("sequence", &self.sequence)
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

/// Reads a stream until it is dropped.
pub struct Consumer {
    pub(super) deliveries: BoxStream<'static, Delivery>,
}

impl Consumer {
    /// The next message; `None` when the bus is gone.
    pub async fn next(&mut self) -> Option<Delivery> {
        self.deliveries.next().await
    }
}
