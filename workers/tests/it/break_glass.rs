//! In an emergency: granted at once to whom the rule names, for its own limit at most; loud; and reviewed by somebody else.

use domain::job::AccessRequest;
use domain::rule::RulePassedOver;
use domain::{Actor, Job, QueueName, RequestId, RuleName, Status};
use serde_json::{Value, json};
use testkit::slack::Fault;
use workers::consumer::Attempt;

use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, STRANGER, Stage, payments};

/// The usual project, whose role for reading may be had in an emergency.
async fn stage(named: &[&str], limit: &str) -> Stage {
    let stage = Stage::new().await;
    let mut project = payments();
    project["roles"]["ReadOnly"]["break_glass"] = json!({ "for": named, "max_duration": limit });
    stage.put_project(project).await;
    stage
}

fn emergency(stage: &Stage, person: &str, duration: &str) -> AccessRequest {
    AccessRequest { break_glass: true, ..stage.spec(person, "payments", "ReadOnly", duration) }
}

async fn break_glass(stage: &Stage, duration: &str) -> RequestId {
    stage.send(&Job::Submit(emergency(stage, DANA, duration))).await;
    assert!(stage.settle().await.rejected.is_empty());
    stage.request().await.request_id
}

async fn review(stage: &Stage, id: &RequestId, who: &str, note: Option<&str>) {
    let click = domain::job::Click { reason: note.map(str::to_owned), ..stage.click(id, who) };
    stage.send(&Job::Review(click)).await;
    assert!(stage.settle().await.rejected.is_empty());
}

fn has_button(blocks: &Value, id: &str) -> bool {
    blocks.to_string().contains(&format!(r#""action_id":"{id}""#))
}

#[tokio::test]
async fn it_is_granted_at_once_and_loudly_for_its_own_limit_at_most() {
    let stage = stage(&[DANA], "30m").await;
    break_glass(&stage, "8h").await;
    let request = stage.request().await;
    assert_eq!((request.status, request.granted_by_rule()), (Status::Active, Some(RuleName::BreakGlass)));
    let lasts = request.access.expires_at.unwrap().seconds_since(request.decision.decided_at.unwrap());
    assert_eq!(lasts, 1_800);
    assert_eq!(request.audit.history[1].by, Some(Actor::Rule(RuleName::BreakGlass)));
    assert_eq!(domain::audit::verify(&request).faults, []);
    let asked = stage.approval_message().unwrap();
    assert!(asked.text.contains("broke the glass"), "{}", asked.text);
    assert!(asked.blocks.to_string().contains("has to be reviewed"), "{}", asked.blocks);
    assert!(has_button(&asked.blocks, "reviewed") && !has_button(&asked.blocks, "approve"));
    for approver in [OLIVIA, SAM] {
        let told = stage.messages_to(approver);
        assert!(told.len() == 1 && told[0].contains("broke the glass"), "{approver}: {told:?}");
    }
    let told = stage.messages_to(DANA);
    assert!(told.last().unwrap().contains("30 minutes, which is less than the 8 hours"), "{told:?}");
    assert!(request.unreviewed_since().is_some() && request.needs_sweep());
}

#[tokio::test]
async fn an_approver_reviews_it_once_and_says_something() {
    let stage = stage(&[DANA], "30m").await;
    let id = break_glass(&stage, "30m").await;
    for (who, part) in [(DANA, "cannot review your own"), (STRANGER, "You cannot decide")] {
        review(&stage, &id, who, None).await;
        assert!(stage.messages_to(who).last().unwrap().contains(part), "{:?}", stage.messages_to(who));
        assert!(stage.request().await.review().is_none());
    }
    stage.pass(60);
    review(&stage, &id, SAM, Some(" Justified <!channel> & done ")).await;
    let request = stage.request().await;
    let event = request.review().unwrap();
    assert_eq!(
        (&event.by, event.note.as_deref()),
        (&Some(Actor::parse(SAM).unwrap()), Some("Justified <!channel> & done"))
    );
    assert_eq!(request.status, Status::Active, "the grant goes on");
    assert_eq!(domain::audit::verify(&request).faults, []);
    let asked = stage.approval_message().unwrap();
    assert!(!has_button(&asked.blocks, "reviewed"), "{}", asked.blocks);
    let shown = asked.blocks.to_string();
    assert!(shown.contains("reviewed by <@U0SECOND>") && shown.contains("&lt;!channel&gt;"), "{shown}");
    let before = stage.messages_to(OLIVIA).len();
    review(&stage, &id, OLIVIA, None).await;
    let told = stage.messages_to(OLIVIA);
    assert!(told.len() > before && told.last().unwrap().contains("was reviewed by <@U0SECOND>"), "{told:?}");
    assert_eq!(
        stage.request().await.audit.history.iter().filter(|change| change.event == "review").count(),
        1
    );
}

#[tokio::test]
async fn it_is_reviewed_after_its_end_too_and_an_ordinary_grant_is_not() {
    let mut stage = stage(&[DANA], "30m").await;
    stage.twice = true;
    let id = break_glass(&stage, "30m").await;
    stage.pass(1_801);
    stage.fire_schedules().await;
    stage.settle().await;
    let ended = stage.request().await;
    assert!(ended.status == Status::Expired && ended.access.gone_at.is_some() && ended.needs_sweep());
    review(&stage, &id, OLIVIA, None).await;
    let request = stage.request().await;
    assert!(request.review().is_some() && !request.needs_sweep());
    assert_eq!((request.status, request.access.gone_at), (Status::Expired, ended.access.gone_at));
    assert_eq!(domain::audit::verify(&request).faults, []);
}

#[tokio::test]
async fn what_people_granted_needs_no_review() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    review(&stage, &id, SAM, None).await;
    assert!(stage.request().await.review().is_none());
    assert!(stage.messages_to(SAM).last().unwrap().contains("Nothing to review"));
}

#[tokio::test]
async fn whom_the_rule_does_not_name_is_asked_about_as_usual() {
    let stage = stage(&[SAM], "30m").await;
    break_glass(&stage, "1h").await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Pending);
    assert_eq!(request.rule_passed_over(), Some(RulePassedOver::NotNamed));
    assert!(stage.aws.users().await.is_empty());
    let told = stage.messages_to(DANA).concat();
    assert!(told.contains("You cannot get this by break-glass, so I asked."), "{told}");
    assert!(has_button(&stage.approval_message().unwrap().blocks, "approve"));
}

