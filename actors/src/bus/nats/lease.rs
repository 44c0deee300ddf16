//! Leases in a JetStream key-value bucket: the entry of a name is whose it is, and is gone when its time is over.
//!
//! Entries are written as messages, not by the client's `update`: that one drops the time of what it writes.

use super::{NatsBus, connection::Connection, failed};
use crate::bus::{
    Error,
    lease::{Keeper, Lease, Leases},
};
use async_nats::{
    HeaderMap,
    jetstream::{
        context::{CreateStreamErrorKind, PublishErrorKind},
        message::PublishMessage,
        stream::{Config, DiscardPolicy, LastRawMessageErrorKind, StorageType, Stream},
    },
};
use futures_util::{FutureExt as _, future::BoxFuture};
use std::time::Duration;
use tokio::{sync::watch, time::Instant};
use uuid::Uuid;

/// The header by which a bucket says that an entry is none any more, and its words for it.
const OPERATION: &str = "KV-Operation";
const GONE: [&str; 2] = ["DEL", "PURGE"];
/// By the server, for an entry whose time is over.
const MARKER: &str = "Nats-Marker-Reason";

/// What is said so often within a lease's time.
const KEPT_UP_PER_TIME: u32 = 3;
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// Leases of one bucket. See [`Leases`].
#[derive(Clone)]
pub struct NatsLeases {
    bus: NatsBus,
    stream: Stream<()>,
    bucket: String,
    time: Duration,
}

/// An entry of the bucket.
struct Entry {
    sequence: u64,
    /// Whose it is; `None`: it says that there is none.
    holder: Option<String>,
}

/// What became of an entry that was written.
enum Written {
    /// It is there, at this place.
    There(u64),
    /// Another one was there first.
    Overtaken,
}

impl NatsLeases {
    /// Uses the bucket of this name (letters, digits, `-` and `_`), or makes it. A lease whose holder is gone is free after
    /// `time`, whole seconds.
    ///
    /// # Errors
    /// [`Error::Unreachable`]; [`Error::Failed`] for a time that is none, or a server before 2.11.
    pub async fn open(bus: &NatsBus, bucket: &str, time: Duration) -> Result<Self, Error> {
        if time < Duration::from_secs(1) || time.subsec_nanos() != 0 {
            return Err(Error::Failed(
                "a lease is for one or more whole seconds".to_owned(),
            ));
        }
        bus.require_connection()?;
        let config = Config {
            name: format!("KV_{bucket}"),
            subjects: vec![format!("$KV.{bucket}.>")],
            max_messages_per_subject: 1,
            discard: DiscardPolicy::New,
            storage: StorageType::File,
            allow_direct: true,
            allow_rollup: true,
            deny_delete: true,
            allow_message_ttl: true,
            ..Config::default()
        };
        let made = bus
            .connection
            .in_time(bus.context.create_or_update_stream(config))
            .await?;
        made.map_err(|error| match error.kind() {
            CreateStreamErrorKind::TimedOut => Error::Unreachable,
            _ => failed(&error),
        })?;
        let stream = bus.context.get_stream_no_info(format!("KV_{bucket}")).await;
        Ok(Self {
            bus: bus.clone(),
            stream: stream.map_err(|error| failed(&error))?,
            bucket: bucket.to_owned(),
            time,
        })
    }

    fn subject(&self, name: &str) -> String {
        format!("$KV.{}.{name}", self.bucket)
    }

    fn connection(&self) -> &Connection {
        &self.bus.connection
    }

