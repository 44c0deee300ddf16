//! Ending a session.

use super::{Error, SignOut, UsersActor};
use actix::{Handler, ResponseFuture};

impl Handler<SignOut> for UsersActor {
    type Result = ResponseFuture<Result<(), Error>>;

    fn handle(&mut self, message: SignOut, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let hash = message.refresh_token.hash();
            Ok(core
                .store
                .tokens()
                .revoke_family_of(hash, core.clock.now())
                .await?)
        })
    }
}
