//! Everything that a journal holds, and everything that is wrong with it: nothing is written, and damage is an answer
//! here, not an error.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{Disk, OsDisk};
use super::places::Segments;
use super::recovery::Torn;
use super::survey::Walk;
use super::window::Window;
use super::{Error, Head, Heads, Kind, Place, Record, SledJournal, SledOptions, Start, frame, segment, tail};
use crate::private_copy::PrivateCopy;

/// A journal that was gone through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Records that hold, before the damage if there is some.
    pub records: u64,
    /// Bytes of their frames.
    pub bytes: u64,
    /// Segments that were looked into.
    pub segments: u64,
    /// The last record that holds; 0 without any.
    pub last_lsn: u64,
    /// The last record of every auction, of those that hold.
    pub heads: Heads,
    /// An interrupted write at the end, none of which was acknowledged: the next start cuts it off. Beside a running
    /// node it may be what is written right now.
    pub torn: Option<Torn>,
    /// Where it stops to hold.
    pub damage: Option<Damage>,
}

/// The first bytes that do not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The segment.
    pub file: PathBuf,
    /// Where in it, in bytes.
    pub offset: u64,
    /// Every record up to this one holds.
    pub last_good_lsn: u64,
    /// What does not hold.
    pub reason: String,
    /// Beyond the damage: whole records of each auction that can still be made out, though nothing vouches for what is
    /// between them.
    pub beyond: BTreeMap<u128, Beyond>,
}

impl Damage {
    fn at(file: PathBuf, offset: u64, last_good_lsn: u64, reason: String) -> Self {
        Self {
            file,
            offset,
            last_good_lsn,
            reason,
            beyond: BTreeMap::new(),
        }
    }
}

/// Records of an auction that lie beyond damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beyond {
    /// How many.
    pub records: u64,
    /// The lowest place in the auction.
    pub first_seq: u64,
    /// The highest.
    pub last_seq: u64,
}

impl Beyond {
    fn add(this: Option<Self>, seq: u64) -> Self {
        this.map_or(
            Self {
                records: 1,
                first_seq: seq,
                last_seq: seq,
            },
            |this| Self {
                records: this.records + 1,
                first_seq: this.first_seq.min(seq),
                last_seq: this.last_seq.max(seq),
            },
        )
    }
}

/// Called for every record that holds, in LSN order; what it finds wrong with a payload counts as damage there.
pub type CheckVisitor<'v> = dyn FnMut(&Record<'_>, Place<'_>) -> Result<(), String> + 'v;

/// Goes through the journal in `dir`, of whichever kind it is and wherever its segments are: beside a running node or
/// while none runs. A sled journal, which only one process can have, is read from a private copy, so nobody may have
/// it open.
///
/// # Errors
/// [`Error::UnknownFormat`], [`Error::ArchiveUnreachable`], [`Error::BehindArchive`], [`Error::BothKinds`],
/// [`Error::Sled`], [`Error::Io`].
pub fn check(dir: &Path, visit: &mut CheckVisitor<'_>) -> Result<Checked, Error> {
    match Kind::of(dir)? {
        Some(Kind::Sled) => check_sled(dir, visit),
        Some(Kind::Segments) | None => check_on(&Arc::new(OsDisk), dir, visit),
    }
}

/// Counts what is visited, until something does not hold.
fn take(checked: &mut Checked, record: &Record<'_>, place: Place<'_>, visit: &mut CheckVisitor<'_>) {
    if checked.damage.is_some() {
        return;
    }
    if let Err(reason) = visit(record, place) {
        let reason = format!("record {}: {reason}", record.lsn);
        let damage = Damage::at(place.file.to_owned(), place.offset, record.lsn - 1, reason);
        checked.damage = Some(damage);
        return;
    }
    checked.records += 1;
    checked.bytes += place.bytes;
    checked.last_lsn = record.lsn;
    let head = Head {
        lsn: record.lsn,
        seq: record.seq,
        hash: record.hash,
    };
    checked.heads.insert(record.auction, head);
}

