//! A registry over a real journal in a temporary directory, with a clock that stands still.

use crate::{
    auctions::{
        Arrival, AuctionHandle, AuctionRegistry, BidFate, CreditBook, HubReceiver, Projector, Received,
        Refused, Settings, Snapshotter,
        conformance::{Left, replay_is_exact},
        hub, recover,
    },
    clock::{ManualClock, SharedClock},
};
use gavel_engine::{
    Rejection,
    auction::{Approval, Command, LotSetup, PlaceBid, Register, SaleKind, Setup},
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    rules::{Band, RuleSet},
    time::Timestamp,
};
use gavel_storage::{
    journal::{self, Journal, Options, Writer, WriterOptions},
    relational::{self, BookVisibility, LotRecord, SaleRecord, SaleStatus, Store},
    snapshot,
};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub const SALE: SaleId = SaleId(0x5a1e);
pub const LOT: LotId = LotId(0x107);
pub const ANN: BidderId = BidderId(0xa);
pub const BOB: BidderId = BidderId(0xb);

pub struct Node {
    dir: PathBuf,
    pub registry: AuctionRegistry,
    pub clock: Arc<ManualClock>,
    pub writer: Writer,
    pub store: Store,
}

/// A node on this directory, with what it held before.
pub async fn start(dir: &Path) -> Node {
    start_with(dir, WriterOptions::default(), |journal| journal).await
}

pub async fn start_with(
    dir: &Path,
    options: WriterOptions,
    wrap: impl FnOnce(Box<dyn Journal>) -> Box<dyn Journal>,
) -> Node {
    let snapshots = snapshot::Store::open(&dir.join("snapshots"), snapshot::Options::default()).unwrap();
    let segments = Options {
        segment_bytes: 16 << 20,
        ..Options::default()
    };
    let journal_dir = dir.join("journal");
    std::fs::create_dir_all(&journal_dir).unwrap();
    let recovered = recover(&journal_dir, journal::Kind::Segments, &segments, &snapshots).unwrap();
    let fatal = Box::new(|error| panic!("the journal failed: {error}"));
    let writer = Writer::start(wrap(recovered.journal), options, fatal).unwrap();
    let clock = ManualClock::new(Timestamp(1_000_000));
    let store = Store::open(dir).await.unwrap();
    let (projector, _) = Projector::start(store.clone());
    let settings = Settings {
        journal: writer.handle(),
        clock: Arc::clone(&clock) as SharedClock,
        credit: CreditBook::default(),
        projector,
        snapshots: Snapshotter::start(snapshots).unwrap(),
        threads: 2,
    };
    let registry = AuctionRegistry::start(settings, recovered.auctions, |_| BookVisibility::Counts);
    Node {
        dir: dir.to_owned(),
        registry,
        clock,
        writer,
        store,
    }
}

impl Node {
    /// A sale with one lot and two approved bidders, open.
    pub async fn open_sale(&self, rules: RuleSet) -> AuctionHandle {
        let setup = setup(SALE, rules);
        let auction = self.create(setup).await;
        auction.command(Command::OpenLot(LOT)).await.unwrap().unwrap();
        auction
    }

    /// A sale with two approved bidders.
    pub async fn create(&self, setup: Setup) -> AuctionHandle {
        let sale_id = setup.sale_id;
        self.registry.create(setup, BookVisibility::Counts).await.unwrap();
        for (bidder, paddle) in [(ANN, 1001), (BOB, 1002)] {
            let word = Register {
                bidder,
                paddle: Paddle(paddle),
                standing: Approval::Approved,
                limit: None,
            };
            self.registry.register(sale_id, word).await.unwrap().unwrap();
        }
        self.registry.find(sale_id).unwrap()
    }

    pub fn auction(&self) -> AuctionHandle {
        self.registry.find(SALE).unwrap()
    }

    pub async fn stop(self) {
        self.registry.stop().await;
        self.writer.shutdown();
        replay_is_exact(&self.dir, Left::Somehow);
    }
}

