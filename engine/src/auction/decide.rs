//! From command to events: dispatch. Each command has its file in `commands/`.

use super::{Auction, Command, Event, commands};
use crate::{Reason, Rejection, time::Timestamp};

impl Auction {
    /// What `command` means at `now`; changes nothing. The caller has applied [`Auction::due`]
    /// for the same `now`, which never lies before [`Auction::clock`].
    ///
    /// # Errors
    /// A [`Rejection`] with its reason, and the lowest amount that would be accepted where that
    /// says anything.
    pub fn decide(&self, command: &Command, now: Timestamp) -> Result<Vec<Event>, Rejection> {
        if self.setup.is_none() && !matches!(command, Command::Create(_) | Command::Tick) {
            return Err(Reason::UnknownSale.into());
        }
        let events = match command {
            Command::Create(setup) => commands::sale::create(self, setup)?,
            Command::Start => commands::sale::start(self, now)?,
            Command::End => commands::sale::end(self)?,
            Command::Say(text) => commands::sale::say(text)?,
            Command::Register(register) => commands::register::decide(self, register)?,
            Command::PlaceBid(bid) => return commands::place_bid::decide(self, bid, now),
            Command::EnterBid(bid) => return commands::enter_bid::decide(self, bid, now),
            Command::VoidBid { bidder, bid_id } => commands::void_bid::decide(self, *bidder, *bid_id),
            Command::OpenLot(lot_id) => commands::open_lot::decide(self, *lot_id, now)?,
            Command::OpenNextLot => commands::open_lot::next(self, now)?,
            Command::SetAsk(lot_id, ask) => return commands::set_ask::decide(self, *lot_id, *ask, now),
            Command::SetStep(lot_id, step) => commands::set_step::decide(self, *lot_id, *step, now)?,
            Command::WarnFairly(lot_id) => commands::warn_fairly::decide(self, *lot_id)?,
            Command::Hammer(hammer) => commands::hammer::decide(self, hammer)?,
            Command::Retract(lot_id, bid_id) => commands::retract::decide(self, *lot_id, *bid_id, now)?,
            Command::Reopen { lot_id, closes_at } => commands::reopen::decide(self, *lot_id, *closes_at)?,
            Command::Pause(lot_id) => commands::pause::pause(self, *lot_id)?,
            Command::Resume(lot_id) => commands::pause::resume(self, *lot_id, now)?,
            Command::Tick => Vec::new(),
        };
        Ok(events)
    }
}
