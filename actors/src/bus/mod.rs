//! How services reach each other, and how the world hears of what has happened.
//!
//! - **Told now**: [`Bus::publish`] reaches whoever has subscribed at that moment; of a [group](Bus::subscribe) one member.
//! - **Asked**: [`Bus::request`] waits for one answer until its deadline.
//! - **Kept**: [`Bus::append`] puts a message into a stream, once for each id; a [`Consumer`] with a name is handed every
//!   message of it, and again until it says that it is done with it, also when it was away meanwhile. In order, while the
//!   connection holds: what is on its way when it breaks comes later than what follows.
//!
//! Beside that, [`Leases`] say which of many nodes alone may do something.
//!
//! [`LocalBus`] is the bus of one process, with nothing to install: what it keeps lives as long as the process.
//! [`NatsBus`] is that of many, on a NATS server with JetStream. `conformance` (feature `conformance`) holds both
//! to the same promises.
//!
//! Nothing that is told or kept here is the record of a sale: that is the journal.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod error;
mod lease;
mod local;
mod message;
mod nats;
mod received;
mod subject;

pub use error::Error;
pub use lease::{Lease, Leases};
pub use local::{LocalBus, LocalLeases};
pub use message::{BODY_BYTES_MAX, Headers, Message};
pub use nats::{NatsBus, NatsLeases, NatsOptions};
pub use received::{Consumer, Delivery, Received, Subscription};
pub use subject::{InvalidSubject, Pattern, Subject};

use futures_util::future::BoxFuture;
use std::time::Duration;

/// Messages that may wait for one subscription; more are missed by it, and counted.
pub const SUBSCRIPTION_QUEUE_MAX: usize = 4096;

/// Messages that a consumer may have been handed without being done with them.
pub const UNDER_WAY_MAX: usize = 256;

/// What a stream keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamOptions {
    /// Letters, digits, `-` and `_`.
    pub name: String,
    /// What is kept in it. No two streams may keep the same subject.
    pub subjects: Vec<Pattern>,
    /// The newest so many are kept.
    pub messages_max: u32,
    /// A message with an id that was appended within this time is the same message.
    pub same_id_within: Duration,
}

/// Who reads a stream, and what of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerOptions {
    /// The stream.
    pub stream: String,
    /// Letters, digits, `-` and `_`. Where it stands is kept under this name; whoever uses the same name shares the work.
    pub name: String,
    /// Only these messages; `None`: all.
    pub only: Option<Pattern>,
    /// A message that it is not done with by then is handed out again.
    pub again_after: Duration,
}

/// What became of a message that was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Its place in the stream, from 1.
    pub sequence: u64,
    /// It had been there before.
    pub is_repeat: bool,
}

/// A bus; see the module. Shared by all who use it.
pub trait Bus: Send + Sync {
    /// Tells everybody who listens now. That it was told does not say that anybody has heard it.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Unreachable`].
    fn publish(&self, message: Message) -> BoxFuture<'_, Result<(), Error>>;

    /// Listens. Of those that listen in the same group, one hears each message.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Failed`].
    fn subscribe(
        &self,
        pattern: Pattern,
        group: Option<String>,
    ) -> BoxFuture<'_, Result<Subscription, Error>>;

    /// Asks, and waits for the first answer until `deadline` has passed.
    ///
    /// # Errors
    /// [`Error::NobodyThere`], [`Error::Unanswered`], [`Error::Busy`], [`Error::TooLarge`], [`Error::Unreachable`].
    fn request(&self, message: Message, deadline: Duration) -> BoxFuture<'_, Result<Message, Error>>;

    /// Makes a stream, or makes one that is there as it is described here.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Failed`].
    fn keep(&self, options: StreamOptions) -> BoxFuture<'_, Result<(), Error>>;

    /// Appends a message to the stream that keeps its subject; when this returns it is kept. It may be tried again with
    /// the same id after any error.
    ///
    /// # Errors
    /// [`Error::NotKept`] if no stream keeps the subject, [`Error::TooLarge`], [`Error::Unreachable`], [`Error::Failed`].
    fn append(&self, id: String, message: Message) -> BoxFuture<'_, Result<Appended, Error>>;

    /// Reads a stream, from where a consumer of this name has stopped.
    ///
    /// # Errors
    /// [`Error::NotKept`] if there is no such stream, [`Error::Unreachable`], [`Error::Failed`].
    fn consume(&self, options: ConsumerOptions) -> BoxFuture<'_, Result<Consumer, Error>>;

    /// Whether it can be used right now.
    fn is_reachable(&self) -> bool;
}
