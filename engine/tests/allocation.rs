//! A refused bid costs no memory, however often it is tried.
#![allow(unsafe_code, reason = "a counting allocator; proofs below")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use gavel_engine::{
    Reason,
    auction::{
        Approval, Auction, Command, EnterBid, Hammer, LotSetup, PlaceBid, Record, Register, SaleKind, Setup,
    },
    credit::{Ledger, Unlimited},
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    rules::{Band, DutchClock, Format, OffIncrement, RuleSet},
    time::Timestamp,
};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// The system's allocator, counting what the current thread asks it for.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    // A thread that is ending has no counter any more; nothing is measured there.
    let _ = ALLOCATIONS.try_with(|allocations| allocations.set(allocations.get() + 1));
}

// SAFETY: every call goes to `System` with its arguments unchanged, so `System`'s own guarantees
// hold for callers that keep theirs. Counting neither allocates (the counter is constant-
// initialised and has no destructor) nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`, which is `System`'s.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: `ptr` came from `System` through this allocator, with this layout.
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        // SAFETY: `ptr` came from `System` through this allocator, with this layout.
        unsafe { System.realloc(ptr, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations_of(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

const LOT: LotId = LotId(1);
const DUTCH: LotId = LotId(2);
const SEALED: LotId = LotId(3);
const STRUCK: LotId = LotId(4);

fn lots() -> Vec<LotSetup> {
    let step = Band {
        step_minor: Amount(10),
        ..Band::default()
    };
    let english = RuleSet {
        off_increment: OffIncrement::Reject,
        seller: Some(BidderId(3)),
        ..RuleSet::english(Amount(100), vec![step])
    };
    let dutch = RuleSet {
        format: Format::Dutch,
        dutch: Some(DutchClock {
            start_minor: Amount(1000),
            step_minor: Amount(100),
            every_ms: 1000,
            floor_minor: Amount(400),
        }),
        ..english.clone()
    };
    let sealed = RuleSet {
        format: Format::Vickrey,
        closes_at_ms: Some(Timestamp(1000)),
        ..english.clone()
    };
    let struck = RuleSet {
        hammer_window_ms: 400,
        ..english.clone()
    };
    (1..)
        .map(LotId)
        .zip([english, dutch, sealed, struck])
        .map(|(lot_id, rules)| LotSetup { lot_id, rules })
        .collect()
}

/// A timed sale of every format; the first bidder leads or has bid where that is possible, and the
/// second one has a limit.
fn open_lots() -> Auction {
    let mut auction = Auction::default();
    let setup = Setup {
        sale_id: SaleId(1),
        currency: Currency::USD,
        kind: SaleKind::Timed,
        lots: lots(),
    };
    let register = |number: u32| {
        Command::Register(Register {
            bidder: BidderId(number.into()),
            paddle: Paddle(number),
            standing: Approval::Approved,
            limit: (number == 2).then_some(Amount(900)),
        })
    };
    let bid_on = |lot_id, bid_id, offer| {
        Command::PlaceBid(PlaceBid {
            lot_id,
            ..place(bid_id, 1, offer)
        })
    };
    let commands = [
        Command::Create(Box::new(setup)),
        register(1),
        register(2),
        register(3),
        Command::Start,
        bid_on(LOT, 1, Offer::Max(Amount(500))),
        bid_on(SEALED, 10, Offer::Amount(Amount(300))),
        bid_on(STRUCK, 11, Offer::Amount(Amount(100))),
        Command::Hammer(Hammer {
            lot_id: STRUCK,
            sold: true,
            override_reserve: false,
            paddle: None,
            price_seen: None,
        }),
    ];
    for command in commands {
        let at = Timestamp(0);
        let events = auction.decide(&command, at, &Unlimited).unwrap();
        auction.apply(&Record { at, events });
    }
    auction
}

fn place(bid_id: u128, bidder: u128, offer: Offer) -> PlaceBid {
    PlaceBid {
        bid_id: BidId(bid_id),
        lot_id: LOT,
        bidder: BidderId(bidder),
        channel: Channel::Online,
        offer,
        currency: Currency::USD,
        book_if_pending: false,
        sent_before_ms: None,
    }
}

#[test]
fn a_refused_bid_allocates_nothing() {
    let auction = open_lots();
    let amount = |minor| Offer::Amount(Amount(minor));
    let max = |minor| Offer::Max(Amount(minor));
    let entered = EnterBid {
        bid_id: BidId(9),
        lot_id: LOT,
        paddle: Some(Paddle(2)),
        channel: Channel::Floor,
        offer: amount(105),
        currency: Currency::USD,
    };
    let on = |lot_id, bidder, offer| {
        Command::PlaceBid(PlaceBid {
            lot_id,
            ..place(2, bidder, offer)
        })
    };
    let cases = [
        (Command::PlaceBid(place(2, 2, amount(105))), Reason::BelowMinimum),
        (Command::PlaceBid(place(2, 2, amount(111))), Reason::OffIncrement),
        (
            Command::PlaceBid(place(2, 2, amount(0))),
            Reason::AmountOutOfRange,
        ),
        (
            Command::PlaceBid(place(2, 1, amount(600))),
            Reason::AlreadyLeading,
        ),
        (Command::PlaceBid(place(2, 1, max(500))), Reason::NotAboveOwnMax),
        (Command::PlaceBid(place(2, 3, max(500))), Reason::SellerMayNotBid),
        (Command::PlaceBid(place(2, 4, max(500))), Reason::NotRegistered),
        (Command::PlaceBid(place(1, 2, max(500))), Reason::BidIdReused),
        (Command::EnterBid(entered), Reason::BelowMinimum),
        (Command::PlaceBid(place(2, 2, amount(910))), Reason::OverLimit),
        (on(DUTCH, 2, amount(899)), Reason::BelowMinimum),
        (on(DUTCH, 2, amount(1000)), Reason::OverLimit),
        (on(SEALED, 1, amount(400)), Reason::AlreadyBid),
        (on(SEALED, 2, amount(99)), Reason::BelowMinimum),
        (on(SEALED, 2, amount(901)), Reason::OverLimit),
        (on(STRUCK, 2, amount(110)), Reason::AfterHammer),
        (on(LOT, 2, Offer::BuyNow(Amount(110))), Reason::NoBuyNow),
        (on(LotId(9), 2, amount(110)), Reason::UnknownLot),
    ];
    let mut ledger = Ledger::default();
    ledger.hold(SaleId(2), Currency::USD, BidderId(2), Amount(700));
    ledger.set_limit(BidderId(2), Currency::USD, Some(Amount(1600)));
    let credit = ledger.in_currency(Currency::USD);
    for (command, reason) in cases {
        let mut given = None;
        let allocations = allocations_of(|| given = auction.decide(&command, Timestamp(1), &credit).err());
        assert_eq!(given.map(|rejection| rejection.reason), Some(reason));
        assert_eq!(allocations, 0, "{reason:?}");
    }
    // The counter does count.
    let accepted = Command::PlaceBid(place(2, 2, amount(110)));
    assert_ne!(
        allocations_of(|| drop(auction.decide(&accepted, Timestamp(1), &Unlimited))),
        0
    );
}
