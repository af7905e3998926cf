//! A form about a request that is refused is shown again, with what was typed and what is wrong at its field, for as long as
//! Slack opens one; where nothing in it puts that right, it says why and keeps what was typed. The message says the same.

use domain::job::{Click, ExtensionAsk, ExtensionClick, ShorterApproval, Submitted};
use domain::{GrantDuration, Job, RequestId, Status};
use serde_json::{Value, json};
use testkit::slack::Fault;

use crate::stage::{DANA, OLIVIA, SAM, STRANGER, Stage, payments};

const TYPED: &str = "“why” & <!channel>\nשלום `x`";

/// What somebody submits by a form.
fn submitted(stage: &Stage, id: &RequestId, person: &str, (form, duration): (&str, Option<&str>)) -> Click {
    let (form, trigger_id) = (form.to_owned(), stage.slack.trigger(person));
    let submitted = Some(Submitted { form, trigger_id, duration: duration.map(str::to_owned) });
    Click { submitted, reason: Some(TYPED.to_owned()), ..stage.click(id, person) }
}

fn shorter(stage: &Stage, id: &RequestId, person: &str, typed: &str) -> Job {
    let click = Click { reason: None, ..submitted(stage, id, person, ("approve_shorter", Some(typed))) };
    Job::ApproveShorter(ShorterApproval { click, duration: GrantDuration::parse(typed).unwrap() })
}

fn longer(stage: &Stage, id: &RequestId, person: &str, typed: &str) -> Job {
    let click = submitted(stage, id, person, ("extend", Some(typed)));
    Job::AskExtension(ExtensionAsk { click, duration: GrantDuration::parse(typed).unwrap() })
}

async fn asked(stage: &Stage) -> RequestId {
    let mut project = payments();
    project["roles"]["ReadOnly"]["max_extensions"] = json!(1);
    stage.put_project(project).await;
    stage.ask("ReadOnly", "4h").await;
    stage.request().await.request_id
}

async fn granted(stage: &Stage) -> RequestId {
    let id = asked(stage).await;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    id
}

async fn handle(stage: &Stage, job: &Job) {
    stage.send(job).await;
    let left = stage.settle().await;
    assert!(left.rejected.is_empty() && left.waiting.is_empty(), "{left:?}");
}

/// The only form that somebody sees.
fn form(stage: &Stage, person: &str) -> Value {
    let shown = stage.slack.views_seen_by(person);
    assert_eq!(shown.len(), 1, "{shown:?}");
    shown[0].view.clone()
}

fn initial<'a>(form: &'a Value, field: &str) -> &'a Value {
    let block = form["blocks"].as_array().unwrap().iter().find(|block| block["block_id"] == field);
    block.map_or(&Value::Null, |block| &block["element"]["initial_value"])
}

/// What stands below a field.
fn below(form: &Value, field: &str) -> String {
    let blocks = form["blocks"].as_array().unwrap();
    let at = blocks.iter().position(|block| block["block_id"] == field).unwrap();
    blocks[at + 1]["elements"][0]["text"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn less_time_that_cannot_be_granted_is_said_below_what_was_typed() {
    for (typed, said) in
        [("5 minutes", "15 minutes"), ("5h", "cannot approve it for longer"), ("3h", "limit is now")]
    {
        let stage = Stage::new().await;
        let id = asked(&stage).await;
        if typed == "3h" {
            let mut project = payments();
            project["roles"]["ReadOnly"]["max_duration"] = json!("2h");
            stage.put_project(project).await;
        }
        handle(&stage, &shorter(&stage, &id, SAM, typed)).await;
        let form = form(&stage, SAM);
        assert_eq!(form["callback_id"], "approve_shorter");
        assert_eq!(form["submit"]["text"], "Approve");
        assert!(below(&form, "duration_text").contains(said), "{typed}: {form:#}");
        assert_eq!(initial(&form, "duration_text"), typed);
        let told = stage.messages_to(SAM);
        assert!(told.len() == 1 && told[0].contains(said), "{told:?}");
        assert_eq!(stage.request().await.status, Status::Pending);
    }
}

#[tokio::test]
async fn an_extension_that_cannot_be_asked_for_is_said_below_what_was_typed() {
    for (typed, said) in [("9h", "8 hours"), ("5m", "15 minutes"), ("1h", "lasts until")] {
        let stage = Stage::new().await;
        let id = granted(&stage).await;
        let before = stage.messages_to(DANA).len();
        handle(&stage, &longer(&stage, &id, DANA, typed)).await;
        let form = form(&stage, DANA);
        assert!(below(&form, "duration_text").contains(said), "{typed}: {form:#}");
        let typed_again = (initial(&form, "duration_text"), initial(&form, "justification"));
        assert_eq!(typed_again, (&json!(typed), &json!(TYPED)));
        assert_eq!(stage.messages_to(DANA).len(), before + 1);
        assert!(stage.request().await.extensions.list.is_empty());
    }
}

#[tokio::test]
async fn what_nothing_in_the_form_puts_right_says_why_and_keeps_what_was_typed() {
    let plain =
        |stage: &Stage, id: &RequestId, person: &str, form: &str| submitted(stage, id, person, (form, None));
    for (which, person, said, typed) in [
        ("deny", SAM, "Nothing to decide", TYPED),
        ("deny", STRANGER, "You cannot decide", TYPED),
        ("review", SAM, "Nothing to review", TYPED),
        ("deny_extension", STRANGER, "You cannot decide", TYPED),
        ("shorter", SAM, "Nothing to decide", "1h"),
        ("extend", SAM, "can ask for an extension", TYPED),
    ] {
        let stage = Stage::new().await;
        let id = granted(&stage).await;
        let job = match which {
            "deny" => Job::Deny(plain(&stage, &id, person, "deny_reason")),
            "review" => Job::Review(plain(&stage, &id, person, "review_note")),
            "deny_extension" => {
                let click = plain(&stage, &id, person, "deny_reason");
                Job::DenyExtension(ExtensionClick { click, extension: 1 })
            }
            "shorter" => shorter(&stage, &id, person, "1h"),
            _ => longer(&stage, &id, person, "5h"),
        };
        handle(&stage, &job).await;
        let form = form(&stage, person);
        assert!(form["submit"].is_null(), "{which}: there is nothing to submit: {form:#}");
        let shown = form["blocks"].as_array().unwrap();
        assert!(shown[0]["text"]["text"].as_str().unwrap().contains(said), "{which}: {form:#}");
        assert!(shown.iter().any(|block| block["text"]["text"] == typed), "{which}: {form:#}");
        assert!(stage.messages_to(person).last().unwrap().contains(said), "{which}");
    }
}

#[tokio::test]
async fn it_is_opened_once_and_never_later_than_slack_does_it() {
    for (late, fault) in [(0, None), (4, None), (0, Some(Fault::Api("expired_trigger_id".into())))] {
        let mut stage = Stage::new().await;
        let id = asked(&stage).await;
        stage.twice = true;
        let job = shorter(&stage, &id, SAM, "5h");
        stage.pass(late);
        let is_shown = late == 0 && fault.is_none();
        if let Some(fault) = fault {
            stage.slack.fail("views.open", fault, 9);
        }
        handle(&stage, &job).await;
        assert_eq!(stage.slack.views_seen_by(SAM).len(), usize::from(is_shown), "{late}");
        assert!(stage.messages_to(SAM).last().unwrap().contains("Nothing was approved"));
    }
}
