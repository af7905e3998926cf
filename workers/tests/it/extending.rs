//! Extensions: asked for by whoever has access, decided like the grant itself, carried out with one end at every moment.

use domain::job::{ExtensionAsk, ExtensionClick};
use domain::request::ExtensionOutcome;
use domain::{GrantDuration, Job, Request, RequestId, Status};
use serde_json::{Value, json};
use testkit::aws::Lag;

use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, STRANGER, Stage, payments};

/// The project with roles that can be extended.
fn extendable(times: u32) -> Value {
    let mut project = payments();
    for role in ["ReadOnly", "Both"] {
        project["roles"][role]["max_extensions"] = json!(times);
    }
    project
}

async fn live(role: &str, duration: &str) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.put_project(extendable(2)).await;
    let id = grant(&stage, role, duration).await;
    (stage, id)
}

async fn grant(stage: &Stage, role: &str, duration: &str) -> RequestId {
    stage.ask(role, duration).await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    if role == "Both" {
        stage.send(&Job::Approve(stage.click(&id, SAM))).await;
    }
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    id
}

fn asks(stage: &Stage, id: &RequestId, person: &str, duration: &str) -> Job {
    let mut click = stage.click(id, person);
    click.message = None;
    click.reason = Some("the ledger & <!channel>".into());
    Job::AskExtension(ExtensionAsk { click, duration: GrantDuration::parse(duration).unwrap() })
}

async fn ask(stage: &Stage, id: &RequestId, duration: &str) {
    stage.send(&asks(stage, id, DANA, duration)).await;
    stage.settle().await;
}

fn decides(stage: &Stage, id: &RequestId, person: &str, extension: u32) -> ExtensionClick {
    let mut click = stage.click(id, person);
    click.message = None;
    ExtensionClick { click, extension }
}

async fn approve(stage: &Stage, id: &RequestId, person: &str, extension: u32) {
    stage.send(&Job::ApproveExtension(decides(stage, id, person, extension))).await;
    stage.settle().await;
    stage.pass(3);
    stage.settle().await;
}

/// What the approvers read of the extension, with its buttons' ids and values.
fn channel_message(stage: &Stage) -> (String, Vec<(String, String)>) {
    let messages = stage.slack.messages();
    let message = messages.iter().rfind(|message| message.channel == APPROVALS).unwrap();
    (message.text.clone(), buttons(&message.blocks))
}

fn buttons(blocks: &Value) -> Vec<(String, String)> {
    let blocks = blocks.as_array().into_iter().flatten();
    let elements = blocks.filter_map(|block| block["elements"].as_array()).flatten();
    let text = |element: &Value, name: &str| element[name].as_str().map(str::to_owned);
    elements.filter_map(|one| Some((text(one, "action_id")?, text(one, "value")?))).collect()
}

fn buttons_of(stage: &Stage, person: &str, part: &str) -> Vec<String> {
    let messages = stage.slack.messages();
    let about = messages.iter().rfind(|message| message.told(person).is_some_and(|text| text.contains(part)));
    let about = about.unwrap_or_else(|| panic!("{:?}", stage.messages_to(person)));
    buttons(&about.blocks).into_iter().map(|(action_id, _)| action_id).collect()
}

fn last_told(stage: &Stage, person: &str) -> String {
    stage.messages_to(person).pop().unwrap_or_default()
}

fn outcome(request: &Request, number: u32) -> ExtensionOutcome {
    request.extensions.get(number).unwrap().outcome
}

/// The end in the record, in the guard, in the tag and in the schedule.
async fn ends(stage: &Stage) -> [String; 4] {
    let request = stage.request().await;
    let end = request.access.expires_at.unwrap().rfc3339();
    let user = stage.aws.users().await.remove(0);
    let guard = &user.inline_policies["keylease-guard"]["Statement"][0]["Condition"];
    let guard = guard["DateGreaterThan"]["aws:CurrentTime"].as_str().unwrap().to_owned();
    let schedule = stage.aws.schedules().await.remove(0).expression;
    let schedule = format!("{}Z", schedule.trim_start_matches("at(").trim_end_matches(')'));
    [end, guard, user.tags["keylease:expires-at"].clone(), schedule]
}

