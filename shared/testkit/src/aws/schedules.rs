//! Schedules that fire: the emulator only stores them.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use winterbaume_sqs::types::MessageAttribute;

use super::EmbeddedAws;
use super::call::last_part;
use super::scheduler::Details;

/// How often schedules are looked at; AWS itself promises only the minute.
const TICK: Duration = Duration::from_secs(1);

/// Fires schedules until `shutdown` resolves.
pub async fn run(aws: Arc<EmbeddedAws>, shutdown: impl Future<Output = ()> + Send) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return,
            _ = tick.tick() => { fire_due(&aws, aws.now()).await; }
        }
    }
}

/// Sends what every schedule that is due at `now` has to send; returns how many fired.
pub async fn fire_due(aws: &EmbeddedAws, now: Timestamp) -> usize {
    let mut fired = 0;
    for (schedule, details) in aws.services.scheduler.schedules().await {
        let key = (schedule.group_name, schedule.name);
        let due = due_at(&schedule.schedule_expression, &details);
        let Some(due) = due.filter(|due| *due <= now && schedule.state == "ENABLED") else { continue };
        if !aws.services.scheduler.claim(&key, due, now) {
            continue;
        }
        fired += 1;
        deliver(aws, &schedule.target.arn, &details, &key.1);
        if schedule.action_after_completion.as_deref() == Some("DELETE") {
            aws.services.scheduler.delete(&key).await;
        }
    }
    fired
}

/// When the schedule is next due; `None` for an expression that is not understood.
fn due_at(expression: &str, details: &Details) -> Option<Timestamp> {
    if let Some(time) = inner(expression, "at(") {
        let zone = details.timezone.as_deref().map_or(Ok(TimeZone::UTC), TimeZone::get).ok()?;
        return Some(time.parse::<DateTime>().ok()?.to_zoned(zone).ok()?.timestamp());
    }
    let (count, unit) = inner(expression, "rate(")?.split_once(' ')?;
    let unit_seconds = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return None,
    };
    let period = SignedDuration::from_secs(count.parse::<i64>().ok()?.checked_mul(unit_seconds)?);
    details.fired_at.unwrap_or(details.created_at).checked_add(period).ok()
}

fn inner<'a>(expression: &'a str, function: &str) -> Option<&'a str> {
    expression.trim().strip_prefix(function)?.strip_suffix(')').map(str::trim)
}

/// Sends to the target, or to the schedule's dead-letter queue when the target is not there.
fn deliver(aws: &EmbeddedAws, target_arn: &str, details: &Details, name: &str) {
    let body = details.input.as_deref().unwrap_or("{}");
    if send(aws, target_arn, body, HashMap::new()) {
        return;
    }
    let reasons = [("ERROR_CODE", "AWS.SimpleQueueService.NonExistentQueue"), ("TARGET_ARN", target_arn)];
    let attributes = reasons.map(|(name, value)| (name.to_owned(), text_attribute(value))).into();
    let parked = details.dead_letter_arn.as_deref().is_some_and(|arn| send(aws, arn, body, attributes));
    tracing::warn!(schedule = name, target_arn, parked, "a schedule fired at a queue that is not there");
}

fn send(
    aws: &EmbeddedAws,
    queue_arn: &str,
    body: &str,
    attributes: HashMap<String, MessageAttribute>,
) -> bool {
    let queue = last_part(queue_arn, ':');
    aws.services.queues.deliver(queue, body, attributes)
}

fn text_attribute(value: &str) -> MessageAttribute {
    MessageAttribute {
        data_type: "String".to_owned(),
        string_value: Some(value.to_owned()),
        binary_value: None,
    }
}
