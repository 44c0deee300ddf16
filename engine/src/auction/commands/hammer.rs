//! The auctioneer ends the lot. Bids that were sent before the hammer could be heard still count
//! where the lot's rules hold a window for them; a bid that counts lifts the hammer, so that nothing
//! is sold at a price that the auctioneer has not seen.

use crate::{
    Reason, Rejection,
    auction::{Approval, Auction, Event, Hammer},
    credit::Credit,
    ids::{BidderId, LotId, Paddle},
    lot::{Lot, Outcome, Strike},
    time::Timestamp,
};

pub(in crate::auction) fn strike(
    auction: &Auction,
    hammer: &Hammer,
    now: Timestamp,
    credit: &impl Credit,
) -> Result<Vec<Event>, Rejection> {
    let lot = auction.lot_on_sale(hammer.lot_id)?;
    lot.require_open()?;
    lot.require_english()?;
    let (outcome, issued) = if hammer.sold {
        sold(auction, lot, hammer, credit)?
    } else {
        (Outcome::Unsold, None)
    };
    let lot_id = hammer.lot_id;
    let falls_at = now.plus_ms(lot.rules.hammer_window_ms);
    let struck = match lot.rules.hammer_window_ms {
        0 => Event::LotClosed {
            lot_id,
            outcome,
            by_hammer: true,
        },
        _ => Event::HammerStruck {
            lot_id,
            strike: Strike {
                at: now,
                // Nobody bids on a lot whose time is up.
                falls_at: lot.closes_at.map_or(falls_at, |close| close.min(falls_at)),
                outcome,
            },
        },
    };
    Ok(issued.into_iter().chain([struck]).collect())
}

/// The auctioneer takes the stroke back before the hammer has fallen.
pub(in crate::auction) fn lift(auction: &Auction, lot_id: LotId) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    match lot.require_open() {
        Err(Reason::HammerFalling) => Ok(vec![Event::HammerLifted { lot_id, by: None }]),
        Err(reason) => Err(reason),
        Ok(()) => Err(Reason::NotStruck),
    }
}

fn sold(
    auction: &Auction,
    lot: &Lot,
    hammer: &Hammer,
    credit: &impl Credit,
) -> Result<(Outcome, Option<Event>), Rejection> {
    let standing = lot.standing.as_ref().ok_or(Reason::NoBids)?;
    if hammer.price_seen.is_some_and(|seen| seen != standing.price) {
        return Err(Reason::PriceMoved.exactly(standing.price));
    }
    if lot.reserve_met() == Some(false) && !hammer.override_reserve {
        return Err(Reason::ReserveNotMet.into());
    }
    if standing.leader == BidderId::HOUSE {
        return Err(Reason::HouseLeads.into());
    }
    let (winner, issued) = match hammer.paddle {
        None => (standing.leader, None),
        Some(paddle) => winner_with(auction, lot, standing.leader, paddle)?,
    };
    let price = standing.price;
    if winner != standing.leader {
        // The number shown may have a limit, which the unnamed leader had not.
        auction.require_cover(lot, winner, lot.rules.times_the_money(price), credit)?;
    }
    Ok((Outcome::Sold { winner, price }, issued))
}

/// The number that the winner shows: an unnamed room bidder is who holds it, or is issued it;
/// anybody else must be its holder.
fn winner_with(
    auction: &Auction,
    lot: &Lot,
    leader: BidderId,
    paddle: Paddle,
) -> Result<(BidderId, Option<Event>), Reason> {
    match (auction.paddle(leader), auction.holder(paddle)) {
        (Some(own), _) if own == paddle => Ok((leader, None)),
        (Some(_), _) => Err(Reason::UnknownPaddle),
        (None, Some(holder)) if lot.is_sold_for(holder) => Err(Reason::SellerMayNotBid),
        (None, Some(holder)) => auction.require_approved(holder).map(|()| (holder, None)),
        (None, None) if paddle > Paddle::ROOM_MAX => Err(Reason::UnknownPaddle),
        (None, None) => Ok((
            leader,
            Some(Event::Registered {
                bidder: leader,
                paddle,
                standing: Approval::Approved,
                limit: None,
            }),
        )),
    }
}
