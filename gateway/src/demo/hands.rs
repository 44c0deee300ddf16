//! Whose hand was it? Tells the commands of a person at a console from the autopilot's own, by
//! the sequence numbers in the answers to the latter. Pure.

use super::wire::{Channel, Event, Happening};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How many of the own sequence numbers are remembered.
const OWN_MAX: usize = 256;

/// Commands under way, and updates that nobody has claimed yet.
#[derive(Debug, Default)]
pub struct Hands {
    in_flight: BTreeSet<Uuid>,
    own: BTreeSet<u64>,
    unclaimed: BTreeSet<u64>,
}

/// Whether only a person or the autopilot can have caused this; bidders cannot.
fn is_of_the_rostrum(event: &Event) -> bool {
    match event {
        Event::BidAccepted { channel, .. } => matches!(channel, Channel::Floor | Channel::Phone),
        Event::LotOpened
        | Event::AskSet
        | Event::StepSet
        | Event::FairWarning
        | Event::Paused
        | Event::Resumed
        | Event::HammerStruck
        | Event::LotWithdrawn
        | Event::LotSkipped
        | Event::LotReoffered
        | Event::LotsGrouped
        | Event::LotsSplit
        | Event::ChoiceMade
        | Event::BidRetracted
        | Event::LotReopened
        | Event::Message
        | Event::SaleStarted
        | Event::SaleEnded => true,
        Event::HammerLifted { by_bid } => !by_bid,
        // The hammer falls by itself some time after the stroke, and a clock is stopped by a bidder.
        Event::LotSold | Event::LotUnsold | Event::Other => false,
    }
}

impl Hands {
    /// A command of the own leaves.
    pub fn sent(&mut self, command_id: Uuid) {
        self.in_flight.insert(command_id);
    }

    /// It was answered; `seq` when it was done. True when an update turns out to be a person's.
    pub fn answered(&mut self, command_id: Uuid, seq: Option<u64>) -> bool {
        self.in_flight.remove(&command_id);
        if let Some(seq) = seq
            && !self.unclaimed.remove(&seq)
        {
            self.own.insert(seq);
            while self.own.len() > OWN_MAX {
                self.own.pop_first();
            }
        }
        self.settle()
    }

    /// An update arrived. True when it, or one before it, is a person's.
    pub fn saw(&mut self, seq: u64, events: &[Happening]) -> bool {
        if self.own.remove(&seq) || !events.iter().any(|happening| is_of_the_rostrum(&happening.event)) {
            return false;
        }
        self.unclaimed.insert(seq);
        self.settle()
    }

    /// The connection was lost: answers will not come any more, and what is caught up on may be
    /// the own.
    pub fn forget(&mut self) {
        self.in_flight.clear();
        self.own.clear();
        self.unclaimed.clear();
    }

    /// With nothing under way, whatever is unclaimed was a person.
    fn settle(&mut self) -> bool {
        if !self.in_flight.is_empty() || self.unclaimed.is_empty() {
            return false;
        }
        self.unclaimed.clear();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn so(event: Event) -> Happening {
        Happening { lot_id: None, event }
    }

    fn floor() -> Happening {
        so(Event::BidAccepted {
            paddle: None,
            channel: Channel::Floor,
        })
    }

    fn online() -> Happening {
        so(Event::BidAccepted {
            paddle: Some(4),
            channel: Channel::Online,
        })
    }

    #[test]
    fn own_commands_are_own_in_either_order() {
        let mut hands = Hands::default();
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        hands.sent(first);
        assert!(!hands.saw(10, &[floor()]));
        assert!(!hands.answered(first, Some(10)));
        hands.sent(second);
        assert!(!hands.answered(second, Some(11)));
        assert!(!hands.saw(11, &[so(Event::HammerStruck)]));
        assert!(!hands.saw(12, &[so(Event::LotSold)]), "it has fallen");
    }

    #[test]
    fn online_bids_and_registrations_are_nobodys_hand() {
        let mut hands = Hands::default();
        assert!(!hands.saw(1, &[online()]));
        assert!(!hands.saw(2, &[so(Event::Other)]));
        assert!(!hands.saw(3, &[online(), so(Event::HammerLifted { by_bid: true })]));
    }

    #[test]
    fn a_persons_command_is_seen_at_once_or_when_the_own_are_answered() {
        let mut hands = Hands::default();
        assert!(hands.saw(5, &[so(Event::FairWarning)]));
        let own = Uuid::from_u128(1);
        hands.sent(own);
        assert!(!hands.saw(6, &[so(Event::HammerStruck)]), "may be the own");
        assert!(hands.answered(own, None), "the own was refused: somebody else's");
        hands.sent(own);
        assert!(!hands.saw(7, &[floor()]));
        assert!(!hands.saw(8, &[floor()]));
        assert!(hands.answered(own, Some(8)), "seq 7 was a person");
    }

    #[test]
    fn nobody_is_blamed_after_a_lost_connection() {
        let mut hands = Hands::default();
        let own = Uuid::from_u128(1);
        hands.sent(own);
        assert!(!hands.saw(7, &[floor()]));
        hands.forget();
        hands.sent(own);
        assert!(!hands.answered(own, Some(9)));
    }
}
