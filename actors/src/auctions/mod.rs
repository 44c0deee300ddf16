//! Live auctions: one actor for each, which holds the authoritative state in memory behind the
//! journal.
//!
//! A bid's way: [`AuctionHandle::bid`] → the actor's bounded mailbox → decided against the
//! *speculative* state → journal → `Durable` comes back as a message → applied to the *stable*
//! state → answered, broadcast through the [`Topic`], projected into the relational store.

mod actor;
mod archive;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod credit;
mod handle;
pub mod keep;
mod live_sales;
mod messages;
mod obituary;
mod outstanding;
mod projector;
mod recent;
mod record;
mod recovery;
mod registry;
mod snapshots;
#[cfg(test)]
mod tests;
mod topic;
mod warnings;
pub mod wire;

pub use archive::Archive;
pub use credit::CreditBook;
pub use handle::AuctionHandle;
pub use live_sales::reconcile;
#[cfg(feature = "simulation")]
pub use messages::PANIC;
pub use messages::{Arrival, BidFate, BidReply, CommandReply, Followed, Foreseen, Refused};
pub use projector::{Projector, Results};
pub use record::{RECORD, STATE};
pub use recovery::{Error as RecoveryError, Recovered, recover};
pub use registry::{AuctionRegistry, Settings};
pub use snapshots::Snapshotter;
pub use topic::{HUB_QUEUE_MAX, HubReceiver, HubSender, Received, Topic, Update, hub};
pub use warnings::Shown;
