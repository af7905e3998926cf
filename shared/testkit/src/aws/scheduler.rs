//! EventBridge Scheduler, with what the emulator forgets about a schedule and what firing it needs.

use std::collections::HashMap;
use std::sync::Mutex;

use jiff::Timestamp;
use serde_json::{Value, json};
use winterbaume_core::{MockRequest, MockResponse, MockService, StatefulService};
use winterbaume_scheduler::SchedulerService;
use winterbaume_scheduler::views::ScheduleView;

use super::call::schedule_name;
use super::{ACCOUNT, REGION};
use crate::lock::lock;

/// Group and name.
pub(crate) type ScheduleKey = (String, String);

/// What is remembered of a schedule beside what the emulator keeps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Details {
    pub(crate) input: Option<String>,
    pub(crate) dead_letter_arn: Option<String>,
    pub(crate) timezone: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) fired_at: Option<Timestamp>,
}

/// The embedded Scheduler.
#[derive(Default)]
pub(crate) struct Scheduler {
    service: SchedulerService,
    details: Mutex<HashMap<ScheduleKey, Details>>,
}

impl Scheduler {
    pub(crate) async fn handle(&self, request: MockRequest, now: Timestamp) -> MockResponse {
        let mut answer = self.service.handle(request.clone()).await;
        let is_schedule = winterbaume_core::extract_path(&request.uri).starts_with("/schedules/");
        let (Some(name), group) = schedule_name(&request) else { return answer };
        if answer.status / 100 != 2 || !is_schedule {
            return answer;
        }
        let key = (group, name);
        match request.method.as_str() {
            "POST" | "PUT" => {
                lock(&self.details).insert(key, read_details(&request, now));
            }
            "DELETE" => {
                lock(&self.details).remove(&key);
            }
            _ => {
                if let Some(details) = self.details(&key) {
                    complete(&mut answer, &details);
                }
            }
        }
        answer
    }

    /// All schedules, in the order of their names.
    pub(crate) async fn schedules(&self) -> Vec<(ScheduleView, Details)> {
        let view = self.service.snapshot(ACCOUNT, REGION).await;
        let mut schedules: Vec<ScheduleView> = view.schedules.into_values().collect();
        schedules
            .sort_by(|left, right| (&left.group_name, &left.name).cmp(&(&right.group_name, &right.name)));
        schedules
            .into_iter()
            .map(|schedule| {
                let details = self.details(&(schedule.group_name.clone(), schedule.name.clone()));
                (schedule, details.unwrap_or_default())
            })
            .collect()
    }

    /// Notes that the schedule has fired, unless it already has at or after `due`.
    pub(crate) fn claim(&self, key: &ScheduleKey, due: Timestamp, now: Timestamp) -> bool {
        let mut details = lock(&self.details);
        let Some(details) = details.get_mut(key) else { return false };
        let fresh = details.fired_at.is_none_or(|fired| fired < due);
        if fresh {
            details.fired_at = Some(now);
        }
        fresh
    }

    /// Removes a schedule that has done its work.
    pub(crate) async fn delete(&self, (group, name): &ScheduleKey) {
        let uri = format!("https://scheduler.{REGION}.amazonaws.com/schedules/{name}?groupName={group}");
        let request = MockRequest {
            method: "DELETE".to_owned(),
            uri,
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
        };
        self.service.handle(request).await;
        lock(&self.details).remove(&(group.clone(), name.clone()));
    }

    fn details(&self, key: &ScheduleKey) -> Option<Details> {
        lock(&self.details).get(key).cloned()
    }
}

fn read_details(request: &MockRequest, now: Timestamp) -> Details {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    Details {
        input: text("/Target/Input"),
        dead_letter_arn: text("/Target/DeadLetterConfig/Arn"),
        timezone: text("/ScheduleExpressionTimezone"),
        created_at: now,
        fired_at: None,
    }
}

/// Puts what the emulator forgot into the answer of `GetSchedule`.
fn complete(answer: &mut MockResponse, details: &Details) {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) else { return };
    if let Some(Value::Object(target)) = body.get_mut("Target") {
        if let Some(input) = &details.input {
            target.insert("Input".to_owned(), json!(input));
        }
        if let Some(arn) = &details.dead_letter_arn {
            target.insert("DeadLetterConfig".to_owned(), json!({ "Arn": arn }));
        }
    }
    if let Some(timezone) = &details.timezone {
        body.insert("ScheduleExpressionTimezone".to_owned(), json!(timezone));
    }
    answer.body = Value::Object(body).to_string().into();
}
