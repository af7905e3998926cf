//! The whole way of a grant that is a role of its own: who gets in, and that what they hold ends on its second.

use endpoint::catalogue::{CHANNEL, DANA, OLIVIA};
use endpoint::furnish::person;
use endpoint::inspect::decoded;
use endpoint::key::Key;
use endpoint::live::{Live, is_denial};
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::json;

/// A stage whose project `own` opens a role to the user that is named after the requester's address.
async fn stage() -> Stage {
    let stage = Stage::open().await;
    let who = format!("arn:aws:iam::{}:user/${{requester_email}}", stage.cloud.account);
    let project = json!({ "project": "own", "owner_slack_id": OLIVIA, "channel": CHANNEL, "roles": { "ReadOnly": {
        "kind": "role", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "door": "assume_role",
        "principals": [who], "max_duration": "8h" } } });
    stage.cloud.add_project(&project).await;
    stage
}

/// Somebody who has a user in the account: their key.
async fn somebody(stage: &Stage, name: &str) -> Key {
    let key = person(&stage.cloud.config, name).await;
    Key { id: key.access_key_id, secret: key.secret_access_key, token: None }
}

/// The session that they get by assuming the role; AWS's error code where it refuses.
async fn assume(key: &Key, role_arn: &str) -> Result<Key, String> {
    let sts = aws_sdk_sts::Client::new(&key.config().await);
    let answer = sts.assume_role().role_arn(role_arn).role_session_name("own").send().await;
    let made = answer.map_err(|error| {
        use aws_sdk_sts::error::ProvideErrorMetadata;
        error.code().unwrap_or_default().to_owned()
    })?;
    let made = made.credentials.expect("credentials");
    Ok(Key { id: made.access_key_id, secret: made.secret_access_key, token: Some(made.session_token) })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_lets_in_who_asked_and_ends_on_its_second_without_any_worker() {
    let mut stage = stage().await;
    let (dana, sam) = (somebody(&stage, "dana@example.com").await, somebody(&stage, "sam@example.com").await);
    let id = stage.asked_and_approved(DANA, "own", "ReadOnly", "15s").await;
    let request = stage.request_is(&id, "ACTIVE", PATIENCE).await;
    let arn = request["principal"].as_str().expect("the role").to_owned();
    assert_eq!(arn, format!("arn:aws:iam::{}:role/keylease/keylease-{id}", stage.cloud.account));
    assert_eq!((&request["access_key_id"], &request["requester_email"]), (&json!(null), &json!(null)));
    assert!(stage.cloud.mails().await.is_empty(), "there is nothing to mail");
    let told = stage.expect_message(DANA, &[&arn]).await;
    for part in [format!("role_arn = {arn}"), "switchrole?account=".to_owned()] {
        assert!(told.blocks.to_string().contains(&part), "{part}: {}", told.blocks);
    }

    assert_eq!(assume(&sam, &arn).await.err().as_deref(), Some("AccessDenied"), "nobody else");
    let session = assume(&dana, &arn).await.expect("who asked gets in");
    assert_eq!(session.reads().await, Ok(()));
    assert_eq!(session.makes_a_user().await, Err("AccessDenied".to_owned()), "the guard denies identities");
    assert!(assume(&session, &arn).await.is_err(), "and what prolongs one");

    for worker in ["notify", "provision", "revoke"] {
        stage.take(worker).stop().await;
    }
    let expires_at = request["expires_at"].as_i64().expect("an end");
    let live = Live { user: String::new(), id: id.clone(), expires_at, key: session };
    live.ends_on_time().await;
    assert_eq!(assume(&dana, &arn).await.err().as_deref(), Some("AccessDenied"), "the door is shut too");
    assert_eq!(stage.cloud.grant_roles().await.len(), 1, "the role itself is still there");

    stage.start("revoke");
    let request = stage.request_is_gone(&id, PATIENCE).await;
    assert_eq!(request["status"], "EXPIRED");
    assert!(stage.cloud.grant_roles().await.is_empty());
    assert!(live.key.reads().await.is_err(), "and its session is dead");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_ended_early_is_denied_to_who_is_in() {
    let stage = stage().await;
    let dana = somebody(&stage, "dana@example.com").await;
    let id = stage.asked_and_approved(DANA, "own", "ReadOnly", "30m").await;
    let arn = stage.request_is(&id, "ACTIVE", PATIENCE).await["principal"].as_str().unwrap().to_owned();
    let roles = stage.cloud.grant_roles().await;
    let trust = decoded(roles[0].assume_role_policy_document.as_deref().expect("whom it trusts"));
    assert!(trust.contains("DateLessThan"), "{trust}");
    let session = assume(&dana, &arn).await.expect("who asked gets in");
    assert_eq!(session.reads().await, Ok(()));

    let live = stage.message_with("revoke").await;
    stage.click(DANA, &live, "revoke").await;
    let denied = eventually("the session is denied", PATIENCE, async || session.reads().await.err()).await;
    assert!(is_denial(&denied), "{denied}");
    let request = stage.request_is_gone(&id, PATIENCE).await;
    assert_eq!(request["status"], "REVOKED");
    assert!(stage.cloud.grant_roles().await.is_empty());
    assert!(assume(&dana, &arn).await.is_err());
    stage.close().await;
}
