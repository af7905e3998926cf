//! An account whose role cannot be assumed: what needs it waits, and nobody else notices.

use endpoint::catalogue::{DANA, OLIVIA, SAM, read_only};
use endpoint::stage::words;
use endpoint::{CLAIMS_END, PATIENCE, Stage, eventually};
use serde_json::json;
use testkit::slack::Message;

use crate::metrics::{starts_with_metrics, value};
use crate::whole::{all_is_done, nothing_is_dead};

/// The role through which the other account is reached.
const MEMBER: &str = "keylease-member";

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_cannot_be_reached_holds_up_its_own_grants_alone() {
    let mut stage = Stage::set(&[]).await;
    for name in ["ingress", "notify", "provision"] {
        stage.start(name);
    }
    let metrics = starts_with_metrics(&mut stage, "revoke").await;
    stage.ingress_serves().await;
    let account = stage.cloud.account.clone();
    stage
        .cloud
        .add_project(&json!({
            "project": "elsewhere", "owner_slack_id": OLIVIA, "channel": "C0APPROVALS",
            "account_role_arn": format!("arn:aws:iam::{account}:role/{MEMBER}"),
            "roles": {"ReadOnly": read_only()}
        }))
        .await;
    let waits = stage.asked_and_approved(DANA, "elsewhere", "ReadOnly", "1h").await;
    eventually("the grant waits, and says for what", PATIENCE, async || {
        let requests = stage.cloud.requests().await;
        let request = requests.into_iter().find(|request| request["request_id"] == waits.as_str())?;
        assert_ne!(request["status"], "FAILED", "{request:#}");
        request["waiting"]["why"].as_str().filter(|why| why.contains("AssumeRole")).map(String::from)
    })
    .await;

    // Everybody else asks, gets access and loses it; the sweep says that it came to its end.
    let live = stage.live(SAM, "payments", "ReadOnly", "12s").await;
    stage.cloud.sweep().await;
    let success = "keylease_sweep_last_success_timestamp_seconds";
    eventually("a sweep comes to its end", PATIENCE, async || {
        value(&metrics, success).await.filter(|at| *at > 0.0)
    })
    .await;
    stage.request_is_gone(&live.id, PATIENCE).await;

    // Whoever approved reads that the credential is being made; they hear that it waits, and for what.
    let is_told = |messages: &[Message]| {
        let to_olivia = |message: &&Message| message.recipient.as_deref() == Some(OLIVIA);
        let mut told = messages.iter().filter(to_olivia).map(words);
        told.find(|told| told.contains("cannot be made yet") && told.contains("AssumeRole"))
    };
    assert!(stage.slack.wait_for(is_told, CLAIMS_END).await.is_some(), "{:#?}", stage.slack.messages());

    // The account is repaired, and what waited goes on by itself.
    stage.cloud.add_admin_role(MEMBER).await;
    stage.request_is(&waits, "ACTIVE", CLAIMS_END).await;
    all_is_done(&stage).await;
    nothing_is_dead(&stage).await;
    stage.close().await;
}