#[tokio::test]
async fn an_approved_extension_is_the_same_credential_for_longer() {
    let (stage, id) = live("ReadOnly", "1h").await;
    let before = stage.request().await;
    assert_eq!(buttons_of(&stage, DANA, "It works until"), ["extend", "revoke"]);
    stage.pass(1_800);
    ask(&stage, &id, "2h").await;
    let (text, buttons) = channel_message(&stage);
    assert!(text.contains("2 hours more") && !text.contains("<!channel>"), "{text}");
    let value = format!("{id}#ext-1");
    let all = ["approve", "deny", "deny_reason"].map(|button| (button.to_owned(), value.clone()));
    assert_eq!(buttons, all);
    assert!(last_told(&stage, DANA).contains("Until they decide"), "{}", last_told(&stage, DANA));

    let clicked = stage.now();
    approve(&stage, &id, OLIVIA, 1).await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active);
    let late = request.access.expires_at.unwrap().seconds_since(clicked.plus_seconds(7_200));
    assert!((0..=2).contains(&late), "it lasts from the click: {late}");
    let ends = ends(&stage).await;
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
    assert_eq!(request.access.access_key_id, before.access.access_key_id);
    assert_eq!(stage.aws.mails().len(), 1, "no second email");
    assert_eq!(stage.aws.users().await[0].keys.len(), 1);
    assert!(last_told(&stage, DANA).contains("same credential"), "{}", last_told(&stage, DANA));
    let (text, buttons) = channel_message(&stage);
    assert!(text.contains("was extended until") && buttons.is_empty(), "{text}");
    assert!(request.extensions.extending.is_none() && request.work.outbox.is_empty());

    // The message that comes at the earlier end ends nothing, and neither does a sweep.
    stage.pass(1_900);
    stage.send(&Job::ExpireGrant { request_id: id.clone() }).await;
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    assert_eq!(stage.aws.users().await.len(), 1);
    stage.pass(5_400);
    stage.fire_schedules().await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!((request.status, request.access.gone_at.is_some()), (Status::Expired, true));
    assert!(stage.aws.users().await.is_empty());
    assert_eq!(domain::audit::verify(&request).faults, [], "{request:#?}");
    assert_eq!(
        request.audit.history.iter().map(|change| change.event.as_str()).collect::<Vec<_>>(),
        ["ask", "approve", "activate", "extension_asked", "extension_approved", "extended", "expire", "gone"]
    );
}

#[tokio::test]
async fn a_denied_extension_changes_nothing_and_is_told() {
    let (stage, id) = live("ReadOnly", "1h").await;
    let before = ends(&stage).await;
    ask(&stage, &id, "2h").await;
    stage.send(&Job::DenyExtension(decides(&stage, &id, STRANGER, 1))).await;
    stage.settle().await;
    assert!(last_told(&stage, STRANGER).contains("You cannot decide"), "{}", last_told(&stage, STRANGER));
    stage.send(&Job::DenyExtension(decides(&stage, &id, SAM, 1))).await;
    stage.settle().await;
    assert_eq!(outcome(&stage.request().await, 1), ExtensionOutcome::Denied);
    assert!(last_told(&stage, DANA).contains("denied the extension"), "{}", last_told(&stage, DANA));
    let (text, buttons) = channel_message(&stage);
    assert!(text.contains("Denied by") && buttons.is_empty(), "{text}");
    approve(&stage, &id, OLIVIA, 1).await;
    assert!(last_told(&stage, OLIVIA).contains("was denied by"), "{}", last_told(&stage, OLIVIA));
    assert_eq!(ends(&stage).await, before);
    assert_eq!(domain::audit::verify(&stage.request().await).faults, []);
}

