//! A rule of the catalogue grants at once what it may, to whom it names, and to nobody else; everybody concerned is told.

use domain::request::Audience;
use domain::rule::RulePassedOver;
use domain::{Actor, Job, RuleName, Status};
use serde_json::{Value, json};
use testkit::slack::Fault;
use workers::consumer::Attempt;

use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, STRANGER, Stage, payments, person};

const ONCALL: &str = "S0ONCALL";

/// The usual project, whose role for reading has this rule.
async fn stage(named: &[&str], limit: &str, change: impl Fn(&mut Value)) -> Stage {
    let stage = Stage::new().await;
    let mut project = payments();
    project["roles"]["ReadOnly"]["auto_approve"] = json!({ "for": named, "max_duration": limit });
    change(&mut project);
    stage.put_project(project).await;
    stage
}

/// Nobody got anything, and people are asked.
async fn is_asked_as_usual(stage: &Stage) {
    let request = stage.request().await;
    assert_eq!((request.status, request.granted_by_rule()), (Status::Pending, None));
    assert!(stage.aws.users().await.is_empty());
    let asked = stage.approval_message().unwrap().blocks.to_string();
    assert!(asked.contains(r#""action_id":"approve""#), "{asked}");
}

#[tokio::test]
async fn whom_it_names_gets_access_at_once_and_the_rule_is_the_actor() {
    for (named, member) in [([DANA], false), ([ONCALL], true)] {
        let stage = stage(&named, "1h", |_| ()).await;
        stage.slack.set_user_group(ONCALL, &[DANA]);
        stage.ask("ReadOnly", "1h").await;
        let request = stage.request().await;
        assert_eq!(request.status, Status::Active);
        assert_eq!(request.granted_by_rule(), Some(RuleName::AutoApprove));
        assert_eq!((&request.decision.approver_slack_id, request.decision.approvals.len()), (&None, 0));
        let event = &request.audit.history[1];
        assert_eq!(
            (event.event.as_str(), &event.by),
            ("approve_by_rule", &Some(Actor::Rule(RuleName::AutoApprove)))
        );
        assert_eq!((event.from, event.to), (Some(Status::Pending), Status::Approved));
        assert_eq!(event.inputs["rule_for"], json!(named));
        assert_eq!(event.inputs.get("member_of"), member.then(|| json!([ONCALL])).as_ref());
        assert_eq!(domain::audit::verify(&request).faults, []);
        let (decided, end) = (request.decision.decided_at.unwrap(), request.access.expires_at.unwrap());
        assert_eq!(end.seconds_since(decided), 3_600);
        assert_eq!(stage.aws.users().await.len(), 1);

        let asked = stage.approval_message().unwrap();
        assert!(asked.text.contains("Approved by rule (`auto_approve`)"), "{}", asked.text);
        assert!(asked.text.contains("nobody has to decide"), "{}", asked.text);
        for button in ["approve", "deny", "approve_shorter", "deny_reason"] {
            assert!(!asked.blocks.to_string().contains(&format!(r#""action_id":"{button}""#)), "{button}");
        }
        let told = stage.messages_to(DANA);
        assert!(told.last().unwrap().contains("A rule (`auto_approve`) approved your request"), "{told:?}");
        assert_eq!(told.len(), 1, "nobody was asked: {told:?}");
    }
}

#[tokio::test]
async fn the_record_never_waits_for_a_decision() {
    let stage = stage(&[DANA], "1h", |_| ()).await;
    let ask = Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "1h"));
    stage.handle(domain::QueueName::Notify, &ask, Attempt { number: 1, max: 5 }).await.unwrap();
    let request = stage.request().await;
    assert_eq!((request.status, request.version), (Status::Approved, 1), "stored and granted in one write");
    assert!(request.needs_sweep());
}

#[tokio::test]
async fn whom_it_does_not_name_is_asked_about_as_usual() {
    for named in [[SAM], [ONCALL]] {
        let stage = stage(&named, "1h", |_| ()).await;
        stage.slack.set_user_group(ONCALL, &[SAM, STRANGER]);
        stage.ask("ReadOnly", "1h").await;
        is_asked_as_usual(&stage).await;
        assert_eq!(stage.request().await.rule_passed_over(), None);
    }
    // A group that is gone or empty has nobody in it.
    let stage = stage(&[ONCALL], "1h", |_| ()).await;
    stage.ask("ReadOnly", "1h").await;
    is_asked_as_usual(&stage).await;
}

#[tokio::test]
async fn another_role_and_another_project_have_no_such_rule() {
    let stage = stage(&[DANA], "1h", |_| ()).await;
    stage.ask("Both", "1h").await;
    is_asked_as_usual(&stage).await;
}

#[tokio::test]
async fn longer_than_the_rule_grants_is_for_people_and_says_why() {
    let stage = stage(&[DANA], "1h", |_| ()).await;
    stage.ask("ReadOnly", "61m").await;
    is_asked_as_usual(&stage).await;
    let asked = stage.approval_message().unwrap().blocks.to_string();
    assert!(asked.contains("The role's rule grants them at most 1 hour, so you are asked."), "{asked}");
    let told = stage.messages_to(DANA).concat();
    assert!(told.contains("Without asking anybody you can get it for at most 1 hour."), "{told}");
    let request = stage.request().await;
    assert_eq!(request.audit.history[0].inputs["rule_passed_over"]["limit_seconds"], 3_600);
    assert_eq!(domain::audit::verify(&request).faults, []);
    stage.send(&Job::Approve(stage.click(&request.request_id, OLIVIA))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!((request.status, request.granted_by_rule()), (Status::Active, None));
}

#[tokio::test]
async fn a_rule_grants_no_more_than_the_role_does() {
    // Such a record was put there by hand: `projects apply` refuses it.
    let stage = stage(&[DANA], "30d", |_| ()).await;
    stage.ask("ReadOnly", "9h").await;
    assert!(stage.requests().await.is_empty());
    assert!(stage.messages_to(DANA).last().unwrap().contains("8 hours"));
}

#[tokio::test]
async fn nobody_is_taken_for_a_member_while_slack_does_not_say_so() {
    let missing_scope = Fault::Api("missing_scope".into());
    for fault in [missing_scope, Fault::ServerError, Fault::RateLimited { retry_after_secs: 30 }] {
        let stage = stage(&[ONCALL], "1h", |_| ()).await;
        stage.slack.set_user_group(ONCALL, &[DANA]);
        stage.slack.fail("usergroups.users.list", fault, 1_000);
        stage.ask("ReadOnly", "1h").await;
        is_asked_as_usual(&stage).await;
        assert_eq!(stage.request().await.rule_passed_over(), Some(RulePassedOver::NotChecked));
        let asked = stage.approval_message().unwrap().blocks.to_string();
        assert!(asked.contains("Slack did not say whether the role's rule names them"), "{asked}");
    }
}

#[tokio::test]
async fn a_member_who_left_the_group_or_slack_gets_nothing() {
    let stage = stage(&[ONCALL], "1h", |_| ()).await;
    stage.slack.set_user_group(ONCALL, &[DANA]);
    let mut gone = person(DANA);
    gone.deleted = true;
    stage.slack.add_person(gone);
    stage.ask("ReadOnly", "1h").await;
    assert!(stage.requests().await.is_empty() && stage.aws.users().await.is_empty());
    stage.slack.add_person(person(DANA));
    stage.slack.set_user_group(ONCALL, &[SAM]);
    stage.pass(31);
    stage.ask("ReadOnly", "1h").await;
    is_asked_as_usual(&stage).await;
}

#[tokio::test]
async fn how_many_must_agree_and_whose_request_it_is_do_not_matter_to_a_rule() {
    let stage = stage(&[OLIVIA], "1h", |project| {
        project["roles"]["ReadOnly"]["approvals_required"] = 2.into();
        project["approver_slack_ids"] = json!([OLIVIA]);
    })
    .await;
    stage.send(&Job::Submit(stage.spec(OLIVIA, "payments", "ReadOnly", "1h"))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
}

#[tokio::test]
async fn who_may_not_ask_gets_nothing_by_a_rule() {
    let stage = stage(&[DANA], "1h", |project| project["requester_slack_ids"] = json!([SAM])).await;
    stage.ask("ReadOnly", "1h").await;
    assert!(stage.requests().await.is_empty());
}

#[tokio::test]
async fn a_request_that_was_held_up_is_for_people() {
    let stage = stage(&[DANA], "1h", |_| ()).await;
    let ask = stage.spec(DANA, "payments", "ReadOnly", "1h");
    stage.pass(15 * 60 + 1);
    stage.send(&Job::Submit(ask)).await;
    stage.settle().await;
    is_asked_as_usual(&stage).await;
    assert_eq!(stage.request().await.rule_passed_over(), Some(RulePassedOver::Late));
}

#[tokio::test]
async fn every_job_twice_is_one_grant_and_one_message_each() {
    let mut stage = stage(&[DANA], "1h", |_| ()).await;
    stage.twice = true;
    let ask = stage.spec(DANA, "payments", "ReadOnly", "1h");
    for _ in 0..2 {
        stage.send(&Job::Submit(ask.clone())).await;
        stage.settle().await;
    }
    assert_eq!(stage.request().await.status, Status::Active);
    assert_eq!(stage.aws.users().await.len(), 1);
    assert_eq!(stage.messages_to(DANA).len(), 1);
    assert_eq!(stage.slack.messages().iter().filter(|message| message.channel == APPROVALS).count(), 1);
}

#[tokio::test]
async fn without_a_channel_each_approver_is_told_and_a_slack_that_is_down_holds_up_nothing() {
    let stage = stage(&[DANA], "1h", |project| project["channel"] = Value::Null).await;
    stage.slack.fail("chat.postMessage", Fault::Api("internal_error".into()), 2);
    stage.ask("ReadOnly", "1h").await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active);
    for approver in [OLIVIA, SAM] {
        let told = stage.messages_to(approver);
        assert!(told.len() == 1 && told[0].contains("Approved by rule"), "{approver}: {told:?}");
    }
    let told = |audience: &Audience| request.slack.messages.iter().any(|posted| posted.audience == *audience);
    assert!(request.slack.is_announced && told(&Audience::Requester));
}

#[tokio::test]
async fn an_approver_ends_what_a_rule_granted() {
    let stage = stage(&[DANA], "1h", |_| ()).await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, SAM))).await;
    stage.settle().await;
    assert!(stage.messages_to(SAM).last().unwrap().contains("already approved by rule"));
    stage.send(&Job::EndGrant(stage.click(&id, SAM))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Revoked);
    assert_eq!(domain::audit::verify(&request).faults, []);
    assert!(stage.aws.users().await.is_empty());
}
