//! Changes to what was durable, made while the node is down.

use super::plan::{Dice, Tampering};
use gavel_storage::journal::{
    Pending,
    frame::{self, HEADER_BYTES},
    segment,
    sim_disk::SimDisk,
};
use rand::RngExt;
use std::path::{Path, PathBuf};

/// What was changed, if there was something to change.
pub fn change(disk: &SimDisk, how: Tampering, dice: &mut Dice) -> Option<String> {
    let segments: Vec<(PathBuf, usize)> = disk
        .files()
        .into_iter()
        .filter(|(path, used)| {
            path.extension().is_some_and(|kind| kind == "seg") && *used > segment::HEADER_BYTES
        })
        .collect();
    match how {
        Tampering::Bit => {
            let (path, used) = segments.get(dice.random_range(0..segments.len().max(1)))?;
            let (at, bit) = (dice.random_range(0..*used), dice.random_range(0..8));
            disk.tamper(path, |bytes| bytes[at] ^= 1 << bit);
            Some(format!("bit {bit} of byte {at} of {}", path.display()))
        }
        Tampering::LastRecord => {
            let (path, used) = segments.last()?;
            // Behind the end mark and the padding.
            let at = used.checked_sub(24)?;
            disk.tamper(path, |bytes| bytes[at] ^= 0xff);
            Some(format!("byte {at} of {}", path.display()))
        }
        Tampering::Forgery => {
            let (path, _) = segments.get(dice.random_range(0..segments.len().max(1)))?;
            forge(disk, path, dice)
        }
    }
}

/// One record that is not the last of its auction happened a millisecond earlier or later, with valid
/// checksums.
fn forge(disk: &SimDisk, path: &Path, dice: &mut Dice) -> Option<String> {
    let mut forged = None;
    disk.tamper(path, |bytes| {
        let salt = u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
        let mut frames = Vec::new();
        let mut at = segment::HEADER_BYTES;
        while let Ok(header) = frame::decode_header(&bytes[at..], salt) {
            let next = at + header.frame_bytes();
            frames.push((at, header));
            at = next;
        }
        let followed: Vec<_> = frames
            .iter()
            .enumerate()
            .filter(|(index, (_, header))| {
                frames[index + 1..]
                    .iter()
                    .any(|(_, later)| later.auction == header.auction)
            })
            .map(|(_, frame)| *frame)
            .collect();
        if followed.is_empty() {
            return;
        }
        let (at, header) = followed[dice.random_range(0..followed.len())];
        let mut payload = bytes[at + HEADER_BYTES..at + HEADER_BYTES + header.payload_bytes].to_vec();
        // Behind the version comes the time, its lowest byte first.
        payload[1] ^= 1;
        let record = Pending {
            lsn: header.lsn,
            auction: header.auction,
            seq: header.seq,
            prev: header.prev,
            hash: gavel_storage::journal::ZERO_HASH,
            payload,
        };
        let mut out = Vec::new();
        frame::encode(&record, header.flush_lsn, salt, &mut out);
        bytes[at..at + out.len()].copy_from_slice(&out);
        forged = Some(format!(
            "record {} at byte {at} of {}",
            header.lsn,
            path.display()
        ));
    });
    forged
}