#[tokio::test]
async fn while_slack_does_not_say_who_is_in_a_group_people_are_asked() {
    let stage = stage(&["S0ONCALL"], "30m").await;
    stage.slack.set_user_group("S0ONCALL", &[DANA]);
    stage.slack.fail("usergroups.users.list", Fault::ServerError, 1_000);
    break_glass(&stage, "30m").await;
    let request = stage.request().await;
    assert_eq!(
        (request.status, request.rule_passed_over()),
        (Status::Pending, Some(RulePassedOver::NotChecked))
    );
}

#[tokio::test]
async fn why_has_to_be_said() {
    let stage = stage(&[DANA], "30m").await;
    for reason in [None, Some(String::new()), Some(" \n".into())] {
        let ask = AccessRequest { justification: reason, ..emergency(&stage, DANA, "30m") };
        stage.send(&Job::Submit(ask)).await;
        stage.settle().await;
        assert!(stage.requests().await.is_empty());
        assert!(stage.messages_to(DANA).last().unwrap().contains("say why"));
    }
}

#[tokio::test]
async fn an_ordinary_request_is_not_granted_by_it() {
    let stage = stage(&[DANA], "30m").await;
    stage.ask("ReadOnly", "30m").await;
    assert_eq!(stage.request().await.status, Status::Pending);
}

#[tokio::test]
async fn slack_being_down_does_not_hold_up_the_grant_and_everybody_is_told_later() {
    let stage = stage(&[DANA], "30m").await;
    stage.slack.fail("chat.postMessage", Fault::ServerError, 6);
    let ask = Job::Submit(emergency(&stage, DANA, "30m"));
    stage.handle(QueueName::Notify, &ask, Attempt { number: 1, max: 5 }).await.unwrap();
    stage.settle().await;
    stage.pass(300);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    let request = stage.request().await;
    assert!(request.status == Status::Active && request.slack.is_announced);
    let in_channel = stage.slack.messages().iter().filter(|message| message.channel == APPROVALS).count();
    assert_eq!((in_channel, stage.messages_to(OLIVIA).len(), stage.messages_to(SAM).len()), (1, 1, 1));
}

#[tokio::test]
async fn a_requester_who_approves_too_cannot_review_their_own() {
    let stage = stage(&[OLIVIA], "30m").await;
    stage.send(&Job::Submit(emergency(&stage, OLIVIA, "30m"))).await;
    stage.settle().await;
    let id = stage.request().await.request_id;
    review(&stage, &id, OLIVIA, None).await;
    assert!(stage.request().await.review().is_none());
    review(&stage, &id, SAM, None).await;
    assert!(stage.request().await.review().is_some());
}
