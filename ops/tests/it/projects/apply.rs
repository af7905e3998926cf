//! `projects apply` of files that are right.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::Project;
use serde_json::json;
use testkit::aws::Fault;

use super::{PAYMENTS, apply, names, small};
use crate::stage::Stage;

#[tokio::test]
async fn the_first_time_everything_is_created() {
    let stage = Stage::new().await;
    let ran = apply(&stage, PAYMENTS).await;
    insta::assert_snapshot!(ran.shown(), @r#"
    + payments
        account_role_arn: arn:aws:iam::111122223333:role/keylease
        allow_self_approval: true
        approver_slack_ids: U0OWNER, U0SECOND
        channel: C0APPROVALS
        owner_slack_id: U0OWNER
        roles.Logs: user, approvals_required 2, inline_policy {"Statement":{"Action":"logs:Get*","Effect":"Allow","Resource":"*"},"Version":"2012-10-17"}, max_duration 1d
        roles.PowerUser: session, approvals_required 1, inline_policy {"Statement":[{"Action":"s3:*","Effect":"Allow","Resource":"*"}]}, max_duration 1h, role_arn arn:aws:iam::111122223333:role/payments-power
        roles.ReadOnly: user, approvals_required 1, max_duration 8h, policy_arns arn:aws:iam::aws:policy/ReadOnlyAccess
    + billing
        owner_slack_id: U0OWNER
        roles.ReadOnly: user, approvals_required 1, max_duration 1h30m, policy_arns arn:aws:iam::aws:policy/ReadOnlyAccess
    2 to create, 0 to change, 0 to remove, 0 unchanged
    Done: 2 created, 0 changed, 0 removed, 0 unchanged.
    status 0
    "#);
    assert_eq!(names(&stage).await, ["billing", "payments"]);
    let payments = stage.store().project(&"payments".to_owned().try_into().unwrap()).await.unwrap().unwrap();
    assert_eq!(payments.approver_slack_ids.len(), 2);
    assert_eq!(payments.roles.len(), 3);
}

#[tokio::test]
async fn the_second_time_nothing_is_changed() {
    let stage = Stage::new().await;
    apply(&stage, PAYMENTS).await;
    insta::assert_snapshot!(apply(&stage, PAYMENTS).await.shown(), @"
    0 to create, 0 to change, 0 to remove, 2 unchanged
    Nothing to change.
    status 0
    ");
}

#[tokio::test]
async fn what_differs_is_shown_field_by_field() {
    let stage = Stage::new().await;
    apply(&stage, PAYMENTS).await;
    let edited = PAYMENTS
        .replace("channel: C0APPROVALS", "channel: C0OTHER")
        .replace("max_duration: 8h", "max_duration: 480m")
        .replace("max_duration: 1d", "max_duration: 36h")
        .replace("allow_self_approval: true", "")
        .replace("logs:Get*", "logs:*")
        .replace("PowerUser", "Power");
    insta::assert_snapshot!(apply(&stage, &edited).await.shown(), @r#"
    ~ payments
        channel: C0APPROVALS → C0OTHER
        allow_self_approval: true → (none)
        roles.Logs.inline_policy: {"Statement":{"Action":"logs:Get*","Effect":"Allow","Resource":"*"},"Version":"2012-10-17"} → {"Statement":{"Action":"logs:*","Effect":"Allow","Resource":"*"},"Version":"2012-10-17"}
        roles.Logs.max_duration: 1d → 1d12h
        roles.Power: (none) → session, approvals_required 1, inline_policy {"Statement":[{"Action":"s3:*","Effect":"Allow","Resource":"*"}]}, max_duration 1h, role_arn arn:aws:iam::111122223333:role/payments-power
        roles.PowerUser: session, approvals_required 1, inline_policy {"Statement":[{"Action":"s3:*","Effect":"Allow","Resource":"*"}]}, max_duration 1h, role_arn arn:aws:iam::111122223333:role/payments-power → (none)
    0 to create, 1 to change, 0 to remove, 1 unchanged
    Done: 0 created, 1 changed, 0 removed, 1 unchanged.
    stdin:20: warning: roles.Logs.approvals_required: all 2 approvers must agree, so none of them can get this role: nobody approves their own request
    status 0
    "#);
    insta::assert_snapshot!(apply(&stage, &edited).await.shown(), @"
    0 to create, 0 to change, 0 to remove, 2 unchanged
    Nothing to change.
    stdin:20: warning: roles.Logs.approvals_required: all 2 approvers must agree, so none of them can get this role: nobody approves their own request
    status 0
    ");
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let stage = Stage::new().await;
    let ran = stage.answering(&small("payments"), &["projects", "apply", "-f", "-", "--dry-run"]).await;
    insta::assert_snapshot!(ran.shown(), @"
    + payments
        owner_slack_id: U0OWNER
        roles.ReadOnly: user, approvals_required 1, max_duration 1h, policy_arns arn:aws:iam::aws:policy/ReadOnlyAccess
    1 to create, 0 to change, 0 to remove, 0 unchanged
    Nothing was written (--dry-run).
    status 0
    ");
    assert!(names(&stage).await.is_empty());
}

#[tokio::test]
async fn json_and_lists_and_single_projects_are_files_too() {
    let stage = Stage::new().await;
    let one = apply(&stage, &small("one")).await;
    assert_eq!(one.status, 0, "{}", one.shown());
    // As editors and programs write it: with tabs, and escapes.
    let list = format!("[\n\t{},\n\t{}\n]\n", small("two").replace(": ", ":\t"), small("thr\\u00e9e"));
    let ran = stage.answering(&list, &["projects", "apply", "-f", "-", "--json"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert_eq!(names(&stage).await, ["one", "thrée", "two"]);
    let again = stage.answering(&list, &["--json", "projects", "apply", "-f", "-"]).await;
    insta::assert_snapshot!(again.shown(), @r#"
    {
      "dry_run": false,
      "created": [],
      "changed": [],
      "unchanged": 2,
      "removed": [],
      "unreadable": [],
      "notes": [],
      "warnings": []
    }
    status 0
    "#);
}

#[tokio::test]
async fn json_tells_each_field() {
    let stage = Stage::new().await;
    apply(&stage, &small("payments")).await;
    let edited = small("payments").replace("1h", "2h");
    let ran = stage.answering(&edited, &["projects", "apply", "-f", "-", "--json"]).await;
    let changed = json!([{"project": "payments", "fields": [
        {"field": "roles.ReadOnly.max_duration", "from": "1h", "to": "2h"}]}]);
    assert_eq!((ran.status, &ran.json()["changed"]), (0, &changed), "{}", ran.shown());
    assert_eq!(ran.json()["dry_run"], false);
}

#[tokio::test]
async fn an_alias_stands_for_its_value() {
    let stage = Stage::new().await;
    let text = "
- project: one
  owner_slack_id: &olivia U0OWNER
  roles: &roles
    ReadOnly: {kind: user, policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess], max_duration: 1h}
- {project: two, owner_slack_id: *olivia, roles: *roles}
";
    let ran = apply(&stage, text).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    let projects: Vec<Project> =
        stage.store().catalogue().await.unwrap().into_iter().map(|record| record.project.unwrap()).collect();
    assert_eq!(projects[0].roles, projects[1].roles);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_shown_and_replaced_by_a_file_that_names_it() {
    let stage = Stage::new().await;
    stage.put_project(&json!({"project": "payments", "owner_slack_id": "U0OWNER", "roles": "none"})).await;
    stage.put_project(&json!({"project": "legacy", "owner": "olivia"})).await;
    insta::assert_snapshot!(apply(&stage, &small("payments")).await.shown(), @"
    ~ payments
        its record cannot be read, and is replaced: Expected map
        owner_slack_id: (none) → U0OWNER
        roles.ReadOnly: (none) → user, approvals_required 1, max_duration 1h, policy_arns arn:aws:iam::aws:policy/ReadOnlyAccess
    ! legacy
        its record cannot be read, and stays as it is: missing field `owner_slack_id`
    0 to create, 1 to change, 0 to remove, 0 unchanged
    Done: 0 created, 1 changed, 0 removed, 0 unchanged.
    status 0
    ");
    let ran = apply(&stage, &small("payments")).await;
    assert!(ran.out.contains("1 unchanged"), "{}", ran.shown());
}

#[tokio::test]
async fn an_interrupted_one_goes_on_when_it_is_run_again() {
    let stage = Stage::new().await;
    let five = format!("[{}]", ["a", "b", "c", "d", "e"].map(small).join(", "));
    let stop = stage.stop.clone();
    // Ctrl-C while the first is written.
    stage.aws.inject(move |call| {
        if call.operation == "PutItem" {
            stop.send_replace(1);
        }
        None
    });
    let ran = apply(&stage, &five).await;
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("1 of 5 projects were written before; run it again to go on"), "{}", ran.err);
    assert_eq!(names(&stage).await, ["a"]);

    // The table refuses the third.
    stage.stop.send_replace(0);
    let puts = AtomicUsize::new(1);
    stage.aws.inject(move |call| {
        let refused = call.operation == "PutItem" && puts.fetch_add(1, Ordering::Relaxed) == 2;
        refused.then_some(Fault::Deny)
    });
    let ran = apply(&stage, &five).await;
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("1 of 4 projects were written before"), "{}", ran.err);
    assert!(ran.err.contains("error: dynamodb:PutItem failed"), "{}", ran.err);

    stage.aws.clear_faults();
    let ran = apply(&stage, &five).await;
    assert!(ran.out.contains("3 to create, 0 to change, 0 to remove, 2 unchanged"), "{}", ran.shown());
    assert_eq!(names(&stage).await, ["a", "b", "c", "d", "e"]);
}

#[tokio::test]
async fn more_projects_than_a_page_are_all_seen() {
    let stage = Stage::new().await;
    let many: Vec<String> = (0..230).map(|n| small(&format!("project-{n}"))).collect();
    let many = format!("[{}]", many.join(",\n"));
    assert_eq!(apply(&stage, &many).await.status, 0);
    assert_eq!(names(&stage).await.len(), 230);
    let ran = apply(&stage, &many).await;
    assert!(ran.out.contains("0 to create, 0 to change, 0 to remove, 230 unchanged"), "{}", ran.out);
}

#[tokio::test]
async fn what_may_not_be_meant_is_a_warning() {
    let stage = Stage::new().await;
    stage.put_project(&serde_json::from_str(&small("payments")).unwrap()).await;
    let text = "
project: Payments
owner_slack_id: U0OWNER
approver_slack_ids: [U0OWNER, U0SECOND]
account_role_arn: arn:aws:iam::111122223333:role/keylease
roles:
  Power:
    kind: session
    role_arn: arn:aws:iam::444455556666:role/power
    max_duration: 1h
    approvals_required: 2
";
    insta::assert_snapshot!(apply(&stage, text).await.shown(), @"
    + Payments
        account_role_arn: arn:aws:iam::111122223333:role/keylease
        approver_slack_ids: U0OWNER, U0SECOND
        owner_slack_id: U0OWNER
        roles.Power: session, approvals_required 2, max_duration 1h, role_arn arn:aws:iam::444455556666:role/power
    1 to create, 0 to change, 0 to remove, 0 unchanged
    Done: 1 created, 0 changed, 0 removed, 0 unchanged.
    stdin:9: warning: roles.Power.role_arn: the role is not in account 111122223333, where account_role_arn acts: its sessions cannot be ended early
    stdin:11: warning: roles.Power.approvals_required: all 2 approvers must agree, so none of them can get this role: nobody approves their own request
    note: Payments differs only in case from payments, which the table has and the file does not: people must type either exactly
    status 0
    ");
}
