//! What stands in the tables otherwise than the workers write it: each optional attribute absent, null, empty, or of another
//! type, one by one. What means nothing is the default; for the rest there is an answer, and no job and no access is stuck.

use domain::{Job, Status};
use serde_json::{Value, json};

use crate::stage::{DANA, OLIVIA, Stage, payments};

const OF_PROJECT: [&str; 9] = [
    "approver_slack_ids",
    "requester_slack_ids",
    "channel",
    "allow_self_approval",
    "remind_after",
    "escalate_after",
    "escalate_to",
    "account_role_arn",
    "an_attribute_of_somebody_else",
];
const OF_ROLE: [&str; 9] = [
    "inline_policy",
    "approvals_required",
    "requester_slack_ids",
    "approver_slack_ids",
    "delivery",
    "claim_within",
    "auto_approve",
    "break_glass",
    "max_extensions",
];
const OF_REQUEST: [&str; 23] = [
    "justification",
    "requester_name",
    "requester_email",
    "approver_slack_id",
    "approvals",
    "decided_at",
    "intake_id",
    "deny_reason",
    "extensions",
    "sessions_until",
    "session_seconds",
    "ended_at",
    "ended_by",
    "gone_at",
    "failure",
    "claim",
    "messages",
    "told",
    "outbox",
    "warnings",
    "remind_at",
    "told_extensions",
    "an_attribute_of_somebody_else",
];

/// How an attribute can be otherwise than it should. The first three mean that there is nothing.
fn oddities() -> [Option<Value>; 7] {
    [
        None,
        Some(Value::Null),
        Some(json!("")),
        Some(json!([])),
        Some(json!({})),
        Some(json!(7)),
        Some(json!("x y")),
    ]
}

fn set(record: &mut Value, name: &str, odd: Option<&Value>) {
    let fields = record.as_object_mut().unwrap();
    match odd {
        Some(odd) => fields.insert(name.to_owned(), odd.clone()),
        None => fields.remove(name),
    };
}

/// Nobody waits for anything that will not come.
async fn settled(stage: &Stage) -> Vec<(String, &'static str)> {
    let left = stage.settle().await;
    assert!(left.waiting.is_empty() && left.later == 0, "{left:?}");
    left.rejected
}

async fn ask(stage: &Stage, what: &str, means_nothing: bool) {
    stage.send(&Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "30m"))).await;
    let rejected = settled(stage).await;
    assert!(rejected.is_empty(), "{what}: {rejected:?}");
    let told = stage.messages_to(DANA);
    assert_eq!(told.len(), 1, "{what}: {told:?}");
    if let [request] = stage.requests().await.as_slice() {
        assert!(told[0].contains("I asked") || request.status != Status::Pending, "{what}: {told:?}");
        stage.send(&Job::Approve(stage.click(&request.request_id, OLIVIA))).await;
        let rejected = settled(stage).await;
        assert!(rejected.is_empty(), "{what}: {rejected:?}");
    } else {
        assert!(!means_nothing && told[0].contains("I could not take your request"), "{what}: {told:?}");
    }
}

#[tokio::test]
async fn each_optional_attribute_of_the_catalogue_may_be_odd() {
    for odd in oddities() {
        let means_nothing = odd.as_ref().is_none_or(|odd| *odd == Value::Null || *odd == "");
        for (names, is_role) in [(OF_PROJECT, false), (OF_ROLE, true)] {
            for name in names {
                // A role that cannot be assumed is for an operator to repair, and waits for one.
                if name == "account_role_arn" && odd.as_ref().is_some_and(|odd| *odd == "x y") {
                    continue;
                }
                let stage = Stage::new().await;
                let mut project = payments();
                let record = if is_role { &mut project["roles"]["ReadOnly"] } else { &mut project };
                set(record, name, odd.as_ref());
                stage.put_project(project).await;
                ask(&stage, &format!("{name} = {odd:?}"), means_nothing).await;
            }
        }
    }
}

#[tokio::test]
async fn each_optional_attribute_of_a_live_grant_may_be_odd_and_the_grant_ends_all_the_same() {
    let stage = Stage::new().await;
    for odd in [Some(Value::Null), Some(json!("")), Some(json!(7))] {
        let means_nothing = odd.as_ref().is_none_or(|odd| *odd == Value::Null || *odd == "");
        for name in OF_REQUEST {
            let what = format!("{name} = {odd:?}");
            let person = testkit::slack::Person::with_id(&format!("U0P{}", stage.requests().await.len()));
            stage.slack.add_person(person.clone());
            stage.send(&Job::Submit(stage.spec(&person.id, "payments", "ReadOnly", "15m"))).await;
            settled(&stage).await;
            let requests = stage.requests().await;
            let id = requests
                .iter()
                .find(|one| one.ask.requester_slack_id.as_str() == person.id)
                .unwrap()
                .request_id
                .clone();
            stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
            settled(&stage).await;
            stage.pass(3);
            settled(&stage).await;
            let live = stage.requests().await.into_iter().find(|one| one.request_id == id).unwrap();
            assert_eq!(live.status, Status::Active, "{what}");
            let good = serde_json::to_value(&live).unwrap();
            let mut record = good.clone();
            set(&mut record, name, odd.as_ref());
            stage.put_request(&record).await;

            // Whoever has it ends it.
            let before = stage.messages_to(&person.id).len();
            stage.send(&Job::EndGrant(stage.click(&id, &person.id))).await;
            let rejected = settled(&stage).await;
            let users = stage.aws.users().await;
            if rejected.is_empty() {
                assert!(users.is_empty(), "{what}: {users:?}");
            } else {
                assert!(
                    !means_nothing && rejected.iter().all(|(_, why)| *why == "unreadable_record"),
                    "{what}: {rejected:?}"
                );
                assert!(stage.messages_to(&person.id).len() > before, "{what}: nobody is told");
                // What the record cannot say, the user's own tag does.
                stage.pass(16 * 60);
                stage.send(&Job::Sweep).await;
                stage.settle().await;
                let users = stage.aws.users().await;
                assert!(users.is_empty(), "{what}: {users:?}");
            }
            stage.put_request(&good_after(good)).await;
        }
    }
}

/// The record as it can be read again, over.
fn good_after(mut good: Value) -> Value {
    good["status"] = json!("REVOKED");
    good["ended_at"] = json!(1);
    good["gone_at"] = json!(1);
    good["outbox"] = json!([]);
    good
}
