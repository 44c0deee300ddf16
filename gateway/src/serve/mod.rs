//! The composition root: one node, from an open data directory to a listening socket and back.

mod capacity;
mod config;
mod node;
mod tls;

pub use capacity::Capacity;
pub use config::{Config, ServeArgs};
pub use node::{Error, Running, start};
pub use tls::{Error as TlsError, TlsConfig};
