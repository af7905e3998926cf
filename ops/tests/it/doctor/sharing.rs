//! What `doctor` says of session roles' trust, and of a second installation under the same id.

use serde_json::json;

use crate::stage::Stage;

const ROLE: &str = testkit::aws::DEMO_SESSION_ROLE_ARN;

async fn with_a_session_role() -> Stage {
    let stage = Stage::new().await;
    stage
        .put_project(&json!({ "project": "payments", "owner_slack_id": "U0OWNER",
            "roles": { "PowerUser": { "kind": "session", "role_arn": ROLE, "max_duration": "1h" } } }))
        .await;
    stage
}

#[tokio::test]
async fn a_session_role_that_lets_nobody_set_the_source_identity_fails() {
    let stage = with_a_session_role().await;
    let well = stage.keylease(&["doctor"]).await;
    assert!(!well.out.contains("trust policy"), "{}", well.shown());
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{"AWS":"arn:aws:iam::123456789012:role/keylease-provision"}}]}"#;
    stage.aws.set_trust(ROLE, trust).await;
    let ran = stage.keylease(&["doctor"]).await;
    let says = format!("payments/PowerUser: the trust policy of {ROLE} does not allow sts:SetSourceIdentity");
    assert!(ran.out.contains(&says) && ran.status == 1, "{}", ran.shown());
    assert!(ran.out.contains("allow sts:SetSourceIdentity to the provision worker's role"), "{}", ran.out);
}

async fn user(stage: &Stage, id: &str, deployment: Option<&str>) {
    let iam = aws_sdk_iam::Client::new(&stage.aws.sdk_config());
    let tag =
        |key: &str, value: &str| aws_sdk_iam::types::Tag::builder().key(key).value(value).build().unwrap();
    let mut make = iam.create_user().user_name(format!("keylease-{id}")).path("/keylease/");
    make = make.tags(tag("keylease:request-id", id));
    if let Some(deployment) = deployment {
        make = make.tags(tag("keylease:deployment", deployment));
    }
    make.send().await.unwrap();
}

#[tokio::test]
async fn users_that_the_table_does_not_know_mean_that_two_share_an_id() {
    let mut stage = Stage::new().await;
    user(&stage, "theirs-0", Some("staging")).await;
    let ran = stage.keylease(&["doctor"]).await;
    assert!(ran.out.contains("keylease; every user of its tag has a request"), "{}", ran.shown());
    user(&stage, "old-0", None).await;
    let ran = stage.keylease(&["doctor"]).await;
    assert!(ran.out.contains("does not know: 1 (keylease-old-0)"), "{}", ran.shown());
    assert!(ran.out.contains("a DEPLOYMENT_ID of its own"), "{}", ran.shown());
    stage.variables.insert("DEPLOYMENT_ID".into(), "staging".into());
    let ran = stage.keylease(&["doctor"]).await;
    assert!(ran.out.contains("does not know: 1 (keylease-theirs-0)"), "{}", ran.shown());
    stage.variables.insert("DEPLOYMENT_ID".into(), "not a name".into());
    assert!(stage.keylease(&["doctor"]).await.out.contains("DEPLOYMENT_ID: `not a name` cannot be used"));
}
