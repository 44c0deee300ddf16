//! A refused bid costs no memory, however often it is tried.
#![allow(unsafe_code, reason = "a counting allocator; proofs below")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use gavel_engine::{
    Reason,
    auction::{Approval, Auction, Command, EnterBid, LotSetup, PlaceBid, Record, Register, SaleKind, Setup},
    credit::Unlimited,
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    rules::{Band, OffIncrement, RuleSet},
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

fn open_lot() -> Auction {
    let mut auction = Auction::default();
    let step = Band {
        step_minor: Amount(10),
        ..Band::default()
    };
    let rules = RuleSet {
        off_increment: OffIncrement::Reject,
        seller: Some(BidderId(3)),
        ..RuleSet::english(Amount(100), vec![step])
    };
    let setup = Setup {
        sale_id: SaleId(1),
        currency: Currency::USD,
        kind: SaleKind::Room,
        lots: vec![LotSetup { lot_id: LOT, rules }],
    };
    let register = |number: u32| {
        Command::Register(Register {
            bidder: BidderId(number.into()),
            paddle: Paddle(number),
            standing: Approval::Approved,
            limit: None,
        })
    };
    let commands = [
        Command::Create(Box::new(setup)),
        register(1),
        register(2),
        register(3),
        Command::OpenLot(LOT),
        Command::PlaceBid(place(1, 1, Offer::Max(Amount(500)))),
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
    let auction = open_lot();
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
    ];
    for (command, reason) in cases {
        let mut given = None;
        let allocations = allocations_of(|| given = auction.decide(&command, Timestamp(1), &Unlimited).err());
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
