//! The auctioneer ends the lot.

use crate::{
    Reason,
    auction::{Approval, Auction, Event, Hammer},
    ids::{BidderId, Paddle},
    lot::{Lot, Outcome},
};

pub(in crate::auction) fn decide(auction: &Auction, hammer: &Hammer) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(hammer.lot_id)?;
    lot.require_open()?;
    let close = |outcome| Event::LotClosed {
        lot_id: hammer.lot_id,
        outcome,
        by_hammer: true,
    };
    if !hammer.sold {
        return Ok(vec![close(Outcome::Unsold)]);
    }
    let standing = lot.standing.as_ref().ok_or(Reason::NoBids)?;
    if lot.reserve_met() == Some(false) && !hammer.override_reserve {
        return Err(Reason::ReserveNotMet);
    }
    let (winner, issued) = match hammer.paddle {
        None => (standing.leader, None),
        Some(paddle) => winner_with(auction, lot, standing.leader, paddle)?,
    };
    let sold = close(Outcome::Sold {
        winner,
        price: standing.price,
    });
    Ok(issued.into_iter().chain([sold]).collect())
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
        (None, Some(holder)) if lot.rules.seller == Some(holder) => Err(Reason::SellerMayNotBid),
        (None, Some(holder)) => auction.require_approved(holder).map(|()| (holder, None)),
        (None, None) if paddle > Paddle::ROOM_MAX => Err(Reason::UnknownPaddle),
        (None, None) => {
            let standing = Approval::Approved;
            Ok((
                leader,
                Some(Event::Registered {
                    bidder: leader,
                    paddle,
                    standing,
                }),
            ))
        }
    }
}
