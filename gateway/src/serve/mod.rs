//! The composition root: one node, from an open data directory to a listening socket and back.

mod capacity;
mod config;
mod node;

pub use capacity::Capacity;
pub use config::{Config, ServeArgs};
pub use node::{Error, Running, start};
