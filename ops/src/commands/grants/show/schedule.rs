//! The schedule that ends a grant.

use aws::scheduler::{ScheduleSeen, Schedules};
use aws_config::SdkConfig;
use domain::request::aws_name;
use domain::{Job, RequestId};
use serde::Serialize;
use service::config::variables::SCHEDULER_GROUP;

use super::part::Part;
use crate::env::Env;

#[derive(Debug, Serialize)]
pub(super) struct Schedule {
    group: String,
    name: String,
    #[serde(flatten)]
    seen: ScheduleSeen,
}

/// Reads it. Schedules stand in this account, wherever the grant is.
pub(super) async fn look(env: &Env, aws: &SdkConfig, id: &RequestId) -> Part<Option<Schedule>> {
    let group = env.variable(SCHEDULER_GROUP.name).filter(|group| !group.trim().is_empty());
    let group = group.unwrap_or_else(|| SCHEDULER_GROUP.default.unwrap_or_default().to_owned());
    let name = aws_name(id);
    let seen = Schedules::new(aws, &group).seen(&name).await;
    Part::of(seen.map(|seen| seen.map(|seen| Schedule { group, name, seen })))
}

pub(super) fn lines(found: Option<&Schedule>) -> Vec<String> {
    let Some(Schedule { group, name, seen }) = found else { return vec!["no schedule".to_owned()] };
    let sends = match Job::decode(&seen.input) {
        Ok(job) => format!("the job {}", job.name()),
        Err(_) => "something that is no job".to_owned(),
    };
    let off = if seen.enabled { "" } else { ", but it is switched off" };
    let to = seen.target_arn.rsplit(':').next().unwrap_or(&seen.target_arn);
    vec![format!("{group}/{name}  {} {}, sends {sends} to {to}{off}", seen.expression, seen.timezone)]
}
