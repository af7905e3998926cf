//! The ingress behind the HTTP API, and at a function URL: who is let in.

use endpoint::deployed::Deployed;
use endpoint::stage::WORKFLOW_TOKEN;
use serde_json::json;

pub(crate) async fn admits_only_the_authentic(stack: &Deployed) {
    let health = stack.get("/healthz").await;
    assert_eq!((health.status, health.body.as_str()), (200, "ok"));
    let ask = json!({ "user_id": "U0DANA", "user_name": "dana", "project": "payments", "role": "ReadOnly",
        "duration": "1h" });
    let ask = ask.to_string();
    assert_eq!(stack.post_workflow("somebody-elses-token", ask.as_bytes()).await.status, 401);
    assert_eq!(stack.post("/workflows/aws-access", &[], ask.as_bytes()).await.status, 401);
    let incomplete = stack.post_workflow(WORKFLOW_TOKEN, br#"{"user_id":"U0DANA"}"#).await;
    assert_eq!(incomplete.status, 400, "{}", incomplete.body);
    let forged = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("X-Slack-Request-Timestamp", "1795442607"),
        ("X-Slack-Signature", "v0=0000000000000000000000000000000000000000000000000000000000000000"),
    ];
    for route in ["/slack/interactions", "/slack/commands", "/slack/events"] {
        assert_eq!(stack.post(route, &forged, b"payload=%7B%7D").await.status, 401, "{route}");
    }
    // Looked up by the ingress's own right: without that it would be a 503.
    assert_eq!(stack.get("/claims/none/none").await.status, 404);
    assert!(stack.requests().await.is_empty(), "nothing of that was a request");
}
