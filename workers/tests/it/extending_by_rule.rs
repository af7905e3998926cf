//! Extensions that a rule of the role grants at once, and extensions that are denied with a reason.

use domain::job::{ExtensionAsk, ExtensionClick};
use domain::request::ExtensionOutcome::{self, Denied, Extended, Open};
use domain::{GrantDuration, Job, Request, RequestId, Status};
use serde_json::{Value, json};
use testkit::slack::Fault;

use crate::stage::{APPROVALS, DANA, OLIVIA, Stage, payments};

/// The project with a role that can be extended, by a rule for these up to an hour.
fn ruled(named: &[&str], break_glass: bool) -> Value {
    let mut project = payments();
    let role = &mut project["roles"]["ReadOnly"];
    role["max_extensions"] = json!(2);
    role["auto_approve"] = json!({"for": named, "max_duration": "1h"});
    if break_glass {
        role["break_glass"] = json!({"for": [DANA], "max_duration": "30m"});
    }
    project
}

/// A stage with a live grant of half an hour.
async fn live(project: Value, is_emergency: bool) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.put_project(project).await;
    let mut ask = stage.spec(DANA, "payments", "ReadOnly", "30m");
    ask.break_glass = is_emergency;
    stage.send(&Job::Submit(ask)).await;
    stage.settle().await;
    let request = stage.request().await;
    if request.status == Status::Pending {
        stage.send(&Job::Approve(stage.click(&request.request_id, OLIVIA))).await;
    }
    settle(&stage).await;
    assert_eq!(stage.request().await.status, Status::Active);
    (stage, request.request_id)
}

async fn settle(stage: &Stage) {
    stage.settle().await;
    stage.pass(3);
    let left = stage.settle().await;
    assert!(left.rejected.is_empty() && left.waiting.is_empty(), "{left:?}");
}

async fn ask(stage: &Stage, id: &RequestId, duration: &str) {
    let mut click = stage.click(id, DANA);
    click.message = None;
    let duration = GrantDuration::parse(duration).unwrap();
    stage.send(&Job::AskExtension(ExtensionAsk { click, duration })).await;
    settle(stage).await;
}

fn outcome(request: &Request) -> ExtensionOutcome {
    request.extensions.list.last().unwrap().outcome
}

fn channel(stage: &Stage) -> Vec<String> {
    let messages = stage.slack.messages();
    messages.iter().filter(|one| one.channel == APPROVALS).map(|one| one.blocks.to_string()).collect()
}

#[tokio::test]
async fn a_rule_extends_at_once_whom_it_names_and_says_so_everywhere() {
    let (mut stage, id) = live(ruled(&[DANA], false), false).await;
    stage.twice = true;
    stage.pass(600);
    let asked_at = stage.now();
    ask(&stage, &id, "1h").await;
    let request = stage.request().await;
    assert_eq!(outcome(&request), Extended);
    let late = request.access.expires_at.unwrap().seconds_since(asked_at.plus_seconds(3_600));
    assert!((0..=2).contains(&late), "it lasts from when it was asked for: {late}");
    assert!(channel(&stage).iter().all(|blocks| !blocks.contains("extension asked for")), "nobody is asked");
    let shown = channel(&stage).pop().unwrap();
    assert!(shown.contains("Extended by a rule (`auto_approve`)"), "{shown}");
    let told = stage.messages_to(DANA).pop().unwrap();
    assert!(told.contains("A rule (`auto_approve`) extended your access"), "{told}");
    let record = serde_json::to_value(&request).unwrap();
    assert_eq!(record["extensions"][0]["decided_by"], "rule:auto_approve");
    let event =
        request.audit.history.iter().find(|change| change.event == "extension_approved_by_rule").unwrap();
    assert_eq!(event.by.as_ref().unwrap().to_string(), "rule:auto_approve");
    assert_eq!(
        (
            &event.inputs["rule_for"],
            &event.inputs["rule_max_duration_seconds"],
            &event.inputs["max_extensions"]
        ),
        (&json!([DANA]), &json!(3_600), &json!(2))
    );
    assert_eq!(domain::audit::verify(&request).faults, []);
    let user = stage.aws.users().await.remove(0);
    assert_eq!(user.tags["keylease:expires-at"], request.access.expires_at.unwrap().rfc3339());

    // The role's own bound holds for the rule too.
    stage.pass(600);
    ask(&stage, &id, "1h").await;
    stage.pass(600);
    ask(&stage, &id, "1h").await;
    let request = stage.request().await;
    assert_eq!(request.extensions.list.len(), 2);
    let told = stage.messages_to(DANA).pop().unwrap();
    assert!(told.contains("as often as the role allows (2)"), "{told}");
}

