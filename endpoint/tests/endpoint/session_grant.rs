//! The whole way of a grant that is a session of an existing role.

use endpoint::catalogue::{DANA, POWER_ROLE, SAM};
use endpoint::key::Key;
use endpoint::{PATIENCE, Stage, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_session_grant_goes_the_whole_way() {
    let stage = Stage::open().await;
    let asked = stage.dana_asks("PowerUser", "30m").await;
    stage.click(SAM, &asked, "approve").await;
    let key = Key::in_mail(&stage.first_mail().await.text);
    assert!(key.token.is_some(), "a session has a token");
    let request = stage.only_request("ACTIVE").await;
    let id = request["request_id"].as_str().expect("an id");
    let session = format!("arn:aws:sts::{}:assumed-role/{POWER_ROLE}/keylease-{id}", stage.cloud.account);
    assert_eq!(request["principal"], session.as_str());
    assert_eq!(request["access_key_id"], key.id.as_str());
    assert_eq!(request["approver_slack_id"], SAM);

    assert_eq!(key.identity().await, Ok(session));
    assert_eq!(key.reads().await, Ok(()));
    assert_eq!(key.makes_a_user().await, Err(String::from("AccessDenied")));
    assert!(stage.cloud.users().await.is_empty(), "a session needs no user");
    assert_eq!(stage.cloud.schedules().await, [format!("keylease-{id}")]);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_ended_early_is_denied_at_once() {
    let stage = Stage::open().await;
    let key = stage.live(DANA, "payments", "PowerUser", "30m").await.key;

    let live = stage.message_with("revoke").await;
    stage.click(DANA, &live, "revoke").await;
    let request = stage.only_request("REVOKED").await;
    eventually("the session is denied", PATIENCE, async || key.reads().await.err()).await;
    assert!(request["ended_at"].is_number(), "{request:#}");
    stage.close().await;
}
