//! How long a sale of ten thousand bids is away when its actor panics: from the panic to the first answer.
//! Alone in its journal, before and after a hundred times as many records of other sales, and after a
//! restart, when it is not known any more where in the journal it begins.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends when it cannot go on"
)]

use gavel_actors::{
    auctions::{
        Arrival, AuctionHandle, AuctionRegistry, BidReply, CreditBook, Projector, Refused, Settings,
        Snapshotter, recover,
    },
    clock::SystemClock,
};
use gavel_engine::{
    auction::{Approval, Command, LotSetup, PlaceBid, Register, SaleKind, Setup},
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    rules::{Band, RuleSet},
    time::Timestamp,
};
use gavel_storage::{
    journal::{Kind, Options, Writer, WriterOptions},
    relational::{BookVisibility, Store},
    snapshot,
};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

const BIDS: u32 = 10_000;
const OTHER_SALES: u32 = 100;
const UNDER_WAY: usize = 512;
const ROUNDS: usize = 7;

/// Longer than the registry remembers a restart: after several in a row it waits.
const QUIET: Duration = Duration::from_millis(1_200);

const LOT: LotId = LotId(1);
const BIDDERS: [BidderId; 2] = [BidderId(1), BidderId(2)];

struct Node {
    registry: AuctionRegistry,
    writer: Writer,
}

async fn start(dir: &Path) -> Node {
    let snapshots = snapshot::Store::open(&dir.join("snapshots"), snapshot::Options::default()).unwrap();
    let journal = dir.join("journal");
    std::fs::create_dir_all(&journal).unwrap();
    let recovered = recover(&journal, Kind::default(), &Options::default(), &snapshots).unwrap();
    let fatal = Box::new(|error| panic!("{error}"));
    let writer = Writer::start(recovered.journal, WriterOptions::default(), fatal).unwrap();
    let (projector, _) = Projector::start(Store::open(dir).await.unwrap());
    let settings = Settings {
        journal: writer.handle(),
        clock: Arc::new(SystemClock),
        credit: CreditBook::default(),
        projector,
        snapshots: Snapshotter::start(snapshots).unwrap(),
        threads: 2,
    };
    let registry = AuctionRegistry::start(settings, recovered.auctions, |_| BookVisibility::Counts);
    Node { registry, writer }
}

fn rules() -> RuleSet {
    let band = Band {
        step_minor: Amount(100),
        ..Band::default()
    };
    RuleSet::english(Amount(1000), vec![band])
}

/// A sale with one open lot and so many bids on it.
async fn sale(registry: &AuctionRegistry, sale_id: SaleId) -> AuctionHandle {
    let setup = Setup {
        sale_id,
        currency: Currency::USD,
        kind: SaleKind::Room,
        lots: vec![LotSetup {
            lot_id: LOT,
            rules: rules(),
        }],
    };
    registry.create(setup, BookVisibility::Counts).await.unwrap();
    for (bidder, paddle) in BIDDERS.into_iter().zip([1001, 1002]) {
        let word = Register {
            bidder,
            paddle: Paddle(paddle),
            standing: Approval::Approved,
            limit: None,
        };
        registry.register(sale_id, word).await.unwrap().unwrap();
    }
    let sale = registry.find(sale_id).unwrap();
    sale.command(Command::OpenLot(LOT)).await.unwrap().unwrap();
    let mut under_way = tokio::task::JoinSet::new();
    for n in 0..BIDS {
        if under_way.len() == UNDER_WAY {
            under_way.join_next().await;
        }
        let sale = sale.clone();
        under_way.spawn_local(async move { place(&sale, n).await.unwrap().unwrap() });
    }
    under_way.join_all().await;
    sale
}

/// Bid number `n`, by turns, each a step above the one before.
async fn place(sale: &AuctionHandle, n: u32) -> BidReply {
    let bid = PlaceBid {
        bid_id: BidId(u128::from(n) + 1),
        lot_id: LOT,
        bidder: BIDDERS[n as usize % 2],
        channel: Channel::Online,
        offer: Offer::Amount(Amount(1000 + i64::from(n) * 100)),
        currency: Currency::USD,
        book_if_pending: true,
        sent_before_ms: None,
    };
    let arrival = Arrival {
        received_at: Timestamp(i64::MAX),
        round_trip_ms: None,
    };
    sale.place_bid(bid, arrival).await
}

/// From the panic to the answer to the first bid that is taken.
async fn away(registry: &AuctionRegistry, sale_id: SaleId, n: u32) -> Duration {
    let began = Instant::now();
    registry.find(sale_id).unwrap().panic();
    loop {
        match place(&registry.find(sale_id).unwrap(), n).await {
            Err(Refused::Busy) => tokio::task::yield_now().await,
            answered => {
                answered.unwrap().unwrap();
                return began.elapsed();
            }
        }
    }
}

async fn measure(registry: &AuctionRegistry, sale_id: SaleId, beside: &str) {
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        tokio::time::sleep(QUIET).await;
        times.push(away(registry, sale_id, BIDS + u32::try_from(round).unwrap()).await);
    }
    times.sort_unstable();
    println!(
        "a sale of {BIDS} bids, {beside}: away for {:?} at the median, {:?} at most, of {ROUNDS} panics",
        times[ROUNDS / 2],
        times[ROUNDS - 1],
    );
}

fn main() {
    // Said by every panic otherwise.
    std::panic::set_hook(Box::new(|_| ()));
    actix::System::new().block_on(async {
        let dir = tempfile::tempdir_in(".").unwrap();
        let node = start(dir.path()).await;
        let sale_id = SaleId(1);
        sale(&node.registry, sale_id).await;
        measure(&node.registry, sale_id, "alone in the journal").await;
        for other in 0..OTHER_SALES {
            sale(&node.registry, SaleId(u128::from(other) + 2)).await;
        }
        let others = format!("{} records of other sales", OTHER_SALES * BIDS);
        measure(&node.registry, sale_id, &format!("before {others}")).await;
        let sale_id = SaleId(u128::from(OTHER_SALES) + 1);
        measure(&node.registry, sale_id, &format!("after {others}")).await;
        node.registry.stop().await;
        node.writer.shutdown();
        let node = start(dir.path()).await;
        measure(&node.registry, sale_id, &format!("after {others} and a restart")).await;
        node.registry.stop().await;
        node.writer.shutdown();
    });
}
