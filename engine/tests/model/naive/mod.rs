//! A second reading of the rule book, written to be obvious instead of fast: it keeps nothing but
//! the accepted bids and recomputes leader, price and minimum from all of them every time. It
//! shares with the engine the words of commands and refusals, and no code.

mod lot;
mod sale;

pub use lot::{Lot, Outcome, Phase, View};
pub use sale::Sale;
