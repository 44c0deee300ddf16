//! placeholder
pub mod relational;
