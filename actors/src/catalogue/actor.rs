//! The actor: what all its commands share.

use super::{
    ApproveRegistration, Error, LiveSales, LiveUnavailable, Lot, Registration, RegistrationStatus, SetLimit,
    SuspendRegistration, Viewer, validation, view,
};
use crate::clock::SharedClock;
use crate::service::Service;
use actix::{Actor, Context};
use gavel_engine::ids::{LotId, SaleId, UserId};
use gavel_storage::relational::{RegistrationRecord, SaleRecord, SaleStatus, Store};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Requests under way at once; one more is [`Error::Busy`].
const REQUESTS_MAX: usize = 512;

/// How long the live side may take to note what it is told.
const LIVE_ANSWER_MAX: Duration = Duration::from_secs(5);

/// The wait before the live side is told again what it did not take.
const LIVE_RETRY: Duration = Duration::from_millis(200);

/// The way in to [`CatalogueActor`].
pub type Catalogue = Service<CatalogueActor>;

/// The catalogue. Commands do not wait for each other, but for those that the live side is told of.
pub struct CatalogueActor {
    pub(super) core: Core,
}

/// What a command needs; cheap to clone into its future.
#[derive(Clone)]
pub(super) struct Core {
    pub(super) store: Store,
    pub(super) clock: SharedClock,
    live: Rc<Mutex<Box<dyn LiveSales>>>,
    /// Registrations that the live side has not taken as they are; at most all there are.
    untold: Rc<RefCell<BTreeSet<(SaleId, UserId)>>>,
}

impl CatalogueActor {
    /// Starts the actor on the current arbiter; `live` is told of published sales and their bidders.
    pub fn start(store: Store, clock: SharedClock, live: Box<dyn LiveSales>) -> Catalogue {
        let core = Core {
            store,
            clock,
            live: Rc::new(Mutex::new(live)),
            untold: Rc::default(),
        };
        Service::new(Actor::start(Self { core }), REQUESTS_MAX)
    }
}

impl Actor for CatalogueActor {
    type Context = Context<Self>;
}

impl Core {
    /// The sale, unless the viewer may not know of it.
    pub(super) async fn visible_sale(&self, id: SaleId, viewer: Viewer) -> Result<SaleRecord, Error> {
        let sale = self
            .store
            .sales()
            .by_id(id)
            .await?
            .ok_or(Error::NotFound("sale"))?;
        if sale.status == SaleStatus::Draft && viewer == Viewer::Public {
            return Err(Error::NotFound("sale"));
        }
        Ok(sale)
    }

    /// A lot with its place in the running order; whether the sale may be seen was checked before.
    pub(super) async fn lot(&self, sale: SaleId, lot: LotId, viewer: Viewer) -> Result<Lot, Error> {
        let (lot, position) = self
            .store
            .lots()
            .by_id(sale, lot)
            .await?
            .ok_or(Error::NotFound("lot"))?;
        Ok(view::lot(
            lot,
            u32::try_from(position).unwrap_or(u32::MAX),
            viewer,
        ))
    }

    /// Lets a registered bidder bid.
    pub(super) async fn approve(&self, approve: ApproveRegistration) -> Result<Registration, Error> {
        let ApproveRegistration { sale_id, user_id } = approve;
        let live = self.live().await;
        self.set_registration(&**live, sale_id, user_id, RegistrationStatus::Approved)
            .await
    }

    /// Stops a registered bidder from bidding. Bids are taken back when the live side knows that no
    /// further ones may come.
    pub(super) async fn suspend(&self, suspend: SuspendRegistration) -> Result<Registration, Error> {
        let SuspendRegistration {
            sale_id,
            user_id,
            retract_bids,
        } = suspend;
        let live = self.live().await;
        let registration = self
            .set_registration(&**live, sale_id, user_id, RegistrationStatus::Suspended)
            .await?;
        if retract_bids {
            told(live.retract_bids(sale_id, user_id)).await?;
        }
        Ok(registration)
    }

    /// Bounds what a registered bidder may be bound to in a sale.
    pub(super) async fn set_limit(&self, set: SetLimit) -> Result<Registration, Error> {
        let SetLimit {
            sale_id,
            user_id,
            limit,
        } = set;
        let limit = limit.map(validation::limit).transpose();
        let limit = limit.map_err(Error::Validation)?;
        let live = self.live().await;
        let registrations = self.store.registrations();
        let registered = registrations.set_limit(sale_id, user_id, limit).await?;
        self.tell_registration(&**live, registered).await
    }

    async fn set_registration(
        &self,
        live: &dyn LiveSales,
        sale: SaleId,
        user: UserId,
        status: RegistrationStatus,
    ) -> Result<Registration, Error> {
        let registered = self.store.registrations().set_status(sale, user, status).await?;
        self.tell_registration(live, registered).await
    }

    /// Tells the live side of a registration and shows it. What the live side does not take now it is told
    /// again until it does: a suspended bidder must not go on bidding because of one busy moment.
    pub(super) async fn tell_registration(
        &self,
        live: &dyn LiveSales,
        registration: RegistrationRecord,
    ) -> Result<Registration, Error> {
        let whose = (registration.sale_id, registration.user_id);
        if let Err(error) = told(live.registration_changed(registration.clone())).await {
            if self.untold.borrow_mut().insert(whose) && self.untold.borrow().len() == 1 {
                actix::spawn(self.clone().tell_untold());
            }
            return Err(error);
        }
        self.untold.borrow_mut().remove(&whose);
        Ok(view::registration(registration))
    }

    /// Ends when nothing is left to tell.
    async fn tell_untold(self) {
        loop {
            let untold: Vec<_> = self.untold.borrow().iter().copied().collect();
            if untold.is_empty() {
                return;
            }
            tokio::time::sleep(LIVE_RETRY).await;
            for (sale, user) in untold {
                let live = self.live().await;
                let Ok(registered) = self.store.registrations().by_user(sale, user).await else {
                    continue;
                };
                let taken = match registered {
                    Some(registered) => {
                        let news = live.registration_changed(registered);
                        matches!(tokio::time::timeout(LIVE_ANSWER_MAX, news).await, Ok(Ok(())))
                    }
                    None => true,
                };
                if taken {
                    self.untold.borrow_mut().remove(&(sale, user));
                }
            }
        }
    }

    /// The live side, to be held from before the database changes until the news is told: of two
    /// changes to one thing, the one that is committed last is told last.
    pub(super) async fn live(&self) -> tokio::sync::MutexGuard<'_, Box<dyn LiveSales>> {
        self.live.lock().await
    }
}

/// Waits for the live side to note the news, but not for ever.
pub(super) async fn told(news: impl Future<Output = Result<(), LiveUnavailable>>) -> Result<(), Error> {
    match tokio::time::timeout(LIVE_ANSWER_MAX, news).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(LiveUnavailable(format!("no answer within {LIVE_ANSWER_MAX:?}")).into()),
    }
}
