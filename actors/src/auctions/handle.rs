//! The bounded way in to one auction.

use super::{
    actor::AuctionActor,
    messages::{
        Arrival, Bid, BidReply, BidStatus, CommandReply, Direct, Follow, Followed, Foresee, Foreseen,
        History, Offered, Refused, Reply,
    },
    topic::Topic,
    wire::{Audience, BidView},
};
use actix::{Addr, Handler, Message, dev::ToEnvelope};
use gavel_engine::{
    Rejection,
    auction::{Command, EnterBid, PlaceBid},
    ids::{BidId, BidderId, LotId, SaleId, UserId},
};
use std::sync::Arc;
use tokio::sync::{Semaphore, oneshot};

/// Reaches one auction. One that has as many requests under way as it may answers [`Refused::Busy`] at
/// once; nothing is dropped silently and nobody waits in front of it.
#[derive(Debug, Clone)]
pub struct AuctionHandle {
    sale_id: SaleId,
    addr: Addr<AuctionActor>,
    topic: Arc<Topic>,
    /// One place for each request under way, shared by all handles. The mailbox's own bound would hold
    /// for each clone of the address by itself.
    places: Arc<Semaphore>,
}

impl AuctionHandle {
    pub(super) fn new(
        sale_id: SaleId,
        addr: Addr<AuctionActor>,
        topic: Arc<Topic>,
        places: Arc<Semaphore>,
    ) -> Self {
        Self {
            sale_id,
            addr,
            topic,
            places,
        }
    }

    /// The sale.
    pub fn sale_id(&self) -> SaleId {
        self.sale_id
    }

    /// Those who follow it.
    pub fn topic(&self) -> &Arc<Topic> {
        &self.topic
    }

    /// A bid by its own bidder; answered when durable. How long before the hammer it was sent is
    /// judged by its arrival, whatever `bid` says. Its id makes it safe to send again whatever became
    /// of it, so its fate is never [`Refused::UnknownFate`].
    pub async fn place_bid(&self, bid: PlaceBid, arrival: Arrival) -> BidReply {
        self.ask(|reply| Bid {
            offered: Offered::Own(bid, arrival),
            reply,
        })
        .await
        .map_err(repeatable)?
    }

    /// A bid entered by the clerk; answered when durable. A clerk who enters it again does so under a new id.
    pub async fn enter_bid(&self, bid: EnterBid) -> BidReply {
        self.ask(|reply| Bid {
            offered: Offered::Entered(bid),
            reply,
        })
        .await?
    }

    /// The fate of a bid. One that is not known is void from now on, so the answer is final.
    pub async fn bid_status(&self, bidder: BidderId, bid_id: BidId) -> BidReply {
        self.ask(|reply| BidStatus {
            bidder,
            bid_id,
            reply,
        })
        .await
        .map_err(repeatable)?
    }

    /// Any command but a bid; answered when durable.
    pub async fn command(&self, command: Command) -> CommandReply {
        self.ask(|reply| Direct { command, reply }).await?
    }

    /// What a command would bring to a lot; nothing happens.
    ///
    /// # Errors
    /// [`Refused::Busy`].
    pub async fn foresee(
        &self,
        lot_id: LotId,
        command: Command,
    ) -> Result<Result<Foreseen, Rejection>, Refused> {
        self.ask(|reply| Foresee {
            lot_id,
            command,
            reply,
        })
        .await
    }

    /// What a viewer needs to follow from now on.
    ///
    /// # Errors
    /// [`Refused::Busy`].
    pub async fn follow(
        &self,
        audience: Audience,
        viewer: Option<UserId>,
        last_seq: Option<u64>,
    ) -> Result<Followed, Refused> {
        self.ask(|reply| Follow {
            audience,
            viewer,
            last_seq,
            reply,
        })
        .await
        .map_err(repeatable)
    }

    /// A lot's bids, newest first; `None` for a lot that is not in the sale.
    ///
    /// # Errors
    /// [`Refused::Busy`].
    pub async fn history(
        &self,
        lot_id: LotId,
        audience: Audience,
        viewer: Option<UserId>,
    ) -> Result<Option<Vec<BidView>>, Refused> {
        self.ask(|reply| History {
            lot_id,
            audience,
            viewer,
            reply,
        })
        .await
        .map_err(repeatable)
    }

    /// An actor that stops or panics lets go of the ways back of all requests that it has, in its mailbox or
    /// decided.
    async fn ask<M, T>(&self, message: impl FnOnce(Reply<T>) -> M) -> Result<T, Refused>
    where
        M: Message<Result = ()> + Send + 'static,
        AuctionActor: Handler<M>,
        actix::Context<AuctionActor>: ToEnvelope<AuctionActor, M>,
    {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Refused::Busy)?;
        let (reply, answer) = oneshot::channel();
        let request = message(Reply::new(reply, place));
        self.addr.try_send(request).map_err(|_| Refused::Busy)?;
        answer.await.map_err(|_| Refused::UnknownFate)
    }

    /// Its actor panics when this has its turn.
    #[cfg(any(test, feature = "simulation"))]
    pub fn panic(&self) {
        self.addr.do_send(super::messages::Panic);
    }
}

/// Of a request that does the same a second time as the first, or nothing.
fn repeatable(refused: Refused) -> Refused {
    match refused {
        Refused::UnknownFate => Refused::Busy,
        refused => refused,
    }
}