#[tokio::test]
async fn nobody_approves_their_own_and_several_agree_where_the_role_says_so() {
    let (stage, id) = live("Both", "1h").await;
    ask(&stage, &id, "2h").await;
    stage.send(&Job::ApproveExtension(decides(&stage, &id, OLIVIA, 1))).await;
    stage.settle().await;
    assert_eq!(outcome(&stage.request().await, 1), ExtensionOutcome::Open);
    assert!(stage.slack.messages().iter().any(|m| m.blocks.to_string().contains("1 of 2 needed")));
    stage.send(&Job::ApproveExtension(decides(&stage, &id, OLIVIA, 1))).await;
    stage.settle().await;
    assert!(last_told(&stage, OLIVIA).contains("counts already"), "{}", last_told(&stage, OLIVIA));
    approve(&stage, &id, SAM, 1).await;
    assert_eq!(outcome(&stage.request().await, 1), ExtensionOutcome::Extended);
    assert_eq!(domain::audit::verify(&stage.request().await).faults, []);

    let mut project = extendable(2);
    project["approver_slack_ids"] = json!([DANA, OLIVIA]);
    stage.put_project(project).await;
    ask(&stage, &id, "4h").await;
    stage.send(&Job::ApproveExtension(decides(&stage, &id, DANA, 2))).await;
    stage.settle().await;
    assert!(last_told(&stage, DANA).contains("your own"), "{}", last_told(&stage, DANA));
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_in_words() {
    let (stage, id) = live("ReadOnly", "1h").await;
    for (person, duration, part) in [
        (STRANGER, "2h", "Only"),
        (DANA, "9h", "8 hours"),
        (DANA, "1m", "15 minutes"),
        (DANA, "30m", "as it is"),
    ] {
        stage.send(&asks(&stage, &id, person, duration)).await;
        stage.settle().await;
        assert!(last_told(&stage, person).contains(part), "{duration}: {}", last_told(&stage, person));
    }
    assert!(stage.request().await.extensions.list.is_empty());
    ask(&stage, &id, "2h").await;
    ask(&stage, &id, "3h").await;
    assert!(last_told(&stage, DANA).contains("still open"), "{}", last_told(&stage, DANA));
    approve(&stage, &id, OLIVIA, 1).await;
    ask(&stage, &id, "3h").await;
    approve(&stage, &id, OLIVIA, 2).await;
    assert_eq!(buttons_of(&stage, DANA, "approved your request"), ["revoke"], "none is left");
    ask(&stage, &id, "4h").await;
    assert!(last_told(&stage, DANA).contains("as often as the role allows"), "{}", last_told(&stage, DANA));
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    ask(&stage, &id, "4h").await;
    assert!(last_told(&stage, DANA).contains("ended"), "{}", last_told(&stage, DANA));
}

#[tokio::test]
async fn a_sweep_that_sees_the_tag_from_before_the_extension_ends_nothing() {
    let (stage, id) = live("ReadOnly", "15m").await;
    let key = stage.request().await.access.access_key_id;
    ask(&stage, &id, "1h").await;
    // IAM shows for a while what was there before the extension, and the earlier end comes.
    stage.aws.let_iam_lag(Some(Lag::Seconds(1_200)));
    approve(&stage, &id, OLIVIA, 1).await;
    assert_eq!(outcome(&stage.request().await, 1), ExtensionOutcome::Extended);
    stage.pass(905);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    stage.pass(400);
    let users = stage.aws.users().await;
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].keys.first().map(|key| key.id.clone()), key);
    let boundary = users[0].permissions_boundary.as_deref();
    assert!(!boundary.is_some_and(aws::iam::is_ended), "nothing denies it: {boundary:?}");
    assert_eq!(stage.request().await.status, Status::Active);

    // At the later end it goes.
    stage.pass(3_600);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert!(stage.aws.users().await.is_empty());
}

#[tokio::test]
async fn a_session_has_no_button_and_says_why() {
    let stage = Stage::new().await;
    let mut project = payments();
    project["roles"]["PowerUser"]["max_extensions"] = json!(2);
    stage.put_project(project).await;
    let id = grant(&stage, "PowerUser", "1h").await;
    assert_eq!(buttons_of(&stage, DANA, "It works until"), ["revoke"]);
    ask(&stage, &id, "1h").await;
    assert!(last_told(&stage, DANA).contains("AWS fixes when"), "{}", last_told(&stage, DANA));
}

#[tokio::test]
async fn an_extension_is_void_when_the_grant_ends_first() {
    let (stage, id) = live("ReadOnly", "1h").await;
    ask(&stage, &id, "2h").await;
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!((request.status, outcome(&request, 1)), (Status::Revoked, ExtensionOutcome::Void));
    let (text, buttons) = channel_message(&stage);
    assert!(text.contains("void") && buttons.is_empty(), "{text}");
    assert!(stage.messages_to(DANA).iter().any(|text| text.contains("void")));
    approve(&stage, &id, OLIVIA, 1).await;
    assert!(last_told(&stage, OLIVIA).contains("is void"), "{}", last_told(&stage, OLIVIA));
    assert!(stage.aws.users().await.is_empty());
    assert_eq!(domain::audit::verify(&stage.request().await).faults, []);
}

#[tokio::test]
async fn an_extension_that_nobody_decides_lapses() {
    let (stage, id) = live("ReadOnly", "8h").await;
    let mut project = extendable(2);
    project["roles"]["ReadOnly"]["max_duration"] = json!("10d");
    stage.put_project(project).await;
    ask(&stage, &id, "2d").await;
    approve(&stage, &id, OLIVIA, 1).await;
    ask(&stage, &id, "5d").await;
    stage.pass(86_401);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!((request.status, outcome(&request, 2)), (Status::Active, ExtensionOutcome::Lapsed));
    assert!(last_told(&stage, DANA).contains("in time"), "{}", last_told(&stage, DANA));
}

#[tokio::test]
async fn a_click_that_comes_late_asks_again() {
    let (stage, id) = live("ReadOnly", "8h").await;
    stage.pass(14_400);
    ask(&stage, &id, "6h").await;
    let decision = decides(&stage, &id, OLIVIA, 1);
    stage.pass(901);
    stage.send(&Job::ApproveExtension(decision)).await;
    stage.settle().await;
    assert_eq!(outcome(&stage.request().await, 1), ExtensionOutcome::Open);
    assert!(last_told(&stage, OLIVIA).contains("too late"), "{}", last_told(&stage, OLIVIA));
}
