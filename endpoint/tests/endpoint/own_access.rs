//! What somebody has, and its end, by words alone; and the form where a word is missing.

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::stage::words;
use endpoint::{PATIENCE, Stage};
use testkit::slack::View;

#[tokio::test(flavor = "multi_thread")]
async fn somebody_lists_what_they_have_and_ends_it() {
    let stage = Stage::open().await;
    let url = stage.ingress_url.as_str();
    let id = stage.asked_and_approved(DANA, "payments", "ReadOnly", "1h").await;
    stage.request_is(&id, "ACTIVE", PATIENCE).await;
    let answer = stage.slack.command(url, DANA, "list").await.expect("an answer");
    assert_eq!(answer.0.as_u16(), 200);
    let list = stage.expect_message(DANA, &["what you have", "ReadOnly", "left"]).await;
    assert_eq!(endpoint::stage::button(&list, "revoke").as_deref(), Some(id.as_str()), "{}", words(&list));
    let answer = stage.slack.command(url, OLIVIA, "list").await.expect("an answer");
    assert_eq!(answer.0.as_u16(), 200);
    stage.expect_message(OLIVIA, &["no live access and no open request"]).await;

    let answer = stage.slack.command(url, DANA, "End").await.expect("an answer");
    assert_eq!(answer.0.as_u16(), 200);
    let request = stage.request_is(&id, "REVOKED", PATIENCE).await;
    assert_eq!(request["ended_by"], DANA);
    stage.request_is_gone(&id, PATIENCE).await;

    // The button in the list ends a grant as any other does.
    let id = stage.asked_and_approved(DANA, "payments", "ReadOnly", "2h").await;
    stage.request_is(&id, "ACTIVE", PATIENCE).await;
    stage.slack.command(url, DANA, "list").await.expect("an answer");
    let is_it = |messages: &[testkit::slack::Message]| {
        let mut found = messages.iter().filter(|message| words(message).contains("what you have"));
        found.find(|message| message.button("revoke").as_deref() == Some(id.as_str())).cloned()
    };
    let list = stage.slack.wait_for(is_it, PATIENCE).await.expect("a list with the grant");
    stage.click(DANA, &list, "revoke").await;
    stage.request_is(&id, "REVOKED", PATIENCE).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_word_opens_the_form_with_the_others_in_it() {
    let stage = Stage::open().await;
    let url = stage.ingress_url.as_str();
    let (status, answer) = stage.slack.command(url, DANA, "Payments readonly").await.expect("an answer");
    assert_eq!((status.as_u16(), answer.as_str()), (200, ""));
    let chosen = |view: &View, field: &str| {
        let blocks = view.view["blocks"].as_array().map_or(&[][..], Vec::as_slice);
        let block = blocks.iter().find(|block| block["block_id"] == field)?;
        block["element"]["initial_option"]["value"].as_str().map(str::to_owned)
    };
    let find = |view: &View| {
        let both = [chosen(view, "project")?, chosen(view, "role")?];
        (both == ["payments", "ReadOnly"]).then(|| view.clone())
    };
    let form = stage.slack.wait_for_view(DANA, find, PATIENCE).await.expect("a form with both chosen");
    let fields = [("duration", "2h"), ("justification", "Why")];
    let (status, answer) = stage.slack.submit(url, &form.id, &fields).await.expect("an answer");
    assert_eq!((status.as_u16(), answer), (200, serde_json::Value::Null));
    let request = stage.only_request("PENDING").await;
    assert_eq!((&request["role"], &request["duration_seconds"]), (&"ReadOnly".into(), &7_200.into()));
    stage.close().await;
}
