//! The command that an action means in the situation that it meets.

use super::{
    cases::{Action, Kind, Target},
    naive,
};
use gavel_engine::{
    auction::{Command, EnterBid, GroupLots, Hammer, PlaceBid, Register},
    ids::{BidId, BidderId, LotId, Paddle},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    time::Timestamp,
};

/// Instead of a distance from the minimum: exactly what the leader has offered, for ties.
pub const LEADERS_MAX: i64 = i64::MAX;

/// Which of the lots a draw picks.
fn picked<'a>(which: &'a [bool], lots: &'a [LotId]) -> impl Iterator<Item = LotId> + 'a {
    let pairs = lots.iter().zip(which);
    pairs.filter(|(_, picked)| **picked).map(|(lot_id, _)| *lot_id)
}

fn offer(lot: Option<&naive::Lot>, kind: Kind, above: i64, now: i64) -> Offer {
    let minimum = lot.map_or(100, |lot| lot.minimum(now));
    let highest = || {
        let bids = lot?.counting().into_iter();
        bids.map(|bid| bid.ceiling).max()
    };
    let amount = if above == LEADERS_MAX {
        Amount(highest().unwrap_or(minimum))
    } else {
        Amount(minimum + above)
    };
    match kind {
        Kind::Amount => Offer::Amount(amount),
        Kind::Max => Offer::Max(amount),
        // Close to the minimum it is the fixed price; else a wrong one.
        Kind::BuyNow => Offer::BuyNow(match lot.and_then(naive::Lot::fixed_price) {
            Some(price) if above.abs() < 60 => Amount(price),
            _ => amount,
        }),
    }
}

/// Some of the lots that can be chosen from, if any can.
fn choose(which: &[bool], lot_id: LotId, naive: &naive::Sale) -> Command {
    let lead = naive.lots.iter().find(|lot| lot.choice_is_due());
    let group = lead.and_then(|lot| Some((lot.id, lot.group.as_ref()?)));
    let mut members: Vec<LotId> = group.map_or(vec![lot_id], |(id, _)| vec![id]);
    members.extend(group.iter().flat_map(|(_, group)| &group.others));
    Command::Choose {
        lot_id: members[0],
        taken: picked(which, &members).collect(),
    }
}

/// The lot that is meant: one on which the action means something, if there is one.
fn meant(action: &Action, target: Target, naive: &naive::Sale) -> LotId {
    let nth = match target {
        Target::Number(number) => return LotId(number),
        Target::Live(nth) => nth,
    };
    let of = |wanted: &dyn Fn(&naive::Lot) -> bool| {
        let found: Vec<LotId> = naive
            .lots
            .iter()
            .filter(|lot| wanted(lot))
            .map(|lot| lot.id)
            .collect();
        (!found.is_empty()).then(|| found[nth % found.len()])
    };
    let in_phase = |phase| of(&|lot: &naive::Lot| lot.phase == phase);
    let lot_id = match action {
        Action::Reopen(_) | Action::Reoffer(_) => in_phase(naive::Phase::Closed),
        Action::Open | Action::Skip => in_phase(naive::Phase::Pending),
        _ => of(&naive::Lot::running).or_else(|| in_phase(naive::Phase::Pending)),
    };
    lot_id.unwrap_or(LotId(1))
}

/// What brings the sale on where an action on an open lot has none: the winner chooses, or, every
/// other time, the next lot is opened.
fn instead(action: &Action, lot_id: LotId, naive: &naive::Sale, bid_id: BidId) -> Option<Command> {
    let at_a_lot = matches!(
        action,
        Action::Place { book: false, .. } | Action::Enter { .. } | Action::Ask(_) | Action::Hammer { .. }
    );
    if !at_a_lot || naive.lots.iter().any(naive::Lot::running) {
        return None;
    }
    if naive.lots.iter().any(naive::Lot::choice_is_due) {
        let which: Vec<bool> = (0..4).map(|bit| (bid_id.0 >> bit) & 1 == 1).collect();
        return Some(choose(&which, lot_id, naive));
    }
    bid_id.0.is_multiple_of(2).then_some(Command::OpenNextLot)
}

