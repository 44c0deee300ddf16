//! Signing in by name and password.

use super::{Error, SignIn, SignedIn, UsersActor, validation};
use actix::{Handler, ResponseFuture};

impl Handler<SignIn> for UsersActor {
    type Result = ResponseFuture<Result<SignedIn, Error>>;

    fn handle(&mut self, message: SignIn, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            // No account has such a password, so this tells nothing about the name.
            if !validation::is_password_length(&message.password) {
                return Err(Error::BadCredentials);
            }
            let user = core
                .store
                .users()
                .by_name(&validation::fold_name(&message.name))
                .await?;
            let hash = user.as_ref().map(|user| user.password_hash.clone());
            let verified = core.passwords.verify(message.password, hash).await?;
            match user {
                Some(user) if verified => core.open_session(user).await,
                _ => Err(Error::BadCredentials),
            }
        })
    }
}
