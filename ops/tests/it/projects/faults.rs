//! `projects apply` of files that are wrong: every fault is told, and nothing is changed.

use super::{apply, file, names, small};
use crate::stage::Stage;

/// Something wrong in every place.
const WRONG: &str = r##"# The catalogue
projects:
  - project: payments
    owner_slack_id: "@olivia"
    approver_slack_ids: [U0OWNER, U0SECOND, U0OWNER]
    chanel: C0APPROVALS
    channel: "#approvals"
    allow_self_approval: sometimes
    account_role_arn: arn:aws:iam::aws:role/keylease
    roles:
      ReadOnly:
        kind: user
        policy_arns:
          - ReadOnlyAccess
          - arn:aws:iam::aws:policy/ReadOnlyAccess
          - arn:aws:iam::aws:policy/ReadOnlyAccess
        max_duration: 90
      readonly:
        kind: user
        policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
        max_duration: 5m
      PowerUser:
        kind: session
        role_arn: payments-power
        policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
        max_duration: 4h
        approvals_required: 3
      Root:
        kind: root
        max_duration: soon
        approvals_required: 0
        colour: red
      Nothing:
        kind: user
        role_arn: arn:aws:iam::111122223333:role/nothing
        max_duration: 1h
      Nothing:
        max_duration: 1h
        max_duration: 2h
  - project: Payments
    roles: {}
  - project: 12
    owner_slack_id:
    roles: [ReadOnly]
  - payments
more: 1
"##;

