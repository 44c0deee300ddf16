//! Saying whether an access token counts, for services that cannot verify it themselves.

use super::{CheckToken, Error, InactiveReason, TokenCheck, TokenError, UsersActor};
use actix::{Handler, ResponseFuture};

impl Handler<CheckToken> for UsersActor {
    type Result = ResponseFuture<Result<TokenCheck, Error>>;

    fn handle(&mut self, message: CheckToken, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let identity = match core.verifier.verify(&message.token) {
                Ok(identity) => identity,
                Err(TokenError::Expired) => return Ok(inactive(InactiveReason::Expired)),
                Err(TokenError::Invalid) => return Ok(inactive(InactiveReason::Invalid)),
            };
            if core.store.users().by_id(identity.user_id).await?.is_none() {
                return Ok(inactive(InactiveReason::UnknownUser));
            }
            Ok(TokenCheck {
                active: true,
                reason: None,
                user_id: Some(identity.user_id),
                role: Some(identity.role),
                expires_at_ms: Some(identity.expires_at_ms),
            })
        })
    }
}

fn inactive(reason: InactiveReason) -> TokenCheck {
    TokenCheck {
        active: false,
        reason: Some(reason),
        user_id: None,
        role: None,
        expires_at_ms: None,
    }
}
