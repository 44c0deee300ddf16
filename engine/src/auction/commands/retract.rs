//! A bid is taken back anywhere in the history. A standing ask, extensions and the close stay.

use crate::{
    Reason,
    auction::{Auction, Event},
    credit::Credit,
    ids::{BidId, BidderId, LotId},
    lot::{Bid, Lot, Phase, Standing},
    money::Amount,
};
use std::collections::BTreeMap;

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    bid_id: BidId,
    credit: &impl Credit,
) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    lot.standing_bid(bid_id).ok_or(Reason::UnknownBid)?;
    if lot.phase == Phase::Closed {
        return Err(Reason::Closed);
    }
    lot.require_raised_hammer()?;
    let this = |bid: &Bid| bid.bid_id == bid_id;
    let standing = lot.standing_without(this);
    let retracted = Event::BidRetracted {
        lot_id,
        bid_id,
        standing,
    };
    let lapsed = lapse(
        auction,
        lot,
        standing,
        this,
        Vec::new(),
        &mut BTreeMap::new(),
        credit,
    );
    Ok([retracted].into_iter().chain(lapsed).collect())
}

/// Whoever leads again may have used the credit elsewhere since: what is not covered any more is
/// taken back too, until somebody leads who is good for it. `gone` are bidders whose bids do not
/// count any more, `bound` is what bidders are bound to by the same command already.
pub(super) fn lapse(
    auction: &Auction,
    lot: &Lot,
    mut standing: Option<Standing>,
    taken_back: impl Fn(&Bid) -> bool,
    mut gone: Vec<BidderId>,
    bound: &mut BTreeMap<BidderId, Amount>,
    credit: &impl Credit,
) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(leading) = standing {
        // Whoever led before is bound already.
        if lot.leader() == Some(leading.leader) {
            break;
        }
        let before = bound.get(&leading.leader).copied().unwrap_or_default();
        let all = before.plus(lot.rules.times_the_money(leading.leader_max));
        if auction.require_cover(lot, leading.leader, all, credit).is_ok() {
            bound.insert(leading.leader, all);
            break;
        }
        gone.push(leading.leader);
        standing = lot.standing_without(|bid| taken_back(bid) || gone.contains(&bid.bidder));
        events.push(Event::BidsRetracted {
            lot_id: lot.lot_id,
            bidder: leading.leader,
            standing,
        });
    }
    events
}
