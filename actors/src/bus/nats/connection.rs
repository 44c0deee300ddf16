//! The connection to the server, which breaks and is made again.

use super::super::Error;
use async_nats::Event;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tokio::sync::watch;

/// How long the server may take for what has no deadline of its own.
const SERVER_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest pause before the server is tried again.
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(2);

/// Counts how often the connection broke. What was under way then will not be heard of: a server that comes back knows
/// neither the questions of before, nor all that it had handed out.
#[derive(Clone)]
pub(super) struct Connection(watch::Receiver<u64>);

impl Connection {
    /// The connection, and where it is noted that it broke.
    pub fn new() -> (watch::Sender<u64>, Self) {
        let (broke, breaks) = watch::channel(0);
        (broke, Self(breaks))
    }

    /// Another one has another number.
    pub fn number(&self) -> u64 {
        *self.0.borrow()
    }

    /// Waits for `work` while this connection holds.
    pub async fn until_broken<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let mut breaks = self.0.clone();
        breaks.borrow_and_update();
        tokio::select! {
            done = work => Ok(done),
            Ok(()) = breaks.changed() => Err(Error::Unreachable),
        }
    }

    /// The same, for as long as the server may take for what has no deadline of its own.
    pub async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let done = self
            .until_broken(tokio::time::timeout(SERVER_TIMEOUT, work))
            .await?;
        done.map_err(|_| Error::Unreachable)
    }
}

/// The pause before the server is tried for the `attempt`th time.
pub(super) fn again_after(attempt: usize) -> Duration {
    let doubled = u32::try_from(attempt.min(10)).unwrap_or(10);
    Duration::from_millis(10 << doubled).min(AGAIN_AFTER_MAX)
}

pub(super) fn note(event: &Event, missed: &AtomicU64, broke: &watch::Sender<u64>) {
    match event {
        Event::SlowConsumer(_) => {
            missed.fetch_add(1, Ordering::Relaxed);
        }
        Event::Connected => tracing::info!("connected to the message server"),
        Event::Disconnected | Event::LameDuckMode | Event::Draining | Event::Closed => {
            if matches!(event, Event::Disconnected) {
                broke.send_modify(|breaks| *breaks += 1);
            }
            tracing::warn!(%event, "the message server is not there; trying again until it is");
        }
        Event::ServerError(_) | Event::ClientError(_) => {
            tracing::warn!(%event, "the message server refuses something");
        }
    }
}
