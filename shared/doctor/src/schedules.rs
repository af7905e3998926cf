//! EventBridge Scheduler: the group, the role that it sends as, its own dead-letter queue, and the sweeps' schedules.

use aws::inspect::{permissions, queue};
use aws::scheduler::{SWEEP_ALL_SCHEDULE, SWEEP_SCHEDULE, Schedules};
use domain::Job;
use service::CallError;

use crate::context::Context;
use crate::finding::Finding;
use crate::queues::dead_letters;

const GROUP: &str = "schedule group";
const ROLE: &str = "schedule role";

/// A schedule that sends a job again and again.
struct Recurring {
    name: &'static str,
    job: &'static str,
    every: &'static str,
    without: &'static str,
}

const SWEEP: Recurring = Recurring {
    name: SWEEP_SCHEDULE,
    job: "sweep",
    every: "every 5 minutes",
    without: "leftovers are not removed",
};
const SWEEP_ALL: Recurring = Recurring {
    name: SWEEP_ALL_SCHEDULE,
    job: "sweep_all",
    every: "once a day",
    without: "records without the active-index attribute are not checked",
};
/// Who assumes the role.
const SCHEDULER: &str = "scheduler.amazonaws.com";
/// For so long Scheduler tries to deliver, in seconds (its own limit).
const DELIVERY_SECONDS: u32 = 86_400;

pub(crate) async fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(name) = ctx.settings.scheduler_group.as_deref() {
        let schedules = Schedules::new(ctx.aws, name);
        found.push(Finding::of(GROUP, group(name, &schedules).await));
        found.push(recurring(&SWEEP, &schedules, ctx).await);
        if ctx.settings.open_index.is_some() {
            found.push(recurring(&SWEEP_ALL, &schedules, ctx).await);
        }
    }
    found.push(Finding::of(ROLE, role(ctx).await));
    found.push(schedules_dlq(ctx).await);
    found
}

async fn group(name: &str, schedules: &Schedules) -> Result<Finding, CallError> {
    if schedules.is_group().await? {
        return Ok(Finding::ok(GROUP, name));
    }
    Ok(Finding::fail(GROUP, format!("there is no group {name}"), "make it, or fix SCHEDULER_GROUP"))
}

async fn recurring(wanted: &Recurring, schedules: &Schedules, ctx: &Context<'_>) -> Finding {
    let Recurring { name, job, every, without } = *wanted;
    let check = format!("{job} schedule");
    let schedule = match schedules.seen(name).await {
        Ok(Some(schedule)) => schedule,
        Err(error) => return Finding::unknown(check, &error),
        Ok(None) => {
            let detail = format!("there is no schedule {name} in the group");
            let fix = format!(
                r#"make one: {every}, {{"version":1,"job":"{job}"}} to the revoke queue; nothing, if one of another name does that"#
            );
            return Finding::warn(check, detail, fix);
        }
    };
    let sends_it = Job::decode(&schedule.input).is_ok_and(|sent| sent.name() == job);
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
async fn role(ctx: &Context<'_>) -> Result<Finding, CallError> {
    let Some(arn) = ctx.settings.scheduler_role_arn.as_deref() else {
        return Ok(Finding::unchecked(ROLE, "set SCHEDULER_ROLE_ARN in this shell"));
    };
    let Some(role) = permissions::role(ctx.aws, arn).await? else {
        let fix = "make it: no grant ends on time";
        return Ok(Finding::fail(ROLE, format!("there is no role {arn}"), fix));
    };
    if !role.trust.contains(SCHEDULER) {
        let fix = format!("trust {SCHEDULER} in its trust policy");
        return Ok(Finding::fail(ROLE, format!("{arn} cannot be assumed by Scheduler"), fix));
    }
    let Some(url) = ctx.revoke_queue() else {
        return Ok(Finding::warn(ROLE, "could not be checked whole", "set QUEUE_URL_REVOKE in this shell"));
    };
    let Some(queue) = queue::queue(ctx.aws, url).await?.map(|queue| queue.arn) else {
        return Ok(Finding::fail(ROLE, format!("there is no queue {url}"), "make it"));
    };
    let name = queue::name_of(&queue);
    if permissions::may(ctx.aws, &role.arn, "sqs:SendMessage", &queue).await? {
        return Ok(Finding::ok(ROLE, format!("{arn} may send to {name}")));
    }
    let detail = format!("{arn} may not send to {name}: no grant ends on time");
    Ok(Finding::fail(ROLE, detail, "allow it sqs:SendMessage on the revoke queue"))
}

async fn schedules_dlq(ctx: &Context<'_>) -> Finding {
    let Some(arn) = ctx.settings.scheduler_dlq_arn.as_deref() else {
        let detail = "SCHEDULER_DLQ_ARN is not set: what Scheduler cannot deliver is lost";
        let fix = "give the schedules a dead-letter queue; the sweep makes up for it meanwhile";
        return Finding::warn("dlq schedule", detail, fix);
    };
    dead_letters(ctx, "schedule", queue::name_of(arn), DELIVERY_SECONDS).await
}
