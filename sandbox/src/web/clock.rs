//! The time, which can be moved forward: what comes later is seen at once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::reminders::{Due, due};
use domain::warning::next_warning;
use domain::{GrantDuration, Phase, Project, Request, Status, UnixSeconds};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use testkit::system::System;

use super::actions::failed;

/// The longest single move, in seconds: a week.
const MOVE_MAX_SECONDS: u32 = 7 * 24 * 3_600;
/// Moments that are offered, at most.
const MOMENTS_MAX: usize = 6;

/// A move of the clock.
#[derive(Deserialize)]
pub(super) struct Move {
    seconds: u32,
}

/// Something that happens by itself when its time comes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Moment {
    /// When, in Unix seconds.
    at: i64,
    /// What happens then.
    what: &'static str,
    /// What it happens to.
    of: String,
    request_id: String,
}

/// Moves the time forward.
pub(super) async fn forward(State(system): State<Arc<System>>, Json(wanted): Json<Move>) -> Json<Value> {
    if !(1..=MOVE_MAX_SECONDS).contains(&wanted.seconds) {
        return failed(&format!("The clock moves forward by 1 to {MOVE_MAX_SECONDS} seconds."));
    }
    system.move_clock(wanted.seconds);
    Json(json!({ "ok": true, "moved_seconds": service::clock::moved_seconds() }))
}

/// What happens next by itself, the soonest first.
pub(super) fn moments(
    requests: &[Map<String, Value>],
    projects: &[Map<String, Value>],
    pending_ttl: GrantDuration,
    now: UnixSeconds,
) -> Vec<Moment> {
    let read = |item: &Map<String, Value>| serde_json::from_value(Value::Object(item.clone())).ok();
    let projects: Vec<Project> =
        projects.iter().filter_map(|item| serde_json::from_value(Value::Object(item.clone())).ok()).collect();
    let mut moments: Vec<Moment> = requests
        .iter()
        .filter_map(read)
        .flat_map(|request: Request| {
            let project = projects.iter().find(|project| project.project == request.ask.project);
            of_request(&request, project, pending_ttl)
        })
        .filter(|moment| moment.at > now.0)
        .collect();
    moments.sort();
    moments.truncate(MOMENTS_MAX);
    moments
}

fn of_request(request: &Request, project: Option<&Project>, pending_ttl: GrantDuration) -> Vec<Moment> {
    let reminder = request.slack.remind_at.filter(|_| request.is_to_be_reminded_of());
    let reminder = reminder.and_then(|at| {
        let what = match due(request, project, at)? {
            Due::Escalation => "others are asked",
            Due::Reminder => "a reminder",
            Due::Review => "a reminder to review",
        };
        Some((at, what))
    });
    let warning = next_warning(request).map(|(at, _)| (at, "the warning"));
    let unclaimed = request.claim_deadline().map(|at| (at, "nobody has claimed it"));
    let undecided = (request.status.phase() == Phase::Undecided)
        .then(|| (request.lapses_at(pending_ttl), "nobody has decided"));
    let end =
        request.access.expires_at.filter(|_| request.status == Status::Active).map(|at| (at, "the end"));
    let all = [reminder, warning, unclaimed, undecided, end].into_iter().flatten();
    all.map(|(at, what)| Moment {
        at: at.0,
        what,
        of: format!("{} / {}", request.ask.project, request.ask.role),
        request_id: request.request_id.to_string(),
    })
    .collect()
}