/// `None` is what is no command: something that happens outside of the sale.
pub fn command(
    action: &Action,
    target: Target,
    naive: &naive::Sale,
    bid_id: BidId,
    now: i64,
) -> Option<Command> {
    let lot_id = meant(action, target, naive);
    if let Target::Live(_) = target
        && let Some(command) = instead(action, lot_id, naive, bid_id)
    {
        return Some(command);
    }
    let lot = naive.lots.iter().find(|lot| lot.id == lot_id);
    let minimum = lot.map_or(100, |lot| lot.minimum(now));
    let currency = Currency::USD;
    Some(match *action {
        Action::Place {
            who,
            kind,
            above,
            channel,
            book,
            sent_before_ms,
        } => Command::PlaceBid(PlaceBid {
            bid_id,
            lot_id,
            bidder: BidderId(who),
            channel,
            offer: offer(lot, kind, above, now),
            currency,
            book_if_pending: book,
            sent_before_ms,
        }),
        Action::Enter {
            paddle,
            kind,
            above,
            channel,
        } => Command::EnterBid(EnterBid {
            bid_id,
            lot_id,
            paddle: paddle.map(Paddle),
            channel,
            offer: offer(lot, kind, above, now),
            currency,
        }),
        Action::Odd {
            amount,
            currency,
            bidder,
            bid_id,
        } => Command::PlaceBid(PlaceBid {
            bid_id: BidId(1000 + bid_id),
            lot_id,
            bidder: BidderId(bidder),
            channel: Channel::Online,
            offer: Offer::Max(Amount(amount)),
            currency: currency.parse().unwrap(),
            book_if_pending: false,
            sent_before_ms: None,
        }),
        Action::Retract(nth) => {
            // Mostly one of those that count, now and then one that does not any more.
            let made = lot.and_then(|lot| {
                let counting = lot.counting();
                let one = if nth < 3 {
                    lot.bids.get(nth)
                } else {
                    counting.get(nth % counting.len().max(1)).copied()
                };
                one.map(|bid| bid.id)
            });
            Command::Retract(lot_id, made.unwrap_or(BidId(1)))
        }
        // Between two bids as well as beyond the next one.
        Action::Ask(above) => Command::SetAsk(lot_id, Amount(minimum + above - 10)),
        Action::Step(step) => Command::SetStep(lot_id, step.map(Amount)),
        Action::Open => Command::OpenLot(lot_id),
        Action::Next => Command::OpenNextLot,
        Action::Start => Command::Start,
        Action::End => Command::End,
        Action::Hammer {
            sold,
            override_reserve,
            paddle,
            seen,
        } => {
            let price = lot.and_then(naive::Lot::result).map_or(1, |result| result.price);
            Command::Hammer(Hammer {
                lot_id,
                sold,
                override_reserve,
                paddle: paddle.map(Paddle),
                price_seen: seen.map(|off| Amount(price + off)),
            })
        }
        Action::Lift => Command::LiftHammer(lot_id),
        Action::Reopen(after) => Command::Reopen {
            lot_id,
            closes_at: after.map(|after| Timestamp(now + after)),
        },
        Action::Pause => Command::Pause(lot_id),
        Action::Resume => Command::Resume(lot_id),
        Action::Warn => Command::WarnFairly(lot_id),
        Action::Register {
            who,
            paddle,
            standing,
            limit,
        } => Command::Register(Register {
            bidder: BidderId(who),
            paddle: Paddle(paddle),
            standing,
            limit: limit.map(Amount),
        }),
        Action::Suspend { who, retract_bids } => Command::Suspend {
            bidder: BidderId(who),
            retract_bids,
        },
        Action::LeaveBook(who) => Command::LeaveBook {
            lot_id,
            bidder: BidderId(who),
        },
        Action::TakeFromBook(paddle) => Command::TakeFromBook {
            lot_id,
            paddle: Paddle(paddle),
        },
        Action::Withdraw => Command::Withdraw(lot_id),
        Action::Skip => Command::Skip(lot_id),
        Action::Reoffer(after) => Command::Reoffer {
            lot_id,
            closes_at: after.map(|after| Timestamp(now + after)),
        },
        Action::Group {
            together,
            ref which,
            opening,
        } => {
            let lots: Vec<LotId> = naive.lots.iter().map(|lot| lot.id).collect();
            Command::Group(GroupLots {
                together,
                lots: picked(which, &lots).collect(),
                opening_price: opening.map(Amount),
            })
        }
        Action::Split => {
            let lead = naive.lots.iter().find(|lot| lot.group.is_some());
            Command::Split(lead.map_or(lot_id, |lot| lot.id))
        }
        Action::Choose(ref which) => choose(which, lot_id, naive),
        Action::Void(bid_id) => Command::VoidBid {
            bidder: BidderId(1),
            bid_id: BidId(1000 + bid_id),
        },
        Action::Say(length) => Command::Say("é".repeat(length)),
        Action::Tick => Command::Tick,
        Action::Credit(..) | Action::Elsewhere(..) => return None,
    })
}
