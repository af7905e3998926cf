//! The warning before a grant ends: once for each end, by the sweep, and never for what is over.

use domain::job::{ExtensionAsk, ExtensionClick};
use domain::{GrantDuration, Job, Request, RequestId, Status};
use serde_json::{Value, json};
use testkit::slack::Fault as SlackFault;

use crate::stage::{DANA, OLIVIA, Stage, payments};

async fn live(role: &str, duration: &str, times: u32) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    let mut project = payments();
    project["roles"]["ReadOnly"]["max_extensions"] = json!(times);
    stage.put_project(project).await;
    stage.ask(role, duration).await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    (stage, id)
}

async fn sweep(stage: &Stage) {
    stage.send(&Job::Sweep).await;
    stage.settle().await;
}

fn warnings(stage: &Stage) -> Vec<String> {
    stage.messages_to(DANA).into_iter().filter(|text| text.contains(":alarm_clock:")).collect()
}

/// The buttons of the warning, with their words.
fn buttons(stage: &Stage) -> Vec<(String, String)> {
    let messages = stage.slack.messages();
    let warning =
        messages.iter().rfind(|one| one.told(DANA).is_some_and(|text| text.contains("alarm_clock")));
    let blocks: Value = warning.unwrap().blocks.clone();
    let elements =
        blocks.as_array().unwrap().iter().filter_map(|block| block["elements"].as_array()).flatten();
    let buttons = elements.filter(|one| one["type"] == "button");
    buttons
        .map(|one| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&one["action_id"]), text(&one["text"]["text"]))
        })
        .collect()
}

fn left(request: &Request, stage: &Stage) -> i64 {
    request.access.expires_at.unwrap().seconds_since(stage.now())
}

#[tokio::test]
async fn whoever_has_access_is_warned_once_before_each_end() {
    let (stage, id) = live("ReadOnly", "1h", 1).await;
    stage.pass(2_700);
    sweep(&stage).await;
    assert!(warnings(&stage).is_empty(), "a quarter of an hour is left");
    stage.pass(300);
    for _ in 0..3 {
        sweep(&stage).await;
        stage.pass(60);
    }
    assert_eq!(warnings(&stage).len(), 1, "{:?}", stage.messages_to(DANA));
    let words = |id: &str, text: &str| (id.to_owned(), text.to_owned());
    assert_eq!(buttons(&stage), [words("extend", "Extend"), words("revoke", "I'm done")]);

    let mut click = stage.click(&id, DANA);
    click.message = None;
    let duration = GrantDuration::parse("1h").unwrap();
    stage.send(&Job::AskExtension(ExtensionAsk { click, duration })).await;
    stage.settle().await;
    let mut click = stage.click(&id, OLIVIA);
    click.message = None;
    stage.send(&Job::ApproveExtension(ExtensionClick { click, extension: 1 })).await;
    stage.settle().await;
    stage.pass(3);
    stage.settle().await;
    assert!(warnings(&stage).is_empty(), "the warning says that it was extended");
    assert!(stage.messages_to(DANA).iter().any(|text| text.contains("would have ended")));
    let request = stage.request().await;
    stage.pass(left(&request, &stage) - 600);
    sweep(&stage).await;
    sweep(&stage).await;
    assert_eq!(warnings(&stage).len(), 1, "of the later end");
    assert_eq!(buttons(&stage), [words("revoke", "I'm done")], "no extension is left");
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    sweep(&stage).await;
    assert!(warnings(&stage).is_empty(), "no button stays: {:?}", stage.messages_to(DANA));
    assert_eq!(stage.request().await.slack.warnings.len(), 2);
    assert!(stage.request().await.is_up_to_date());
}

#[tokio::test]
async fn what_is_short_or_over_is_not_warned_of_and_a_session_says_why_it_ends() {
    let (stage, _) = live("PowerUser", "1h", 1).await;
    stage.pass(3_000);
    sweep(&stage).await;
    assert!(warnings(&stage)[0].contains("AWS fixes"), "{:?}", warnings(&stage));
    assert_eq!(buttons(&stage).len(), 1);

    let (stage, id) = live("ReadOnly", "1h", 1).await;
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    stage.pass(3_000);
    sweep(&stage).await;
    assert!(stage.request().await.slack.warnings.is_empty());

    let (stage, _) = live("ReadOnly", "1h", 1).await;
    stage.pass(3_700);
    sweep(&stage).await;
    assert!(stage.request().await.slack.warnings.is_empty(), "it is over");
}

#[tokio::test]
async fn a_warning_that_slack_took_late_is_sent_once_and_none_after_the_end() {
    for fault in [SlackFault::ServerError, SlackFault::RateLimited { retry_after_secs: 7 }] {
        let (stage, _) = live("ReadOnly", "1h", 1).await;
        stage.pass(3_000);
        stage.slack.fail("chat.postMessage", fault, 2);
        sweep(&stage).await;
        stage.settle().await;
        sweep(&stage).await;
        assert_eq!(warnings(&stage).len(), 1);
    }
    let (stage, _) = live("ReadOnly", "1h", 1).await;
    stage.pass(3_000);
    stage.slack.fail("chat.postMessage", SlackFault::ServerError, 100);
    sweep(&stage).await;
    stage.pass(700);
    stage.slack.clear_faults();
    sweep(&stage).await;
    stage.settle().await;
    assert!(warnings(&stage).is_empty(), "{:?}", stage.messages_to(DANA));
    assert_eq!(stage.request().await.status, Status::Expired);
}
