//! The sales that a connection follows.

use super::{Ended, FOLLOWED_MAX, Session};
use crate::{
    access,
    ws::{answers::Fault, hub::Subscriber},
};
use gavel_actors::auctions::{AuctionHandle, Shown, wire::Audience};
use gavel_engine::ids::{LotId, SaleId, UserId};
use std::{rc::Rc, time::Instant};

impl Session {
    /// Follows a sale from now on, or from what the client has already.
    pub(super) async fn subscribe(
        self: &Rc<Self>,
        sale_id: SaleId,
        last_seq: Option<u64>,
    ) -> Result<(), Ended> {
        let Some(auction) = self.shared.auctions.find(sale_id) else {
            self.outbox.answer(Fault::UnknownSale.frame());
            return Ok(());
        };
        self.unsubscribe(sale_id);
        if self.followed.borrow().len() >= FOLLOWED_MAX || self.subscribe_rate.check().is_err() {
            return Err(Ended(Fault::TooFrequent));
        }
        // Many behind one address may come back at once; those for whom it is too much try later.
        if self.shared.limits.subscribe(self.visitor.address).is_err() {
            return Err(Ended(Fault::Busy));
        }
        let (audience, who) = {
            let who = self.who.borrow();
            let audience = access::audience(who.as_ref().map(|who| &who.identity));
            (
                audience,
                who.as_ref()
                    .map(|who| (who.user.id, who.user.display_name.clone())),
            )
        };
        let viewer = who.as_ref().map(|(user, _)| *user);
        let subscriber = Subscriber::new(
            sale_id,
            audience,
            viewer,
            self.outbox.clone(),
            Rc::clone(&self.stale),
        );
        self.hub.add(&subscriber, &auction);
        // Staff are counted as watchers, but not listed among the bidders who are online.
        auction.topic().join(who.filter(|_| audience == Audience::Public));
        self.followed.borrow_mut().insert(sale_id, Rc::clone(&subscriber));
        self.start(&auction, &subscriber, last_seq).await
    }

    async fn start(
        &self,
        auction: &AuctionHandle,
        subscriber: &Subscriber,
        last_seq: Option<u64>,
    ) -> Result<(), Ended> {
        let followed = auction
            .follow(subscriber.audience(), subscriber.viewer(), last_seq)
            .await;
        subscriber.start(&followed.map_err(|_| Ended(self.refusal()))?);
        Ok(())
    }

    /// Why an auction does not take a request now.
    fn refusal(&self) -> Fault {
        if self.shared.auctions.is_stopping() {
            Fault::ShuttingDown
        } else {
            Fault::Busy
        }
    }

    /// Does not follow the sale any more.
    pub(super) fn unsubscribe(&self, sale_id: SaleId) {
        let Some(subscriber) = self.followed.borrow_mut().remove(&sale_id) else {
            return;
        };
        self.hub.remove(&subscriber);
        if let Some(auction) = self.shared.auctions.find(sale_id) {
            auction.topic().leave(counted(&subscriber));
        }
    }

    /// A fair warning is on display here. Says nothing of a sale that is not followed.
    pub(super) fn warning_shown(&self, sale_id: SaleId, lot_id: LotId, seq: u64) {
        let followed = self.followed.borrow();
        let user_id = followed.get(&sale_id).and_then(|subscriber| counted(subscriber));
        let (Some(user_id), Some(auction)) = (user_id, self.shared.auctions.find(sale_id)) else {
            return;
        };
        auction.topic().warning_shown(Shown {
            user_id,
            lot_id,
            seq,
            heard_at: Instant::now(),
            round_trip_ms: self.round_trip_ms(),
        });
    }

    /// Nor any other.
    pub(super) fn unsubscribe_all(&self) {
        for sale_id in self.followed_sales() {
            self.unsubscribe(sale_id);
        }
    }

    /// The sales that are followed.
    pub(super) fn followed_sales(&self) -> Vec<SaleId> {
        self.followed.borrow().keys().copied().collect()
    }

    /// Sockets that fell behind start again from a snapshot, once they have taken what waits.
    pub(super) async fn refresh_stale(&self) -> Result<(), Ended> {
        if !self.outbox.is_drained_or(&self.stale) {
            return Ok(());
        }
        let stale: Vec<_> = self
            .followed
            .borrow()
            .values()
            .filter(|subscriber| subscriber.is_stale())
            .cloned()
            .collect();
        for subscriber in stale {
            if let Some(auction) = self.shared.auctions.find(subscriber.sale_id()) {
                subscriber.hold();
                self.start(&auction, &subscriber, None).await?;
            }
        }
        Ok(())
    }
}

/// Whom a subscriber counts for among the bidders who are online.
fn counted(subscriber: &Subscriber) -> Option<UserId> {
    let audience = subscriber.audience();
    subscriber.viewer().filter(|_| audience == Audience::Public)
}
