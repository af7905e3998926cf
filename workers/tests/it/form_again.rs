//! A form that is refused is shown again, with what was filled in and what is wrong at its field, for as long as Slack opens
//! one for it; the direct message says the same in any case.

use domain::Job;
use domain::job::AccessRequest;
use serde_json::{Value, json};
use testkit::slack::Fault;

use crate::stage::{DANA, Stage, payments};

/// What somebody submits by the form.
fn submission(stage: &Stage, (project, role, duration): (&str, &str, &str)) -> AccessRequest {
    let trigger_id = Some(stage.slack.trigger(DANA));
    let justification = Some("“why” & <!channel>\nשלום `x`".to_owned());
    AccessRequest { trigger_id, justification, ..stage.spec(DANA, project, role, duration) }
}

/// What stands in a field.
fn initial(form: &Value, field: &str) -> Value {
    let blocks = form["blocks"].as_array().unwrap();
    let block = blocks.iter().find(|block| block["block_id"] == field).unwrap_or(&Value::Null);
    let element = &block["element"];
    let chosen = element["initial_option"]["value"].clone();
    if chosen.is_null() { element["initial_value"].clone() } else { chosen }
}

/// What stands below a field.
fn below(form: &Value, field: &str) -> String {
    let blocks = form["blocks"].as_array().unwrap();
    let at = blocks.iter().position(|block| block["block_id"] == field).unwrap();
    blocks[at + 1]["elements"][0]["text"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost() {
    for (typed, at, said, fields) in [
        (
            ("paymnts", "ReadOnly", "2h"),
            "project",
            "There is no project",
            [json!(null), json!("ReadOnly"), json!("2h")],
        ),
        (("payments", "Read", "2h"), "role", "has no role", [json!("payments"), json!(null), json!("2h")]),
        (
            ("payments", "ReadOnly", "9h"),
            "duration_text",
            "8 hours at most",
            [json!("payments"), json!("ReadOnly"), json!("9h")],
        ),
        (
            ("payments", "ReadOnly", "a while"),
            "duration_text",
            "is not a duration",
            [json!("payments"), json!("ReadOnly"), json!("a while")],
        ),
        (
            ("payments", "ReadOnly", "5m"),
            "duration_text",
            "shortest access is 15 minutes",
            [json!("payments"), json!("ReadOnly"), json!("5m")],
        ),
    ] {
        let stage = Stage::new().await;
        let mut website = payments();
        website["project"] = json!("website");
        stage.put_project(website).await;
        stage.send(&Job::Submit(submission(&stage, typed))).await;
        stage.settle().await;
        let shown = stage.slack.views_seen_by(DANA);
        assert_eq!(shown.len(), 1, "{typed:?}");
        let form = &shown[0].view;
        assert!(below(form, at).contains(said), "{typed:?}: {form:#}");
        let other = initial(form, "duration_text");
        let duration = if other.is_null() { initial(form, "duration") } else { other };
        assert_eq!([initial(form, "project"), initial(form, "role"), duration], fields, "{typed:?}");
        assert_eq!(initial(form, "justification"), "“why” & <!channel>\nשלום `x`", "{typed:?}");
        let told = stage.messages_to(DANA);
        assert!(told.len() == 1 && told[0].contains(said), "{told:?}");
    }
}

#[tokio::test]
async fn one_that_is_open_already_and_an_emergency_keep_what_was_chosen() {
    let stage = Stage::new().await;
    let mut project = payments();
    project["roles"]["ReadOnly"]["break_glass"] = json!({ "for": [DANA], "max_duration": "30m" });
    stage.put_project(project).await;
    stage.ask("ReadOnly", "1h").await;
    let ask = AccessRequest { break_glass: true, ..submission(&stage, ("payments", "ReadOnly", "30m")) };
    stage.send(&Job::Submit(ask)).await;
    stage.settle().await;
    let form = stage.slack.views_seen_by(DANA).pop().unwrap().view;
    assert!(below(&form, "role").contains("already have a request"), "{form:#}");
    assert_eq!(initial(&form, "break_glass"), "yes");
}

#[tokio::test]
async fn it_is_opened_once_and_never_later_than_slack_does_it() {
    // A second delivery, a moment too late, and a Slack that does not open it: the message says it, once.
    for (late, fault) in [(0, None), (4, None), (0, Some(Fault::Api("expired_trigger_id".into())))] {
        let mut stage = Stage::new().await;
        stage.twice = true;
        let ask = submission(&stage, ("payments", "Read", "2h"));
        stage.pass(late);
        let is_shown = late == 0 && fault.is_none();
        if let Some(fault) = fault {
            stage.slack.fail("views.open", fault, 9);
        }
        stage.send(&Job::Submit(ask)).await;
        let left = stage.settle().await;
        assert!(left.rejected.is_empty() && left.waiting.is_empty(), "{left:?}");
        assert_eq!(stage.slack.views_seen_by(DANA).len(), usize::from(is_shown), "{late}");
        assert_eq!(stage.messages_to(DANA).len(), 1, "{late}");
    }
}

#[tokio::test]
async fn what_is_taken_in_opens_no_form() {
    let stage = Stage::new().await;
    stage.send(&Job::Submit(submission(&stage, ("payments", "ReadOnly", "2h")))).await;
    stage.settle().await;
    assert!(stage.slack.calls().iter().all(|call| call.method != "views.open"));
    assert_eq!(stage.requests().await.len(), 1);
}
