//! placeholder

pub mod access;
pub mod assets;
pub mod cli;
pub mod demo;
pub mod limits;
pub mod problem;
pub mod rest;
pub mod serve;
pub mod ws;