/// A sale with one lot.
pub fn setup(sale_id: SaleId, rules: RuleSet) -> Setup {
    Setup {
        sale_id,
        currency: Currency::USD,
        kind: SaleKind::Room,
        lots: vec![LotSetup { lot_id: LOT, rules }],
    }
}

/// The same sale in the catalogue.
pub async fn publish(store: &Store) {
    publish_lots(store, &setup(SALE, rules()).lots).await;
}

/// A sale of these lots in the catalogue.
pub async fn publish_lots(store: &Store, lots: &[LotSetup]) {
    let sale = SaleRecord {
        id: SALE,
        title: "Design".to_owned(),
        description: String::new(),
        location: String::new(),
        kind: relational::SaleKind::Room,
        currency: Currency::USD,
        starts_at_ms: Timestamp(5),
        auto_approve: true,
        book_visibility: BookVisibility::Counts,
        closes: None,
        status: SaleStatus::Draft,
        current_lot_id: None,
    };
    let record = |(number, lot): (u32, &LotSetup)| LotRecord {
        id: lot.lot_id,
        sale_id: SALE,
        number: number.to_string().parse().unwrap(),
        title: "Chair".to_owned(),
        artist: String::new(),
        description: String::new(),
        estimate_low_minor: None,
        estimate_high_minor: None,
        rules: lot.rules.clone(),
        seller_id: None,
        picture_etag: None,
    };
    store.sales().insert_draft(sale).await.unwrap();
    for lot in (1..).zip(lots).map(record) {
        store.lots().insert(lot).await.unwrap();
    }
    let check = |_: &SaleRecord, _: &[LotRecord]| Ok::<_, relational::Error>(Vec::new());
    store.sales().publish(SALE, check).await.unwrap();
}

pub fn rules() -> RuleSet {
    RuleSet::english(
        Amount(1000),
        vec![Band {
            step_minor: Amount(100),
            ..Band::default()
        }],
    )
}

/// Bid number `n`, by turns of Ann and Bob, each a step above the one before.
pub fn next_bid(n: u32) -> PlaceBid {
    let bidder = if n.is_multiple_of(2) { ANN } else { BOB };
    bid(u128::from(n) + 1, bidder, 1000 + i64::from(n) * 100)
}

pub fn bid(bid_id: u128, bidder: BidderId, amount: i64) -> PlaceBid {
    PlaceBid {
        bid_id: BidId(bid_id),
        lot_id: LOT,
        bidder,
        channel: Channel::Online,
        offer: Offer::Amount(Amount(amount)),
        currency: Currency::USD,
        book_if_pending: true,
        sent_before_ms: None,
    }
}

pub async fn place(auction: &AuctionHandle, bid: PlaceBid) -> Result<Result<BidFate, Rejection>, Refused> {
    auction.place_bid(bid, ARRIVAL).await
}

/// Received when its turn comes, over a connection whose round trip was not measured.
pub const ARRIVAL: Arrival = Arrival {
    received_at: Timestamp(i64::MAX),
    round_trip_ms: None,
};

/// Follows an auction as a worker's hub does.
pub struct Watcher {
    receiver: HubReceiver,
}

impl Watcher {
    pub fn of(auction: &AuctionHandle) -> Self {
        let (sender, receiver) = hub();
        auction.topic().attach(&sender);
        Self { receiver }
    }

    /// The next public update.
    pub async fn next(&mut self) -> Value {
        loop {
            match self
                .receiver
                .next()
                .await
                .expect("the auction has let go of the hub")
            {
                Received::Update(update) => {
                    if let Some(public) = &update.public {
                        return serde_json::from_slice(public).unwrap();
                    }
                }
                Received::Lagged(sales) => panic!("lagged: {sales:?}"),
            }
        }
    }

    /// Nothing has come so far.
    pub fn is_silent(&mut self) -> bool {
        use futures_util::FutureExt;
        self.receiver.next().now_or_never().is_none()
    }
}
