//! The subcommands of `gavel`, one module each.

pub mod replay;
pub mod vectors;
