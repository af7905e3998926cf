//! What the queue took: which click each message is for, read from the job in it.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use crate::traffic::click;

/// What `SendMessage` is told, as far as it matters here.
#[derive(Debug, Deserialize)]
struct SendMessage<'a> {
    #[serde(rename = "QueueUrl", borrow)]
    queue_url: Cow<'a, str>,
    #[serde(rename = "MessageBody", borrow)]
    message_body: Cow<'a, str>,
}

/// What each job about a request holds.
#[derive(Debug, Deserialize)]
struct AboutRequest<'a> {
    version: u32,
    #[serde(borrow)]
    job: Cow<'a, str>,
    #[serde(borrow)]
    request_id: Cow<'a, str>,
}

/// A message that could be taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// The serial number of the click that it is for.
    pub(super) serial: u64,
    pub(super) body: String,
}

/// The serial numbers of the clicks whose jobs were taken, in the order in which they were.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger(Arc<Mutex<Vec<u64>>>);

impl Ledger {
    pub(super) fn add(&self, serial: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(serial);
    }

    /// What is in it, which is forgotten here.
    pub(super) fn take(&self) -> Vec<u64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads a call's body. What is not the job of one of our clicks, on the queue where such jobs belong, is refused.
pub(super) fn read(call: &[u8]) -> Option<Message> {
    let call: SendMessage<'_> = serde_json::from_slice(call).ok()?;
    let job: AboutRequest<'_> = serde_json::from_str(&call.message_body).ok()?;
    let as_expected = job.version == domain::job::JOB_VERSION
        && job.job == "approve"
        && call.queue_url.ends_with("/provision");
    let serial = click::serial(&job.request_id).filter(|_| as_expected)?;
    Some(Message { serial, body: call.message_body.into_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(queue: &str, body: &str) -> Vec<u8> {
        serde_json::json!({ "QueueUrl": format!("http://q/1/{queue}"), "MessageBody": body })
            .to_string()
            .into_bytes()
    }

    #[test]
    fn only_the_job_of_a_click_on_its_queue_is_taken() {
        let job = format!(r#"{{"version":1,"job":"approve","request_id":"{}"}}"#, click::request_id(7));
        assert_eq!(read(&call("provision", &job)).map(|message| message.serial), Some(7));
        assert_eq!(read(&call("notify", &job)), None);
        for (right, wrong) in [("approve", "deny"), (":1,", ":2,"), ("load-", "r-")] {
            assert_eq!(read(&call("provision", &job.replace(right, wrong))), None, "{wrong}");
        }
        assert_eq!(read(b"{}"), None);
    }
}
