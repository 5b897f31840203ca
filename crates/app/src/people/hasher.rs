//! The gate before the password hash: it takes 19 MiB and some 20 ms, so few run at a time and few may wait.

use std::sync::Arc;
use std::sync::OnceLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::PlainPassword;
use tokio::sync::{Semaphore, TryAcquireError};

use crate::{Error, Result};

/// Memory in KiB, rounds, lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Hashes at a time.
const RUNNING: usize = 2;
/// Callers that may wait for their turn.
const WAITING: usize = 16;

/// Makes and checks password hashes.
pub(crate) struct Hasher {
    running: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// A hash that nobody's password has: unknown people take as long as known ones.
    dummy: OnceLock<String>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { running: Arc::new(Semaphore::new(RUNNING)), places: Arc::new(Semaphore::new(RUNNING + WAITING)), dummy: OnceLock::new() }
    }
}

impl Hasher {
    /// The PHC string of a new password.
    ///
    /// # Errors
    /// [`Error::TooManyTries`] where too many wait already.
    pub async fn hash(&self, password: PlainPassword) -> Result<String> {
        self.run(move || hash(password.reveal())).await?
    }

    /// Whether the password is the one of the hash. Without a password or a hash the work is the same, and the answer no.
    ///
    /// # Errors
    /// [`Error::TooManyTries`] where too many wait already.
    pub async fn verify(&self, password: Option<PlainPassword>, kept: Option<String>) -> Result<bool> {
        let possible = password.is_some() && kept.is_some();
        let kept = match (kept, self.dummy.get()) {
            (Some(kept), _) => kept,
            (None, Some(dummy)) => dummy.clone(),
            (None, None) => {
                let made = self.run(|| hash("no password")).await??;
                self.dummy.get_or_init(|| made).clone()
            }
        };
        let verified = self
            .run(move || -> Result<bool> {
                let kept = PasswordHash::new(&kept).map_err(Error::internal)?;
                let text = password.as_ref().map_or("no such password", PlainPassword::reveal);
                Ok(argon2()?.verify_password(text.as_bytes(), &kept).is_ok())
            })
            .await??;
        Ok(verified && possible)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _place = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => place,
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => return Err(Error::TooManyTries { retry_after: 1 }),
        };
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
        .map_err(Error::internal)
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let (memory, rounds, lanes) = COST;
    let params = Params::new(memory, rounds, lanes, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(text: &str) -> Result<String> {
    let hash: PasswordHash = argon2()?.hash_password(text.as_bytes()).map_err(Error::internal)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    fn password(text: &str) -> PlainPassword {
        PlainPassword::given(text).unwrap()
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other() {
        let hasher = Hasher::default();
        let kept = hasher.hash(password("correct horse")).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(hasher.verify(Some(password("correct horse")), Some(kept.clone())).await.unwrap());
        assert!(!hasher.verify(Some(password("correct horsf")), Some(kept.clone())).await.unwrap());
        assert!(!hasher.verify(None, Some(kept)).await.unwrap());
        assert!(!hasher.verify(Some(password("no password")), None).await.unwrap(), "the dummy's own password opens nothing");
    }

    #[tokio::test]
    async fn beyond_the_queue_a_caller_is_sent_away_at_once() {
        let hasher = Hasher::default();
        let kept = hasher.hash(password("correct horse")).await.unwrap();
        let tries = (0..40).map(|_| hasher.verify(Some(password("wrong one")), Some(kept.clone())));
        let ends = join_all(tries).await;
        let refused = ends.iter().filter(|end| matches!(end, Err(Error::TooManyTries { retry_after: 1 }))).count();
        let answered = ends.iter().filter(|end| matches!(end, Ok(false))).count();
        assert_eq!((answered, refused), (RUNNING + WAITING, 40 - RUNNING - WAITING));
    }
}
