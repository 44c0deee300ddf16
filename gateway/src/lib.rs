//! The single way in to Gavel, and the `gavel` binary: HTTP, WebSocket, the web apps, the commands.
//! No rule of bidding is here.
//!
//! - [`ws`]: sockets of bidders and consoles,
//! - [`rest`]: the API, with [`access`], [`limits`] and [`problem`]; [`assets`] are the web apps,
//! - [`serve`]: the composition root, what is started in which order,
//! - [`cli`]: the commands, [`demo`]: the demonstration, both with [`client`], a client like any other.

pub mod access;
pub mod assets;
pub mod cli;
pub mod client;
pub mod demo;
pub mod limits;
pub mod problem;
pub mod rest;
pub mod serve;
mod utc;
pub mod ws;
