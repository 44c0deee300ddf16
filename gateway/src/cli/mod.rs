//! The subcommands of `gavel`, one module each.

pub mod demo;
pub mod record;
pub mod replay;
pub mod serve;
mod signals;
pub mod user;
pub mod vectors;
