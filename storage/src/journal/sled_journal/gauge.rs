//! How much of the disk may still be promised.
//!
//! sled makes its file longer as it goes; nothing is set aside for a record before it is written. So the rule is one of
//! measure: a part of what the file system has free beyond a reserve is promised, measured after each batch and, for
//! when nothing may be written any more, by a thread.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::super::{Error, Room};

/// Free bytes of the file system that a directory is on.
pub type FreeBytes = Arc<dyn Fn(&Path) -> io::Result<u64> + Send + Sync>;

/// What one byte of a frame may take on the disk: sled writes its leaves anew as they fill. Measured: 3
/// (`examples/sled_flush.rs`).
const SPREAD: u64 = 16;

/// What the operating system says is free for this user.
pub(super) fn free_bytes(dir: &Path) -> io::Result<u64> {
    let volume = rustix::fs::statvfs(dir)?;
    Ok(volume.f_bavail.saturating_mul(volume.f_frsize))
}

/// What is asked, and where the answer goes.
#[derive(Clone)]
pub(super) struct Measure {
    pub dir: PathBuf,
    pub reserve_bytes: u64,
    pub free_bytes: FreeBytes,
    pub room: Arc<Room>,
}

impl Measure {
    /// Measures now. A file system that cannot be asked counts as full.
    pub fn take(&self) {
        let free = (self.free_bytes)(&self.dir).unwrap_or_else(|error| {
            tracing::warn!(%error, dir = %self.dir.display(), "free space cannot be told; it counts as none");
            0
        });
        let had = self.room.bytes() > 0;
        let has = free.saturating_sub(self.reserve_bytes) / SPREAD;
        self.room.set_current_bytes(has);
        if had && has == 0 {
            tracing::error!(
                free_bytes = free,
                reserve_bytes = self.reserve_bytes,
                "no room for the sled journal"
            );
        } else if !had && has > 0 {
            tracing::info!(free_bytes = free, "there is room for the journal");
        }
    }
}

/// The thread.
pub(super) struct Gauge {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Gauge {
    pub fn start(measure: Measure, every: Duration) -> Result<Self, Error> {
        let dir = measure.dir.clone();
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = thread::Builder::new()
            .name("journal-gauge".to_owned())
            .spawn(move || {
                while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                    measure.take();
                }
            });
        let thread = thread.map_err(Error::io("start a thread for", &dir))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Gauge {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported when it happened; there is nothing left to do about it.
            let _ = thread.join();
        }
    }
}
