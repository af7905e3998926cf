//! Credentials, asked of their provider when they are needed and kept while they are good, as the SDK's own cache does.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use tokio::sync::Mutex;

/// So long before they expire they are asked for anew: longer than a request takes, shorter than any provider's own renewal.
const RENEW_BEFORE: Duration = Duration::from_mins(1);
/// How long they are kept where they do not say when they expire, as in the SDK's cache.
const KEEP_MAX: Duration = Duration::from_mins(15);

/// A provider, and what it said last.
#[derive(Debug)]
pub(super) struct Cached {
    provider: SharedCredentialsProvider,
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    credentials: Credentials,
    until: SystemTime,
}

impl Cached {
    pub(super) fn new(provider: SharedCredentialsProvider) -> Self {
        Self { provider, kept: Mutex::default() }
    }

    /// Those that are good at `now`. While one caller asks the provider, the others wait for what it gets.
    pub(super) async fn at(&self, now: SystemTime) -> Result<Credentials, CredentialsError> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.until) {
            return Ok(kept.credentials.clone());
        }
        let credentials = self.provider.provide_credentials().await?;
        let latest = now + KEEP_MAX;
        let until = credentials.expiry().and_then(|expiry| expiry.checked_sub(RENEW_BEFORE));
        let until = until.map_or(latest, |until| until.min(latest));
        *kept = Some(Kept { credentials: credentials.clone(), until });
        Ok(credentials)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use aws_credential_types::provider::future;

    use super::*;

    /// Counts how often it is asked, and names each key after that.
    #[derive(Debug)]
    struct Counting(Arc<AtomicU32>, Option<SystemTime>);

    impl ProvideCredentials for Counting {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let asked = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            future::ProvideCredentials::ready(Ok(Credentials::new(
                format!("AKIA{asked}"),
                "s",
                None,
                self.1,
                "test",
            )))
        }
    }

    fn cached(expiry: Option<SystemTime>) -> (Cached, Arc<AtomicU32>) {
        let asked = Arc::new(AtomicU32::new(0));
        (Cached::new(SharedCredentialsProvider::new(Counting(Arc::clone(&asked), expiry))), asked)
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    async fn key(cached: &Cached, seconds: u64) -> String {
        cached.at(at(seconds)).await.unwrap().access_key_id().to_owned()
    }

    #[tokio::test]
    async fn they_are_renewed_before_they_expire() {
        let (cached, asked) = cached(Some(at(600)));
        assert_eq!((key(&cached, 0).await, key(&cached, 539).await), ("AKIA1".into(), "AKIA1".into()));
        assert_eq!(key(&cached, 540).await, "AKIA2");
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn those_without_an_end_or_with_a_far_one_are_kept_for_a_quarter_of_an_hour() {
        for expiry in [None, Some(at(1_000_000))] {
            let (cached, asked) = cached(expiry);
            assert_eq!((key(&cached, 0).await, key(&cached, 899).await), ("AKIA1".into(), "AKIA1".into()));
            assert_eq!(key(&cached, 900).await, "AKIA2");
            assert_eq!(asked.load(Ordering::SeqCst), 2);
        }
    }

    #[tokio::test]
    async fn those_that_expire_at_once_are_used_and_not_kept() {
        let (cached, _) = cached(Some(at(30)));
        assert_eq!((key(&cached, 0).await, key(&cached, 1).await), ("AKIA1".into(), "AKIA2".into()));
    }
}
