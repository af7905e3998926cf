//! Who may decide, and that a request is decided once.

use std::time::Duration;

use endpoint::catalogue::{DANA, OLIVIA, SAM, STRANGER};
use endpoint::eventually::never;
use endpoint::payload::{self, Signed};
use endpoint::stage::button;
use endpoint::{PATIENCE, Stage, eventually};

use crate::whole::{all_is_done, nothing_is_dead};

/// How long nothing must happen for a test to say that nothing happens.
const QUIET: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_request_grants_nothing_and_says_so() {
    let stage = Stage::open().await;
    let asked = stage.dana_asks("ReadOnly", "2h").await;
    stage.click(SAM, &asked, "deny").await;
    let request = stage.only_request("DENIED").await;
    assert_eq!(request["approver_slack_id"], SAM);
    assert!(request["decided_at"].is_number());
    stage.expect_message(DANA, &["denied"]).await;
    eventually("the message loses its buttons", PATIENCE, async || {
        stage.slack.messages().iter().all(|message| button(message, "approve").is_none()).then_some(())
    })
    .await;

    // An approval that comes after changes nothing.
    let late =
        payload::click(OLIVIA, &asked.channel, &asked.ts, "approve", &button(&asked, "approve").unwrap());
    assert_eq!(stage.post_interaction(&Signed::at(0, late)).await.status, 200);
    nothing_is_granted(&stage, "DENIED").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_click_decides_nothing() {
    let stage = Stage::open().await;
    let asked = stage.dana_asks("ReadOnly", "2h").await;
    for action in ["approve", "deny"] {
        stage.click(STRANGER, &asked, action).await;
    }
    eventually("the stranger is told why", PATIENCE, async || {
        let messages = stage.slack.messages();
        messages
            .iter()
            .any(|m| m.ephemeral_for.as_deref() == Some(STRANGER) || m.recipient.as_deref() == Some(STRANGER))
            .then_some(())
    })
    .await;
    nothing_is_granted(&stage, "PENDING").await;
    stage.click(OLIVIA, &asked, "approve").await;
    assert_eq!(stage.only_request("ACTIVE").await["approver_slack_id"], OLIVIA);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approver_may_not_approve_a_request_of_their_own() {
    let stage = Stage::open().await;
    assert_eq!(stage.ask(OLIVIA, "payments", "ReadOnly", "1h").await.status, 200);
    let asked = stage.message_with("approve").await;
    stage.click(OLIVIA, &asked, "approve").await;
    nothing_is_granted(&stage, "PENDING").await;
    stage.click(SAM, &asked, "approve").await;
    assert_eq!(stage.only_request("ACTIVE").await["approver_slack_id"], SAM);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_may_allow_self_approval() {
    let stage = Stage::open().await;
    assert_eq!(stage.ask(OLIVIA, "playground", "ReadOnly", "1h").await.status, 200);
    let asked = stage.message_with("approve").await;
    stage.click(OLIVIA, &asked, "approve").await;
    let request = stage.only_request("ACTIVE").await;
    assert_eq!(request["requester_slack_id"], OLIVIA);
    assert_eq!(request["approver_slack_id"], OLIVIA);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_clicks_at_once_make_one_grant() {
    let mut stage = Stage::open().await;
    // Two of each worker, so that jobs about one request are done at the same time.
    for worker in ["notify", "provision", "revoke"] {
        stage.start(worker);
    }
    let asked = stage.dana_asks("ReadOnly", "2h").await;
    let click = |person| stage.click(person, &asked, "approve");
    tokio::join!(
        click(OLIVIA),
        click(SAM),
        click(OLIVIA),
        click(SAM),
        click(OLIVIA),
        click(SAM),
        click(OLIVIA),
        click(SAM)
    );
    let request = stage.only_request("ACTIVE").await;
    let approver = request["approver_slack_id"].as_str();
    assert!(approver == Some(OLIVIA) || approver == Some(SAM), "{request:#}");
    stays_one_grant(&stage).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_click_is_harmless() {
    let stage = Stage::open().await;
    let asked = stage.dana_asks("ReadOnly", "2h").await;
    let id = button(&asked, "approve").unwrap();
    let click = Signed::at(0, payload::click(OLIVIA, &asked.channel, &asked.ts, "approve", &id));
    assert_eq!(stage.post_interaction(&click).await.status, 200);
    stage.only_request("ACTIVE").await;
    for _ in 0..3 {
        assert_eq!(stage.post_interaction(&click).await.status, 200);
    }
    stays_one_grant(&stage).await;
    stage.close().await;
}

async fn nothing_is_granted(stage: &Stage, status: &str) {
    all_is_done(stage).await;
    never("nothing is granted", QUIET, async || {
        let requests = stage.cloud.requests().await;
        let changed = requests.iter().find(|request| request["status"] != status);
        let users = stage.cloud.users().await;
        let mails = stage.cloud.mails().await;
        changed.map(|request| format!("{request:#}")).or_else(|| {
            (!users.is_empty() || !mails.is_empty()).then(|| format!("{users:?} {} mails", mails.len()))
        })
    })
    .await;
}

async fn stays_one_grant(stage: &Stage) {
    all_is_done(stage).await;
    let request = stage.only_request("ACTIVE").await;
    let decisions = request["history"].as_array().into_iter().flatten();
    let approvals = decisions.filter(|change| change["to"] == "APPROVED").count();
    assert_eq!(approvals, 1, "decided once: {request:#}");
    let users = stage.cloud.users().await;
    assert_eq!(users.len(), 1);
    assert_eq!(stage.cloud.access_keys(&users[0].user_name).await.len(), 1);
    assert_eq!(stage.cloud.mails().await.len(), 1);
    nothing_is_dead(stage).await;
    let asking = stage.slack.messages().iter().filter(|message| button(message, "approve").is_some()).count();
    assert_eq!(asking, 0, "no message asks again");
}
