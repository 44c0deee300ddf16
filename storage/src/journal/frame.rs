//! One record on disk.
//!
//! All integers are little-endian. Frames start at multiples of 8 bytes.
//!
//! | offset | bytes | field |
//! | ---: | ---: | --- |
//! | 0 | 8 | magic [`MAGIC`]; its last byte is the frame version, 1 |
//! | 8 | 8 | LSN |
//! | 16 | 8 | LSN of the first record of the same flush: everything below it was durable when this frame was written |
//! | 24 | 16 | auction |
//! | 40 | 8 | seq within the auction, from 1 |
//! | 48 | 32 | BLAKE3 hash of the auction's previous record ([`record_hash`]), zero for the first |
//! | 80 | 4 | payload length in bytes |
//! | 84 | 4 | CRC32 of the payload |
//! | 88 | 1 | kind: 1, a record |
//! | 89 | 1 | header length in units of 8 bytes: 12 |
//! | 90 | 2 | zero |
//! | 92 | 4 | CRC32 of bytes 0..92 |
//! | 96 | n | payload |
//! | 96 + n | 0–7 | zeros up to a multiple of 8 |
//! | … | 8 | end mark [`END_MARK`] |
//!
//! Both checksums start from the segment's random salt, so a payload cannot contain a frame that would be taken for a
//! real one. The header's checksum covers the payload's, and with it the payload.
//!
//! Why there is an end mark, and padding: a write that a power cut interrupts leaves whole 512-byte sectors as they were,
//! zero. Every part of a frame that lies in one sector has at least two bytes that are not zero (the magic at its start,
//! kind and length at the header's end, the end mark at its end), unless the payload itself has 512 zeros there. So a
//! sector that never reached the disk can be told from a single changed byte, and only the former is a torn tail.

use super::{Hash, PAYLOAD_BYTES_MAX, Pending, Record, record_hash};

/// The first bytes of a frame.
pub const MAGIC: [u8; 8] = *b"GvlRecd\x01";
/// The last bytes of a frame.
pub const END_MARK: [u8; 8] = *b"GvlEnd\r\n";
/// Bytes before the payload.
pub const HEADER_BYTES: usize = 96;
/// Frames start at multiples of this.
pub const ALIGN_BYTES: usize = 8;

const KIND_RECORD: u8 = 1;
const HEADER_UNITS: u8 = 12;

/// The length in bytes of a frame with a payload of `payload_bytes`.
pub const fn frame_bytes(payload_bytes: usize) -> usize {
    HEADER_BYTES + payload_bytes.next_multiple_of(ALIGN_BYTES) + END_MARK.len()
}

/// The checked header of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Global log sequence number.
    pub lsn: u64,
    /// First LSN of the same flush.
    pub flush_lsn: u64,
    /// The auction.
    pub auction: u128,
    /// Place in the auction.
    pub seq: u64,
    /// Hash of the auction's previous record.
    pub prev: Hash,
    /// Payload length in bytes.
    pub payload_bytes: usize,
    /// Checksum of the payload.
    pub payload_crc: u32,
}

/// What is wrong with the bytes of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not the magic of a frame of this version.
    #[error("no frame starts here")]
    Magic,
    /// The header does not match its checksum.
    #[error("the header does not match its checksum")]
    HeaderChecksum,
    /// A header with fields that cannot be.
    #[error("the header has an impossible {0}")]
    Field(&'static str),
    /// There are fewer bytes than the frame has.
    #[error("the frame goes beyond the end of the segment")]
    Short,
    /// The payload does not match its checksum.
    #[error("the payload does not match its checksum")]
    PayloadChecksum,
    /// Padding that is not zero.
    #[error("the padding is not zero")]
    Padding,
    /// The end mark is wrong.
    #[error("the end mark is missing")]
    EndMark,
}

