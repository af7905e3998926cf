//! Grants that are live, for tests of how they end.

use std::time::Duration;

use serde_json::Value;
use testkit::slack::Message;

use crate::catalogue::OLIVIA;
use crate::eventually::{PATIENCE, eventually};
use crate::inspect::Mail;
use crate::key::Key;
use crate::payload;
use crate::stage::{Stage, button};

/// How late IAM may be with the end of a grant, in seconds.
pub const DENIED_WITHIN_SECONDS: i64 = 2;
/// How long a key is used on after its end must have come, in seconds.
const USED_ON_SECONDS: i64 = 1;
/// Wait between two uses of a key.
const USE_EVERY: Duration = Duration::from_millis(50);

/// A grant with its credential.
pub struct Live {
    /// The request's id.
    pub id: String,
    /// The IAM user of a grant that has one, by name.
    pub user: String,
    /// When it ends.
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

    /// Asks and has Olivia approve; gives the request's id.
    pub async fn asked_and_approved(
        &self,
        person: &str,
        project: &str,
        role: &str,
        duration: &str,
    ) -> String {
        let (id, asking) = self.asked(person, project, role, duration).await;
        self.click(OLIVIA, &asking, "approve").await;
        id
    }

    /// Asks; gives the request's id and the message that asks the approvers.
    pub async fn asked(&self, person: &str, project: &str, role: &str, duration: &str) -> (String, Message) {
        // A machine that is busy may answer 503, and then people ask again.
        eventually("the ask is taken", PATIENCE, async || {
            let answer = self.ask(person, project, role, duration).await;
            assert!(matches!(answer.status, 200 | 503), "{} {}", answer.status, answer.body);
            (answer.status == 200).then_some(())
        })
        .await;
        eventually("the approvers are asked", PATIENCE, async || {
            let requests = self.cloud.requests().await;
            let is_theirs = |r: &&Value| {
                r["requester_slack_id"] == person && r["project"] == project && r["role"] == role
            };
            let request = requests.iter().find(is_theirs)?;
            let id = request["request_id"].as_str()?.to_owned();
            let asking = self.with_button("approve", &id)?;
            Some((id, asking))
        })
        .await
    }

    /// The first message that has such a button for this request.
    #[must_use]
    pub fn with_button(&self, action_id: &str, request_id: &str) -> Option<Message> {
        let messages = self.slack.messages();
        messages.into_iter().find(|message| button(message, action_id).as_deref() == Some(request_id))
    }

    /// Waits until a request has this status, and gives its record.
    pub async fn request_is(&self, id: &str, status: &str, within: Duration) -> Value {
        eventually(&format!("the request {id} is {status}"), within, async || {
            let requests = self.cloud.requests().await;
            requests.into_iter().find(|request| request["request_id"] == id && request["status"] == status)
        })
        .await
    }

    /// Waits until a request's record says that all is gone.
    pub async fn request_is_gone(&self, id: &str, within: Duration) -> Value {
        eventually(&format!("the record of {id} says that all is gone"), within, async || {
            let requests = self.cloud.requests().await;
            requests.into_iter().find(|request| request["request_id"] == id && request["gone_at"].is_number())
        })
        .await
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
#[must_use]
pub fn is_denial(code: &str) -> bool {
    ["AccessDenied", "AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId"]
        .contains(&code)
}