/// sled writes to whatever it opens, so it is given a copy.
fn check_sled(dir: &Path, visit: &mut CheckVisitor<'_>) -> Result<Checked, Error> {
    let copy = PrivateCopy::of(dir).map_err(Error::io("copy", dir))?;
    let mut checked = Checked::default();
    let opened = SledJournal::open(
        copy.path(),
        SledOptions::default(),
        Start::beginning(),
        &mut |record| {
            let place = Place {
                file: dir,
                offset: 0,
                bytes: frame::frame_bytes(record.payload.len()) as u64,
            };
            take(&mut checked, record, place, visit);
        },
    );
    let damage = match opened {
        Ok(_) => return Ok(checked),
        Err(Error::Damaged {
            last_good_lsn,
            reason,
            ..
        }) => Damage::at(dir.to_owned(), 0, last_good_lsn, reason),
        Err(Error::Corrupt {
            file,
            offset,
            last_good_lsn,
            reason,
        }) => {
            // Where it lies, not where the copy lay.
            let name = file.strip_prefix(copy.path()).unwrap_or(&file);
            Damage::at(dir.join(name), offset, last_good_lsn, reason)
        }
        Err(other) => return Err(other),
    };
    checked.damage.get_or_insert(damage);
    Ok(checked)
}

/// As [`check`], for segments on any disk.
///
/// # Errors
/// As [`check`].
pub fn check_on<D: Disk>(disk: &Arc<D>, dir: &Path, visit: &mut CheckVisitor<'_>) -> Result<Checked, Error> {
    let mut checked = Checked::default();
    let mut walk = Walk::default();
    let walked = walk.all(&**disk, dir, &mut |record, place| {
        take(&mut checked, record, place, visit);
    });
    checked.segments = walk.segments;
    match walked {
        Ok(()) => checked.torn = walk.torn,
        Err(Error::Corrupt {
            file,
            offset,
            last_good_lsn,
            reason,
        }) => {
            let damage = Damage::at(file, offset, last_good_lsn, reason);
            checked.damage.get_or_insert(damage);
        }
        Err(other) => return Err(other),
    }
    if let Some(damage) = &mut checked.damage {
        let (first_lsn, offset) = (segment_of(&damage.file), damage.offset);
        salvage(&**disk, dir, first_lsn, offset, &mut |record| {
            let of_auction = damage.beyond.get(&record.auction).copied();
            let of_auction = Beyond::add(of_auction, record.seq);
            damage.beyond.insert(record.auction, of_auction);
            ControlFlow::Continue(())
        })?;
    }
    Ok(checked)
}

fn segment_of(file: &Path) -> u64 {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    segment::first_lsn_of(&name).unwrap_or(1)
}

/// Visits every whole record that lies at or after a place, in the order of segments and bytes. Nothing is said of what
/// lies between, so this is for people to see what would be lost, never to go on from.
///
/// # Errors
/// [`Error::Io`].
pub fn salvage(
    disk: &dyn Disk,
    dir: &Path,
    first_lsn: u64,
    offset: u64,
    visit: &mut dyn FnMut(&Record<'_>) -> ControlFlow<()>,
) -> Result<(), Error> {
    // Where not even the list of segments holds, nothing can be made out.
    let Ok(segments) = Segments::of(disk, dir) else {
        return Ok(());
    };
    for (index, lsn) in segments.files.iter().map(|file| file.first_lsn).enumerate() {
        if lsn < first_lsn {
            continue;
        }
        let (path, file) = segments.open(disk, index, false)?;
        // Without its header a segment's checksums cannot be followed.
        let Ok(header) = segment::Header::read(&path, &*file, lsn) else {
            continue;
        };
        let mut window = Window::new(&*file, header.segment_bytes).map_err(Error::io("read", &path))?;
        let mut at = segment::HEADER_BYTES as u64;
        if lsn == first_lsn {
            at = at.max(offset.next_multiple_of(frame::ALIGN_BYTES as u64));
        }
        let end = window.end();
        loop {
            let found = tail::next_frame(&mut window, at, end, header.salt);
            let Some((found, frame)) = found.map_err(Error::io("read", &path))? else {
                break;
            };
            let bytes = window.get(found, frame.frame_bytes());
            let bytes = bytes.map_err(Error::io("read", &path))?;
            if let Ok(payload) = frame.check_body(bytes, header.salt)
                && visit(&frame.record(payload)).is_break()
            {
                return Ok(());
            }
            at = found + frame.frame_bytes() as u64;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