/// Appends the frame of a record to `out`. The payload must not be longer than [`PAYLOAD_BYTES_MAX`].
pub fn encode(record: &Pending, flush_lsn: u64, salt: u32, out: &mut Vec<u8>) {
    debug_assert!(record.payload.len() <= PAYLOAD_BYTES_MAX);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "callers refuse payloads over PAYLOAD_BYTES_MAX"
    )]
    let payload_bytes = record.payload.len() as u32;
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(&MAGIC);
    header[8..16].copy_from_slice(&record.lsn.to_le_bytes());
    header[16..24].copy_from_slice(&flush_lsn.to_le_bytes());
    header[24..40].copy_from_slice(&record.auction.to_le_bytes());
    header[40..48].copy_from_slice(&record.seq.to_le_bytes());
    header[48..80].copy_from_slice(&record.prev);
    header[80..84].copy_from_slice(&payload_bytes.to_le_bytes());
    header[84..88].copy_from_slice(&crc32(salt, &record.payload).to_le_bytes());
    header[88] = KIND_RECORD;
    header[89] = HEADER_UNITS;
    let header_crc = crc32(salt, &header[..92]);
    header[92..].copy_from_slice(&header_crc.to_le_bytes());
    out.extend_from_slice(&header);
    out.extend_from_slice(&record.payload);
    let padding = record.payload.len().next_multiple_of(ALIGN_BYTES) - record.payload.len();
    out.extend_from_slice(&[0; ALIGN_BYTES][..padding]);
    out.extend_from_slice(&END_MARK);
}

/// Reads and checks a header; `bytes` starts at the frame and may go on after the header.
pub fn decode_header(bytes: &[u8], salt: u32) -> Result<Header, Error> {
    if bytes.get(..8) != Some(&MAGIC[..]) {
        return Err(Error::Magic);
    }
    let header = bytes.first_chunk::<HEADER_BYTES>().ok_or(Error::Short)?;
    if crc32(salt, &header[..92]) != u32::from_le_bytes(array(header, 92)) {
        return Err(Error::HeaderChecksum);
    }
    if header[88] != KIND_RECORD {
        return Err(Error::Field("kind"));
    }
    if header[89..92] != [HEADER_UNITS, 0, 0] {
        return Err(Error::Field("header length"));
    }
    let payload_bytes = u32::from_le_bytes(array(header, 80)) as usize;
    if payload_bytes > PAYLOAD_BYTES_MAX {
        return Err(Error::Field("payload length"));
    }
    Ok(Header {
        lsn: u64::from_le_bytes(array(header, 8)),
        flush_lsn: u64::from_le_bytes(array(header, 16)),
        auction: u128::from_le_bytes(array(header, 24)),
        seq: u64::from_le_bytes(array(header, 40)),
        prev: array(header, 48),
        payload_bytes,
        payload_crc: u32::from_le_bytes(array(header, 84)),
    })
}

impl Header {
    /// The length of the whole frame in bytes.
    pub fn frame_bytes(&self) -> usize {
        frame_bytes(self.payload_bytes)
    }

    /// Checks what follows the header and gives the payload; `bytes` starts at the frame and may go on after it.
    pub fn check_body<'a>(&self, bytes: &'a [u8], salt: u32) -> Result<&'a [u8], Error> {
        let frame = bytes.get(..self.frame_bytes()).ok_or(Error::Short)?;
        let (payload, rest) = frame[HEADER_BYTES..].split_at(self.payload_bytes);
        let (padding, end_mark) = rest.split_at(rest.len() - END_MARK.len());
        if crc32(salt, payload) != self.payload_crc {
            return Err(Error::PayloadChecksum);
        }
        if padding.iter().any(|byte| *byte != 0) {
            return Err(Error::Padding);
        }
        if end_mark != END_MARK {
            return Err(Error::EndMark);
        }
        Ok(payload)
    }

    /// The record of this header and its payload.
    pub fn record<'a>(&self, payload: &'a [u8]) -> Record<'a> {
        Record {
            lsn: self.lsn,
            auction: self.auction,
            seq: self.seq,
            prev: self.prev,
            hash: record_hash(self.auction, self.seq, &self.prev, payload),
            payload,
        }
    }
}

fn crc32(salt: u32, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(salt);
    hasher.update(bytes);
    hasher.finalize()
}

/// `N` bytes of a header at a constant offset.
fn array<const N: usize>(header: &[u8; HEADER_BYTES], offset: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&header[offset..offset + N]);
    out
}

#[cfg(test)]
mod tests;
