//! `keylease projects`.

mod apply;
mod by_rule;
mod claimed;
mod clumsy;
mod faults;
mod list;
mod lookalikes;
mod many_approvers;
mod newer;
mod prune;
mod schema;
mod typed_names;

use std::path::{Path, PathBuf};

use crate::stage::{Ran, Stage};

/// A file that has every field.
const PAYMENTS: &str = r#"
projects:
  - project: payments
    owner_slack_id: U0OWNER
    approver_slack_ids: [U0OWNER, U0SECOND]
    channel: C0APPROVALS
    allow_self_approval: true
    account_role_arn: arn:aws:iam::111122223333:role/keylease
    roles:
      ReadOnly:
        kind: user
        policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
        max_duration: 8h
      Logs:
        kind: user
        inline_policy:
          Version: "2012-10-17"
          Statement: {Effect: Allow, Action: "logs:Get*", Resource: "*"}
        max_duration: 1d
        approvals_required: 2
      PowerUser:
        kind: session
        role_arn: arn:aws:iam::111122223333:role/payments-power
        inline_policy: '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
        max_duration: 1h
  - project: billing
    owner_slack_id: U0OWNER
    roles:
      ReadOnly: {kind: user, policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess], max_duration: 90m}
"#;

/// The smallest project of a name.
fn small(name: &str) -> String {
    format!(
        r#"{{"project": "{name}", "owner_slack_id": "U0OWNER", "roles": {{"ReadOnly": {{"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "1h"}}}}}}"#
    )
}

/// A file of this name and text, of one test alone.
fn file(test: &str, name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Applies a text from standard input.
async fn apply(stage: &Stage, text: &str) -> Ran {
    stage.answering(text, &["projects", "apply", "-f", "-"]).await
}

/// The names that the table has.
async fn names(stage: &Stage) -> Vec<String> {
    stage.store().catalogue().await.unwrap().into_iter().map(|record| record.name).collect()
}
