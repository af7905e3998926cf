//! Sees what becomes of each request, from the calls in which the workers write it down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::aws::{CallInfo, EmbeddedAws, Service};
use tokio::sync::watch;
use tokio::time::timeout;

use super::delays;

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    /// The record says `ACTIVE`.
    Active,
    /// The record says when the user was read back as gone.
    Gone,
}

/// When each request reached its marks.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    reached: Arc<Mutex<HashMap<(String, Mark), Instant>>>,
    changes: watch::Sender<()>,
}

impl Watch {
    /// Looks at every call from now on, and lets it through; late where there are delays.
    pub(super) fn over(aws: &EmbeddedAws, delays: bool) -> Self {
        let watch = Self { reached: Arc::default(), changes: watch::Sender::new(()) };
        let looking = watch.clone();
        aws.inject(move |call| {
            if let Some((request_id, mark)) = marked(call) {
                looking.lock().entry((request_id, mark)).or_insert_with(Instant::now);
                looking.changes.send_replace(());
            }
            if delays { delays::of(call) } else { None }
        });
        watch
    }

    /// When the request reached the mark; waits for at most `limit`. It is forgotten with the answer.
    pub(super) async fn reached(&self, request_id: &str, mark: Mark, limit: Duration) -> Option<Instant> {
        let mut changes = self.changes.subscribe();
        let key = (request_id.to_owned(), mark);
        let waiting = async {
            loop {
                changes.borrow_and_update();
                if let Some(at) = self.lock().remove(&key) {
                    return Some(at);
                }
                changes.changed().await.ok()?;
            }
        };
        timeout(limit, waiting).await.ok()?
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, Mark), Instant>> {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The mark that a write of a record sets.
fn marked(call: &CallInfo) -> Option<(String, Mark)> {
    if call.service != Service::DynamoDb || call.operation != "PutItem" {
        return None;
    }
    let write: Value = serde_json::from_slice(&call.body).ok()?;
    let item = write.get("Item")?;
    let request_id = item.pointer("/request_id/S")?.as_str()?.to_owned();
    let mark = if item.pointer("/gone_at/N").is_some() {
        Mark::Gone
    } else {
        (item.pointer("/status/S")? == "ACTIVE").then_some(Mark::Active)?
    };
    Some((request_id, mark))
}
