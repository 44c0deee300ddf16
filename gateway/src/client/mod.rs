//! A node's client: REST, the WebSocket, and the node itself as a child process. The demonstration, the
//! commands that try a node, and the tests of the process reach it through here, as any program would.

pub mod child;
pub mod rest;
pub mod socket;

use gavel_actors::clock::{Clock as _, SystemClock};

/// Wall clock, Unix milliseconds.
pub fn unix_ms() -> i64 {
    SystemClock.now().as_ms()
}
