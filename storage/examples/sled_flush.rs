//! What sled's `flush` asks of the operating system, and what Gavel's sled journal asks:
//!
//! ```text
//! cargo build -p gavel-storage --example sled_flush --features conformance
//! strace -f -e trace=pwrite64,sync_file_range,fsync,fdatasync,write target/debug/examples/sled_flush DIR
//! ```
//!
//! Also how many bytes of sled's file one byte of a frame takes.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "an example prints, and ends when it cannot go on"
)]

use std::fs;
use std::path::Path;

use gavel_storage::journal::conformance::fill;
use gavel_storage::journal::frame::frame_bytes;
use gavel_storage::journal::{Journal as _, Pending, SledJournal, SledOptions, Start};

fn main() {
    let dir = std::env::args().nth(1).expect("a directory to write to");
    let (raw, ours) = (Path::new(&dir).join("raw"), Path::new(&dir).join("ours"));
    fs::create_dir_all(&ours).expect("a directory");
    let config = sled::Config::new().path(&raw).flush_every_ms(None);
    let db = config.open().expect("opens");
    db.insert(b"bid", vec![7; 200]).expect("inserts");
    println!("sled: flush begins");
    db.flush().expect("flushes");
    println!("sled: flush is done");

    let opened = SledJournal::open(&ours, SledOptions::default(), Start::beginning(), &mut |_| {});
    let (mut journal, _) = opened.expect("opens");
    let record = Pending::chained(None, 1, 1 << 90, vec![7; 96]);
    println!("gavel: append begins");
    journal.append_batch(&[record]).expect("appends");
    println!("gavel: append is done");

    let written = fill(&mut journal, 20_000);
    let frames: usize = written
        .iter()
        .map(|kept| frame_bytes(kept.pending.payload.len()))
        .sum();
    let file_bytes = fs::metadata(ours.join("sled/db")).expect("a file").len();
    println!("{frames} frame bytes in a file of {file_bytes} bytes");
}
