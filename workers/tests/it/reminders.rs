//! Those who have not decided are reminded, others are asked besides, and both stop with the decision.

use domain::request::Audience;
use domain::{Job, QueueName, RequestId, Status};
use serde_json::{Value, json};
use testkit::slack::Fault;
use workers::consumer::Attempt;

use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, STRANGER, Stage, payments};

const HOUR: i64 = 3_600;

/// The usual project, in which people are reminded every hour, and others are asked after two.
async fn stage(change: impl Fn(&mut Value)) -> Stage {
    let stage = Stage::new().await;
    let mut project = payments();
    project["remind_after"] = "1h".into();
    change(&mut project);
    stage.put_project(project).await;
    stage
}

async fn asked(stage: &Stage, role: &str) -> RequestId {
    stage.ask(role, "1h").await;
    stage.request().await.request_id
}

async fn sweep_after(stage: &Stage, seconds: i64) {
    stage.pass(seconds);
    stage.send(&Job::Sweep).await;
    assert!(stage.settle().await.rejected.is_empty());
}

/// What was said in threads: where, and what.
fn replies(stage: &Stage) -> Vec<(String, String)> {
    let calls = stage.slack.calls();
    let replies =
        calls.iter().filter(|call| call.method == "chat.postMessage" && call.body["thread_ts"].is_string());
    let text =
        |call: &testkit::slack::Call, name: &str| call.body[name].as_str().unwrap_or_default().to_owned();
    replies.map(|call| (text(call, "channel"), text(call, "text"))).collect()
}

#[tokio::test]
async fn those_who_have_not_decided_are_reminded_once_each_interval() {
    let stage = stage(|_| ()).await;
    let id = asked(&stage, "Both").await;
    sweep_after(&stage, HOUR - 60).await;
    assert_eq!(replies(&stage), []);
    for _ in 0..3 {
        sweep_after(&stage, 60).await;
    }
    let first = replies(&stage);
    assert_eq!(first.len(), 1, "a second sweep says nothing again: {first:?}");
    assert_eq!(first[0].0, APPROVALS);
    assert!(first[0].1.contains("<@U0OWNER> or <@U0SECOND>: <@U0DANA>'s request"), "{first:?}");
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    sweep_after(&stage, HOUR).await;
    let second = replies(&stage);
    assert_eq!(second.len(), 2);
    assert!(second[1].1.contains(": <@U0SECOND>: ") && !second[1].1.contains("<@U0OWNER>"), "{second:?}");
    assert_eq!(stage.request().await.slack.reminders, 2);
}

#[tokio::test]
async fn a_decision_ends_it_also_while_the_job_is_on_its_way() {
    for button in [Job::Approve, Job::Deny] {
        let stage = stage(|project| {
            project["escalate_after"] = "1h".into();
            project["escalate_to"] = json!([STRANGER]);
        })
        .await;
        let id = asked(&stage, "ReadOnly").await;
        stage.pass(HOUR + 1);
        stage.send(&button(stage.click(&id, SAM))).await;
        stage.settle().await;
        for _ in 0..2 {
            let late = Job::Remind { request_id: id.clone() };
            stage.handle(QueueName::Notify, &late, Attempt { number: 1, max: 5 }).await.unwrap();
            sweep_after(&stage, 60).await;
        }
        let request = stage.request().await;
        assert!(request.status != Status::Pending && !request.is_escalated());
        assert_eq!((replies(&stage).len(), stage.messages_to(STRANGER).len()), (0, 0));
        assert_eq!(request.slack.remind_at, None);
    }
}

#[tokio::test]
async fn a_project_without_them_reminds_nobody() {
    let stage = Stage::new().await;
    asked(&stage, "ReadOnly").await;
    sweep_after(&stage, 12 * HOUR).await;
    assert_eq!(replies(&stage), []);
    assert_eq!(stage.request().await.slack.remind_at, None);
}

#[tokio::test]
async fn there_is_a_bound() {
    let stage = stage(|project| project["remind_after"] = "5m".into()).await;
    asked(&stage, "ReadOnly").await;
    for _ in 0..domain::reminders::REMINDERS_MAX + 3 {
        sweep_after(&stage, 301).await;
    }
    assert_eq!(replies(&stage).len(), domain::reminders::REMINDERS_MAX as usize);
    let request = stage.request().await;
    assert!(request.status == Status::Pending && request.slack.remind_at.is_none());
}

