//! Password hashing: argon2id in a bounded pool, because each hash takes tens of milliseconds and 19 MiB.

use super::{Error, Password};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What a hash costs, and how many are made at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordConfig {
    /// Memory of one hash, KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// Hashes that are made at once.
    pub running_max: usize,
    /// Hashes that wait for their turn; one more is [`Error::Busy`].
    pub waiting_max: usize,
}

impl Default for PasswordConfig {
    /// OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
            lanes: 1,
            running_max: 2,
            waiting_max: 64,
        }
    }
}

/// Makes and checks password hashes.
#[derive(Debug, Clone)]
pub(super) struct Passwords {
    argon2: Argon2<'static>,
    /// Verified against when there is no account, so that a wrong name takes as long as a wrong password.
    nobody: Arc<str>,
    /// Running and waiting.
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Passwords {
    pub(super) fn new(config: PasswordConfig) -> Result<Self, argon2::password_hash::Error> {
        let params = Params::new(config.memory_kib, config.passes, config.lanes, None)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = argon2.hash_password(&rand::random::<[u8; 32]>())?.to_string();
        Ok(Self {
            argon2,
            nobody: nobody.into(),
            admitted: Arc::new(Semaphore::new(config.running_max + config.waiting_max)),
            running: Arc::new(Semaphore::new(config.running_max)),
        })
    }

    /// A PHC string of the password under a new salt.
    pub(super) async fn hash(&self, password: Password) -> Result<String, Error> {
        let argon2 = self.argon2.clone();
        let hash = move || {
            argon2
                .hash_password(password.as_str().as_bytes())
                .map(|hash| hash.to_string())
        };
        self.run(hash).await?.map_err(Error::unavailable)
    }

    /// Is it the password of this hash? `None`, for no account, takes as long and is never.
    pub(super) async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, Error> {
        let argon2 = self.argon2.clone();
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        let verify = move || {
            let hash = PasswordHash::new(&hash)?;
            match argon2.verify_password(password.as_str().as_bytes(), &hash) {
                Ok(()) => Ok(true),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error),
            }
        };
        Ok(self.run(verify).await?.map_err(Error::unavailable)? && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| Error::Busy)?;
        let turn = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(Error::unavailable)?;
        let work = move || {
            // Held by the work, not by the caller: one who goes away does not make it stop.
            let _permits = (admitted, turn);
            work()
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::unavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn light() -> PasswordConfig {
        PasswordConfig {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
            running_max: 1,
            waiting_max: 1,
        }
    }

    #[tokio::test]
    async fn default_parameters_are_written_into_the_hash() {
        let hash = Passwords::new(PasswordConfig::default())
            .unwrap()
            .hash(Password::new("correct horse"))
            .await;
        assert!(hash.unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[tokio::test]
    async fn right_wrong_and_nobody() {
        let passwords = Passwords::new(light()).unwrap();
        let hash = passwords.hash(Password::new("correct horse")).await.unwrap();
        assert_ne!(
            hash,
            passwords.hash(Password::new("correct horse")).await.unwrap(),
            "salted"
        );
        assert!(
            passwords
                .verify(Password::new("correct horse"), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify(Password::new("correct house"), Some(hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify(Password::new("correct horse"), None)
                .await
                .unwrap()
        );
        let damaged = passwords
            .verify(Password::new("correct horse"), Some("$argon2id$".to_owned()))
            .await;
        assert!(matches!(damaged, Err(Error::Unavailable(_))), "{damaged:?}");
    }

    #[tokio::test]
    async fn one_more_than_may_wait_is_busy() {
        let passwords = Passwords::new(light()).unwrap();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let running = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.run(move || released.recv()).await }
        });
        let waiting = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.run(|| ()).await }
        });
        while passwords.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(passwords.run(|| ()).await, Err(Error::Busy)));
        release.send(()).unwrap();
        assert!(running.await.unwrap().unwrap().is_ok());
        assert!(waiting.await.unwrap().is_ok());
        assert!(passwords.run(|| ()).await.is_ok());
    }
}