#[tokio::test]
async fn every_fault_has_its_line_and_its_field() {
    let stage = Stage::new().await;
    let path = file("faults", "projects.yaml", WRONG);
    let ran = stage.keylease(&["projects", "apply", "-f", path.to_str().unwrap()]).await;
    let shown = ran.shown().replace(&format!("{}/", path.parent().unwrap().display()), "");
    insta::assert_snapshot!(shown, @r#"
    projects.yaml:4: owner_slack_id: `@olivia` is not a Slack user id: U or W, then capital letters and digits, such as U0OWNER (in Slack: the person's profile, More, Copy member ID)
    projects.yaml:5: approver_slack_ids: `U0OWNER` is listed twice, first on line 5
    projects.yaml:6: chanel: is no field here; did you mean `channel`? These are: account_role_arn, allow_self_approval, approver_slack_ids, channel, escalate_after, escalate_to, owner_slack_id, project, remind_after, requester_slack_ids, roles
    projects.yaml:7: channel: `#approvals` is not a Slack channel id: C, G or D, then capital letters and digits, such as C0APPROVALS (in Slack: at the end of the channel's details)
    projects.yaml:8: allow_self_approval: is the text `sometimes`, and should be true or false
    projects.yaml:9: account_role_arn: `arn:aws:iam::aws:role/keylease` is not the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME, with the 12 digits of the account
    projects.yaml:14: roles.ReadOnly.policy_arns: `ReadOnlyAccess` is not the ARN of a managed policy: arn:aws:iam::aws:policy/NAME for one of AWS's, arn:aws:iam::ACCOUNT:policy/NAME for one of yours
    projects.yaml:16: roles.ReadOnly.policy_arns: `arn:aws:iam::aws:policy/ReadOnlyAccess` is listed twice, first on line 15
    projects.yaml:17: roles.ReadOnly.max_duration: is the number 90, and should be a duration: weeks, days, hours, minutes and seconds, the largest first, such as 90m, 8h or 1d12h
    projects.yaml:18: roles.readonly: `readonly` differs only in case from `ReadOnly` on line 11; name them apart
    projects.yaml:21: roles.readonly.max_duration: 5m is shorter than the shortest grant, 15m (MIN_DURATION), so nobody could ask for it
    projects.yaml:24: roles.PowerUser.role_arn: `payments-power` is not the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME, with the 12 digits of the account
    projects.yaml:25: roles.PowerUser.policy_arns: is for roles of kind `user` or `role`, and this one is of kind `session`
    projects.yaml:26: roles.PowerUser.max_duration: 4h is too long for a role of kind `session`: 1h at most, for AWS ends the sessions of chained roles then
    projects.yaml:27: roles.PowerUser.approvals_required: 3 must agree, and there are 2 approvers; add to approver_slack_ids, or ask for fewer
    projects.yaml:29: roles.Root.kind: is `root`, and should be `user` or `session` or `role` or `permission_set` or `group`
    projects.yaml:30: roles.Root.max_duration: `soon` is not a duration: `soon` is neither a number nor a unit of time; write it like 90m, 8h or 1d12h, 365d at most
    projects.yaml:31: roles.Root.approvals_required: 0 is too few: 1 at least
    projects.yaml:32: roles.Root.colour: is no field here; these are: account_id, approvals_required, approver_slack_ids, auto_approve, break_glass, claim_within, delivery, door, door_closes_early, group_id, inline_policy, kind, max_duration, max_extensions, permission_set_arn, policy_arns, principals, requester_slack_ids, role_arn
    projects.yaml:33: roles.Nothing.policy_arns: is missing: a role of kind `user` needs policy_arns or inline_policy, or it allows nothing
    projects.yaml:35: roles.Nothing.role_arn: is for roles of kind `session`, and this one is of kind `user`
    projects.yaml:37: roles.Nothing: stands here twice, first on line 33
    projects.yaml:37: roles.Nothing.kind: is missing: `user` or `session` or `role` or `permission_set` or `group`
    projects.yaml:39: roles.Nothing.max_duration: stands here twice, first on line 38
    projects.yaml:40: project: `Payments` differs only in case from `payments` on line 3; name them apart
    projects.yaml:40: owner_slack_id: is missing: a Slack user id, such as U0OWNER
    projects.yaml:41: roles: is empty: at least one is needed
    projects.yaml:42: project: is the number 12, and should be a project name: put it in quotes: "12"
    projects.yaml:43: owner_slack_id: is empty, and should be a Slack user id: U or W, then capital letters and digits, such as U0OWNER (in Slack: the person's profile, More, Copy member ID)
    projects.yaml:44: roles: is a list, and should be a map
    projects.yaml:45: is a text, and should be a map
    projects.yaml:46: more: is no field here; these are: projects
    error: projects.yaml has 32 faults; nothing was changed
      hint:  docs/catalogue.md describes every field; docs/catalogue.schema.json lets an editor check it
    status 1
    "#);
    assert!(names(&stage).await.is_empty());
}

/// What is wrong with who gets into a role.
const DOORS: &str = r#"project: payments
owner_slack_id: U0OWNER
roles:
  None:
    kind: role
    policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
    max_duration: 8h
  Window:
    kind: role
    policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
    door: window
    max_duration: 8h
  Nobody:
    kind: role
    policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
    door: assume_role
    max_duration: 8h
  Anybody:
    kind: role
    door: assume_role
    principals: ["*", "arn:aws:iam::*:user/x", "arn:aws:iam::111122223333:user/${aws:username}"]
    max_duration: 8h
  Everybody:
    kind: role
    policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
    door: assume_role
    principals: [arn:aws:iam::111122223333:role/on-call]
    max_duration: 8h
  User:
    kind: user
    policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
    door: assume_role
    max_duration: 8h
"#;

#[tokio::test]
async fn a_role_that_lets_in_nobody_or_nobody_knows_whom_is_told() {
    let stage = Stage::new().await;
    insta::assert_snapshot!(apply(&stage, DOORS).await.shown(), @r"
    stdin:4: roles.None.door: is missing
    stdin:11: roles.Window.door: is `window`, and should be `assume_role` or `account_access` or `claim`
    stdin:13: roles.Nobody.principals: is missing: with `door: assume_role` nobody could get in without it
    stdin:18: roles.Anybody.policy_arns: is missing: a role of kind `role` needs policy_arns or inline_policy, or it allows nothing
    stdin:21: roles.Anybody.principals: `*` is not a pattern of IAM principals: it is not the ARN of a user, a role or a role's session; write arn:aws:iam::ACCOUNT:user/NAME, arn:aws:iam::ACCOUNT:role/NAME or arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION, with * and ? in names, and ${requester_email} or ${identity_store_user_id} for whoever asked
    stdin:21: roles.Anybody.principals: `arn:aws:iam::*:user/x` is not a pattern of IAM principals: its account is not 12 digits: a pattern is for one account; write arn:aws:iam::ACCOUNT:user/NAME, arn:aws:iam::ACCOUNT:role/NAME or arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION, with * and ? in names, and ${requester_email} or ${identity_store_user_id} for whoever asked
    stdin:21: roles.Anybody.principals: `arn:aws:iam::111122223333:user/${aws:username}` is not a pattern of IAM principals: ${aws:username} is no placeholder; these are: ${requester_email} and ${identity_store_user_id}; write arn:aws:iam::ACCOUNT:user/NAME, arn:aws:iam::ACCOUNT:role/NAME or arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION, with * and ? in names, and ${requester_email} or ${identity_store_user_id} for whoever asked
    stdin:32: roles.User.door: is for roles of kind `role`, and this one is of kind `user`
    stdin:27: warning: roles.Everybody.principals: `arn:aws:iam::111122223333:role/on-call` lets in everybody whom it matches, whoever asked: with ${requester_email} it names the one person
    error: stdin has 8 faults; nothing was changed
      hint:  docs/catalogue.md describes every field; docs/catalogue.schema.json lets an editor check it
    status 1
    ");
}

#[tokio::test]
async fn one_fault_keeps_good_projects_out_too() {
    let stage = Stage::new().await;
    let text = format!("[{},\n{}]", small("good"), small("bad").replace("1h", "1x"));
    insta::assert_snapshot!(apply(&stage, &text).await.shown(), @"
    stdin:2: roles.ReadOnly.max_duration: `1x` is not a duration: `x` is neither a number nor a unit of time; write it like 90m, 8h or 1d12h, 365d at most
    error: stdin has 1 fault; nothing was changed
      hint:  docs/catalogue.md describes every field; docs/catalogue.schema.json lets an editor check it
    status 1
    ");
    assert!(names(&stage).await.is_empty());
    let ran = stage.answering(&text, &["projects", "apply", "-f", "-", "--json"]).await;
    insta::assert_snapshot!(ran.shown(), @r#"
    {
      "faults": [
        {
          "line": 2,
          "field": "roles.ReadOnly.max_duration",
          "what": "`1x` is not a duration: `x` is neither a number nor a unit of time; write it like 90m, 8h or 1d12h, 365d at most"
        }
      ],
      "warnings": []
    }
    error: stdin has 1 fault; nothing was changed
      hint:  docs/catalogue.md describes every field; docs/catalogue.schema.json lets an editor check it
    status 1
    "#);
}

#[tokio::test]
async fn inline_policies_are_read_as_iam_reads_them() {
    let stage = Stage::new().await;
    let long = "x".repeat(2_000);
    let text = format!(
        r#"
project: payments
owner_slack_id: U0OWNER
account_role_arn: arn:aws:iam::111122223333:role/keylease
roles:
  Grammar:
    kind: user
    max_duration: 1h
    inline_policy:
      Version: 2012-10-18
      Statements: []
      Statement:
        - Effect: Permit
          Action: [s3:Get*, 3]
          Principal: "*"
        - Effect: Allow
          Action: s3:*
          NotAction: s3:Put*
          Resource: "*"
          Condition: {{StringEquals: , StringEquals: {{aws:PrincipalTag/team: a}}}}
        - everything
  None: {{kind: user, max_duration: 1h, inline_policy: {{Version: "2012-10-17"}}}}
  Empty: {{kind: user, max_duration: 1h, inline_policy: {{Statement: []}}}}
  NoneAsText: {{kind: user, max_duration: 1h, inline_policy: '{{"Version": "2012-10-17"}}'}}
  NotJson: {{kind: user, max_duration: 1h, inline_policy: "Statement: []"}}
  NoObject: {{kind: user, max_duration: 1h, inline_policy: "[]"}}
  Number: {{kind: user, max_duration: 1h, inline_policy: 3}}
  Latin: {{kind: user, max_duration: 1h, inline_policy: {{Statement: {{Effect: Allow, Action: "*", Resource: "arn:aws:s3:::π"}}}}}}
  Long: {{kind: user, max_duration: 1h, inline_policy: {{Statement: {{Effect: Allow, Action: "*", Resource: {long}}}}}}}
  LongSession:
    kind: session
    role_arn: arn:aws:iam::111122223333:role/power
    max_duration: 1h
    inline_policy: {{Statement: {{Effect: Allow, Action: "*", Resource: {long}}}}}
  Foreign: {{kind: user, max_duration: 1h, policy_arns: [arn:aws:iam::444455556666:policy/theirs]}}
  TooMany: {{kind: user, max_duration: 1h, policy_arns: [{arns}]}}
"#,
        arns = (0..11).map(|n| format!("arn:aws:iam::aws:policy/{n}")).collect::<Vec<_>>().join(", ")
    );
    insta::assert_snapshot!(apply(&stage, &text).await.shown(), @r#"
    stdin:10: roles.Grammar.inline_policy.Version: should be the text `2012-10-17`
    stdin:11: roles.Grammar.inline_policy.Statements: is no element here; these are: Version, Id, Statement
    stdin:13: roles.Grammar.inline_policy.Statement.Effect: should be `Allow` or `Deny`
    stdin:13: roles.Grammar.inline_policy.Statement.Resource: is missing: a text or a list of texts
    stdin:14: roles.Grammar.inline_policy.Statement.Action: should be a text or a list of texts
    stdin:15: roles.Grammar.inline_policy.Statement.Principal: is no element here; these are: Sid, Effect, Action, NotAction, Resource, NotResource, Condition
    stdin:18: roles.Grammar.inline_policy.Statement.NotAction: stands beside Action: only one of them may
    stdin:20: roles.Grammar.inline_policy.Statement.Condition.StringEquals: is empty
    stdin:20: roles.Grammar.inline_policy.Statement.Condition.StringEquals: stands here twice
    stdin:21: roles.Grammar.inline_policy.Statement: is a text, and should be a map
    stdin:22: roles.None.inline_policy.Statement: is missing
    stdin:23: roles.Empty.inline_policy.Statement: is empty, so the policy allows nothing
    stdin:24: roles.NoneAsText.inline_policy.Statement: is missing
    stdin:25: roles.NotJson.inline_policy: the text is not JSON: expected value at line 1 column 1
    stdin:26: roles.NoObject.inline_policy: the text is JSON, and no object: a policy is {"Statement": [...]}
    stdin:27: roles.Number.inline_policy: is a number, and should be a map or a text
    stdin:28: roles.Latin.inline_policy: the policy has the character 'π', and IAM takes Latin-1 only
    stdin:29: roles.Long.inline_policy: the policies have 2704 characters with the guard, and IAM takes 2048: attach a managed policy instead
    stdin:34: roles.LongSession.inline_policy: the policy has 2691 characters with the guard, and STS takes 2048: narrow the role itself instead
    stdin:35: roles.Foreign.policy_arns: `arn:aws:iam::444455556666:policy/theirs` is not in account 111122223333, where account_role_arn acts: IAM attaches its own account's policies and AWS's
    stdin:36: roles.TooMany.policy_arns: has 11, and 10 is the most
    error: stdin has 21 faults; nothing was changed
      hint:  docs/catalogue.md describes every field; docs/catalogue.schema.json lets an editor check it
    status 1
    "#);
}

#[tokio::test]
async fn a_syntax_error_has_its_line() {
    let stage = Stage::new().await;
    let mut told = String::new();
    for text in [
        "- project: payments\n\towner_slack_id: U0OWNER\n",
        "project: payments\nroles:\n\tReadOnly: {}\n",
        "project: payments\nroles: {ReadOnly: [\n",
        "project: \"payments\n",
        "{\"project\": \"payments\",,}",
        "project: *payments",
        "project: &a [*a]",
        "project: !Ref payments",
        "project: !!int payments",
        "? [a]\n: b\n",
        "project: a\n---\nproject: b\n",
        "<<: {project: a}",
        "",
        "# nothing\n",
        "payments",
    ] {
        let ran = apply(&stage, text).await;
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{text:?}");
        let faults = ran.err.lines().filter(|line| line.starts_with("stdin:"));
        told.push_str(&format!(
            "{text:?}\n{}\n",
            faults.map(|fault| format!("  {fault}")).collect::<Vec<_>>().join("\n")
        ));
    }
    insta::assert_snapshot!(told, @r##"
    "- project: payments\n\towner_slack_id: U0OWNER\n"
      stdin:2: neither YAML nor JSON: while scanning a plain scalar, found a tab; this line is indented with a tab, so use spaces
    "project: payments\nroles:\n\tReadOnly: {}\n"
      stdin:3: neither YAML nor JSON: tabs disallowed within this context (block indentation); this line is indented with a tab, so use spaces
    "project: payments\nroles: {ReadOnly: [\n"
      stdin:3: neither YAML nor JSON: while parsing a node, did not find expected node content
    "project: \"payments\n"
      stdin:1: neither YAML nor JSON: while scanning a quoted scalar, found unexpected end of stream
    "{\"project\": \"payments\",,}"
      stdin:1: neither YAML nor JSON: while parsing a node, did not find expected node content
    "project: *payments"
      stdin:1: neither YAML nor JSON: while parsing node, found unknown anchor
    "project: &a [*a]"
      stdin:1: an alias stands within the value that it stands for
    "project: !Ref payments"
      stdin:1: the tag `!Ref` means nothing here; leave it out
    "project: !!int payments"
      stdin:1: `payments` is not what its tag says; leave the tag out
    "? [a]\n: b\n"
      stdin:1: a key must be a text
    "project: a\n---\nproject: b\n"
      stdin:2: a second document begins; put all projects into one list
    "<<: {project: a}"
      stdin:1: <<: keys are not merged in YAML 1.2; write the fields out, or use an alias for a whole value
      stdin:1: project: is missing: a project name, such as payments
      stdin:1: owner_slack_id: is missing: a Slack user id, such as U0OWNER
      stdin:1: roles: is missing
      stdin:1: warning: `<<` merges nothing here: it is a key like any other; write the fields out
    ""
      stdin:1: the file is empty
    "# nothing\n"
      stdin:1: the file is empty
    "payments"
      stdin:1: the file is a text, and should be a project or a list of projects
    "##);
}

#[tokio::test]
async fn a_file_that_would_grow_without_end_is_refused() {
    let stage = Stage::new().await;
    let bomb: String = std::iter::once("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned())
        .chain((1..20).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "))))
        .collect();
    let deep = |opening: &str| opening.repeat(100_000);
    let one_anchor = format!("- &a [{}]\n{}", "x, ".repeat(1_000), "- *a\n".repeat(1_000));
    let (up, down) = ("[".repeat(40), "]".repeat(40));
    let stairs = format!("- &a {up}x{down}\n- &b {up}*a{down}\n");
    for (text, why) in [
        (bomb, "more than 100000 values"),
        (one_anchor, "more than 100000 values"),
        ("- ".repeat(65), "nested deeper than 64"),
        (stairs, "nested deeper than 64"),
        (deep("- "), "nested deeper than 64"),
        (deep("["), "recursion limit"),
        (deep("{"), "recursion limit"),
        (deep("[a: "), "recursion limit"),
        ("x".repeat(1_048_577), "larger than 1024 KiB"),
    ] {
        let ran = apply(&stage, &text).await;
        let start: String = text.chars().take(20).collect();
        assert_eq!(ran.status, 1, "{start}");
        assert!(ran.err.contains(why), "{start}: {}", ran.err);
    }
    let not_too_deep = apply(&stage, &"- ".repeat(64)).await;
    assert!(not_too_deep.err.contains("is a list, and should be a map"), "{}", not_too_deep.err);
}

#[tokio::test]
async fn a_file_that_is_not_there_or_no_text_is_said_to_be_so() {
    let stage = Stage::new().await;
    let missing = stage.keylease(&["projects", "apply", "-f", "/nowhere/projects.yaml"]).await;
    insta::assert_snapshot!(missing.shown(), @"
    error: /nowhere/projects.yaml cannot be read
      cause: No such file or directory (os error 2)
      hint:  give a YAML or JSON file, or - for standard input; docs/catalogue.md has an example
    status 1
    ");
    let folder = file("no-text", "projects.yaml", "").parent().unwrap().to_owned();
    std::fs::write(folder.join("latin1.yaml"), b"# a\nproject: caf\xe9\n").unwrap();
    let path = folder.join("latin1.yaml");
    let ran = stage.keylease(&["projects", "apply", "-f", path.to_str().unwrap()]).await;
    assert!(ran.err.contains("latin1.yaml:2: this line is not UTF-8 text"), "{}", ran.err);
}

#[tokio::test]
async fn the_shortest_grant_is_the_workers_own() {
    let mut stage = Stage::new().await;
    stage.variables.insert("MIN_DURATION".to_owned(), "2h".to_owned());
    let ran = apply(&stage, &small("payments")).await;
    assert!(ran.err.contains("1h is shorter than the shortest grant, 2h"), "{}", ran.err);
    stage.variables.insert("MIN_DURATION".to_owned(), "1m".to_owned());
    assert_eq!(apply(&stage, &small("payments").replace("1h", "1m")).await.status, 0);
}
