//! A lot takes a bid, from wherever it came: the checks, and what follows.

use crate::{
    Reason, Rejection,
    auction::{Auction, Event, LateBid},
    credit::Credit,
    lot::{Bid, Lot, Offer, Outcome, Standing},
    money::Amount,
    rules::Format,
    time::Timestamp,
};

/// Whether the lot takes a bid, and the standing that it gives.
pub(super) fn admit(
    auction: &Auction,
    lot: &Lot,
    bid: &Bid,
    now: Timestamp,
    sent_before_ms: Option<i64>,
    credit: &impl Credit,
) -> Result<Option<Standing>, Rejection> {
    let standing = lot.admit(bid, now, sent_before_ms)?;
    let each = match (lot.rules.format, standing) {
        // Whoever stops the clock pays what it shows, however much was offered.
        (Format::Dutch, Some(standing)) => standing.price,
        _ => bid.offer.ceiling(),
    };
    let bound = lot.rules.times_the_money(each);
    // Many pieces at a large amount each: more than anybody pays, and sums of it would overflow.
    if bound > Amount::MAX {
        return Err(Reason::AmountOutOfRange.into());
    }
    auction.require_cover(lot, bid.bidder, bound, credit)?;
    Ok(standing)
}

/// What follows when the lot takes an admitted bid.
pub(super) fn events_of(
    auction: &Auction,
    lot: &Lot,
    bid: Bid,
    standing: Option<Standing>,
    now: Timestamp,
    sent_before_ms: Option<i64>,
) -> Vec<Event> {
    let lot_id = lot.lot_id;
    let mut events = Vec::with_capacity(2);
    events.push(Event::BidAccepted {
        lot_id,
        bid,
        standing,
    });
    events.extend(close_after_bid(auction, lot, now));
    if let Some(strike) = lot.strike {
        let by = LateBid {
            bid_id: bid.bid_id,
            after_ms: now.since_ms(strike.at),
            sent_before_ms: sent_before_ms.unwrap_or_default(),
        };
        events.push(Event::HammerLifted { lot_id, by: Some(by) });
    }
    let at_once = lot.rules.format == Format::Dutch || matches!(bid.offer, Offer::BuyNow(_));
    if let (true, Some(standing)) = (at_once, standing) {
        events.push(Event::LotClosed {
            lot_id,
            outcome: Outcome::Sold {
                winner: standing.leader,
                price: standing.price,
            },
            by_hammer: false,
        });
    }
    events
}

/// The first bid may start the clock of the lot; a late one moves the close of the lot, and of
/// those that move with it.
pub(super) fn close_after_bid(auction: &Auction, lot: &Lot, now: Timestamp) -> Vec<Event> {
    if let Some(closes_at) = lot.close_by_first_bid(now) {
        return vec![Event::CloseSet {
            lot_id: lot.lot_id,
            closes_at,
        }];
    }
    let Some(closes_at) = lot.late_bid_moves_to(now) else {
        return Vec::new();
    };
    let group = lot.rules.soft_close.and_then(|soft| soft.group);
    let together = auction.lots().iter().filter(|other| {
        let same = other.rules.soft_close.and_then(|soft| soft.group) == group;
        group.is_some() && same && other.lot_id != lot.lot_id
    });
    std::iter::once(lot)
        .chain(together)
        .filter(|lot| lot.moves_to(closes_at))
        .map(|lot| Event::CloseExtended {
            lot_id: lot.lot_id,
            closes_at,
        })
        .collect()
}
