//! Grants that are live, for tests of how they end.

use std::time::Duration;

use crate::eventually::{PATIENCE, eventually};
use crate::inspect::Mail;
use crate::key::Key;
use crate::payload;
use crate::stage::Stage;

/// How late IAM may be with the end of a grant, in seconds.
pub const DENIED_WITHIN_SECONDS: i64 = 2;
/// How long a key is used on after its end must have come, in seconds.
const USED_ON_SECONDS: i64 = 1;
/// Wait between two uses of a key.
const USE_EVERY: Duration = Duration::from_millis(50);

/// A grant with its credential.
pub struct Live {
    pub id: String,
    /// The IAM user of a grant that has one, by name.
    pub user: String,
    pub expires_at: i64,
    /// The credential, from the mail.
    pub key: Key,
}

impl Stage {
    /// Asks, has Olivia approve, and gives what was mailed once the grant is live and works.
    pub async fn live(&self, person: &str, project: &str, role: &str, duration: &str) -> Live {
        let id = self.asked_and_approved(person, project, role, duration).await;
        let request = self.request_is(&id, "ACTIVE", PATIENCE).await;
        let key = Key::in_mail(&self.mails_for(&id).await.pop().expect("a mail").text);
        assert_eq!(key.reads().await, Ok(()), "the credential of {id} works");
        let expires_at = request["expires_at"].as_i64().expect("an end");
        Live { user: format!("keylease-{id}"), id, expires_at, key }
    }

    /// The mails that delivered this request's credential, oldest first.
    pub async fn mails_for(&self, id: &str) -> Vec<Mail> {
        let line = format!("Request {id}\n");
        let mails = self.cloud.mails().await;
        mails.into_iter().filter(|mail| mail.text.contains(&line)).collect()
    }

    /// Waits until no grant has a user.
    pub async fn no_user_is_left(&self, within: Duration) {
        eventually("the user is gone", within, async || self.cloud.users().await.is_empty().then_some(()))
            .await;
    }
}

impl Live {
    /// Uses the key without a pause until a little after its end: no use is denied that was over before the end, and
    /// none is allowed that began [`DENIED_WITHIN_SECONDS`] after it.
    pub async fn ends_on_time(&self) {
        let id = &self.id;
        let late = self.expires_at + DENIED_WITHIN_SECONDS;
        let mut uses = 0;
        loop {
            let began = payload::now();
            let outcome = self.key.reads().await;
            let over = payload::now();
            match outcome {
                Ok(()) => assert!(began < late, "{id} works {} s after its end", began - self.expires_at),
                Err(code) => {
                    assert!(
                        over >= self.expires_at,
                        "{id} is denied {} s before its end",
                        self.expires_at - over
                    );
                    assert!(is_denial(&code), "{id} is not denied, but: {code}");
                }
            }
            uses += u32::from(began < self.expires_at);
            if began >= late + USED_ON_SECONDS {
                break;
            }
            tokio::time::sleep(USE_EVERY).await;
        }
        assert!(uses > 0, "{id} was over before it was looked at");
    }
}

/// Whether this is how AWS says no: to a credential that may not, or to one that is gone.
pub fn is_denial(code: &str) -> bool {
    ["AccessDenied", "AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId"]
        .contains(&code)
}
