//! The subcommands of `gavel`, one module each.

pub mod crowd;
pub mod demo;
pub mod keep;
pub mod record;
pub mod replay;
pub mod serve;
mod signals;
pub mod torture;
pub mod user;
pub mod vectors;
