//! sled 0.34 as Gavel uses it: what it flushed is synced, and what it panics with is an error.
//!
//! Its own `flush` does not reach the disk: it ends in `sync_file_range`, which neither writes a file's metadata nor
//! empties the disk's cache. So every file is synced after it. See docs/adr/0014-sled-journal.md.

use std::fs::{self, File};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// How often opening waits for an earlier handle to let go.
const LOCKED_TRIES_MAX: u32 = 100;
/// What sled then says.
const LOCKED: &str = "could not acquire lock";
/// The wait between.
const LOCKED_RETRY_MS: u64 = 20;

/// Opens the sled in `dir`, or makes it. `Err` says what went wrong, panics included.
pub(crate) fn open(dir: &Path, cache_bytes: u64) -> Result<sled::Db, String> {
    let config = sled::Config::new().path(dir).cache_capacity(cache_bytes);
    // Flushing is done by hand, when something has to be durable.
    let config = config.flush_every_ms(None);
    let mut tries = 1;
    loop {
        match caught(|| config.open().map_err(text)) {
            // sled lets go of its files a moment after its handle is dropped; nobody else opens them.
            Err(reason) if is_locked(&reason) && tries < LOCKED_TRIES_MAX => {
                thread::sleep(Duration::from_millis(LOCKED_RETRY_MS));
                tries += 1;
            }
            opened => return opened,
        }
    }
}

/// Whether that is what opening said because somebody else has it open.
pub(crate) fn is_locked(reason: &str) -> bool {
    reason.contains(LOCKED)
}

/// Makes everything durable that was written.
pub(crate) fn make_durable(db: &sled::Db, dir: &Path) -> Result<(), String> {
    db.flush().map_err(text)?;
    sync_files(dir).map_err(text)
}

/// `fdatasync` of every file, and of the directories' names.
fn sync_files(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_files(&entry.path())?;
        } else {
            match File::open(entry.path()) {
                Ok(file) => file.sync_data()?,
                // sled removes old files of its own at any time.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    File::open(dir)?.sync_all()
}

/// What a panic says, as an error.
pub(crate) fn caught<T>(operation: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(operation)).unwrap_or_else(|panicked| {
        let text = panicked.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panicked.downcast_ref::<String>().map(String::as_str));
        Err(format!("sled panicked: {}", text.unwrap_or("no message")))
    })
}

pub(crate) fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
