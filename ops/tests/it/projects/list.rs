//! `projects list`.

use serde_json::json;

use super::{PAYMENTS, apply, names, small};
use crate::stage::Stage;

#[tokio::test]
async fn a_row_for_each_role() {
    let stage = Stage::new().await;
    apply(&stage, PAYMENTS).await;
    insta::assert_snapshot!(stage.keylease(&["projects", "list"]).await.shown(), @"
    PROJECT   OWNER    APPROVERS          ASKED IN         ROLE       KIND     LONGEST  APPROVALS
    billing   U0OWNER  U0OWNER            direct messages  ReadOnly   user     1h30m    1
    payments  U0OWNER  U0OWNER, U0SECOND  C0APPROVALS      Logs       user     1d       2
                                                           PowerUser  session  1h       1
                                                           ReadOnly   user     8h       1
    status 0
    ");
}

#[tokio::test]
async fn an_empty_catalogue_says_how_to_fill_it() {
    let stage = Stage::new().await;
    insta::assert_snapshot!(stage.keylease(&["projects", "list"]).await.shown(), @"
    The catalogue is empty. Fill it with: keylease projects apply -f FILE
    status 0
    ");
}

#[tokio::test]
async fn its_json_is_a_file_that_apply_takes() {
    let stage = Stage::new().await;
    apply(&stage, PAYMENTS).await;
    let listed = stage.keylease(&["projects", "list", "--json"]).await;
    assert_eq!(listed.json()["projects"][1]["roles"]["PowerUser"]["max_duration"], "1h");
    let ran = apply(&stage, &listed.out).await;
    assert!(ran.out.contains("0 to create, 0 to change, 0 to remove, 2 unchanged"), "{}", ran.shown());
    let elsewhere = Stage::new().await;
    assert_eq!(apply(&elsewhere, &listed.out).await.status, 0);
    assert_eq!(elsewhere.store().catalogue().await.unwrap(), stage.store().catalogue().await.unwrap());
    assert_eq!(names(&elsewhere).await, ["billing", "payments"]);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_listed_with_why() {
    let stage = Stage::new().await;
    apply(&stage, &small("payments")).await;
    stage.put_project(&json!({"project": "legacy", "owner": "olivia"})).await;
    insta::assert_snapshot!(stage.keylease(&["projects", "list"]).await.shown(), @"
    PROJECT   OWNER    APPROVERS  ASKED IN         ROLE      KIND  LONGEST  APPROVALS
    payments  U0OWNER  U0OWNER    direct messages  ReadOnly  user  1h       1
    unreadable: legacy: missing field `owner_slack_id`
    error: 1 record cannot be read
      hint:  replace it with: keylease projects apply -f FILE
             or remove it with --prune
    status 1
    ");
    let ran = stage.keylease(&["projects", "list", "--json"]).await;
    assert_eq!(ran.status, 1);
    assert_eq!(ran.json()["unreadable"][0]["project"], "legacy");
}
