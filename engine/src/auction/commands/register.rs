//! The house's word on a bidder. Saying the same again changes nothing, so the catalogue can be
//! held against the log at any time.

use crate::{
    Reason,
    auction::{Auction, Event, Register, Registration},
    ids::BidderId,
    money::Amount,
};

pub(in crate::auction) fn decide(auction: &Auction, register: &Register) -> Result<Vec<Event>, Reason> {
    let wanted = Registration {
        paddle: register.paddle,
        standing: register.standing,
        limit: register.limit,
    };
    if auction.registration(register.bidder) == Some(&wanted) {
        return Ok(Vec::new());
    }
    if register.bidder == BidderId::HOUSE {
        return Err(Reason::HouseMayNotBid);
    }
    if register
        .limit
        .is_some_and(|limit| limit.0 < 0 || limit > Amount::MAX)
    {
        return Err(Reason::AmountOutOfRange);
    }
    if auction
        .holder(register.paddle)
        .is_some_and(|holder| holder != register.bidder)
    {
        return Err(Reason::UnknownPaddle);
    }
    Ok(vec![Event::Registered {
        bidder: register.bidder,
        paddle: register.paddle,
        standing: register.standing,
        limit: register.limit,
    }])
}
