//! Saying who an account is.

use super::{Error, Me, User, UsersActor};
use actix::{Handler, ResponseFuture};

impl Handler<Me> for UsersActor {
    type Result = ResponseFuture<Result<User, Error>>;

    fn handle(&mut self, message: Me, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let user = core.store.users().by_id(message.user_id).await?;
            Ok(user.ok_or(Error::NotFound)?.into())
        })
    }
}
