//! `keylease audit` and `keylease audit verify`.

mod export;
mod verify;

use domain::authorization::{People, Person};
use domain::end_reason::EndReason;
use domain::job::AccessRequest;
use domain::lifecycle::{Event, Transition, decide};
use domain::request::Grant;
use domain::validation::{admit, open};
use domain::{GrantDuration, Project, Request, SlackUserId, UnixSeconds};
use serde_json::{Value, json};
use service::clock::Clock;

use crate::stage::Stage;

/// 2026-11-23T14:03:27Z.
const START: UnixSeconds = UnixSeconds(1_795_442_607);

fn person(id: &str) -> SlackUserId {
    SlackUserId::parse(id).unwrap()
}

fn project(name: &str) -> Project {
    serde_json::from_value(json!({
        "project": name, "owner_slack_id": "U0OWNER", "approver_slack_ids": ["U0OWNER", "U0SECOND"],
        "roles": {"ReadOnly": {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
                               "max_duration": "8h"}}
    }))
    .unwrap()
}

/// Somebody asks, some seconds after the start.
fn ask(who: &str, project_name: &str, seconds: i64) -> Request {
    let ask = AccessRequest {
        idempotency_key: format!("i-{who}"),
        received_at: START.plus_seconds(seconds),
        user_id: person(who),
        user_name: who.to_lowercase(),
        project: project_name.into(),
        role: "readonly".into(),
        duration: "1h".into(),
        justification: Some("INC-7, \"slow\"\n✓".into()),
        command: None,
        break_glass: false,
        trigger_id: None,
    };
    let project = project(project_name);
    let admitted = admit(&ask, &project, GrantDuration::SHORTEST).unwrap();
    open(&domain::DeploymentId::default(), &ask, &project, &admitted, 0)
}

/// What these events make of it, each so many seconds after the start.
fn after(mut request: Request, events: &[(i64, Event)]) -> Request {
    for (seconds, event) in events {
        let now = START.plus_seconds(*seconds);
        let mut event = event.clone();
        if let Event::Approve { at, .. } | Event::Deny { at, .. } | Event::EndEarly { at, .. } = &mut event {
            *at = now;
        }
        match decide(&request, &event, now) {
            Ok(Transition::Change(next)) => request = *next,
            other => panic!("{event:?} changes nothing: {other:?}"),
        }
    }
    request
}

fn everybody() -> People {
    let active = |id: &str| Person { ids: vec![person(id)], is_active: true };
    ["U0DANA", "U0EVAN", "U0OWNER", "U0SECOND"].map(active).into_iter().collect()
}

fn approve(by: &str) -> Event {
    let project = project("payments");
    let role = project.roles.values().next().unwrap().kind.clone();
    Event::Approve {
        by: person(by),
        at: START,
        click_id: None,
        approvers: project.default_approvers().to_vec(),
        approvals_required: 1,
        self_approval_allowed: false,
        grant: Grant { role, account_role_arn: None, max_extensions: 0, claim_within_seconds: None },
        people: everybody(),
        shorter: None,
    }
}

/// Dana's grant, ended by herself; then Evan's request for another project, which failed.
async fn two_requests() -> (Stage, Request, Request) {
    let mut stage = Stage::new().await;
    stage.clock = Clock::reading(|| START.plus_seconds(86_400));
    let mut dana = after(ask("U0DANA", "payments", 0), &[(10, approve("U0SECOND"))]);
    (dana.access.principal, dana.access.access_key_id) =
        (Some("keylease-d".into()), Some("AKIAEXAMPLE".into()));
    let approvers = vec![person("U0OWNER"), person("U0SECOND")];
    let revoke =
        Event::EndEarly { by: person("U0DANA").into(), at: START, ends_as: EndReason::Requester, approvers };
    dana = after(dana, &[(20, Event::Activate), (60, revoke), (62, Event::Gone)]);
    let why = "@SUM(1+1) is no address".to_owned();
    let evan = [(30, approve("U0OWNER")), (31, Event::Fail { why, removed: true })];
    let mut evan = after(ask("U0EVAN", "billing", 15), &evan);
    stage.store().create(&mut dana).await.unwrap();
    stage.store().create(&mut evan).await.unwrap();
    (stage, dana, evan)
}

/// Puts a request's record into the table with something done to it.
async fn tamper(stage: &Stage, request: &Request, tamper: impl FnOnce(&mut Value)) {
    let mut record = serde_json::to_value(request).unwrap();
    tamper(&mut record);
    stage.put_request(&record).await;
}

/// A record from before events were chained.
fn from_before(request: &Request) -> Value {
    let mut record = serde_json::to_value(request).unwrap();
    for event in record["history"].as_array_mut().unwrap() {
        for field in ["inputs", "position", "previous", "hash"] {
            event.as_object_mut().unwrap().remove(field);
        }
    }
    record.as_object_mut().unwrap().remove("history_head");
    record
}
