//! Roles whose credentials are claimed: refused where there is no table of claims, and read back as they were applied.

use serde_json::json;

use crate::stage::{Ran, Stage};

async fn apply(stage: &Stage, name: &str) -> Ran {
    let project = json!({"project": "vault", "owner_slack_id": "U0OWNER", "roles": {
        "Session": {"kind": "session", "role_arn": testkit::aws::DEMO_SESSION_ROLE_ARN, "max_duration": "8h",
            "delivery": "claim", "claim_within": "30m"}}});
    let file = std::env::temp_dir().join(format!("keylease-claimed-{}-{name}", std::process::id()));
    std::fs::write(&file, project.to_string()).unwrap();
    let ran = stage.keylease(&["projects", "apply", "-f", file.to_str().unwrap()]).await;
    std::fs::remove_file(&file).unwrap();
    ran
}

#[tokio::test]
async fn without_a_table_of_claims_such_a_role_is_refused_and_nothing_changes() {
    let mut stage = Stage::new().await;
    stage.variables.remove("DYNAMODB_TABLE_CLAIMS");
    stage.variables.remove("PUBLIC_URL");
    let ran = apply(&stage, "refused").await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(ran.err.contains("vault, Session: `delivery: claim` needs a table of claims"), "{}", ran.err);
    assert!(ran.err.contains("DYNAMODB_TABLE_CLAIMS and PUBLIC_URL"), "{}", ran.err);
    assert!(stage.store().project_names().await.unwrap().is_empty());
}

#[tokio::test]
async fn it_is_applied_where_there_is_one_and_the_doctor_says_where_there_is_none_any_more() {
    let mut stage = Stage::new().await;
    stage.variables.insert("DYNAMODB_TABLE_CLAIMS".into(), "keylease-claims".into());
    stage.variables.insert("PUBLIC_URL".into(), "https://keylease.example.com".into());
    let ran = apply(&stage, "applied").await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    let doctor = stage.keylease(&["doctor"]).await.shown();
    assert!(!doctor.contains("table of claims"), "{doctor}");
    stage.variables.remove("DYNAMODB_TABLE_CLAIMS");
    stage.variables.remove("PUBLIC_URL");
    let doctor = stage.keylease(&["doctor"]).await.shown();
    assert!(
        doctor.contains("vault/Session has `delivery: claim`, and there is no table of claims"),
        "{doctor}"
    );
}
