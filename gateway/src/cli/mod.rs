//! The subcommands of `gavel`, one module each.

pub mod demo;
pub mod replay;
pub mod serve;
pub mod user;
pub mod vectors;
