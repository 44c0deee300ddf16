//! Prints a live sale as it happens. Nobody needs to sign in to watch.
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use gavel_examples::{Result, Socket, live_sale};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sale = live_sale().await?;
    println!("{}", sale["title"]);
    let mut socket = Socket::connect().await?;
    socket.subscribe(&sale["id"]).await?;
    let snapshot = socket.next_of("snapshot").await?;
    let mut seq = snapshot["seq"].as_u64().unwrap_or(0);
    loop {
        let update = socket.next_of("update").await?;
        // Each update names the one before it: whoever has less than that has missed something,
        // and would subscribe again with `last_seq`.
        assert!(update["after_seq"].as_u64() <= Some(seq), "an update was missed");
        seq = update["seq"].as_u64().unwrap_or(seq);
        for event in update["events"].as_array().into_iter().flatten() {
            println!("{seq:>6} {event}");
        }
    }
}
