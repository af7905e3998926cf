//! A click whose work waits for an operator: whoever clicked is told that it waits, and for what.

use domain::job::{Click, ExtensionAsk, ExtensionClick};
use domain::{GrantDuration, Job, QueueName, RequestId, Status, Undelivered};
use serde_json::{Value, json};
use testkit::aws::{Fault, Service};
use testkit::slack::Fault as SlackFault;

use crate::stage::{DANA, OLIVIA, SAM, Stage, payments};

const WHY: &str = "iam:DeleteUser: <@U0EVIL> ServiceQuota.";

async fn pending() -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    (stage, id)
}

async fn approved() -> (Stage, RequestId) {
    let (stage, id) = pending().await;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    (stage, id)
}

async fn approved_with(change: impl FnOnce(&mut Value)) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    let mut project = payments();
    change(&mut project["roles"]["ReadOnly"]);
    stage.put_project(project).await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    (stage, id)
}

/// What somebody was told last.
fn last_to(stage: &Stage, person: &str) -> String {
    stage.messages_to(person).pop().unwrap_or_default()
}

fn says(told: &str, words: &[&str]) {
    for word in
        [&["Somebody who runs Keylease has to repair that", "&lt;@U0EVIL&gt; ServiceQuota"], words].concat()
    {
        assert!(told.contains(word), "{word}: {told}");
    }
}

#[tokio::test]
async fn a_decision_that_waits_is_told_to_whoever_clicked_alone() {
    for (job, words) in [
        (
            Job::Approve as fn(Click) -> Job,
            [
                "your approval of <@U0DANA>'s request for *ReadOnly* on *payments*",
                "After 15 minutes your click no longer counts",
            ],
        ),
        (Job::Deny, ["your denial of", "Until then it can still be approved"]),
    ] {
        let (stage, id) = pending().await;
        let others = stage.messages_to(DANA).len();
        let job = job(stage.click(&id, OLIVIA));
        assert!(stage.on_waiting(job.queue(), &job, WHY).await);
        says(&last_to(&stage, OLIVIA), &words);
        assert_eq!(stage.messages_to(DANA).len(), others);
    }
    let (stage, id) = approved().await;
    let end = Job::EndGrant(stage.click(&id, DANA));
    assert!(stage.on_waiting(QueueName::Revoke, &end, WHY).await);
    says(
        &last_to(&stage, DANA),
        &["*End access now*", "The access goes on until then, at the longest until"],
    );
}

#[tokio::test]
async fn what_was_carried_out_says_what_still_waits() {
    let (stage, id) = pending().await;
    let approve = Job::Approve(stage.click(&id, OLIVIA));
    stage.send(&approve).await;
    stage.aws.inject(|call| {
        let hit = call.service == Service::Iam && call.operation == "CreateUser";
        hit.then_some(Fault::Answer { status: 409, code: "LimitExceeded" })
    });
    let left = stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Approved, "{left:?}");
    assert!(stage.on_waiting(QueueName::Provision, &approve, WHY).await);
    assert!(stage.messages_to(OLIVIA).is_empty(), "the approval is in the record");
    let provision = Job::Provision { request_id: id.clone() };
    assert!(stage.on_waiting(QueueName::Provision, &provision, WHY).await);
    says(&last_to(&stage, OLIVIA), &["You approved", "cannot be made yet", "in any case"]);

    let (stage, id) = approved().await;
    stage.send(&Job::EndGrant(stage.click(&id, SAM))).await;
    stage.aws.inject(|call| {
        let hit = call.service == Service::Iam && call.operation == "DeleteUser";
        hit.then_some(Fault::Answer { status: 400, code: "NewCodeOfAws" })
    });
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Revoked);
    let removal = Job::ExpireGrant { request_id: id };
    assert!(stage.on_waiting(QueueName::Revoke, &removal, WHY).await);
    says(
        &last_to(&stage, SAM),
        &["You ended <@U0DANA>'s access", "the credential may still work, at the longest until"],
    );
    stage.aws.clear_faults();
    stage.settle().await;
    assert!(stage.request().await.access.gone_at.is_some());
    let told = stage.messages_to(SAM).len();
    assert!(stage.on_waiting(QueueName::Revoke, &removal, WHY).await);
    assert_eq!(stage.messages_to(SAM).len(), told, "all is gone");
}

