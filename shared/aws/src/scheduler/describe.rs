//! Looking at schedules, without changing anything.

use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use serde::Serialize;

use super::Schedules;
use crate::error::{CallError, from_sdk};

/// A schedule, as Scheduler has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct ScheduleSeen {
    /// When it fires: `at(2026-11-23T14:03:27)`, in its time zone.
    pub expression: String,
    /// Its time zone; UTC where it says none.
    pub timezone: String,
    /// Whether it fires at all.
    pub enabled: bool,
    pub target_arn: String,
    pub role_arn: String,
    pub input: String,
    /// Where Scheduler puts what it could not deliver.
    pub dlq_arn: Option<String>,
}

impl Schedules {
    /// Whether the group is there.
    pub async fn is_group(&self) -> Result<bool, CallError> {
        let call = self.client.get_schedule_group().name(&self.group);
        match call.send().await.map_err(|e| from_sdk("scheduler:GetScheduleGroup", e)) {
            Ok(_) => Ok(true),
            Err(error) if error.is("ResourceNotFoundException") => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A schedule of the group; nothing where there is none of this name.
    pub async fn seen(&self, name: &str) -> Result<Option<ScheduleSeen>, CallError> {
        const CALL: &str = "scheduler:GetSchedule";
        let call = self.client.get_schedule().name(name).group_name(&self.group);
        match call.send().await.map_err(|e| from_sdk(CALL, e)) {
            Ok(found) => seen(CALL, found).map(Some),
            Err(error) if error.is("ResourceNotFoundException") => Ok(None),
            Err(error) => Err(error),
        }
    }
}

pub(crate) fn seen(call: &'static str, found: GetScheduleOutput) -> Result<ScheduleSeen, CallError> {
    let target = found.target.ok_or_else(|| CallError::incomplete(call, "Target"))?;
    Ok(ScheduleSeen {
        expression: found.schedule_expression.unwrap_or_default(),
        timezone: found.schedule_expression_timezone.unwrap_or_else(|| "UTC".to_owned()),
        enabled: found.state.is_none_or(|state| state.as_str() == "ENABLED"),
        target_arn: target.arn,
        role_arn: target.role_arn,
        input: target.input.unwrap_or_default(),
        dlq_arn: target.dead_letter_config.and_then(|dlq| dlq.arn),
    })
}
