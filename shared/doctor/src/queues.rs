//! The queues and their dead-letter queues.

use aws::inspect::queue::{self, QueueSeen};
use domain::text::{count, length};
use service::CallError;

use crate::context::Context;
use crate::finding::Finding;

/// With fewer deliveries, a job is dead-lettered over one short outage.
const DELIVERIES_MIN: u32 = 3;
/// A shorter visibility timeout hands a job out again before a worker can extend its lease, in seconds.
const VISIBILITY_MIN_SECONDS: u32 = 10;

pub(crate) async fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, url) in &ctx.settings.queues {
        let (name, check) = (name.as_str(), format!("queue {}", name.as_str()));
        match queue::queue(ctx.aws, url).await {
            Ok(Some(queue)) => found.extend(look(ctx, &check, name, &queue).await),
            Ok(None) => {
                let fix = "make it, or fix the variable; is AWS_REGION the queue's?";
                found.push(Finding::fail(check, format!("there is no queue {url}"), fix));
            }
            Err(error) => found.push(Finding::unknown(check, &error)),
        }
    }
    found
}

async fn look(ctx: &Context<'_>, check: &str, name: &str, queue: &QueueSeen) -> Vec<Finding> {
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
    vec![itself, dead_letters(ctx, name, &redrive.dlq_name, queue.retention_seconds).await]
}

/// The dead-letter queue of `name`: there, empty, and keeping messages for longer than what feeds it.
pub(crate) async fn dead_letters(
    ctx: &Context<'_>,
    name: &str,
    dlq_name: &str,
    fed_for_seconds: u32,
) -> Finding {
    let check = format!("dlq {name}");
    let found = async {
        let Some(dlq) = queue::queue_named(ctx.aws, dlq_name).await? else {
            let detail = format!("there is no queue {dlq_name}: dead-lettered jobs are lost");
            return Ok(Finding::fail(&check, detail, "make it"));
        };
        let keeps = length(dlq.retention_seconds.into());
        Ok::<_, CallError>(if dlq.visible > 0 {
            let lie = if dlq.visible == 1 { "lies" } else { "lie" };
            let detail = format!("{} {lie} in it", count(dlq.visible, "job"));
            Finding::warn(&check, detail, format!("keylease dlq list {name}"))
        } else if dlq.retention_seconds <= fed_for_seconds {
            let detail = format!("keeps messages no longer than its queue ({keeps})");
            let fix = "a dead-lettered message keeps its age: set the retention to 14 days";
            Finding::warn(&check, detail, fix)
        } else {
            Finding::ok(&check, format!("empty; keeps messages for {keeps}"))
        })
    };
    Finding::of(&check, found.await)
}
