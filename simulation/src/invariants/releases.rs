//! Two releases on the same table and queues: ours destroys nothing that the next one wrote.

use std::sync::Arc;

use domain::{Job, QueueName};
use serde_json::{Map, Value};
use testkit::aws::Release;

use crate::facts::Facts;
use crate::queues::Queues;
use crate::violation::{Holds, Invariant, broken};

/// A record that ours cannot read is not written by it, and a job that it does not know stays in the outbox.
pub(crate) fn unknown_is_left_alone(before: &Facts, facts: &Facts, is_next: bool) -> Holds {
    if is_next {
        return Ok(());
    }
    for request in facts.written_since(before) {
        let id = request.request_id.as_str();
        let (was, is) = (before.item(id), facts.item(id));
        if let (Some(was), Some(is)) = (was, is)
            && let Some(lost) = unknown_jobs(was).find(|job| unknown_jobs(is).all(|kept| kept != *job))
        {
            return broken(
                Invariant::NothingErased,
                format!("ours took a job that it does not know out of the outbox of {id}: {lost}"),
            );
        }
        if let Some(item) = was.filter(|item| is_only_for_next(item)) {
            let status = item.get("status").and_then(|status| status.get("S")).unwrap_or(&Value::Null);
            return broken(
                Invariant::NothingErased,
                format!(
                    "{id}, which only the next release can read, with the status {status}, was written by ours"
                ),
            );
        }
    }
    Ok(())
}

/// Jobs in its outbox that ours does not know.
fn unknown_jobs(item: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let outbox = item.get("outbox").and_then(|outbox| outbox.get("L")?.as_array());
    outbox.into_iter().flatten().filter(|entry| {
        let job = entry.pointer("/M/job/S").and_then(Value::as_str).unwrap_or_default();
        QueueName::ALL.iter().all(|queue| !Job::names_on(*queue).contains(&job))
    })
}

/// What the next release reads in it by another name than ours.
fn is_only_for_next(item: &Arc<Map<String, Value>>) -> bool {
    let mut read = Map::clone(item);
    Release::Next.read(&mut read);
    ["status", "grant"].iter().any(|name| read.get(*name) != item.get(*name))
}

/// A job that ours does not know is in the dead-letter queue as it was sent.
pub(crate) fn unknown_jobs_are_whole(queues: &Queues) -> Holds {
    let unknown = |reason: &String| matches!(reason.as_str(), "unknown_job" | "unknown_version" | "not_json");
    for dead_letter in
        queues.dead_letters.iter().filter(|dead_letter| dead_letter.reason.as_ref().is_some_and(unknown))
    {
        if !queues
            .all()
            .iter()
            .any(|message| message.queue == dead_letter.queue && message.body == dead_letter.body)
        {
            return broken(
                Invariant::NothingErased,
                format!(
                    "a job that is not known lies in the DLQ otherwise than it was sent: {}",
                    dead_letter.body
                ),
            );
        }
    }
    Ok(())
}
