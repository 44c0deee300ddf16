//! One hub for each worker: it receives an auction's updates once and passes them to the worker's
//! sockets. Everything here belongs to the worker's thread.

use super::{
    frames,
    outbox::{Offered, Outbox},
};
use bytes::Bytes;
use gavel_actors::auctions::{
    AuctionHandle, Followed, HubReceiver, HubSender, Received, Update, hub, wire::Audience,
};
use gavel_engine::ids::{SaleId, UserId};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
};
use tokio::sync::Notify;

/// Updates that may come in while a subscriber waits for its snapshot.
const EARLY_MAX: usize = 256;

/// One socket that follows one sale.
pub struct Subscriber {
    sale_id: SaleId,
    audience: Audience,
    viewer: Option<UserId>,
    outbox: Outbox,
    /// The last update that the client has, or will have when its outbox is drained.
    seq: Cell<u64>,
    /// Updates that came before the snapshot; `None` once that is sent.
    early: RefCell<Option<Vec<Arc<Update>>>>,
    /// The client must start again from a snapshot.
    stale: Cell<bool>,
    /// Wakes the socket's session when it is.
    stale_notify: Rc<Notify>,
}

impl Subscriber {
    /// Not yet following; `stale_notify` is the session's.
    pub fn new(
        sale_id: SaleId,
        audience: Audience,
        viewer: Option<UserId>,
        outbox: Outbox,
        stale_notify: Rc<Notify>,
    ) -> Rc<Self> {
        Rc::new(Self {
            sale_id,
            audience,
            viewer,
            outbox,
            seq: Cell::new(0),
            early: RefCell::new(Some(Vec::new())),
            stale: Cell::new(false),
            stale_notify,
        })
    }

    /// The sale.
    pub fn sale_id(&self) -> SaleId {
        self.sale_id
    }

    /// As whom.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// The viewer, when signed in.
    pub fn viewer(&self) -> Option<UserId> {
        self.viewer
    }

    /// Whether the client must start again from a snapshot.
    pub fn is_stale(&self) -> bool {
        self.stale.get()
    }

    /// Updates are kept back from now on, until [`Subscriber::start`].
    pub fn hold(&self) {
        self.stale.set(false);
        *self.early.borrow_mut() = Some(Vec::new());
    }

    /// Sends where to start from, and what came in since.
    pub fn start(&self, followed: &Followed) {
        // One answer, however much was missed: the client cannot have taken any of it yet.
        self.outbox.answer(frames::texts(&followed.messages));
        self.seq.set(followed.seq);
        for update in self.early.take().unwrap_or_default() {
            self.deliver(&update, &mut None);
        }
    }

    /// Passes an update on. `encoded` keeps the frame of each audience for the sockets after this one.
    fn deliver(&self, update: &Arc<Update>, encoded: &mut Option<EncodedUpdate>) {
        if let Some(early) = self.early.borrow_mut().as_mut() {
            if early.len() < EARLY_MAX {
                early.push(Arc::clone(update));
            } else {
                self.mark_stale();
            }
            return;
        }
        if self.stale.get() || update.seq.is_some_and(|seq| seq <= self.seq.get()) {
            return;
        }
        let encoded = encoded.get_or_insert_with(|| EncodedUpdate::of(update));
        let shared = match self.audience {
            Audience::Public => encoded.public.clone(),
            Audience::Staff => encoded.staff.clone(),
        };
        let personal = update
            .personal
            .iter()
            .filter(|(user, _)| Some(*user) == self.viewer);
        let personal = personal.map(|(_, message)| frames::text(message));
        for frame in shared.into_iter().chain(personal) {
            if self.outbox.update(self.sale_id, frame) == Offered::Conflated {
                self.mark_stale();
                return;
            }
        }
        if let Some(seq) = update.seq {
            self.seq.set(seq);
        }
    }

    fn mark_stale(&self) {
        self.stale.set(true);
        self.stale_notify.notify_one();
    }
}

/// An update's frames, made once for all sockets of a worker.
struct EncodedUpdate {
    public: Option<Bytes>,
    staff: Option<Bytes>,
}

impl EncodedUpdate {
    fn of(update: &Update) -> Self {
        Self {
            public: update.public.as_deref().map(frames::text),
            staff: update.staff.as_deref().map(frames::text),
        }
    }
}

type Sockets = RefCell<HashMap<SaleId, Vec<Rc<Subscriber>>>>;

/// See the module's documentation. Cheap to clone within its worker.
#[derive(Clone)]
pub struct WorkerHub {
    sender: HubSender,
    sockets: Rc<Sockets>,
}

impl WorkerHub {
    /// The hub of the worker that calls it, and the task that feeds it.
    pub fn start() -> Self {
        let (sender, receiver) = hub();
        let sockets = Rc::new(Sockets::default());
        actix_web::rt::spawn(pass_on(receiver, Rc::clone(&sockets)));
        Self { sender, sockets }
    }

    /// The subscriber gets the auction's updates from now on, held back until it is started.
    pub fn add(&self, subscriber: &Rc<Subscriber>, auction: &AuctionHandle) {
        self.sockets
            .borrow_mut()
            .entry(subscriber.sale_id)
            .or_default()
            .push(Rc::clone(subscriber));
        auction.topic().attach(&self.sender);
    }

    /// The subscriber gets nothing more.
    pub fn remove(&self, subscriber: &Rc<Subscriber>) {
        let mut sockets = self.sockets.borrow_mut();
        if let Some(followers) = sockets.get_mut(&subscriber.sale_id) {
            followers.retain(|other| !Rc::ptr_eq(other, subscriber));
            if followers.is_empty() {
                sockets.remove(&subscriber.sale_id);
            }
        }
    }
}

async fn pass_on(mut receiver: HubReceiver, sockets: Rc<Sockets>) {
    while let Some(received) = receiver.next().await {
        let sockets = sockets.borrow();
        match received {
            Received::Update(update) => {
                let mut encoded = None;
                for subscriber in sockets.get(&update.sale_id).into_iter().flatten() {
                    subscriber.deliver(&update, &mut encoded);
                }
            }
            Received::Lagged(sales) => {
                for sale_id in sales {
                    tracing::warn!(sale = %sale_id, "a worker fell behind; its sockets start again from snapshots");
                    let followers = sockets.get(&sale_id).into_iter().flatten();
                    followers.for_each(|subscriber| subscriber.mark_stale());
                }
            }
        }
    }
}
