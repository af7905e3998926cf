//! The queues and their dead-letter queues.

use aws::inspect::queue::{self, QueueSeen};
use service::CallError;

use super::context::DoctorContext;
use super::finding::Finding;

/// With fewer deliveries, a job is dead-lettered over one short outage.
const DELIVERIES_MIN: u32 = 3;
/// A shorter visibility timeout hands a job out again before a worker can extend its lease, in seconds.
const VISIBILITY_MIN_SECONDS: u32 = 10;

pub(super) async fn check(ctx: &DoctorContext<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, url) in &ctx.settings.queues {
        let name = name.as_str();
        let check = format!("queue {name}");
        match queue::queue(ctx.aws, url).await {
            Ok(Some(queue)) => found.extend(look(ctx, &check, name, &queue).await),
            Ok(None) => found.push(Finding::fail(
                check,
                format!("there is no queue {url}"),
                "make it, or fix the variable; is AWS_REGION the queue's?",
            )),
            Err(error) => found.push(Finding::unknown(check, &error)),
        }
    }
    found
}

async fn look(ctx: &DoctorContext<'_>, check: &str, name: &str, queue: &QueueSeen) -> Vec<Finding> {
    let Some(redrive) = &queue.redrive else {
        let detail = "has no redrive policy: a job that keeps failing is retried until it expires, and never reaches a dead-letter queue";
        return vec![Finding::fail(check, detail, "give it a dead-letter queue and a maxReceiveCount")];
    };
    let (tries, hidden) = (redrive.max_receive_count, queue.visibility_seconds);
    let detail = format!("{tries} tries, hidden for {hidden} s; {} waiting", queue.visible);
    let itself = if tries < DELIVERIES_MIN {
        let fix =
            format!("raise maxReceiveCount to {DELIVERIES_MIN} or more: one short outage dead-letters jobs");
        Finding::warn(check, detail, fix)
    } else if hidden < VISIBILITY_MIN_SECONDS {
        let fix = format!("raise the visibility timeout to {VISIBILITY_MIN_SECONDS} s or more");
        Finding::warn(check, detail, fix)
    } else {
        Finding::ok(check, detail)
    };
    let dlq = queue::queue_named(ctx.aws, &redrive.dlq_name).await;
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
            let detail = format!("there is no queue {dlq_name}: dead-lettered jobs are lost");
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
        return Finding::warn(
            check,
            detail,
            "a dead-lettered message keeps its age: set the retention to 14 days",
        );
    }
    Finding::ok(check, format!("empty; keeps messages for {}", days(dlq.retention_seconds)))
}

fn days(seconds: u32) -> String {
    crate::commands::moment::length(seconds.into())
}
