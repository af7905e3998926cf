//! Only Slack and the workflow are listened to.

use endpoint::Stage;
use endpoint::payload::{self, Signed};
use endpoint::stage::WORKFLOW_TOKEN;

const ASK: &str =
    r#"{"user_id":"U0DANA","user_name":"dana","project":"payments","role":"ReadOnly","duration":"1h"}"#;
/// Older than this, a signature is no good.
const WINDOW_SECONDS: i64 = 300;
/// A future time comes nearer while a request is on its way.
const ON_ITS_WAY_SECONDS: i64 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_by_slack_is_turned_away() {
    let stage = Stage::ingress_alone(&[]).await;
    let form = || payload::click("U0OWNER", "C0APPROVALS", "1.2", "approve", "some-request");
    let good = Signed::at(0, form());
    let wrong = [
        ("too old", Signed::at(-WINDOW_SECONDS - 1, form())),
        ("from the future", Signed::at(WINDOW_SECONDS + ON_ITS_WAY_SECONDS, form())),
        ("another body", Signed { body: good.body.replace("some", "same"), ..good.clone() }),
        ("another time", Signed { timestamp: (payload::now() - 1).to_string(), ..good.clone() }),
        ("no time", Signed { timestamp: "now".to_owned(), ..good.clone() }),
        ("no hex", Signed { signature: "v0=signature".to_owned(), ..good.clone() }),
        ("cut short", Signed { signature: good.signature[..20].to_owned(), ..good.clone() }),
        ("no version", Signed { signature: good.signature.replace("v0=", ""), ..good.clone() }),
        ("empty", Signed { signature: String::new(), ..good.clone() }),
    ];
    for (what, signed) in wrong {
        assert_eq!(stage.post_interaction(&signed).await.status, 401, "{what}");
    }
    let unsigned = [("Content-Type", "application/x-www-form-urlencoded")];
    for path in ["/slack/interactions", "/slack/commands", "/slack/events"] {
        let answer = stage.post(path, &unsigned, good.body.as_bytes()).await;
        assert_eq!(answer.status, 401, "{path} without a signature");
    }
    assert_eq!(stage.cloud.queued().await, 0, "something was queued");
    assert_eq!(stage.post_interaction(&good).await.status, 200, "and the good one is taken");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_shows_its_token_or_a_signature() {
    let stage = Stage::ingress_alone(&[]).await;
    let json = ("Content-Type", "application/json");
    let post = async |headers: &[(&str, &str)]| {
        stage.post("/workflows/aws-access", headers, ASK.as_bytes()).await.status
    };
    let near_miss = format!("Bearer {WORKFLOW_TOKEN}x");
    for token in ["", "Bearer ", "Bearer wrong", WORKFLOW_TOKEN, near_miss.as_str()] {
        assert_eq!(post(&[json, ("Authorization", token)]).await, 401, "{token:?}");
    }
    assert_eq!(post(&[json]).await, 401);
    assert_eq!(stage.cloud.queued().await, 0, "something was queued");

    let signed = Signed::at(0, ASK.to_owned());
    let [_, time, signature] = signed.headers();
    assert_eq!(post(&[json, time, signature]).await, 200, "signed by Slack");
    let bearer = format!("Bearer {WORKFLOW_TOKEN}");
    assert_eq!(post(&[json, ("Authorization", bearer.as_str())]).await, 200, "with the token");
    assert_eq!(stage.cloud.queued().await, 2, "both are on the queue");
    stage.close().await;
}
