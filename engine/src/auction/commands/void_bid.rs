//! The fate of a bid, asked for by its sender after a broken connection. A bid that has not
//! arrived by then is void for ever, so that a copy still on its way cannot count later.

use crate::{
    auction::{Auction, Event},
    ids::{BidId, BidderId},
};

pub(in crate::auction) fn decide(auction: &Auction, bidder: BidderId, bid_id: BidId) -> Vec<Event> {
    if auction.answer(bid_id).is_some() {
        return Vec::new();
    }
    vec![Event::BidVoided { bid_id, bidder }]
}
