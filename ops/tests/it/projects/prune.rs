//! `projects apply --prune`: what only the table has goes, after a question.

use serde_json::json;

use super::{PAYMENTS, apply, file, names, small};
use crate::stage::Stage;

async fn with_more_than_the_file() -> Stage {
    let stage = Stage::new().await;
    apply(&stage, PAYMENTS).await;
    stage.put_project(&json!({"project": "legacy", "owner": "olivia"})).await;
    stage
}

#[tokio::test]
async fn without_it_nothing_is_removed_or_asked() {
    let stage = with_more_than_the_file().await;
    assert_eq!(apply(&stage, &small("new")).await.status, 0);
    assert_eq!(names(&stage).await, ["billing", "legacy", "new", "payments"]);
}

#[tokio::test]
async fn a_no_changes_nothing_at_all() {
    let stage = with_more_than_the_file().await;
    let path = file("prune-no", "projects.json", &small("new"));
    let ran = stage.answering("no\n", &["projects", "apply", "--prune", "-f", path.to_str().unwrap()]).await;
    insta::assert_snapshot!(ran.shown(), @"
    + new
        owner_slack_id: U0OWNER
        roles.ReadOnly: user, approvals_required 1, max_duration 1h, policy_arns arn:aws:iam::aws:policy/ReadOnlyAccess
    - billing
    - legacy
    - payments
    1 to create, 0 to change, 3 to remove, 0 unchanged
    note: no project acts through arn:aws:iam::111122223333:role/keylease any more, so the sweep no longer looks into its account: let the grants there end first, or end them with keylease grants revoke --project
    Remove the projects billing, legacy, payments? What is asked for there and not decided yet can be approved by nobody then. Type yes or no:
    error: aborted: nothing was done
    status 1
    ");
    assert_eq!(names(&stage).await, ["billing", "legacy", "payments"]);
}

#[tokio::test]
async fn a_yes_removes_what_the_file_does_not_name_readable_or_not() {
    let stage = with_more_than_the_file().await;
    let path = file("prune-yes", "projects.json", &small("billing"));
    let ran = stage.answering("yes\n", &["projects", "apply", "--prune", "-f", path.to_str().unwrap()]).await;
    insta::assert_snapshot!(ran.shown(), @"
    ~ billing
        roles.ReadOnly.max_duration: 1h30m → 1h
    - legacy
    - payments
    0 to create, 1 to change, 2 to remove, 0 unchanged
    Done: 0 created, 1 changed, 2 removed, 0 unchanged.
    note: no project acts through arn:aws:iam::111122223333:role/keylease any more, so the sweep no longer looks into its account: let the grants there end first, or end them with keylease grants revoke --project
    Remove the projects legacy, payments? What is asked for there and not decided yet can be approved by nobody then. Type yes or no:
    status 0
    ");
    assert_eq!(names(&stage).await, ["billing"]);
}

#[tokio::test]
async fn yes_in_advance_and_json() {
    let stage = with_more_than_the_file().await;
    let arguments = ["--json", "projects", "apply", "--prune", "--yes", "-f", "-"];
    let ran = stage.answering(&small("billing"), &arguments).await;
    assert_eq!(ran.json()["removed"], json!(["legacy", "payments"]));
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert_eq!(names(&stage).await, ["billing"]);
}

#[tokio::test]
async fn a_dry_run_asks_nothing() {
    let stage = with_more_than_the_file().await;
    let ran = stage.answering("[]", &["projects", "apply", "--prune", "--dry-run", "-f", "-"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(ran.out.contains("0 to create, 0 to change, 3 to remove"), "{}", ran.out);
    assert_eq!(names(&stage).await, ["billing", "legacy", "payments"]);
}
