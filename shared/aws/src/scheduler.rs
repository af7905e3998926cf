//! `EventBridge` Scheduler: one schedule for each grant, which sends the revoke job when the grant is over.

mod describe;

use aws_config::SdkConfig;
use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, Target,
};
use domain::{Job, UnixSeconds};

use crate::error::{CallError, Remedy, from_sdk};

pub use describe::ScheduleSeen;

/// The name of the schedule that a deployment makes for the sweep. It does not begin as the grants' own do, so that the
/// role that makes those cannot touch it.
pub const SWEEP_SCHEDULE: &str = "sweep";
/// The same for the look at the whole table, once a day.
pub const SWEEP_ALL_SCHEDULE: &str = "sweep-all";

/// What Scheduler says of a role that it cannot assume. It has no code of its own for that.
const ROLE_REFUSED: &str = "to assume the role";

/// Whether Scheduler refuses the schedules' role: its trust policy is wrong, or the role is so new that Scheduler does not
/// see it yet.
#[must_use]
pub fn is_role_refused(error: &CallError) -> bool {
    error.is("ValidationException") && error.message.contains(ROLE_REFUSED)
}

/// The schedules of one group.
#[derive(Debug, Clone)]
pub struct Schedules {
    client: Client,
    group: String,
}

/// Where the schedules send to, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleTarget {
    /// The revoke queue's ARN.
    pub queue_arn: String,
    /// The role that Scheduler assumes.
    pub role_arn: String,
    /// Where Scheduler puts what it could not deliver.
    pub dlq_arn: Option<String>,
}

impl Schedules {
    /// The group of this name, which exists.
    #[must_use]
    pub fn new(aws: &SdkConfig, group: &str) -> Self {
        Self { client: Client::new(aws), group: group.to_owned() }
    }

    /// Makes the schedule `name`, to send `job` at `at`; false where there is one already, which stays as it is.
    ///
    /// Scheduler is accurate to the minute: it may fire up to 60 s late.
    pub async fn create(
        &self,
        name: &str,
        at: UnixSeconds,
        job: &Job,
        target: &ScheduleTarget,
    ) -> Result<bool, CallError> {
        const CALL: &str = "scheduler:CreateSchedule";
        let call = self
            .client
            .create_schedule()
            .name(name)
            .group_name(&self.group)
            .schedule_expression(expression(at))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(exactly(CALL)?)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(destination(CALL, target, job)?);
        match call.send().await.map_err(|e| from_sdk(CALL, e)) {
            Err(error) if error.is("ConflictException") => Ok(false),
            other => other.map(|_| true),
        }
    }

    /// Sets the schedule `name`, which is there, to send `job` at `at`.
    pub async fn update(
        &self,
        name: &str,
        at: UnixSeconds,
        job: &Job,
        target: &ScheduleTarget,
    ) -> Result<(), CallError> {
        const CALL: &str = "scheduler:UpdateSchedule";
        let call = self
            .client
            .update_schedule()
            .name(name)
            .group_name(&self.group)
            .schedule_expression(expression(at))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(exactly(CALL)?)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(destination(CALL, target, job)?);
        call.send().await.map(|_| ()).map_err(|e| from_sdk(CALL, e)).map_err(|error| {
            // It was there a moment ago, and so is its group: it fired or was deleted, and the next try creates it.
            let is_gone = error.is("ResourceNotFoundException");
            if is_gone { CallError { remedy: Remedy::RETRY, ..error } } else { error }
        })
    }

    /// Deletes a schedule; one that is not there is deleted already.
    pub async fn delete(&self, name: &str) -> Result<(), CallError> {
        let call = self.client.delete_schedule().name(name).group_name(&self.group);
        match call.send().await.map_err(|e| from_sdk("scheduler:DeleteSchedule", e)) {
            Err(error) if error.is("ResourceNotFoundException") => Ok(()),
            other => other.map(|_| ()),
        }
    }
}

fn expression(at: UnixSeconds) -> String {
    format!("at({})", at.rfc3339().trim_end_matches('Z'))
}

fn exactly(call: &'static str) -> Result<FlexibleTimeWindow, CallError> {
    let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build();
    window.map_err(|error| CallError::permanent(call, error.to_string()))
}

fn destination(call: &'static str, to: &ScheduleTarget, job: &Job) -> Result<Target, CallError> {
    let dlq = to.dlq_arn.as_ref().map(|arn| DeadLetterConfig::builder().arn(arn).build());
    Target::builder()
        .arn(&to.queue_arn)
        .role_arn(&to.role_arn)
        .input(job.encode())
        .set_dead_letter_config(dlq)
        .build()
        .map_err(|error| CallError::permanent(call, error.to_string()))
}
