//! What `doctor` says of the table of claims: whether it is there, and whether what has expired is deleted from it.

use aws_sdk_dynamodb::types::{PointInTimeRecoverySpecification, TimeToLiveSpecification};

use super::faults::lines;
use crate::stage::Stage;

const TABLE: &str = "keylease-claims";

async fn expire(stage: &Stage, attribute: &str, enabled: bool) {
    let expiry =
        TimeToLiveSpecification::builder().enabled(enabled).attribute_name(attribute).build().unwrap();
    let set = aws_sdk_dynamodb::Client::new(&stage.aws.sdk_config()).update_time_to_live();
    set.table_name(TABLE).time_to_live_specification(expiry).send().await.unwrap();
}

#[tokio::test]
async fn a_table_of_claims_whose_items_never_expire_is_to_be_looked_at() {
    let stage = Stage::new().await;
    let shown = async || lines(&stage.keylease(&["doctor"]).await, "table claims");
    insta::assert_snapshot!(shown().await, @"ok table claims keylease-claims, whose items expire");
    expire(&stage, "expires", false).await;
    insta::assert_snapshot!(shown().await, @r"
    warn table claims keylease-claims keeps claims that have expired: its TTL is off
    fix: switch on its time to live, by the attribute expires: docs/deploy.md has the command
    ");
    expire(&stage, "asked_at", true).await;
    insta::assert_snapshot!(shown().await, @r"
    warn table claims keylease-claims keeps claims that have expired: its TTL goes by asked_at
    fix: switch that off, and switch on its time to live, by the attribute expires: docs/deploy.md has the command
    ");
}

#[tokio::test]
async fn backups_of_what_has_expired_are_to_be_looked_at() {
    let stage = Stage::new().await;
    let recovery = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true);
    let backups = aws_sdk_dynamodb::Client::new(&stage.aws.sdk_config()).update_continuous_backups();
    let backups = backups.table_name(TABLE).point_in_time_recovery_specification(recovery.build().unwrap());
    backups.send().await.unwrap();
    insta::assert_snapshot!(lines(&stage.keylease(&["doctor"]).await, "table claims"), @r"
    warn table claims keylease-claims has point-in-time recovery: what expired can be restored for 35 days
    fix: switch it off: nothing in this table is needed later
    ");
}

#[tokio::test]
async fn a_table_of_claims_that_is_missing_or_has_another_key_fails() {
    let mut stage = Stage::new().await;
    let set = |stage: &mut Stage, name: &str| {
        stage.variables.insert("DYNAMODB_TABLE_CLAIMS".to_owned(), name.to_owned());
    };
    set(&mut stage, "nowhere");
    insta::assert_snapshot!(lines(&stage.keylease(&["doctor"]).await, "table claims"), @r"
    FAIL table claims there is no table nowhere
    fix: make it with the key claim_id (S), or fix the variable; is AWS_REGION the table's?
    ");
    set(&mut stage, "keylease-requests");
    let ran = stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(lines(&ran, "table claims"), @r"
    FAIL table claims keylease-requests has the key request_id (S), and needs claim_id (S)
    fix: create it again: a table's key cannot be changed
    ");
    assert_eq!(ran.status, 1, "{}", ran.shown());
}

#[tokio::test]
async fn where_nothing_can_be_claimed_there_is_no_table_to_look_at() {
    let mut stage = Stage::new().await;
    stage.variables.remove("DYNAMODB_TABLE_CLAIMS");
    let ran = stage.keylease(&["doctor"]).await;
    assert!(!ran.out.contains("table claims"), "{}", ran.shown());
}

#[tokio::test]
async fn a_table_of_claims_without_the_url_of_its_links_is_to_be_looked_at() {
    let mut stage = Stage::new().await;
    stage.variables.remove("PUBLIC_URL");
    insta::assert_snapshot!(lines(&stage.keylease(&["doctor"]).await, "table claims"), @r"
    warn table claims keylease-claims is named, and PUBLIC_URL is not set: nothing can be claimed
    fix: set it for the workers and in this shell
    ");
}
