//! Opening an account of any role, for operators.

use super::sign_up::NewAccount;
use super::{Error, SeedUser, User, UsersActor};
use actix::{Handler, ResponseFuture};

impl Handler<SeedUser> for UsersActor {
    type Result = ResponseFuture<Result<User, Error>>;

    fn handle(&mut self, message: SeedUser, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let SeedUser {
                name,
                display_name,
                email,
                password,
                role,
                locale,
            } = message;
            let account = NewAccount {
                name,
                display_name,
                email,
                password,
                role,
                locale,
            };
            Ok(account.open(&core).await?.into())
        })
    }
}
