//! How the registry hears of a death: supervision by actix restarts an actor that stops, not one
//! that panics.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::Notify;

/// Says that an actor is gone without having been asked to go.
pub(super) struct Obituary {
    dead: Arc<AtomicBool>,
    notify: Arc<Notify>,
    withdrawn: bool,
}

impl Obituary {
    /// Sets `dead` and wakes whoever waits for `notify` when it is dropped.
    pub(super) fn new(dead: Arc<AtomicBool>, notify: Arc<Notify>) -> Self {
        Self {
            dead,
            notify,
            withdrawn: false,
        }
    }

    /// The actor stops because it was asked to.
    pub(super) fn withdraw(&mut self) {
        self.withdrawn = true;
    }
}

impl Drop for Obituary {
    fn drop(&mut self) {
        if !self.withdrawn {
            self.dead.store(true, Ordering::Release);
            self.notify.notify_one();
        }
    }
}
