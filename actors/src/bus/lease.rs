//! Who alone may do something: at most one holder at a time, who knows when it no longer is.

use super::Error;
use futures_util::future::BoxFuture;
use std::time::Duration;
use tokio::{sync::watch, task::JoinHandle, time::Instant};

/// Gives out leases. Whoever holds one keeps it by saying again and again that it is there.
pub trait Leases: Send + Sync {
    /// Takes the lease of this name (letters, digits, `-` and `_`); `None` if somebody else has it.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Failed`]: it may have been taken all the same, and is free again when its time
    /// is over.
    fn take(&self, name: String) -> BoxFuture<'_, Result<Option<Lease>, Error>>;
}

/// A lease that was taken. It is kept up until it is given back, lost, or dropped; then its time runs out.
#[derive(Debug)]
pub struct Lease {
    pub(super) name: String,
    pub(super) fence: u64,
    /// The holder is right until then. Only what keeps it up moves it on.
    pub(super) until: watch::Receiver<Instant>,
    pub(super) keeper: Keeper,
    /// Tells what keeps it up to give it back.
    pub(super) give_back: watch::Sender<bool>,
}

/// What keeps a lease up; it ends with the lease.
#[derive(Debug)]
pub(super) struct Keeper(pub JoinHandle<()>);

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Lease {
    /// What is leased.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Greater than that of every lease of this name before: what was done under an older one can be told and refused.
    pub fn fence(&self) -> u64 {
        self.fence
    }

    /// Whether it is held at this moment. Whoever must not act without it asks right before, and again before it counts.
    pub fn is_held(&self) -> bool {
        Instant::now() < *self.until.borrow()
    }

    /// How long it is held unless it is kept up; zero when it is lost.
    pub fn left(&self) -> Duration {
        self.until.borrow().saturating_duration_since(Instant::now())
    }

    /// Waits until it is not held any more.
    pub async fn lost(&self) {
        let mut until = self.until.clone();
        loop {
            let end = *until.borrow_and_update();
            tokio::select! {
                () = tokio::time::sleep_until(end) => return,
                changed = until.changed() => if changed.is_err() {
                    // Nothing keeps it up any more.
                    return tokio::time::sleep_until(end).await;
                },
            }
        }
    }

    /// Gives it back, so that nobody has to wait for its time to be over. From now on it is not held.
    pub async fn give_back(mut self) {
        self.give_back.send_replace(true);
        // It gives up by itself when the server does not answer.
        let _ = (&mut self.keeper.0).await;
    }
}
