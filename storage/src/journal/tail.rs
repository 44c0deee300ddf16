//! What a frame that does not check, in the last segment, means: an interrupted write, or damage.
//!
//! Only writes that were never acknowledged may be cut. They were made after everything before them was durable, onto
//! zeros. So an interrupted one shows as sectors that are still zero, or as nothing but zeros from some byte on. Anything
//! else, or a later frame that says that the bad one had been durable when it was written, is damage.

use std::io;

use super::frame::{self, END_MARK, HEADER_BYTES, Header};
use super::window::Window;

const SECTOR_BYTES: u64 = 512;

/// The verdict on the bytes after the last good frame.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing was written there.
    Clean,
    /// An interrupted write: to be cut, up to the end of what is not zero.
    Torn {
        /// The end of the last byte that is not zero.
        used_end: u64,
    },
    /// A whole record of which only some bytes of the constant end mark are missing: to be completed.
    Unmarked {
        /// Where the end mark belongs.
        mark_offset: u64,
    },
    /// Damage.
    Corrupt {
        /// What does not hold.
        reason: String,
    },
}

/// Judges what follows the last good frame, which ends at `offset`.
pub(super) fn judge(window: &mut Window<'_>, offset: u64, last_good_lsn: u64, salt: u32) -> io::Result<Tail> {
    let used_end = window.last_used(offset)?;
    if used_end == offset {
        return Ok(Tail::Clean);
    }
    if let Some((later, at)) = find_acknowledging(window, offset, used_end, last_good_lsn, salt)? {
        let reason = format!(
            "record {} is bad or missing, yet record {later} follows at byte {at}",
            last_good_lsn + 1
        );
        return Ok(Tail::Corrupt { reason });
    }
    let bytes = window.get(offset, HEADER_BYTES)?;
    let header = frame::decode_header(bytes, salt);
    let extent_end = match header {
        Ok(header) => offset + header.frame_bytes() as u64,
        Err(_) => offset + HEADER_BYTES as u64,
    };
    if extent_end > window.end() && header.is_ok() {
        return Ok(Tail::Corrupt {
            reason: frame::Error::Short.to_string(),
        });
    }
    let extent_end = extent_end.min(window.end());
    let reason = match header {
        Err(error) => {
            if used_end <= extent_end {
                return Ok(Tail::Torn { used_end });
            }
            error
        }
        Ok(header) => {
            let mark_offset = extent_end - END_MARK.len() as u64;
            if used_end <= mark_offset {
                return Ok(Tail::Torn { used_end });
            }
            match judge_body(window, offset, &header, salt, used_end)? {
                Ok(()) => return Ok(Tail::Unmarked { mark_offset }),
                Err(error) => error,
            }
        }
    };
    if has_unwritten_sector(window, offset, extent_end)? {
        return Ok(Tail::Torn { used_end });
    }
    Ok(Tail::Corrupt {
        reason: format!("record {}: {reason}", last_good_lsn + 1),
    })
}

/// `Ok` if the frame is whole but for the last bytes of its end mark, and nothing follows.
fn judge_body(
    window: &mut Window<'_>,
    offset: u64,
    header: &Header,
    salt: u32,
    used_end: u64,
) -> io::Result<Result<(), frame::Error>> {
    let frame_bytes = header.frame_bytes();
    let Some(frame) = window.get(offset, frame_bytes)?.get(..frame_bytes) else {
        return Ok(Err(frame::Error::Short));
    };
    let mut completed = frame.to_vec();
    completed[frame_bytes - END_MARK.len()..].copy_from_slice(&END_MARK);
    if let Err(error) = header.check_body(&completed, salt) {
        return Ok(Err(error));
    }
    let written = usize::try_from(used_end - offset)
        .unwrap_or(usize::MAX)
        .min(frame_bytes);
    if used_end > offset + frame_bytes as u64 || frame[..written] != completed[..written] {
        return Ok(Err(frame::Error::EndMark));
    }
    Ok(Ok(()))
}

/// A valid later frame that proves that the record after `last_good_lsn` had been durable: its LSN and place.
fn find_acknowledging(
    window: &mut Window<'_>,
    offset: u64,
    used_end: u64,
    last_good_lsn: u64,
    salt: u32,
) -> io::Result<Option<(u64, u64)>> {
    let missing_lsn = last_good_lsn + 1;
    let mut at = offset + frame::ALIGN_BYTES as u64;
    while let Some((found, header)) = next_frame(window, at, used_end, salt)? {
        if header.flush_lsn > missing_lsn || header.lsn <= missing_lsn {
            return Ok(Some((header.lsn, found)));
        }
        at = found + header.frame_bytes() as u64;
    }
    Ok(None)
}

/// The first whole frame at or after `at`, wherever it belongs: its place and header.
pub(super) fn next_frame(
    window: &mut Window<'_>,
    mut at: u64,
    used_end: u64,
    salt: u32,
) -> io::Result<Option<(u64, Header)>> {
    while at + HEADER_BYTES as u64 <= used_end {
        let bytes = window.get(at, HEADER_BYTES)?;
        // Skips what cannot be the start of a frame without asking the window for every eight bytes of a segment.
        let Some(skipped) = bytes
            .chunks_exact(frame::ALIGN_BYTES)
            .position(|chunk| chunk == frame::MAGIC)
            .map(|chunks| chunks * frame::ALIGN_BYTES)
        else {
            at += (bytes.len().max(HEADER_BYTES) / frame::ALIGN_BYTES * frame::ALIGN_BYTES) as u64;
            continue;
        };
        at += skipped as u64;
        if let Ok(header) = frame::decode_header(window.get(at, HEADER_BYTES)?, salt)
            && header
                .check_body(window.get(at, header.frame_bytes())?, salt)
                .is_ok()
        {
            return Ok(Some((at, header)));
        }
        at += frame::ALIGN_BYTES as u64;
    }
    Ok(None)
}

/// Whether a part of `from..to` that lies in one sector is all zero.
fn has_unwritten_sector(window: &mut Window<'_>, from: u64, to: u64) -> io::Result<bool> {
    let mut at = from;
    while at < to {
        let next = (at / SECTOR_BYTES * SECTOR_BYTES + SECTOR_BYTES).min(to);
        let length = usize::try_from(next - at).unwrap_or(0);
        let piece = window.get(at, length)?;
        if piece.iter().take(length).all(|byte| *byte == 0) {
            return Ok(true);
        }
        at = next;
    }
    Ok(false)
}
