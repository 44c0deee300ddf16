//! The default journal: preallocated segment files.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::archive::{self, Archiver, Retention};
use super::disk::{Disk, DiskDir, DiskFile, OsDisk};
use super::order::Order;
use super::preparer::{self, Preparer};
use super::reader::SegmentReader;
use super::recovery::{self, Recovery, Start, Visitor};
use super::{Error, Heads, Journal, Pending, Reader, Room, frame, segment};
use crate::faults::{Fault, planted};

/// How a [`SegmentJournal`] works.
#[derive(Clone)]
pub struct Options {
    /// Length of new segments in bytes, a multiple of 4096. 64 MiB.
    pub segment_bytes: u64,
    /// How long to wait before trying again to prepare a segment when the disk is full. One second.
    pub prepare_retry: Duration,
    /// Where the files are.
    pub disk: Arc<dyn Disk>,
    /// Random bits, for the journal's id and its segments' salts.
    pub entropy: fn() -> u128,
    /// What stays in the directory; `None`: everything.
    pub retention: Option<Retention>,
    /// Segments are prepared by a thread of the journal; without it, by [`Journal::prepare`].
    pub has_threads: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            prepare_retry: Duration::from_secs(1),
            disk: Arc::new(OsDisk),
            entropy: || Uuid::new_v4().as_u128(),
            retention: None,
            has_threads: true,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("segment_bytes", &self.segment_bytes)
            .field("prepare_retry", &self.prepare_retry)
            .finish_non_exhaustive()
    }
}

/// A journal in segment files of one directory. See [`segment`] and [`frame`] for the bytes.
pub struct SegmentJournal {
    _archiver: Option<Archiver>,
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    /// Open for life: the node may be out of file descriptors when the next segment is due.
    open_dir: Box<dyn DiskDir>,
    preparer: Preparer,
    room: Arc<Room>,
    node: u128,
    entropy: fn() -> u128,
    segment_bytes: u64,
    current: Current,
    /// The frames of one flush; kept to reuse its memory.
    buffer: Vec<u8>,
    order: Order,
}

/// The segment being written.
struct Current {
    path: PathBuf,
    file: Box<dyn DiskFile>,
    header: segment::Header,
    offset: u64,
}

impl SegmentJournal {
    /// Opens the journal in an existing directory that nobody else writes to, and visits its records.
    ///
    /// # Errors
    /// [`Error::Corrupt`], [`Error::UnknownFormat`], [`Error::BehindSnapshot`]: refuse to start.
    /// [`Error::HeadMismatch`]: `start` does not fit; open again from the beginning.
    /// [`Error::Full`], [`Error::Io`], [`Error::Options`].
    pub fn open(
        dir: &Path,
        options: Options,
        start: Start,
        visit: &mut Visitor<'_>,
    ) -> Result<(Self, Recovery), Error> {
        let Options {
            segment_bytes,
            prepare_retry,
            disk,
            entropy,
            retention,
            has_threads,
        } = options;
        if segment_bytes < segment::SEGMENT_BYTES_MIN || !segment_bytes.is_multiple_of(4096) {
            return Err(Error::Options(
                "segment_bytes must be a multiple of 4096, at least 4096",
            ));
        }
        if let Some(retention) = &retention {
            archive::note(&*disk, dir, &retention.archive)?;
        }
        let (recovery, position) = recovery::recover(&*disk, dir, start, visit)?;
        preparer::remove_leftovers(&*disk, dir)?;
        let open_dir = disk.open_dir(dir).map_err(Error::io("open", dir))?;
        open_dir.sync().map_err(Error::io("sync", dir))?;
        let room = Arc::new(Room::new(promised_bytes(
            segment_bytes,
            segment::HEADER_BYTES as u64,
        )));
        let preparer = Preparer::start(
            Arc::clone(&disk),
            dir.to_owned(),
            segment_bytes,
            has_threads.then_some(prepare_retry),
            Arc::clone(&room),
        )?;
        let (node, current) = if let Some(position) = position {
            let recovery::Position {
                path,
                file,
                header,
                offset,
            } = position;
            (
                header.node,
                Current {
                    path,
                    file,
                    header,
                    offset,
                },
            )
        } else {
            let node = entropy();
            (
                node,
                begin_segment(
                    &*disk,
                    (dir, &*open_dir),
                    &preparer,
                    (node, entropy),
                    segment_bytes,
                    recovery.last_lsn + 1,
                    &room,
                )?,
            )
        };
        room.set_current_bytes(promised_bytes(current.header.segment_bytes, current.offset));
        let archiver = retention
            .filter(|_| has_threads)
            .map(|retention| Archiver::start(Arc::clone(&disk), dir, retention))
            .transpose()?;
        let journal = Self {
            _archiver: archiver,
            disk,
            dir: dir.to_owned(),
            open_dir,
            preparer,
            room,
            node,
            entropy,
            segment_bytes,
            current,
            buffer: Vec::new(),
            order: Order::after(recovery.last_lsn, recovery.heads.clone()),
        };
        Ok((journal, recovery))
    }

