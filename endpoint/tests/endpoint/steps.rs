//! A workflow's step asks for access, and the workflow goes on when it is known what becomes of that.

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_done_when_access_works_and_fails_with_words_that_help() {
    let stage = Stage::open().await;
    let url = stage.ingress_url.as_str();
    let inputs = |role: &str| json!({"user": DANA, "project": "payments", "role": role, "duration": "1h", "justification": "Why"});
    let (status, id) =
        stage.slack.run_step(url, "request_access", &inputs("ReadOnly")).await.expect("an answer");
    assert_eq!(status.as_u16(), 200);
    let asked = stage.message_with("approve").await;
    assert!(stage.slack.step(&id).expect("a step").outputs.is_none());
    stage.click(OLIVIA, &asked, "approve").await;
    let outputs = eventually("the step is done", PATIENCE, async || stage.slack.step(&id)?.outputs).await;
    let request = stage.only_request("ACTIVE").await;
    assert_eq!(outputs, json!({"request_id": request["request_id"], "status": "ACTIVE"}));
    assert!(!request.to_string().contains("xwfp"), "the workflow's token is a secret: {request}");

    let (_, id) = stage.slack.run_step(url, "request_access", &inputs("Nonsense")).await.expect("an answer");
    let error = eventually("the step fails", PATIENCE, async || stage.slack.step(&id)?.error).await;
    assert!(error.contains("ReadOnly"), "{error}");
    let (_, id) = stage.slack.run_step(url, "request_access", &json!({})).await.expect("an answer");
    let error = eventually("the step fails", PATIENCE, async || stage.slack.step(&id)?.error).await;
    assert!(error.contains("`user`"), "{error}");
    stage.close().await;
}