#[tokio::test]
async fn beyond_the_rule_people_decide() {
    for (named, is_emergency, duration, fault) in [
        // Longer than the rule grants.
        (DANA, false, "2h", None),
        (OLIVIA, false, "1h", None),
        // What was taken without asking anybody is prolonged by people only.
        (DANA, true, "30m", None),
        // Nobody is taken for a member without an answer.
        ("S0ONCALL", false, "1h", Some(Fault::Api("missing_scope".into()))),
    ] {
        let (stage, id) = live(ruled(&[named], is_emergency), is_emergency).await;
        stage.slack.set_user_group("S0ONCALL", &[DANA]);
        stage.pass(600);
        if let Some(fault) = fault {
            stage.slack.fail("usergroups.users.list", fault, 9);
        }
        ask(&stage, &id, duration).await;
        let request = stage.request().await;
        assert_eq!(outcome(&request), Open, "{named} {duration}");
        let asked = channel(&stage).pop().unwrap();
        assert!(asked.contains("extension asked for") && asked.contains("can decide"), "{asked}");
        assert_eq!(domain::audit::verify(&request).faults, []);
    }
}

#[tokio::test]
async fn members_of_a_group_are_named_by_it() {
    let (stage, id) = {
        let stage = Stage::new().await;
        stage.slack.set_user_group("S0ONCALL", &[DANA]);
        stage.put_project(ruled(&["S0ONCALL"], false)).await;
        stage.send(&Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "30m"))).await;
        settle(&stage).await;
        let id = stage.request().await.request_id;
        (stage, id)
    };
    stage.pass(600);
    ask(&stage, &id, "45m").await;
    let request = stage.request().await;
    assert_eq!(outcome(&request), Extended);
    let event =
        request.audit.history.iter().find(|change| change.event == "extension_approved_by_rule").unwrap();
    assert_eq!(event.inputs["member_of"], json!(["S0ONCALL"]));
}

#[tokio::test]
async fn a_denial_says_why_to_whoever_asked_and_to_the_approvers() {
    let (stage, id) = live(ruled(&[OLIVIA], false), false).await;
    stage.pass(600);
    ask(&stage, &id, "1h").await;
    let asked = channel(&stage).pop().unwrap();
    assert!(asked.contains("deny_reason"), "{asked}");
    let mut click = stage.click(&id, OLIVIA);
    click.message = None;
    click.reason = Some("  Use <staging> & ask @here  ".into());
    let deny = Job::DenyExtension(ExtensionClick { click, extension: 1 });
    for _ in 0..2 {
        stage.send(&deny).await;
        settle(&stage).await;
    }
    let request = stage.request().await;
    assert_eq!(outcome(&request), Denied);
    assert_eq!(request.extensions.list[0].why.as_deref(), Some("Use <staging> & ask @here"));
    assert_eq!(domain::audit::verify(&request).faults, []);
    let shown = channel(&stage).pop().unwrap();
    let messages = stage.slack.messages();
    let told = messages.iter().rfind(|message| message.told(DANA).is_some()).unwrap().blocks.to_string();
    for text in [&shown, &told] {
        assert!(text.contains("Why it was denied") && text.contains("staging"), "{text}");
        assert!(!text.contains("<staging>"), "{text}");
    }
    assert!(!shown.contains("\"approve\""), "{shown}");
}
