//! Asking by the form: opened by the ingress, filled by a worker, checked at its fields, and granted as any other request.

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::{PATIENCE, Stage};
use serde_json::Value;
use testkit::slack::View;

/// The options of a field; nothing while it is typed.
fn options(view: &View, field: &str) -> Vec<String> {
    let blocks = view.view["blocks"].as_array().map_or(&[][..], Vec::as_slice);
    let block = blocks.iter().find(|block| block["block_id"] == field).unwrap_or(&Value::Null);
    let options = block["element"]["options"].as_array().map_or(&[][..], Vec::as_slice);
    options.iter().map(|option| option["value"].as_str().expect("a value").to_owned()).collect()
}

/// Waits until Dana's form offers this at a field.
async fn offers(stage: &Stage, field: &str, value: &str) -> View {
    let find = |view: &View| options(view, field).iter().any(|one| one == value).then(|| view.clone());
    let found = stage.slack.wait_for_view(DANA, find, PATIENCE).await;
    found.unwrap_or_else(|| panic!("no {value} at {field}: {:#?}", stage.slack.views_seen_by(DANA)))
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_asks_by_the_form_without_knowing_a_name() {
    let stage = Stage::open().await;
    let url = stage.ingress_url.as_str();
    let opened = stage.slack.shortcut(url, DANA, "request_access").await.expect("Slack sends it");
    assert_eq!(opened.as_u16(), 200);
    let form = offers(&stage, "project", "payments").await;
    stage.slack.choose(url, &form.id, "project", "payments").await.expect("it can be chosen");
    let form = offers(&stage, "role", "ReadOnly").await;
    stage.slack.choose(url, &form.id, "role", "ReadOnly").await.expect("it can be chosen");
    let form = offers(&stage, "duration", "2h").await;

    let fields = [("project", "payments"), ("role", "ReadOnly"), ("duration_text", "300 days")];
    let (status, answer) = stage.slack.submit(url, &form.id, &fields).await.expect("an answer");
    assert_eq!((status.as_u16(), &answer["response_action"]), (200, &Value::from("errors")));
    assert!(answer["errors"]["duration_text"].as_str().is_some_and(|why| why.contains("hours")), "{answer}");

    let why = "Why & <!channel>";
    let fields = [("project", "payments"), ("role", "ReadOnly"), ("duration", "2h"), ("justification", why)];
    let payload = stage.slack.submission(&form, &fields).expect("a form");
    for _ in 0..2 {
        let answer = stage.slack.interact(url, &payload).await.expect("an answer");
        assert_eq!((answer.0.as_u16(), answer.1.as_str()), (200, ""), "an empty answer closes the form");
    }
    let asked = stage.message_with("approve").await;
    stage.click(OLIVIA, &asked, "approve").await;
    let request = stage.only_request("ACTIVE").await;
    assert_eq!((&request["duration_seconds"], &request["justification"]), (&7_200.into(), &why.into()));
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_worker_can_see_is_said_at_its_field_in_the_form_that_comes_back() {
    let stage = Stage::open().await;
    let url = stage.ingress_url.as_str();
    stage.slack.shortcut(url, DANA, "request_access").await.expect("Slack sends it");
    let form = offers(&stage, "project", "payments").await;
    // Nothing was chosen that the form could be checked by.
    let fields =
        [("project", "payments"), ("role", "Reed"), ("duration", "2 hours"), ("justification", "a <b> & c")];
    let (status, answer) = stage.slack.submit(url, &form.id, &fields).await.expect("an answer");
    assert_eq!((status.as_u16(), answer), (200, Value::Null), "what is queued closes the form");
    let says = |view: &View| {
        let text = view.view.to_string();
        (view.id != form.id && text.contains("has no role") && text.contains("a <b> & c"))
            .then(|| view.clone())
    };
    let again = stage.slack.wait_for_view(DANA, says, PATIENCE).await.expect("the form comes back");
    let fields = [("project", "payments"), ("role", "ReadOnly"), ("duration", "2h")];
    stage.slack.submit(url, &again.id, &fields).await.expect("an answer");
    let request = stage.only_request("PENDING").await;
    assert_eq!(request["justification"], "a <b> & c", "what was typed before is still there");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_can_be_used_while_no_worker_runs() {
    let mut stage = Stage::ingress_alone(&[]).await;
    let url = stage.ingress_url.clone();
    let (status, answer) = stage.slack.command(&url, DANA, "").await.expect("an answer");
    assert_eq!((status.as_u16(), answer.as_str()), (200, ""));
    let form = stage.slack.views_seen_by(DANA).pop().expect("a form");
    let fields = [("project", "payments"), ("role", "readonly"), ("duration", "90 min")];
    let (status, answer) = stage.slack.submit(&url, &form.id, &fields).await.expect("an answer");
    assert_eq!((status.as_u16(), answer), (200, Value::Null));
    stage.start("notify");
    let request = stage.only_request("PENDING").await;
    assert_eq!((&request["role"], &request["duration_seconds"]), (&"ReadOnly".into(), &5_400.into()));
    stage.close().await;
}
