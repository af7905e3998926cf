//! `projects apply` beside a newer version: what this one does not know of a record stays.

use serde_json::json;

use super::{PAYMENTS, apply};
use crate::stage::Stage;

#[tokio::test]
async fn what_a_newer_version_wrote_into_a_project_and_its_roles_stays() {
    let stage = Stage::new().await;
    apply(&stage, PAYMENTS).await;
    let record = || async { stage.aws.table("keylease-projects").await.remove(1) };
    let mut newer = record().await;
    newer.insert("colour".into(), json!("green"));
    newer["roles"]["ReadOnly"]["shape"] = json!("round");
    newer["roles"]["PowerUser"]["shades"] = json!({"of": ["green"]});
    stage.put_project(&serde_json::Value::Object(newer.clone())).await;

    let changed =
        PAYMENTS.replace("max_duration: 8h", "max_duration: 6h").replace("    channel: C0APPROVALS\n", "");
    let ran = apply(&stage, &changed).await;
    assert!(ran.shown().contains("1 changed"), "{}", ran.shown());
    newer["roles"]["ReadOnly"]["max_duration"] = json!("6h");
    newer.remove("channel");
    assert_eq!(record().await, newer);
}

#[tokio::test]
async fn a_project_with_a_kind_of_role_that_only_a_newer_version_knows_is_not_written_over() {
    let stage = Stage::new().await;
    let newer = json!({"project": "payments", "owner_slack_id": "U0OWNER",
                       "roles": {"Admin": {"kind": "certificate", "max_duration": "1h"}}});
    stage.put_project(&newer).await;
    let ran = apply(&stage, PAYMENTS).await;
    let shown = ran.shown();
    assert!(shown.contains("written by a newer version") && shown.contains("status 1"), "{shown}");
    let left =
        stage.aws.table("keylease-projects").await.into_iter().find(|item| item["project"] == "payments");
    assert_eq!(left.map(serde_json::Value::Object), Some(newer));
}
