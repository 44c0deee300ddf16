//! Registering for a sale.

use super::{CatalogueActor, Error, Register, Registration};
use actix::{Handler, ResponseFuture};

impl Handler<Register> for CatalogueActor {
    type Result = ResponseFuture<Result<Registration, Error>>;

    fn handle(&mut self, message: Register, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let live = core.live().await;
            let now = core.clock.now();
            let registered = core
                .store
                .registrations()
                .register(message.sale_id, message.user_id, now)
                .await?;
            core.tell_registration(&**live, registered).await
        })
    }
}