#[tokio::test]
async fn others_are_asked_besides_and_decide_from_then_on() {
    let stage = stage(|project| {
        project["remind_after"] = Value::Null;
        project["escalate_after"] = "2h".into();
        project["escalate_to"] = json!(["S0BOSSES"]);
    })
    .await;
    stage.slack.set_user_group("S0BOSSES", &[STRANGER]);
    let id = asked(&stage, "ReadOnly").await;
    stage.send(&Job::Approve(stage.click(&id, STRANGER))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Pending, "not before");
    let before = stage.messages_to(STRANGER).len();
    for _ in 0..2 {
        sweep_after(&stage, 2 * HOUR).await;
    }
    let request = stage.request().await;
    assert!(request.is_escalated());
    assert_eq!(domain::audit::verify(&request).faults, []);
    let told = stage.messages_to(STRANGER);
    assert_eq!(told.len(), before + 1, "asked once: {told:?}");
    assert_eq!(
        (stage.messages_to(OLIVIA).len(), stage.messages_to(SAM).len()),
        (0, 0),
        "they are asked in the channel"
    );
    let shown = stage.approval_message().unwrap().blocks.to_string();
    assert!(shown.contains("so <!subteam^S0BOSSES> are asked besides"), "{shown}");
    stage.send(&Job::Approve(stage.click(&id, STRANGER))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active);
    assert_eq!(domain::audit::verify(&request).faults, []);
    stage.send(&Job::EndGrant(stage.click(&id, STRANGER))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Revoked);
}

#[tokio::test]
async fn without_a_channel_each_is_reminded_in_their_own_messages() {
    let mut stage = stage(|project| project["channel"] = Value::Null).await;
    stage.twice = true;
    asked(&stage, "ReadOnly").await;
    sweep_after(&stage, HOUR + 1).await;
    let request = stage.request().await;
    assert!(request.slack.messages.iter().all(|posted| posted.audience != Audience::Channel));
    assert_eq!((stage.messages_to(OLIVIA).len(), stage.messages_to(SAM).len()), (2, 2));
    assert_eq!(replies(&stage).len(), 2);
}

#[tokio::test]
async fn what_slack_refuses_is_said_by_the_next_sweep() {
    let stage = stage(|_| ()).await;
    asked(&stage, "ReadOnly").await;
    stage.slack.fail("chat.postMessage", Fault::RateLimited { retry_after_secs: 30 }, 1);
    sweep_after(&stage, HOUR + 1).await;
    assert_eq!(stage.request().await.slack.reminders, 0);
    sweep_after(&stage, 300).await;
    assert_eq!(stage.request().await.slack.reminders, 1);
    // One that perhaps arrived is not said again.
    stage.slack.fail("chat.postMessage", Fault::LoseAnswer, 1);
    sweep_after(&stage, HOUR).await;
    sweep_after(&stage, 300).await;
    assert_eq!(stage.request().await.slack.reminders, 2);
}

#[tokio::test]
async fn what_was_granted_by_break_glass_is_reminded_of_daily_until_it_is_reviewed() {
    let stage = Stage::new().await;
    let mut project = payments();
    project["roles"]["ReadOnly"]["break_glass"] = json!({ "for": [DANA], "max_duration": "30m" });
    stage.put_project(project).await;
    let ask =
        domain::job::AccessRequest { break_glass: true, ..stage.spec(DANA, "payments", "ReadOnly", "30m") };
    stage.send(&Job::Submit(ask)).await;
    stage.settle().await;
    let id = stage.request().await.request_id;
    for (hours, reminded) in [(23, 0), (1, 1), (1, 1), (23, 2), (24, 3)] {
        sweep_after(&stage, hours * HOUR + 1).await;
        let in_channel = replies(&stage).iter().filter(|(channel, _)| channel == APPROVALS).count();
        assert_eq!(in_channel, reminded, "after {hours} more");
    }
    let last = replies(&stage).pop().unwrap().1;
    assert!(last.contains("nobody has reviewed that yet"), "{last}");
    assert_eq!(stage.request().await.status, Status::Expired);
    stage.send(&Job::Review(stage.click(&id, SAM))).await;
    stage.settle().await;
    let before = replies(&stage).len();
    sweep_after(&stage, 48 * HOUR).await;
    assert_eq!(replies(&stage).len(), before);
    let request = stage.request().await;
    assert!(!request.needs_sweep() && request.slack.remind_at.is_none());
    assert_eq!(domain::audit::verify(&request).faults, []);
}
