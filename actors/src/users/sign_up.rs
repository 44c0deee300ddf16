//! Opening an account.

use super::actor::Core;
use super::messages::{Locale, Role};
use super::{Error, SignUp, SignedIn, UsersActor, validation};
use actix::{Handler, ResponseFuture};
use gavel_storage::relational::UserRecord;
use uuid::Uuid;

impl Handler<SignUp> for UsersActor {
    type Result = ResponseFuture<Result<SignedIn, Error>>;

    fn handle(&mut self, message: SignUp, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let account = NewAccount {
                name: message.name,
                display_name: message.display_name,
                email: message.email,
                password: message.password,
                role: Role::Bidder,
                locale: message.locale.unwrap_or(Locale::En),
            };
            let user = account.open(&core).await?;
            core.open_session(user).await
        })
    }
}

/// What every account starts with.
pub(super) struct NewAccount {
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) email: Option<String>,
    pub(super) password: super::Password,
    pub(super) role: Role,
    pub(super) locale: Locale,
}

impl NewAccount {
    pub(super) async fn open(self, core: &Core) -> Result<UserRecord, Error> {
        let profile = validation::profile(
            &self.name,
            &self.display_name,
            self.email.as_deref(),
            &self.password,
        )?;
        // Spares the hash in the common case; the unique column decides when two come at once.
        if core.store.users().by_name(&profile.name).await?.is_some() {
            return Err(Error::NameTaken);
        }
        let user = UserRecord {
            id: Uuid::now_v7().into(),
            name: profile.name,
            display_name: profile.display_name,
            email: profile.email,
            password_hash: core.passwords.hash(self.password).await?,
            role: self.role,
            locale: self.locale,
            created_at_ms: core.clock.now(),
        };
        core.store.users().insert(user.clone()).await?;
        Ok(user)
    }
}
