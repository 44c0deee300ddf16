//! Reads a file through a buffer that is never larger than a few frames.

use std::io;

use super::disk::DiskFile;
use super::frame::{self, HEADER_BYTES, Header};
use super::segment;

/// At least two of the largest frames, so that reading on does not copy often.
const WINDOW_BYTES: usize = 4 << 20;

static ZEROS: [u8; 4096] = [0; 4096];

/// A sliding view of a file.
pub(super) struct Window<'f> {
    file: &'f dyn DiskFile,
    buf: Vec<u8>,
    start: u64,
    end: u64,
}

impl<'f> Window<'f> {
    /// Reads up to `end`, or to the end of the file if that comes first.
    pub fn new(file: &'f dyn DiskFile, end: u64) -> io::Result<Self> {
        let end = end.min(file.len()?);
        Ok(Self {
            file,
            buf: Vec::new(),
            start: 0,
            end,
        })
    }

    /// Where reading ends.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// At least `want` bytes from `offset`, fewer only at the end.
    pub fn get(&mut self, offset: u64, want: usize) -> io::Result<&[u8]> {
        let available = usize::try_from(self.end.saturating_sub(offset)).unwrap_or(usize::MAX);
        let want = want.min(available);
        let buffered_end = self.start + self.buf.len() as u64;
        if offset < self.start || offset + want as u64 > buffered_end {
            let length = available.min(WINDOW_BYTES.max(want));
            if self.buf.len() < length {
                self.buf = vec![0; length];
            }
            self.buf.truncate(length);
            let read = self.file.read_at(&mut self.buf, offset)?;
            self.buf.truncate(read);
            self.start = offset;
        }
        // Cannot overflow: the offset lies in the buffer, which fits in memory.
        let skip = usize::try_from(offset - self.start).unwrap_or(usize::MAX);
        Ok(self.buf.get(skip..).unwrap_or_default())
    }

    /// The end of the last byte that is not zero at or after `offset`; `offset` if there is none.
    pub fn last_used(&mut self, offset: u64) -> io::Result<u64> {
        let mut used = offset;
        let mut at = offset;
        while at < self.end {
            let bytes = self.get(at, WINDOW_BYTES)?;
            if bytes.is_empty() {
                break;
            }
            // Whole blocks from the end: nearly all of a fresh segment is zero.
            let mut last = None;
            for (index, block) in bytes.chunks(ZEROS.len()).enumerate().rev() {
                if *block != ZEROS[..block.len()] {
                    let in_block = block.iter().rposition(|byte| *byte != 0).unwrap_or(0);
                    last = Some(index * ZEROS.len() + in_block + 1);
                    break;
                }
            }
            if let Some(last) = last {
                used = at + last as u64;
            }
            at += bytes.len() as u64;
        }
        Ok(used)
    }
}

/// Walks the frames of a segment.
pub(super) struct Cursor<'f> {
    /// The segment.
    pub window: Window<'f>,
    /// What its checksums start from.
    pub salt: u32,
    /// Where the next frame starts.
    pub offset: u64,
    /// The last flush that was gone past: its first LSN, and where it starts.
    pub last_flush: Option<(u64, u64)>,
}

impl<'f> Cursor<'f> {
    /// At the first frame of a segment.
    pub fn new(window: Window<'f>, salt: u32) -> Self {
        Self {
            window,
            salt,
            offset: segment::HEADER_BYTES as u64,
            last_flush: None,
        }
    }

    /// The header of the frame here.
    pub fn header(&mut self) -> io::Result<Result<Header, frame::Error>> {
        Ok(frame::decode_header(
            self.window.get(self.offset, HEADER_BYTES)?,
            self.salt,
        ))
    }

    /// The payload of the frame here, checked.
    pub fn payload(&mut self, header: &Header) -> io::Result<Result<&[u8], frame::Error>> {
        Ok(header.check_body(self.window.get(self.offset, header.frame_bytes())?, self.salt))
    }

    /// Goes past the frame here.
    pub fn advance(&mut self, header: &Header) {
        if self
            .last_flush
            .is_none_or(|(flush_lsn, _)| flush_lsn != header.flush_lsn)
        {
            self.last_flush = Some((header.flush_lsn, self.offset));
        }
        self.offset += header.frame_bytes() as u64;
    }
}
