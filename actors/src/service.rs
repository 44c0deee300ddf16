//! How callers reach a service's actor: at most so many requests at once, the next one is refused.

use actix::dev::ToEnvelope;
use actix::{Actor, Addr, Handler, Message};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A request never reached the actor, or its answer never came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    /// As many requests as the service takes are already under way.
    #[error("too many requests are under way, try again in a moment")]
    Busy,
    /// The actor has stopped.
    #[error("the service is not running")]
    Stopped,
}

/// The bounded way in to an actor. Cheap to clone, shared by all who ask.
#[derive(Debug)]
pub struct Service<A: Actor> {
    addr: Addr<A>,
    admission: Arc<Semaphore>,
}

impl<A: Actor> Clone for Service<A> {
    fn clone(&self) -> Self {
        Self {
            addr: self.addr.clone(),
            admission: Arc::clone(&self.admission),
        }
    }
}

impl<A: Actor> Service<A> {
    /// Wraps an actor's address; at most `requests_max` are under way at once.
    pub fn new(addr: Addr<A>, requests_max: usize) -> Self {
        Self {
            addr,
            admission: Arc::new(Semaphore::new(requests_max)),
        }
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// The actor's own, or what [`Unreached`] becomes in the service's error type.
    pub async fn send<M, T, E>(&self, message: M) -> Result<T, E>
    where
        M: Message<Result = Result<T, E>> + Send + 'static,
        A: Handler<M>,
        A::Context: ToEnvelope<A, M>,
        T: Send,
        E: From<Unreached> + Send,
    {
        let _admitted = self.admission.try_acquire().map_err(|_| Unreached::Busy)?;
        match self.addr.send(message).await {
            Ok(answer) => answer,
            Err(_) => Err(Unreached::Stopped.into()),
        }
    }
}
