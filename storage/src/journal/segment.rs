//! A segment file: a header of one 512-byte sector, then frames, then zeros.
//!
//! All integers are little-endian. The file has its full length from the start; what is not written yet is zero.
//!
//! | offset | bytes | field |
//! | ---: | ---: | --- |
//! | 0 | 8 | magic [`MAGIC`] |
//! | 8 | 4 | format version, [`FORMAT_VERSION`] |
//! | 12 | 4 | salt: what every frame checksum of this segment starts from |
//! | 16 | 8 | LSN of the first record |
//! | 24 | 16 | node: the same random id in every segment of a journal |
//! | 40 | 8 | length of the file in bytes |
//! | 48 | 460 | zero |
//! | 508 | 4 | CRC32 of bytes 0..508 |
//!
//! The name is the first LSN in 20 decimal digits and `.seg`. A file gets that name only when its header is durable and
//! everything in the segment before it is too.

use std::path::{Path, PathBuf};

use super::Error;
use super::disk::DiskFile;

/// The first bytes of a segment.
pub const MAGIC: [u8; 8] = *b"GvlSeg\r\n";
/// The format this version reads and writes.
pub const FORMAT_VERSION: u32 = 1;
/// Bytes before the first frame.
pub const HEADER_BYTES: usize = 512;
/// The smallest segment that makes sense, in bytes.
pub const SEGMENT_BYTES_MIN: u64 = 4096;

const SUFFIX: &str = ".seg";

/// The header of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What every frame checksum starts from.
    pub salt: u32,
    /// LSN of the first record.
    pub first_lsn: u64,
    /// The journal's id.
    pub node: u128,
    /// Length of the file in bytes.
    pub segment_bytes: u64,
}

impl Header {
    /// The header's bytes.
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.salt.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.first_lsn.to_le_bytes());
        bytes[24..40].copy_from_slice(&self.node.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.segment_bytes.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..508]);
        bytes[508..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads and checks the header of the segment at `path`, whose name says `first_lsn`.
    ///
    /// # Errors
    /// [`Error::Corrupt`], [`Error::UnknownFormat`], [`Error::Io`].
    pub fn read(path: &Path, file: &dyn DiskFile, first_lsn: u64) -> Result<Self, Error> {
        let corrupt = |reason: &str| Error::Corrupt {
            file: path.to_owned(),
            offset: 0,
            last_good_lsn: first_lsn.saturating_sub(1),
            reason: reason.to_owned(),
        };
        let mut bytes = [0; HEADER_BYTES];
        let read = file.read_at(&mut bytes, 0).map_err(Error::io("read", path))?;
        if read < HEADER_BYTES {
            return Err(corrupt("the segment header is cut short"));
        }
        if bytes[..8] != MAGIC {
            return Err(corrupt("not a journal segment"));
        }
        if crc32fast::hash(&bytes[..508]) != u32::from_le_bytes(array(&bytes, 508)) {
            return Err(corrupt("the segment header does not match its checksum"));
        }
        let version = u32::from_le_bytes(array(&bytes, 8));
        if version != FORMAT_VERSION {
            return Err(Error::UnknownFormat {
                file: path.to_owned(),
                version,
                supported: FORMAT_VERSION,
            });
        }
        let header = Self {
            salt: u32::from_le_bytes(array(&bytes, 12)),
            first_lsn: u64::from_le_bytes(array(&bytes, 16)),
            node: u128::from_le_bytes(array(&bytes, 24)),
            segment_bytes: u64::from_le_bytes(array(&bytes, 40)),
        };
        if header.first_lsn != first_lsn {
            return Err(corrupt(
                "the segment header names another first LSN than the file name",
            ));
        }
        Ok(header)
    }
}

/// Where the segment that starts with `first_lsn` is.
pub fn path(dir: &Path, first_lsn: u64) -> PathBuf {
    dir.join(format!("{first_lsn:020}{SUFFIX}"))
}

/// The first LSN in a segment's name, `None` for other names.
pub fn first_lsn_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    if digits.len() != 20 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// The longest payload for segments of this length: eight of the largest frames fit, so that little is wasted when a
/// frame goes into the next segment.
pub fn payload_bytes_max(segment_bytes: u64) -> usize {
    let eighth = usize::try_from(segment_bytes).unwrap_or(usize::MAX) / 8;
    eighth
        .saturating_sub(super::frame::frame_bytes(0) + HEADER_BYTES / 8)
        .min(super::PAYLOAD_BYTES_MAX)
        / super::frame::ALIGN_BYTES
        * super::frame::ALIGN_BYTES
}

/// `N` bytes of a header at a constant offset.
fn array<const N: usize>(header: &[u8; HEADER_BYTES], offset: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&header[offset..offset + N]);
    out
}