#[tokio::test]
async fn a_lost_email_is_told_while_the_end_of_its_grant_waits() {
    let (stage, id) = approved().await;
    let lost = Job::Undelivered { request_id: id, why: Undelivered::Bounce };
    assert!(stage.on_waiting(QueueName::Revoke, &lost, WHY).await);
    assert!(last_to(&stage, DANA).contains("did not arrive"), "{}", last_to(&stage, DANA));
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_named_and_slack_being_down_is_tried_again() {
    let (stage, id) = pending().await;
    let deny = Job::Deny(stage.click(&id, OLIVIA));
    stage.slack.fail("chat.postMessage", SlackFault::Api("token_expired".into()), 1);
    assert!(!stage.on_waiting(QueueName::Notify, &deny, WHY).await, "to be told after the next try");
    stage.aws.inject(|call| {
        let refused = Fault::Answer { status: 400, code: "ResourceNotFoundException" };
        (call.service == Service::DynamoDb).then_some(refused)
    });
    assert!(stage.on_waiting(QueueName::Notify, &deny, WHY).await);
    says(&last_to(&stage, OLIVIA), &["*Deny*", id.as_str()]);
}

#[tokio::test]
async fn a_later_end_that_waits_is_told_to_whoever_granted_it_and_to_its_requester() {
    let (stage, id) = approved_with(|role| role["max_extensions"] = json!(1)).await;
    let ends = stage.request().await.access.expires_at.unwrap();
    let mut click = Click { message: None, ..stage.click(&id, DANA) };
    let duration = GrantDuration::parse("2h").unwrap();
    stage.send(&Job::AskExtension(ExtensionAsk { click: click.clone(), duration })).await;
    stage.settle().await;
    click = Click { message: None, ..stage.click(&id, OLIVIA) };
    stage.aws.inject(|call| {
        let quota = Fault::Answer { status: 402, code: "ServiceQuotaExceededException" };
        (call.operation == "UpdateSchedule").then_some(quota)
    });
    stage.send(&Job::ApproveExtension(ExtensionClick { click, extension: 1 })).await;
    let left = stage.settle().await;
    assert!(left.waiting.iter().any(|(job, _)| job == "extend_grant"), "{left:?}");
    let job = Job::ExtendGrant { request_id: id.clone() };
    assert!(stage.on_waiting(QueueName::Provision, &job, WHY).await);
    let as_before = format!("Until then it ends <!date^{}", ends.0);
    let to_olivia = "You extended <@U0DANA>'s access to *ReadOnly* on *payments*, but the later end cannot be put in place";
    says(&last_to(&stage, OLIVIA), &[to_olivia, &as_before]);
    says(
        &last_to(&stage, DANA),
        &["<@U0OWNER> extended your access", "cannot be put in place yet", &as_before],
    );

    stage.aws.clear_faults();
    stage.settle().await;
    let told = (stage.messages_to(OLIVIA).len(), stage.messages_to(DANA).len());
    assert!(stage.on_waiting(QueueName::Provision, &job, WHY).await);
    assert_eq!((stage.messages_to(OLIVIA).len(), stage.messages_to(DANA).len()), told, "it is in place");
}

/// Nothing in Identity Center ends at its time unless somebody takes it away.
#[tokio::test]
async fn what_ends_by_a_worker_alone_is_not_said_to_end_by_itself() {
    let there = crate::identity_center::there().await;
    let id = there.approved("Deployers", "1h").await;
    let stage = &there.stage;
    let end = Job::EndGrant(stage.click(&id, DANA));
    assert!(stage.on_waiting(QueueName::Revoke, &end, WHY).await);
    let told = last_to(stage, DANA);
    assert!(told.contains("The access goes on until then.") && !told.contains("at the longest"), "{told}");
    stage.aws.inject(|call| (call.operation == "DeleteGroupMembership").then_some(Fault::Deny));
    stage.send(&Job::EndGrant(stage.click(&id, SAM))).await;
    stage.settle().await;
    assert!(stage.on_waiting(QueueName::Revoke, &Job::ExpireGrant { request_id: id }, WHY).await);
    let told = last_to(stage, SAM);
    assert!(
        told.contains("Until then the access may still work.") && !told.contains("at the longest"),
        "{told}"
    );
}