    fn write(&mut self, batch: &[Pending]) -> Result<(), Error> {
        let mut flush_lsn = self.order.next_lsn();
        self.buffer.clear();
        for record in batch {
            let frame_bytes = frame::frame_bytes(record.payload.len()) as u64;
            let end = self.current.offset + self.buffer.len() as u64 + frame_bytes;
            if end > self.current.header.segment_bytes {
                // A segment is begun only when everything before it is durable; recovery relies on it.
                self.flush()?;
                self.current = begin_segment(
                    &*self.disk,
                    (&self.dir, &*self.open_dir),
                    &self.preparer,
                    (self.node, self.entropy),
                    self.segment_bytes,
                    record.lsn,
                    &self.room,
                )?;
                flush_lsn = record.lsn;
            }
            frame::encode(record, flush_lsn, self.current.header.salt, &mut self.buffer);
        }
        self.flush()
    }

    /// One write, one fdatasync.
    fn flush(&mut self) -> Result<(), Error> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let current = &mut self.current;
        current
            .file
            .write_all_at(&self.buffer, current.offset)
            .map_err(Error::io("write", &current.path))?;
        if !planted(Fault::SkipDataSync) {
            let synced = current.file.sync_data();
            if synced.is_err() && planted(Fault::RetryFailedSync) {
                let _ = current.file.sync_data();
            } else {
                synced.map_err(Error::io("sync", &current.path))?;
            }
        }
        current.offset += self.buffer.len() as u64;
        self.buffer.clear();
        self.room
            .set_current_bytes(promised_bytes(current.header.segment_bytes, current.offset));
        Ok(())
    }
}

impl Journal for SegmentJournal {
    fn append_batch(&mut self, batch: &[Pending]) -> Result<(), Error> {
        let bytes_max = self.payload_bytes_max();
        self.order.check(batch, bytes_max)?;
        let written = self.write(batch);
        self.order.note(batch, written)
    }

    fn next_lsn(&self) -> u64 {
        self.order.next_lsn()
    }

    fn heads(&self) -> &Heads {
        self.order.heads()
    }

    fn payload_bytes_max(&self) -> usize {
        segment::payload_bytes_max(self.segment_bytes)
    }

    fn room(&self) -> Arc<Room> {
        Arc::clone(&self.room)
    }

    fn prepare(&mut self) {
        self.preparer.step();
    }

    fn reader(&self) -> Arc<dyn Reader> {
        Arc::new(SegmentReader {
            disk: Arc::clone(&self.disk),
            dir: self.dir.clone(),
        })
    }
}

/// Turns the prepared file into the segment that starts with `first_lsn`, durable under its name.
fn begin_segment(
    disk: &dyn Disk,
    (dir, open_dir): (&Path, &dyn DiskDir),
    preparer: &Preparer,
    (node, entropy): (u128, fn() -> u128),
    segment_bytes: u64,
    first_lsn: u64,
    room: &Room,
) -> Result<Current, Error> {
    let prepared = preparer.take()?;
    #[expect(clippy::cast_possible_truncation, reason = "any 32 random bits will do")]
    let salt = entropy() as u32;
    let header = segment::Header {
        salt,
        first_lsn,
        node,
        segment_bytes,
    };
    prepared
        .file
        .write_all_at(&header.encode(), 0)
        .map_err(Error::io("write", &prepared.path))?;
    prepared
        .file
        .sync_data()
        .map_err(Error::io("sync", &prepared.path))?;
    let path = segment::path(dir, first_lsn);
    disk.rename(&prepared.path, &path)
        .map_err(Error::io("rename", &prepared.path))?;
    if !planted(Fault::SkipDirectorySync) {
        open_dir.sync().map_err(Error::io("sync", dir))?;
    }
    let offset = segment::HEADER_BYTES as u64;
    room.segment_taken(promised_bytes(segment_bytes, offset));
    Ok(Current {
        path,
        file: prepared.file,
        header,
        offset,
    })
}

/// Frame bytes that certainly fit in a segment from `offset` on: what the largest frame may leave unused at its end is
/// not promised.
fn promised_bytes(segment_bytes: u64, offset: u64) -> u64 {
    let largest_frame_bytes = frame::frame_bytes(segment::payload_bytes_max(segment_bytes)) as u64;
    segment_bytes
        .saturating_sub(offset)
        .saturating_sub(largest_frame_bytes)
}
