//! A sale of one open lot with everybody approved, as recorded auctions are played on.

use gavel_engine::{
    Reason,
    auction::{Approval, Auction, Command, LotSetup, PlaceBid, Record, Register, SaleKind, Setup},
    credit::Unlimited,
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Offer},
    money::Currency,
    rules::RuleSet,
    time::Timestamp,
};
use std::collections::BTreeMap;

/// The lot.
pub const LOT: LotId = LotId(1);

/// Numbers for the bidders, in the order of their names.
pub fn numbered<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, BidderId> {
    let mut bidders: BTreeMap<&str, BidderId> = names.map(|name| (name, BidderId(0))).collect();
    for (bidder, number) in bidders.values_mut().zip(1..) {
        *bidder = BidderId(number);
    }
    bidders
}

/// The sale at time zero.
pub fn opened(rules: RuleSet, bidders: impl Iterator<Item = BidderId>) -> Result<Auction, Reason> {
    let setup = Setup {
        sale_id: SaleId(1),
        currency: Currency::USD,
        kind: SaleKind::Timed,
        lots: vec![LotSetup { lot_id: LOT, rules }],
    };
    let registrations = bidders.zip(1..).map(|(bidder, number)| {
        Command::Register(Register {
            bidder,
            paddle: Paddle(number),
            standing: Approval::Approved,
            limit: None,
        })
    });
    let mut sale = Auction::default();
    let create = [Command::Create(Box::new(setup))];
    for command in create.into_iter().chain(registrations).chain([Command::Start]) {
        submit(&mut sale, &command, Timestamp(0))?;
    }
    Ok(sale)
}

/// A bid on the lot.
pub fn bid(number: u128, bidder: BidderId, channel: Channel, offer: Offer) -> Command {
    Command::PlaceBid(PlaceBid {
        bid_id: BidId(number),
        lot_id: LOT,
        bidder,
        channel,
        offer,
        currency: Currency::USD,
        book_if_pending: false,
        sent_before_ms: None,
    })
}

/// What is due happens.
pub fn time_passes(sale: &mut Auction, at: Timestamp) {
    loop {
        let events = sale.due(at);
        if events.is_empty() {
            return;
        }
        sale.apply(&Record { at, events });
    }
}

/// Gives a command.
pub fn submit(sale: &mut Auction, command: &Command, at: Timestamp) -> Result<(), Reason> {
    let events = sale
        .decide(command, at, &Unlimited)
        .map_err(|rejection| rejection.reason)?;
    sale.apply(&Record { at, events });
    Ok(())
}