    /// What the bucket has under a name.
    async fn entry(&self, name: &str) -> Result<Option<Entry>, Error> {
        let subject = self.subject(name);
        let last = self.stream.get_last_raw_message_by_subject(&subject);
        match self.connection().in_time(last).await? {
            Ok(message) => Ok(Some(Entry {
                sequence: message.sequence,
                holder: is_one(&message.headers)
                    .then(|| String::from_utf8_lossy(&message.payload).into_owned()),
            })),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Writes an entry if the last one is still at `after` (0: there is none).
    async fn write(&self, name: &str, message: PublishMessage, after: u64) -> Result<Written, Error> {
        self.bus.require_connection()?;
        let message = message.ttl(self.time).expected_last_subject_sequence(after);
        let subject = self.subject(name);
        let written = async { self.bus.context.send_publish(subject, message).await?.await };
        match self.connection().in_time(written).await? {
            Ok(written) => Ok(Written::There(written.sequence)),
            Err(error) => match error.kind() {
                PublishErrorKind::WrongLastSequence => Ok(Written::Overtaken),
                PublishErrorKind::TimedOut | PublishErrorKind::BrokenPipe => Err(Error::Unreachable),
                _ => Err(failed(&error)),
            },
        }
    }

    async fn take_one(&self, name: String) -> Result<Option<Lease>, Error> {
        let after = match self.entry(&name).await? {
            Some(Entry { holder: Some(_), .. }) => return Ok(None),
            Some(Entry { sequence, .. }) => sequence,
            None => 0,
        };
        // Of this lease alone: even a twin of this process is somebody else.
        let holder = Uuid::new_v4().to_string();
        let asked_at = Instant::now();
        let fence = match self.write(&name, held_by(&holder), after).await? {
            Written::There(sequence) => sequence,
            Written::Overtaken => return Ok(None),
        };
        // Counted from before it was asked for: the server's time ends later.
        let (held, until) = watch::channel(asked_at + self.time);
        let (give_back, given_back) = watch::channel(false);
        let keeping = Keeping {
            leases: self.clone(),
            name: name.clone(),
            holder,
            sequence: fence,
            held,
        };
        let keeper = Keeper(tokio::spawn(keeping.keep(given_back)));
        Ok(Some(Lease {
            name,
            fence,
            until,
            keeper,
            give_back,
        }))
    }
}

impl Leases for NatsLeases {
    fn take(&self, name: String) -> BoxFuture<'_, Result<Option<Lease>, Error>> {
        self.take_one(name).boxed()
    }
}

fn held_by(holder: &str) -> PublishMessage {
    PublishMessage::build().payload(holder.to_owned().into())
}

fn is_one(headers: &HeaderMap) -> bool {
    let operation = headers.get(OPERATION).map_or("", |operation| operation.as_str());
    headers.get(MARKER).is_none() && !GONE.contains(&operation)
}

/// Keeps one lease up.
struct Keeping {
    leases: NatsLeases,
    name: String,
    holder: String,
    /// Of the entry, as it was written last.
    sequence: u64,
    held: watch::Sender<Instant>,
}

impl Keeping {
    async fn keep(mut self, mut given_back: watch::Receiver<bool>) {
        let mut pause = self.leases.time / KEPT_UP_PER_TIME;
        loop {
            tokio::select! {
                // Also when whoever held it is gone.
                _ = given_back.changed() => return self.give_back().await,
                () = tokio::time::sleep(pause) => {}
            }
            let asked_at = Instant::now();
            match self.say_again().await {
                Ok(true) => {
                    self.held.send_replace(asked_at + self.leases.time);
                    pause = self.leases.time / KEPT_UP_PER_TIME;
                }
                Ok(false) => {
                    tracing::warn!(name = self.name, "a lease is somebody else's now");
                    self.held.send_replace(asked_at);
                    return;
                }
                Err(error) => {
                    if Instant::now() >= *self.held.borrow() {
                        tracing::warn!(name = self.name, %error, "a lease could not be kept up, and is lost");
                        return;
                    }
                    pause = AGAIN_AFTER;
                }
            }
        }
    }

    /// Writes the entry again; whether it is still this holder's.
    async fn say_again(&mut self) -> Result<bool, Error> {
        let written = self
            .leases
            .write(&self.name, held_by(&self.holder), self.sequence)
            .await?;
        self.sequence = match written {
            Written::There(sequence) => sequence,
            Written::Overtaken => match self.leases.entry(&self.name).await? {
                // By an own word whose answer was lost.
                Some(entry) if entry.holder.as_deref() == Some(&self.holder) => {
                    self.sequence = entry.sequence;
                    return Err(Error::Unreachable);
                }
                _ => return Ok(false),
            },
        };
        Ok(true)
    }

    async fn give_back(self) {
        // First: nothing may be done under it while it is on its way.
        self.held.send_replace(Instant::now());
        let gone = PublishMessage::build().header(OPERATION, "DEL");
        if let Err(error) = self.leases.write(&self.name, gone, self.sequence).await {
            tracing::warn!(name = self.name, %error, "a lease that is given back is free when its time is over");
        }
    }
}
