//! The queues, and where what cannot be done is dead-lettered.

use aws::inspect::queue::{self, QueueSeen};
use service::CallError;

use super::finding::Finding;
use super::ground::Ground;

/// Fewer deliveries than this dead-letter a job over one short outage.
const DELIVERIES_MIN: u32 = 3;
/// A shorter visibility timeout hands a job out again before a worker can extend its lease, in seconds.
const VISIBILITY_MIN_SECONDS: u32 = 10;

pub(super) async fn check(ground: &Ground<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, url) in &ground.settings.queues {
        let name = name.as_str();
        let check = format!("queue {name}");
        match queue::queue(ground.aws, url).await {
            Ok(Some(queue)) => found.extend(look(ground, &check, name, &queue).await),
            Ok(None) => found.push(Finding::fail(
                check,
                format!("there is no queue {url}"),
                "make it, or mend the variable; is AWS_REGION the queue's?",
            )),
            Err(error) => found.push(Finding::unknown(check, &error)),
        }
    }
    found
}

async fn look(ground: &Ground<'_>, check: &str, name: &str, queue: &QueueSeen) -> Vec<Finding> {
    let Some(redrive) = &queue.redrive else {
        let detail =
            "has no redrive policy: a job that fails is tried until it is forgotten, and never parked";
        return vec![Finding::fail(check, detail, "give it a dead-letter queue and a maxReceiveCount")];
    };
    let (tries, hidden) = (redrive.max_receive_count, queue.visibility_seconds);
    let detail = format!("{tries} tries, hidden for {hidden} s; {} waiting", queue.visible);
    let itself = if tries < DELIVERIES_MIN {
        let mend = format!("raise maxReceiveCount to {DELIVERIES_MIN} or more: one short outage parks jobs");
        Finding::warn(check, detail, mend)
    } else if hidden < VISIBILITY_MIN_SECONDS {
        let mend = format!("raise the visibility timeout to {VISIBILITY_MIN_SECONDS} s or more");
        Finding::warn(check, detail, mend)
    } else {
        Finding::ok(check, detail)
    };
    let dlq = queue::queue_named(ground.aws, &redrive.dlq_name).await;
    vec![itself, dead_letters(format!("dlq {name}"), name, &redrive.dlq_name, dlq, queue.retention_seconds)]
}

/// A dead-letter queue: there, empty, and keeping messages for longer than the queue that feeds it.
pub(super) fn dead_letters(
    check: String,
    name: &str,
    dlq_name: &str,
    dlq: Result<Option<QueueSeen>, CallError>,
    fed_for_seconds: u32,
) -> Finding {
    let dlq = match dlq {
        Ok(Some(dlq)) => dlq,
        Ok(None) => {
            let detail = format!("there is no queue {dlq_name}: what is parked is lost");
            return Finding::fail(check, detail, "make it");
        }
        Err(error) => return Finding::unknown(check, &error),
    };
    if dlq.visible > 0 {
        let detail = match dlq.visible {
            1 => "1 job lies in it".to_owned(),
            many => format!("{many} jobs lie in it"),
        };
        return Finding::warn(check, detail, format!("keylease dlq list {name}"));
    }
    if dlq.retention_seconds <= fed_for_seconds {
        let detail = format!("keeps messages no longer than its queue ({})", days(dlq.retention_seconds));
        return Finding::warn(check, detail, "a parked message keeps its age: set the retention to 14 days");
    }
    Finding::ok(check, format!("empty; keeps messages for {}", days(dlq.retention_seconds)))
}

fn days(seconds: u32) -> String {
    crate::commands::grants::moment::length(seconds.into())
}
