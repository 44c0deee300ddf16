//! The watched lot by itself: what its bidders saw is what some order of their bids, one at a time,
//! gives by the rules of second price and step. Held by stateright's tester of linearizability.

use super::{
    observed::Step,
    plan::{OPENING, STEP},
};
use gavel_engine::{Reason, auction::Verdict, ids::BidderId};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};

/// A lot that takes maxima, in the words of the rule book: the leader pays one step more than the best
/// losing bid, and of equal maxima the earlier leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct WatchedLot {
    leading: Option<Leading>,
    is_closed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Leading {
    bidder: BidderId,
    max: i64,
    price: i64,
    second: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Bid {
    bidder: BidderId,
    max: i64,
}

/// What a bidder hears.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heard {
    Accepted { price: i64, leads: bool },
    Refused(Reason),
    Void,
}

impl SequentialSpec for WatchedLot {
    type Op = Bid;
    type Ret = Heard;

    fn invoke(&mut self, bid: &Bid) -> Heard {
        let Bid { bidder, max } = *bid;
        let Some(leading) = &mut self.leading else {
            if max < OPENING {
                return Heard::Refused(Reason::BelowMinimum);
            }
            self.leading = Some(Leading {
                bidder,
                max,
                price: OPENING,
                second: None,
            });
            return Heard::Accepted {
                price: OPENING,
                leads: true,
            };
        };
        if leading.bidder == bidder {
            if max <= leading.max {
                return Heard::Refused(Reason::NotAboveOwnMax);
            }
            leading.max = max;
            if let Some(second) = leading.second {
                leading.price = leading.price.max((second + STEP).min(max));
            }
        } else if max < leading.price + STEP {
            return Heard::Refused(Reason::BelowMinimum);
        } else if max > leading.max {
            *leading = Leading {
                bidder,
                max,
                price: leading.price.max((leading.max + STEP).min(max)),
                second: Some(leading.max),
            };
        } else {
            let second = leading.second.map_or(max, |second| second.max(max));
            leading.second = Some(second);
            leading.price = leading.price.max((second + STEP).min(leading.max));
        }
        Heard::Accepted {
            price: leading.price,
            leads: leading.bidder == bidder,
        }
    }

    /// A bid that never arrived before its fate was asked for is void: that changes nothing. When the lot
    /// closes is the clock's and the judge's; once a bid came too late, so does every other.
    fn is_valid_step(&mut self, bid: &Bid, heard: &Heard) -> bool {
        match heard {
            Heard::Void => true,
            Heard::Refused(Reason::Closed) => {
                self.is_closed = true;
                true
            }
            _ => !self.is_closed && self.invoke(bid) == *heard,
        }
    }
}

/// Why the history cannot be.
pub fn check(history: &[Step]) -> Result<(), String> {
    let mut tester = LinearizabilityTester::new(WatchedLot::default());
    for step in history {
        match step {
            Step::Sent { thread, bidder, max } => {
                let bid = Bid {
                    bidder: *bidder,
                    max: *max,
                };
                tester.on_invoke(*thread, bid)?;
            }
            Step::Heard { thread, answer } => {
                let heard = match answer.verdict {
                    Verdict::Accepted { price, leading, .. } => Heard::Accepted {
                        price: price.0,
                        leads: leading,
                    },
                    Verdict::Refused(_) if answer.asked.is_none() => Heard::Void,
                    Verdict::Refused(rejection) => Heard::Refused(rejection.reason),
                    verdict @ (Verdict::Booked | Verdict::Sealed) => {
                        return Err(format!("a bid on an open lot was answered {verdict:?}"));
                    }
                };
                tester.on_return(*thread, heard)?;
            }
        }
    }
    if tester.is_consistent() {
        Ok(())
    } else {
        Err(format!("no order of the bids explains {history:?}"))
    }
}
