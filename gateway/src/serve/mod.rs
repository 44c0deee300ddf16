//! The composition root: one node, from an open data directory to a listening socket and back.

mod config;
mod node;

pub use config::{Config, ServeArgs};
pub use node::{Error, Running, start};
