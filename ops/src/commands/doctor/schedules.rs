//! EventBridge Scheduler: the group, the role that it sends as, its own dead-letter queue, and the sweeps' schedules.

use aws::inspect::{permissions, queue};
use aws::scheduler::{SWEEP_ALL_SCHEDULE, SWEEP_SCHEDULE, Schedules};

use super::context::DoctorContext;
use super::finding::Finding;
use super::queues::dead_letters;

/// A schedule that sends a job again and again.
struct Recurring {
    check: &'static str,
    name: &'static str,
    job: &'static str,
    every: &'static str,
    without: &'static str,
}

const SWEEP: Recurring = Recurring {
    check: "sweep schedule",
    name: SWEEP_SCHEDULE,
    job: "sweep",
    every: "every 5 minutes",
    without: "leftovers are not removed",
};
const SWEEP_ALL: Recurring = Recurring {
    check: "sweep_all schedule",
    name: SWEEP_ALL_SCHEDULE,
    job: "sweep_all",
    every: "once a day",
    without: "records without the active-index attribute are not checked",
};
/// Who assumes the role.
const SCHEDULER: &str = "scheduler.amazonaws.com";
/// For so long Scheduler tries to deliver, in seconds (its own limit).
const DELIVERY_SECONDS: u32 = 86_400;

pub(super) async fn check(ctx: &DoctorContext<'_>) -> Vec<Finding> {
    let group = ctx.settings.scheduler_group.as_deref();
    let mut found = Vec::new();
    if let Some(group) = group {
        let schedules = Schedules::new(ctx.aws, group);
        found.push(match schedules.is_group().await {
            Ok(true) => Finding::ok("schedule group", group),
            Ok(false) => Finding::fail(
                "schedule group",
                format!("there is no group {group}"),
                "make it, or fix SCHEDULER_GROUP",
            ),
            Err(error) => Finding::unknown("schedule group", &error),
        });
        found.push(recurring(&SWEEP, &schedules, ctx).await);
        if ctx.settings.open_index.is_some() {
            found.push(recurring(&SWEEP_ALL, &schedules, ctx).await);
        }
    }
    found.push(role(ctx).await);
    found.push(schedules_dlq(ctx).await);
    found
}

async fn recurring(wanted: &Recurring, schedules: &Schedules, ctx: &DoctorContext<'_>) -> Finding {
    let Recurring { check, name, job, every, without } = *wanted;
    let schedule = match schedules.seen(name).await {
        Ok(Some(schedule)) => schedule,
        Ok(None) => {
            let detail = format!("there is no schedule {name} in the group");
            let fix = format!(
                r#"make one: {every}, {{"version":1,"job":"{job}"}} to the revoke queue; nothing, if one of another name does that"#
            );
            return Finding::warn(check, detail, fix);
        }
        Err(error) => return Finding::unknown(check, &error),
    };
    let sends_it = serde_json::from_str::<serde_json::Value>(&schedule.input)
        .is_ok_and(|body| body.get("job").is_some_and(|sent| sent == job));
    let aims_at = queue::name_of(&schedule.target_arn);
    let is_ours = ctx.revoke_queue().is_none_or(|url| url.rsplit('/').next() == Some(aims_at));
    let detail = format!("{} to {aims_at}", schedule.expression);
    let wrong = match (schedule.enabled, sends_it, is_ours) {
        (false, ..) => "it is disabled".to_owned(),
        (_, false, _) => format!("it does not send the job {job}"),
        (.., false) => "it does not send to the revoke queue".to_owned(),
        (true, true, true) => return Finding::ok(check, detail),
    };
    Finding::fail(check, format!("{detail}: {wrong}"), format!("fix it: {without}"))
}

/// Whether Scheduler may take the role, and whether the role may send to the revoke queue.
async fn role(ctx: &DoctorContext<'_>) -> Finding {
    let check = "schedule role";
    let Some(arn) = ctx.settings.scheduler_role_arn.as_deref() else {
        return Finding::warn(check, "could not be checked", "set SCHEDULER_ROLE_ARN in this shell");
    };
    let role = match permissions::role(ctx.aws, arn).await {
        Ok(Some(role)) => role,
        Ok(None) => {
            return Finding::fail(check, format!("there is no role {arn}"), "make it: no grant ends on time");
        }
        Err(error) => return Finding::unknown(check, &error),
    };
    if !role.trust.contains(SCHEDULER) {
        let fix = format!("trust {SCHEDULER} in its trust policy");
        return Finding::fail(check, format!("{arn} cannot be assumed by Scheduler"), fix);
    }
    let Some(url) = ctx.revoke_queue() else {
        return Finding::warn(check, "could not be checked whole", "set QUEUE_URL_REVOKE in this shell");
    };
    let queue = match queue::queue(ctx.aws, url).await {
        Ok(Some(queue)) => queue.arn,
        Ok(None) => return Finding::fail(check, format!("there is no queue {url}"), "make it"),
        Err(error) => return Finding::unknown(check, &error),
    };
    match permissions::may(ctx.aws, &role.arn, "sqs:SendMessage", &queue).await {
        Ok(true) => Finding::ok(check, format!("{arn} may send to {}", queue::name_of(&queue))),
        Ok(false) => Finding::fail(
            check,
            format!("{arn} may not send to {}: no grant ends on time", queue::name_of(&queue)),
            "allow it sqs:SendMessage on the revoke queue",
        ),
        Err(error) => Finding::unknown(check, &error),
    }
}

async fn schedules_dlq(ctx: &DoctorContext<'_>) -> Finding {
    let check = "dlq schedule".to_owned();
    let Some(arn) = ctx.settings.scheduler_dlq_arn.as_deref() else {
        let detail = "SCHEDULER_DLQ_ARN is not set: what Scheduler cannot deliver is lost";
        return Finding::warn(
            check,
            detail,
            "give the schedules a dead-letter queue; the sweep makes up for it meanwhile",
        );
    };
    let name = queue::name_of(arn);
    let dlq = queue::queue_named(ctx.aws, name).await;
    dead_letters(check, "schedule", name, dlq, DELIVERY_SECONDS)
}
