//! What became of lots and sales, told to the relational store by an idempotent consumer. The
//! journal stays the record: what is lost here is told again from the state.

use gavel_engine::{
    auction::{Auction, Event, SalePhase},
    ids::{LotId, SaleId, UserId},
    lot::{self, Lot, Phase},
};
use gavel_storage::relational::{Change, LotResult, Outcome, SaleStatus, Store};
use std::time::Duration;
use tokio::sync::mpsc;

/// Projections that may wait; more are told again later from the state.
const WAITING_MAX: usize = 1024;

/// The consumer's name in the store's cursors.
const CONSUMER: &str = "results";

/// How often one projection is tried while the database does not take it.
const TRIES_MAX: u32 = 5;

/// The wait after a failed try.
const RETRY_MS: u64 = 200;

/// What one record, or the whole state, means to the relational store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Projection {
    sale_id: SaleId,
    seq: u64,
    changes: Vec<Change>,
}

impl Projection {
    /// Of one record's events; `None` when they mean nothing to it.
    pub(super) fn of(after: &Auction, events: &[Event]) -> Option<Self> {
        let changes: Vec<Change> = events.iter().flat_map(|event| changes(after, event)).collect();
        let sale_id = after.sale_id().filter(|_| !changes.is_empty())?;
        Some(Self {
            sale_id,
            seq: after.seq(),
            changes,
        })
    }

    /// Of the whole state. Lots that are open may have been closed when the store last heard of them.
    pub(super) fn whole(state: &Auction) -> Option<Self> {
        let offered = |lot: &&Lot| lot.phase != Phase::Pending || lot.reoffers > 0;
        let opened = state.lots().iter().filter(offered);
        let changes = opened
            .map(|lot| lot_change(state, lot))
            .chain([sale_change(state)])
            .collect();
        Some(Self {
            sale_id: state.sale_id()?,
            seq: state.seq(),
            changes,
        })
    }
}

fn changes(after: &Auction, event: &Event) -> Vec<Change> {
    let lots = match event {
        Event::LotClosed { lot_id, .. } | Event::LotReopened { lot_id, .. } => {
            // What is combined with a lot shares its end.
            let group = after.lot(*lot_id).and_then(|lot| lot.group.as_ref());
            let others = group.map(|group| group.others.clone()).unwrap_or_default();
            [*lot_id].into_iter().chain(others).collect()
        }
        Event::LotReoffered { lot_id, .. } => vec![*lot_id],
        Event::LotsGrouped { lot_id, group, .. } => [*lot_id]
            .into_iter()
            .chain(group.others.iter().copied())
            .collect(),
        Event::ChoiceMade { taken, left, .. } => [taken.as_slice(), left].concat(),
        Event::Started | Event::Ended | Event::LotOpened(_) => return vec![sale_change(after)],
        _ => Vec::new(),
    };
    let known = lots.into_iter().filter_map(|lot_id| after.lot(lot_id));
    known.map(|lot| lot_change(after, lot)).collect()
}

fn lot_change(auction: &Auction, lot: &Lot) -> Change {
    let outcome = lot.outcome.map(|outcome| {
        let closed_at_ms = lot.closed_at.unwrap_or(auction.clock());
        let unsold = |result| Outcome {
            result,
            price_minor: None,
            winner_paddle: None,
            winner_user_id: None,
            closed_at_ms,
        };
        match outcome {
            lot::Outcome::Sold { winner, price } => Outcome {
                price_minor: Some(price),
                winner_paddle: auction.paddle(winner),
                winner_user_id: account(auction, winner),
                ..unsold(LotResult::Sold)
            },
            lot::Outcome::Unsold => unsold(LotResult::Unsold),
            lot::Outcome::Withdrawn => unsold(LotResult::Withdrawn),
            lot::Outcome::SoldWith(_) => unsold(LotResult::SoldWith),
        }
    });
    Change::Lot {
        lot_id: lot.lot_id,
        outcome,
    }
}

/// A bidder's account; numbers issued in the room have none.
fn account(auction: &Auction, bidder: gavel_engine::ids::BidderId) -> Option<UserId> {
    let paddle = auction.paddle(bidder)?;
    (paddle > gavel_engine::ids::Paddle::ROOM_MAX).then_some(UserId(bidder.0))
}

fn sale_change(auction: &Auction) -> Change {
    let status = match auction.phase() {
        SalePhase::Published => SaleStatus::Published,
        SalePhase::Live => SaleStatus::Live,
        SalePhase::Ended => SaleStatus::Ended,
    };
    let current_lot_id: Option<LotId> = auction.current_lot();
    Change::Sale {
        status,
        current_lot_id,
    }
}

/// The way in to the consumer. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Projector {
    queue: mpsc::Sender<Projection>,
}

impl Projector {
    /// Starts the consumer; it ends when the last clone is gone and all is applied.
    pub fn start(store: Store) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, mut waiting) = mpsc::channel::<Projection>(WAITING_MAX);
        let task = actix::spawn(async move {
            while let Some(projection) = waiting.recv().await {
                apply(&store, &projection).await;
            }
        });
        (Self { queue }, task)
    }

    /// Whether it was taken.
    pub(super) fn try_send(&self, projection: Projection) -> bool {
        self.queue.try_send(projection).is_ok()
    }
}

async fn apply(store: &Store, projection: &Projection) {
    let Projection {
        sale_id,
        seq,
        changes,
    } = projection;
    for attempt in 1..=TRIES_MAX {
        match store.results().apply(CONSUMER, *sale_id, *seq, changes).await {
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(sale = %sale_id, seq, attempt, %error, "results were not written");
                tokio::time::sleep(Duration::from_millis(RETRY_MS)).await;
            }
        }
    }
    // The next start of the auction tells everything again; until then the lists are behind.
    tracing::error!(sale = %sale_id, seq, "results were given up on until the sale is next started");
}
