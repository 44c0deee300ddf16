//! From command to events: dispatch. Each command has its file in `commands/`.

use super::{Auction, Command, Event, commands};
use crate::{Reason, Rejection, credit::Credit, time::Timestamp};

impl Auction {
    /// What `command` means at `now`; changes nothing. The caller has applied
    /// [`Auction::book_bids_due`] and [`Auction::due`] for the same `now`, which never lies before [`Auction::clock`]. `credit` bounds what bidders may be bound
    /// to beside the limits of the sale.
    ///
    /// # Errors
    /// A [`Rejection`] with its reason, and the lowest amount that would be accepted where that
    /// says anything.
    pub fn decide(
        &self,
        command: &Command,
        now: Timestamp,
        credit: &impl Credit,
    ) -> Result<Vec<Event>, Rejection> {
        if self.setup.is_none() && !matches!(command, Command::Create(_) | Command::Tick) {
            return Err(Reason::UnknownSale.into());
        }
        let events = match command {
            Command::Create(setup) => commands::sale::create(self, setup)?,
            Command::Start => commands::sale::start(self, now)?,
            Command::End => commands::sale::end(self)?,
            Command::Say(text) => commands::sale::say(text)?,
            Command::Register(register) => commands::register::decide(self, register)?,
            Command::Suspend { bidder, retract_bids } => {
                commands::suspend::decide(self, *bidder, *retract_bids, credit)?
            }
            Command::PlaceBid(bid) => commands::place_bid::decide(self, bid, now, credit)?,
            Command::EnterBid(bid) => commands::enter_bid::decide(self, bid, now, credit)?,
            Command::VoidBid { bidder, bid_id } => commands::void_bid::decide(self, *bidder, *bid_id),
            Command::LeaveBook { lot_id, bidder } => commands::leave_book::decide(self, *lot_id, *bidder)?,
            Command::TakeFromBook { lot_id, paddle } => {
                commands::leave_book::by_clerk(self, *lot_id, *paddle)?
            }
            Command::OpenLot(lot_id) => commands::open_lot::decide(self, *lot_id, now)?,
            Command::OpenNextLot => commands::open_lot::next(self, now)?,
            Command::SetAsk(lot_id, ask) => commands::set_ask::decide(self, *lot_id, *ask)?,
            Command::SetStep(lot_id, step) => commands::set_step::decide(self, *lot_id, *step)?,
            Command::WarnFairly(lot_id) => commands::warn_fairly::decide(self, *lot_id)?,
            Command::Hammer(hammer) => commands::hammer::strike(self, hammer, now, credit)?,
            Command::LiftHammer(lot_id) => commands::hammer::lift(self, *lot_id)?,
            Command::Retract(lot_id, bid_id) => commands::retract::decide(self, *lot_id, *bid_id, credit)?,
            Command::Reopen { lot_id, closes_at } => {
                commands::reopen::decide(self, *lot_id, *closes_at, credit)?
            }
            Command::Pause(lot_id) => commands::pause::pause(self, *lot_id)?,
            Command::Resume(lot_id) => commands::pause::resume(self, *lot_id, now)?,
            Command::Withdraw(lot_id) => commands::withdraw::decide(self, *lot_id)?,
            Command::Skip(lot_id) => commands::skip::decide(self, *lot_id)?,
            Command::Reoffer { lot_id, closes_at } => commands::reoffer::decide(self, *lot_id, *closes_at)?,
            Command::Group(group) => commands::group::join(self, group)?,
            Command::Split(lot_id) => commands::group::split(self, *lot_id)?,
            Command::Choose { lot_id, taken } => commands::choose::decide(self, *lot_id, taken, credit)?,
            Command::Tick => Vec::new(),
        };
        Ok(events)
    }
}
