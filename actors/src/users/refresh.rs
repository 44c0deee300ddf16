//! Trading a refresh token for a new session.

use super::actor::refresh_expiry;
use super::{Error, Refresh, RefreshToken, SignedIn, UsersActor};
use actix::{Handler, ResponseFuture};
use gavel_storage::relational::Rotation;

impl Handler<Refresh> for UsersActor {
    type Result = ResponseFuture<Result<SignedIn, Error>>;

    fn handle(&mut self, message: Refresh, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let successor = RefreshToken::generate();
            let now = core.clock.now();
            let expires_at_ms = refresh_expiry(now);
            let rotation = core
                .store
                .tokens()
                .rotate(message.refresh_token.hash(), successor.hash(), now, expires_at_ms)
                .await?;
            match rotation {
                Rotation::Rotated { user_id } => {
                    let user = core
                        .store
                        .users()
                        .by_id(user_id)
                        .await?
                        .ok_or(Error::RefreshInvalid)?;
                    core.session(user, successor, expires_at_ms)
                }
                Rotation::Reused => {
                    tracing::warn!("a refresh token was used twice, its session is revoked");
                    Err(Error::RefreshReused)
                }
                Rotation::Invalid => Err(Error::RefreshInvalid),
            }
        })
    }
}
