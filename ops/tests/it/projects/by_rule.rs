//! `projects apply` of roles with rules that need nobody.

use super::apply;
use crate::stage::Stage;

#[tokio::test]
async fn a_rule_names_somebody_and_grants_no_more_than_the_role() {
    let stage = Stage::new().await;
    let text = r"
project: payments
owner_slack_id: U0OWNER
roles:
  Longer: {kind: user, policy_arns: [arn:aws:iam::aws:policy/A], max_duration: 1h, auto_approve: {for: [S0ONCALL], max_duration: 61m}}
  Shorter: {kind: user, policy_arns: [arn:aws:iam::aws:policy/A], max_duration: 1h, auto_approve: {for: [S0ONCALL], max_duration: 5m}}
  Nobody: {kind: user, policy_arns: [arn:aws:iam::aws:policy/A], max_duration: 1h, auto_approve: {for: [], max_duration: 30m}}
  Wrong: {kind: user, policy_arns: [arn:aws:iam::aws:policy/A], max_duration: 1h, auto_approve: {for: [everybody], until: 30m}}
  Always: {kind: user, policy_arns: [arn:aws:iam::aws:policy/A], max_duration: 1h, auto_approve: true}
  Right: {kind: user, policy_arns: [arn:aws:iam::aws:policy/A], max_duration: 1h, auto_approve: {for: [U0DANA], max_duration: 1h}}
";
    insta::assert_snapshot!(apply(&stage, text).await.shown(), @"
    stdin:5: roles.Longer.auto_approve.max_duration: 1h1m is longer than the role's own max_duration, 1h, so the rule could never grant it
    stdin:6: roles.Shorter.auto_approve.max_duration: 5m is shorter than the shortest grant, 15m (MIN_DURATION), so the rule could grant nothing
    stdin:7: roles.Nobody.auto_approve.for: names nobody; leave auto_approve out instead
    stdin:8: roles.Wrong.auto_approve.for: `everybody` is not the id of a person or of a user group in Slack: U or W for a person and S for a user group, then capital letters and digits, such as U0OWNER or S0LEADS (in Slack: the profile's or the group's menu, Copy ID)
    stdin:8: roles.Wrong.auto_approve.until: is no field here; these are: for, max_duration
    stdin:8: roles.Wrong.auto_approve.max_duration: is missing: a duration, such as 8h
    stdin:9: roles.Always.auto_approve: is true or false, and should be a map
    error: stdin has 7 faults; nothing was changed
      hint:  docs/catalogue.md describes every field; docs/catalogue.schema.json lets an editor check it
    status 1
    ");
}
