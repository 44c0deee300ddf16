//! Makes the next segment ahead of need, in a thread of its own: writing 64 MiB of zeros must not hold up a bid.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::disk::{Disk, DiskFile};
use super::{Error, Room};

/// What segments are called before they are.
const PREFIX: &str = "prepared-";
const SUFFIX: &str = ".new";

/// A file of zeros, waiting to become a segment.
pub(super) struct Prepared {
    pub path: PathBuf,
    pub file: Box<dyn DiskFile>,
}

enum Slot {
    Wanted,
    Ready(Prepared),
    Failed(io::Error),
    Stopped,
}

struct Shared {
    slot: Mutex<Slot>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Slot> {
        // A slot is replaced in one step: it is whole even if a thread panicked.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps one segment ready, in a thread or step by step.
pub(super) struct Preparer {
    shared: Arc<Shared>,
    dir: PathBuf,
    thread: Option<JoinHandle<()>>,
    /// Where there is no thread.
    stepped: Option<Work>,
}

impl Preparer {
    pub fn start(
        disk: Arc<dyn Disk>,
        dir: PathBuf,
        segment_bytes: u64,
        retry: Option<Duration>,
        room: Arc<Room>,
    ) -> Result<Self, Error> {
        let shared = Arc::new(Shared {
            slot: Mutex::new(Slot::Wanted),
            changed: Condvar::new(),
        });
        let work = Work {
            shared: Arc::clone(&shared),
            disk,
            dir: dir.clone(),
            segment_bytes,
            number: AtomicU64::new(0),
            room,
        };
        let Some(retry) = retry else {
            work.step();
            return Ok(Self {
                shared,
                dir,
                thread: None,
                stepped: Some(work),
            });
        };
        let thread = thread::Builder::new()
            .name("journal-preparer".to_owned())
            .spawn(move || work.run(retry));
        let thread = thread.map_err(Error::io("start a thread for", &dir))?;
        Ok(Self {
            shared,
            dir,
            thread: Some(thread),
            stepped: None,
        })
    }

    /// Makes a segment if one is wanted and there is no thread that does.
    pub fn step(&self) {
        if let Some(work) = &self.stepped {
            work.step();
        }
    }

    /// The prepared file; waits for one that is being made.
    pub fn take(&self) -> Result<Prepared, Error> {
        self.step();
        let mut slot = self.shared.lock();
        loop {
            match &*slot {
                Slot::Wanted => {
                    slot = self
                        .shared
                        .changed
                        .wait(slot)
                        .unwrap_or_else(PoisonError::into_inner);
                }
                Slot::Failed(error) => {
                    let source = io::Error::new(error.kind(), error.to_string());
                    return Err(Error::Full {
                        dir: self.dir.clone(),
                        source,
                    });
                }
                Slot::Stopped => return Err(Error::Failed),
                Slot::Ready(_) => {
                    if let Slot::Ready(prepared) = std::mem::replace(&mut *slot, Slot::Wanted) {
                        self.shared.changed.notify_all();
                        return Ok(prepared);
                    }
                }
            }
        }
    }
}

impl Drop for Preparer {
    fn drop(&mut self) {
        *self.shared.lock() = Slot::Stopped;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported when it happened; there is nothing left to do about it.
            let _ = thread.join();
        }
    }
}

/// Removes what an earlier process had prepared and not used.
pub(super) fn remove_leftovers(disk: &dyn Disk, dir: &std::path::Path) -> Result<(), Error> {
    for name in disk.list(dir).map_err(Error::io("list", dir))? {
        if name.starts_with(PREFIX) && name.ends_with(SUFFIX) {
            let path = dir.join(name);
            disk.remove(&path).map_err(Error::io("remove", &path))?;
        }
    }
    Ok(())
}

struct Work {
    shared: Arc<Shared>,
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    segment_bytes: u64,
    /// Of the next file.
    number: AtomicU64,
    room: Arc<Room>,
}

impl Work {
    fn run(self, retry: Duration) {
        while self.wait_until_wanted(retry) {
            self.make();
        }
    }

    fn step(&self) {
        if matches!(*self.shared.lock(), Slot::Wanted | Slot::Failed(_)) {
            self.make();
        }
    }

    fn make(&self) {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let path = self.dir.join(format!("{PREFIX}{number}{SUFFIX}"));
        let made = self.disk.create_zeroed(&path, self.segment_bytes);
        let mut slot = self.shared.lock();
        let stopped = matches!(*slot, Slot::Stopped);
        match made {
            // The next start removes the file, as it would after a crash.
            Ok(_) if stopped => {}
            Ok(file) => {
                *slot = Slot::Ready(Prepared { path, file });
                self.room.segment_ready();
                if self.room.is_failing() {
                    tracing::info!("there is room for the journal again");
                }
                self.room.set_failing(false);
            }
            Err(error) => {
                if !self.room.is_failing() {
                    tracing::error!(%error, "no room for another journal segment; will keep trying");
                }
                self.room.set_failing(true);
                if !stopped {
                    *slot = Slot::Failed(error);
                }
            }
        }
        drop(slot);
        self.shared.changed.notify_all();
    }

    /// `false` when it is time to end.
    fn wait_until_wanted(&self, retry: Duration) -> bool {
        let mut slot = self.shared.lock();
        loop {
            match &*slot {
                Slot::Wanted => return true,
                Slot::Stopped => return false,
                Slot::Ready(_) => {
                    slot = self
                        .shared
                        .changed
                        .wait(slot)
                        .unwrap_or_else(PoisonError::into_inner);
                }
                Slot::Failed(_) => {
                    let waited = self.shared.changed.wait_timeout(slot, retry);
                    let (after, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                    slot = after;
                    if timeout.timed_out() && matches!(*slot, Slot::Failed(_)) {
                        return true;
                    }
                }
            }
        }
    }
}
