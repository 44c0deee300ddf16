//! What Gavel keeps: the write-ahead journal, snapshots of it, the relational store, and backups of all that.

pub mod backup;
pub mod codec;
pub mod data_dir;
mod durable_sled;
pub mod faults;
pub mod journal;
mod private_copy;
pub mod relational;
pub mod snapshot;
