//! What became of lots and sales, told to the relational store by an idempotent consumer. The
//! journal stays the record: what is lost here is told again from the state.

use gavel_engine::{
    auction::{Auction, Event, SalePhase},
    ids::{LotId, SaleId, UserId},
    lot::{self, Lot, Phase},
};
use gavel_storage::relational::{self, Change, LotResult, Outcome, SaleStatus, Store};
use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::mpsc;

/// Projections that may wait; more are told again later from the state.
const WAITING_MAX: usize = 1024;

/// The consumer's name in the store's cursors.
const CONSUMER: &str = "results";

/// How often one projection is tried while the database does not take it.
const TRIES_MAX: u32 = 5;

/// The wait after a failed try.
const RETRY: Duration = Duration::from_millis(200);

/// Where results go. Telling the same again changes nothing.
pub trait Results {
    /// Why they were not taken.
    type Error: std::fmt::Display;

    /// What record `seq` of a sale has changed, or (`is_whole`) how everything stands after it.
    fn apply(
        &self,
        sale_id: SaleId,
        seq: u64,
        changes: &[Change],
        is_whole: bool,
    ) -> impl Future<Output = Result<(), Self::Error>>;
}

impl Results for Store {
    type Error = relational::Error;

    async fn apply(
        &self,
        sale_id: SaleId,
        seq: u64,
        changes: &[Change],
        is_whole: bool,
    ) -> Result<(), Self::Error> {
        let results = self.results();
        if is_whole {
            results.apply_whole(CONSUMER, sale_id, seq, changes).await?;
        } else {
            results.apply(CONSUMER, sale_id, seq, changes).await?;
        }
        Ok(())
    }
}

/// What one record, or the whole state, means to the relational store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Projection {
    sale_id: SaleId,
    seq: u64,
    changes: Vec<Change>,
    is_whole: bool,
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
            is_whole: false,
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
            is_whole: true,
        })
    }

    /// What it changes.
    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes
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

/// The way in to the consumer. Cheap to clone; clones share what one of them has lost.
#[derive(Debug, Clone)]
pub struct Projector {
    queue: mpsc::Sender<Waiting>,
    lost: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Waiting {
    projection: Projection,
    /// Set when the projection is given up on.
    lost: Arc<AtomicBool>,
}

impl Projector {
    /// Starts the consumer; it ends when the last clone is gone and all is applied.
    pub fn start(store: impl Results + 'static) -> (Self, tokio::task::JoinHandle<()>) {
        Self::start_with(store, RETRY)
    }

    fn start_with(store: impl Results + 'static, retry: Duration) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, mut waiting) = mpsc::channel::<Waiting>(WAITING_MAX);
        let task = actix::spawn(async move {
            while let Some(Waiting { projection, lost }) = waiting.recv().await {
                if !apply(&store, &projection, retry).await {
                    lost.store(true, Ordering::Release);
                }
            }
        });
        let lost = Arc::default();
        (Self { queue, lost }, task)
    }

    /// The way in for one auction, which hears of its own losses only.
    pub(super) fn for_auction(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            lost: Arc::default(),
        }
    }

    /// Whether it was taken.
    pub(super) fn try_send(&self, projection: Projection) -> bool {
        let lost = Arc::clone(&self.lost);
        self.queue.try_send(Waiting { projection, lost }).is_ok()
    }

    /// Whether something that was taken has been given up on since this was last asked: then the whole
    /// state has to be told.
    pub(super) fn take_lost(&self) -> bool {
        self.lost.swap(false, Ordering::AcqRel)
    }
}

/// Whether the store has it now.
async fn apply(store: &impl Results, projection: &Projection, retry: Duration) -> bool {
    let Projection {
        sale_id,
        seq,
        changes,
        is_whole,
    } = projection;
    for attempt in 1..=TRIES_MAX {
        match store.apply(*sale_id, *seq, changes, *is_whole).await {
            Ok(()) => return true,
            Err(error) => {
                tracing::warn!(sale = %sale_id, seq, attempt, %error, "results were not written");
                tokio::time::sleep(retry).await;
            }
        }
    }
    tracing::error!(sale = %sale_id, seq, "results were not written; the lists are behind until the whole sale is told again");
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auctions::tests::support::{LOT, SALE, publish};
    use gavel_engine::{money::Amount, time::Timestamp};

    fn projection(seq: u64, changes: Vec<Change>, is_whole: bool) -> Projection {
        Projection {
            sale_id: SALE,
            seq,
            changes,
            is_whole,
        }
    }

    #[actix::test]
    async fn a_loss_is_told_and_made_up_for_although_later_news_came_through() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let (node, _) = Projector::start_with(store.clone(), Duration::ZERO);
        let (projector, other) = (node.for_auction(), node.for_auction());
        let sold = Change::Lot {
            lot_id: LOT,
            outcome: Some(Outcome {
                result: LotResult::Sold,
                price_minor: Some(Amount(1500)),
                winner_paddle: None,
                winner_user_id: None,
                closed_at_ms: Timestamp(9),
            }),
        };
        let live = Change::Sale {
            status: SaleStatus::Live,
            current_lot_id: None,
        };
        // The database does not take it.
        assert!(projector.try_send(projection(5, vec![sold], false)));
        while !projector.take_lost() {
            tokio::task::yield_now().await;
        }
        assert!(!projector.take_lost() && !other.take_lost());

        publish(&store).await;
        assert!(projector.try_send(projection(6, vec![live], false)));
        assert!(projector.try_send(projection(6, vec![sold, live], true)));
        let closed = loop {
            if let Some(closed) = store.results().of_sale(SALE).await.unwrap().pop() {
                break closed;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(closed.outcome.price_minor, Some(Amount(1500)));
        assert!(!projector.take_lost());
    }
}
