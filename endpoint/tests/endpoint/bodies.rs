//! Bodies that are too big, malformed, incomplete, or of a kind that nothing handles.

use endpoint::Stage;
use endpoint::http::{self, Answer};
use endpoint::payload::{self, Signed};
use endpoint::stage::WORKFLOW_TOKEN;
use serde_json::{Value, json};

const BODY_MAX_BYTES: usize = 256 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_is_told_which_field_is_wrong() {
    let stage = Stage::ingress_alone(&[]).await;
    let whole = json!({"user_id": "U0DANA", "user_name": "dana", "project": "payments", "role": "ReadOnly", "duration": "1h"});
    for field in ["user_id", "project", "role", "duration"] {
        let mut ask = whole.clone();
        ask.as_object_mut().unwrap().remove(field);
        error_names(&post(&stage, &ask.to_string()).await, field);
        for wrong in [json!(null), json!({"type": "never_seen"}), json!([])] {
            ask[field] = wrong;
            error_names(&post(&stage, &ask.to_string()).await, field);
        }
    }
    for id in [json!(17), json!("@dana"), json!("")] {
        let mut ask = whole.clone();
        ask["user_id"] = id;
        error_names(&post(&stage, &ask.to_string()).await, "user_id");
    }
    for body in ["", "not JSON", "[1,", "null"] {
        let answer = post(&stage, body).await;
        assert_eq!(answer.status, 400, "{body:?}: {}", answer.body);
        assert!(error(&answer).is_some(), "{body:?}: {}", answer.body);
    }
    assert_eq!(stage.cloud.queued().await, 0);
    let answer = post(&stage, &whole.to_string()).await;
    assert_eq!((answer.status, serde_json::from_str(&answer.body).ok()), (200, Some(json!({"outputs": {}}))));
    assert_eq!(stage.cloud.queued().await, 1);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_nearly_right_is_taken() {
    let stage = Stage::ingress_alone(&[]).await;
    let whole = json!({"user_id": "U0DANA", "user_name": "dana", "project": "payments", "role": "ReadOnly", "duration": "1h"});
    let mut bodies = vec![
        whole.to_string().replacen('}', r#","justification":"on call \ud83d"}"#, 1),
        whole.to_string().replacen('}', ",\"justification\":\"one\ntwo\"}", 1),
    ];
    for (field, value) in [
        ("user_id", json!("<@U0DANA|dana>")),
        ("user_name", json!(null)),
        ("user_name", json!(17)),
        ("duration", json!(2)),
        ("justification", json!({"type": "rich_text", "elements": []})),
    ] {
        let mut ask = whole.clone();
        ask[field] = value;
        bodies.push(ask.to_string());
    }
    for body in &bodies {
        assert_eq!(post(&stage, body).await.status, 200, "{body}");
    }
    assert_eq!(stage.cloud.queued().await, bodies.len());
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_big_is_refused() {
    let stage = Stage::ingress_alone(&[]).await;
    let big = Signed::at(0, "payload=".to_owned() + &"x".repeat(300_000));
    assert_eq!(stage.post_interaction(&big).await.status, 413);
    let ask = json!({"user_id": "U0DANA", "justification": "y".repeat(BODY_MAX_BYTES)});
    assert_eq!(post(&stage, &ask.to_string()).await.status, 413);
    assert_eq!(http::get(&stage.ingress_url, "/healthz").await.status, 200, "and it still serves");
    assert_eq!(stage.cloud.queued().await, 0);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_interaction_is_refused_and_an_unknown_one_acknowledged() {
    let stage = Stage::ingress_alone(&[]).await;
    for body in ["", "payload=", "payload=not+json", "other=1"] {
        let answer = stage.post_interaction(&Signed::at(0, body.to_owned())).await;
        assert_eq!(answer.status, 400, "{body:?}: {}", answer.body);
        assert!(error(&answer).is_some(), "{body:?}: {}", answer.body);
    }
    let unknown = [
        json!({"type": "something_new", "user": {"id": "U0DANA"}, "team": null}),
        json!({"type": "view_closed", "user": {"id": "U0DANA"}, "view": {"id": "V1"}}),
        json!({"type": "block_actions", "user": {"id": "U0DANA"}, "actions": [
            {"type": "button", "action_id": "elsewhere", "block_id": "other", "value": "1", "action_ts": "1.2"}
        ]}),
    ];
    for payload in unknown {
        let answer = stage.post_interaction(&Signed::at(0, payload::form(&payload))).await;
        assert_eq!(answer.status, 200, "{payload}: {}", answer.body);
    }
    assert_eq!(stage.cloud.queued().await, 0);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_verifies_the_route_of_events() {
    let stage = Stage::ingress_alone(&[]).await;
    let signed = Signed::at(
        0,
        json!({"type": "url_verification", "challenge": "a-challenge", "token": "t"}).to_string(),
    );
    let [_, time, signature] = signed.headers();
    let headers = [("Content-Type", "application/json"), time, signature];
    let answer = stage.post("/slack/events", &headers, signed.body.as_bytes()).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("a-challenge"), "{}", answer.body);
    stage.close().await;
}

async fn post(stage: &Stage, body: &str) -> Answer {
    stage.post_workflow(WORKFLOW_TOKEN, body.as_bytes()).await
}

fn error(answer: &Answer) -> Option<String> {
    let body: Value = serde_json::from_str(&answer.body).ok()?;
    body["error"].as_str().map(String::from)
}

fn error_names(answer: &Answer, field: &str) {
    assert_eq!(answer.status, 400, "{field}: {}", answer.body);
    let error = error(answer).unwrap_or_else(|| panic!("no JSON error about {field}: {}", answer.body));
    assert!(error.contains(field), "the error about {field} says: {error}");
}

/// What a program, a template or a hand makes of a body: the real ingress answers it, and its next request too.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_is_an_error_of_the_server() {
    let stage = Stage::ingress_alone(&[]).await;
    let whole = json!({"user_id": "U0DANA", "project": "payments", "role": "ReadOnly", "duration": "1h", "justification": "@"});
    let filled =
        |with: &str, times: usize| whole.to_string().replace("\"@\"", &format!("\"{}\"", with.repeat(times)));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (body, status) in [
        (filled("\u{1}", 255_000), 200),
        (filled("\\ud83d", 40_000), 200),
        (filled("\u{FFFF}", 80_000), 200),
        (whole.to_string().replace("\"@\"", &deep), 400),
        (deep.clone(), 400),
        (whole.to_string().replacen('{', "{\"user_id\":\"U0OTHER\",", 1), 200),
        (whole.to_string().replace("\"U0DANA\"", "[\"U0DANA\"]"), 400),
        (whole.to_string().replace("\"1h\"", "{\"duration\":{\"duration\":\"1h\"}}"), 400),
    ] {
        let answer = post(&stage, &body).await;
        let shown: String = body.chars().take(200).collect();
        assert_eq!(answer.status, status, "{shown}: {}", answer.body);
    }
    for (path, body, status) in [
        ("/slack/commands", format!("user_id=U0DANA&text={}", "%22".repeat(80_000)), 200),
        ("/slack/commands", format!("user_id=U0DANA&text={}", "%01".repeat(80_000)), 200),
        ("/slack/commands", String::from("user_id=U0DANA&user_id=U0OWNER&text=payments+ReadOnly+2h"), 400),
        ("/slack/commands", String::from("user_id=U0DANA&text=%ED%A0%BD+%FF"), 200),
        ("/slack/interactions", String::from("payload=%5B%5D"), 200),
        ("/slack/interactions", String::from("payload={}&payload=[]"), 400),
        ("/slack/interactions", format!("payload={}", "%5B".repeat(80_000)), 400),
        ("/slack/events", String::from("{\"type\":[\"url_verification\"],\"event\":[[]]}"), 200),
        ("/slack/events", String::from("{\"event\":{\"type\":\"user_change\",\"user\":\"U0DANA\"}}"), 200),
        ("/slack/events", String::from("payload={}"), 400),
    ] {
        let answer = stage.post_signed(path, &Signed::at(0, body.clone())).await;
        let shown: String = body.chars().take(200).collect();
        assert_eq!(answer.status, status, "{path} {shown}: {}", answer.body);
    }
    let answer = post(&stage, &whole.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    stage.close().await;
}
