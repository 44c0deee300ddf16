//! A lot's bids as one viewer may see them.

use super::{Audience, offer_kind};
use gavel_engine::{
    auction::Auction,
    ids::{BidId, BidderId, Paddle},
    lot::{Channel, Lot},
    money::Amount,
    time::Timestamp,
};
use gavel_storage::relational::BookVisibility;
use serde::Serialize;

/// A bid of a lot's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BidView {
    /// Number of its record.
    pub seq: u64,
    /// When it was accepted.
    pub at_ms: Timestamp,
    /// The bidder's number.
    pub paddle: Option<Paddle>,
    /// Where it came from.
    pub channel: Channel,
    /// The price that it gave.
    pub amount_minor: Amount,
    /// `bid`, `max` or `buy_now`; for its own bidder and for staff, because a maximum tells that there
    /// is more behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// The auctioneer has taken it back.
    pub retracted: bool,
    /// It is the viewer's own.
    pub mine: bool,
    /// For staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bid_id: Option<BidId>,
    /// The maximum, for its own bidder, and for staff as far as the house's rules show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_minor: Option<Amount>,
}

/// A lot's bids, newest first, as one viewer may see them.
pub fn history(
    auction: &Auction,
    lot: &Lot,
    audience: Audience,
    viewer: Option<BidderId>,
    visibility: BookVisibility,
) -> Vec<BidView> {
    let staff = audience == Audience::Staff;
    let sealed = lot.rules.format.is_sealed();
    let newest_first = lot.bids.iter().rev();
    newest_first
        .filter(|historic| {
            // Sealed bids are their bidders' own; once the lot has closed, the house may read them.
            !sealed || viewer == Some(historic.bid.bidder) || staff && !lot.hides_bids()
        })
        .map(|historic| {
            let bid = historic.bid;
            let mine = viewer == Some(bid.bidder);
            let shown = mine
                || staff
                    && (visibility == BookVisibility::Full
                        || matches!(bid.channel, Channel::Floor | Channel::Phone));
            BidView {
                seq: historic.seq,
                at_ms: historic.at,
                paddle: auction.paddle(bid.bidder),
                channel: bid.channel,
                amount_minor: historic.price,
                kind: (staff || mine).then(|| offer_kind(bid.offer)),
                retracted: historic.retracted || historic.replaced,
                mine,
                bid_id: staff.then_some(bid.bid_id),
                max_minor: shown.then_some(bid.offer.ceiling()),
            }
        })
        .collect()
}
