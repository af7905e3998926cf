//! `keylease grants show`: everything that there is of one request.

use serde_json::json;
use service::clock::Clock;
use testkit::aws::{Fault, Service};
use testkit::slack::Person;

use crate::grants_list::{NOW, record, with};
use crate::running::Running;
use crate::stage::Stage;

async fn stage() -> Stage {
    let mut stage = Stage::new().await;
    stage.clock = Clock::reading(|| domain::UnixSeconds(NOW));
    stage
        .put_project(&json!({ "project": "payments", "owner_slack_id": "U0OWNER",
            "approver_slack_ids": ["U0OWNER", "U0DANA", "U0SECOND"],
            "roles": {
                "ReadOnly": { "kind": "user", "max_duration": "8h", "approvals_required": 2,
                    "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"] },
                "Short": { "kind": "user", "max_duration": "15m",
                    "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } } }))
        .await;
    stage
}

#[tokio::test]
async fn a_request_that_waits() {
    let stage = stage().await;
    let asked = with(
        record("a-0", "PENDING", "U0DANA", NOW - 60),
        json!({ "justification": "look into\n\u{1b}[31mpayouts", "approvals": ["U0OWNER"],
            "history": [
                { "at": NOW - 60, "event": "ask", "by": "U0DANA", "to": "PENDING" },
                { "at": NOW - 30, "event": "approve", "by": "U0OWNER", "from": "PENDING", "to": "PENDING" }],
            "messages": [{ "message": { "channel": "D0OWNER", "ts": "1.5" }, "audience": { "approver": "U0OWNER" },
                "shows": { "status": "PENDING", "approvals": 1 } }] }),
    );
    stage.put_request(&asked).await;
    let ran = stage.keylease(&["grants", "show", "a-0"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    Request a-0: PENDING
      what        dana (U0DANA) asked for ReadOnly on payments for 1 hour
      why         look into [31mpayouts
      asked       2026-11-23 14:02:27 UTC
      approvals   so far by U0OWNER

    History
      2026-11-23 14:02:27 UTC  ask      PENDING by U0DANA
      2026-11-23 14:02:57 UTC  approve  PENDING by U0OWNER

    Who can decide, by the catalogue as of today
      2 different people must agree
      U0OWNER  may: agreed
      U0DANA  no: it is their own request
      U0SECOND  may: on the project's list
      Slack was not asked which ids are one person's, and whose account is active: set SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_ARN in this shell

    In IAM
      no user keylease-a-0

    In EventBridge Scheduler
      no schedule

    Messages in Slack
      D0OWNER 1.5 for the approver U0OWNER, shows PENDING
    status 0
    ");
}

#[tokio::test]
async fn what_stands_in_the_way_of_an_approval_is_said() {
    let stage = stage().await;
    for (id, fields) in [
        ("role", json!({ "role": "Admin" })),
        ("long", json!({ "role": "Short" })),
        ("project", json!({ "project": "gone" })),
    ] {
        stage.put_request(&with(record(id, "PENDING", "U0DANA", NOW), fields)).await;
    }
    let mut obstacles = String::new();
    for id in ["role", "long", "project"] {
        let shown = stage.keylease(&["grants", "show", id, "--json"]).await.json();
        obstacles.push_str(&format!("{}\n", shown["approvers"]["found"]["obstacle"].as_str().unwrap()));
    }
    insta::assert_snapshot!(obstacles, @r"
    the project no longer offers the role Admin
    it asks for 1 hour, and the role's limit is now 15 minutes
    the catalogue has no project gone any more
    ");
}

/// As the workers judge a click: by every id of a person, and by whose account is active.
#[tokio::test]
async fn people_are_known_by_every_id_that_slack_has_of_them() {
    let mut running = Running::start().await;
    let slack = &running.system.slack;
    for (id, enterprise) in [("U0DANA", "W0DANA"), ("U0OWNER", "W0OWNER")] {
        slack.set_enterprise_id(id, enterprise);
    }
    let known = |id: &str| slack.people().into_iter().find(|person| person.id == id).unwrap();
    slack.add_person(Person { id: "W0OWNER".to_owned(), ..known("U0OWNER") });
    slack.add_person(Person { deleted: true, ..known("U0SECOND") });
    running.stage.variables = running.system.variables.clone();
    let listed = ["W0OWNER", "U0OWNER", "W0DANA", "U0SECOND", "U0NOBODY"];
    running
        .stage
        .put_project(&json!({ "project": "grid", "owner_slack_id": "U0OWNER", "approver_slack_ids": listed,
            "roles": { "ReadOnly": { "kind": "user", "max_duration": "8h",
                "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } } }))
        .await;
    let asked = with(
        record("g-0", "PENDING", "U0DANA", NOW - 60),
        json!({ "project": "grid", "approvals": ["U0OWNER"] }),
    );
    running.stage.put_request(&asked).await;
    let shown = running.stage.keylease(&["grants", "show", "g-0", "--json"]).await.json();
    let approvers = &shown["approvers"]["found"];
    assert_eq!(approvers["slack_not_asked"], json!(null));
    let gone = "Slack says that this account is deactivated, a bot's, or gone";
    let expected = [
        ("W0OWNER", true, "agreed"),
        ("U0OWNER", true, "agreed; the same person as W0OWNER"),
        ("W0DANA", false, "it is their own request"),
        ("U0SECOND", false, gone),
        ("U0NOBODY", false, gone),
    ];
    let people = expected.map(
        |(slack_id, may_approve, why)| json!({"slack_id": slack_id, "may_approve": may_approve, "why": why}),
    );
    assert_eq!(approvers["people"], json!(people));

    // Slack that does not answer is said, and the list is shown all the same.
    slack_is_down(&running);
    let shown = running.stage.keylease(&["grants", "show", "g-0", "--json"]).await.json();
    let approvers = &shown["approvers"]["found"];
    assert!(approvers["slack_not_asked"].as_str().unwrap().contains("users.info"), "{approvers}");
    assert_eq!(approvers["people"][2]["may_approve"], true, "{approvers}");
}

fn slack_is_down(running: &Running) {
    running.system.slack.fail("users.info", testkit::slack::Fault::Api("token_expired".into()), 1);
}

#[tokio::test]
async fn what_lives_in_aws_for_a_grant() {
    let running = Running::start().await;
    let id = running.grant("U0DANA", "ReadOnly").await;
    let shown = running.stage.keylease(&["grants", "show", id.as_str(), "--json"]).await.json();
    let request = running.request(&id).await;
    let iam = &shown["iam"];
    let arn = format!("arn:aws:iam::123456789012:user/keylease/{}", request.aws_name());
    assert_eq!(iam["user"]["found"]["arn"], arn);
    assert_eq!(iam["keys"]["found"][0]["id"], request.access.access_key_id.clone().unwrap());
    assert_eq!(iam["keys"]["found"][0]["active"], true);
    let guard = &iam["inline_policies"]["found"][0];
    assert_eq!(guard["name"], "keylease-guard");
    assert_eq!(guard["ends_access"], json!({ "kind": "after", "at": request.access.expires_at }));
    assert_eq!(iam["attached_policy_arns"]["found"], json!(["arn:aws:iam::aws:policy/ReadOnlyAccess"]));
    assert!(shown["schedule"]["found"]["expression"].as_str().unwrap().starts_with("at("), "{shown}");
    assert_eq!(shown["request"]["found"]["status"], "ACTIVE");

    // The user's name is taken for its request's id.
    let text = running.stage.keylease(&["grants", "show", &request.aws_name()]).await;
    assert_eq!(text.status, 0);
    for part in [
        format!("user {}, made ", request.aws_name()),
        format!("key {}, active", request.access.access_key_id.as_ref().unwrap()),
        "inline policy keylease-guard: denies everything after ".to_owned(),
        "policy arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned(),
        format!("default/{}  at(", request.aws_name()),
        "sends the job revoke to keylease-revoke".to_owned(),
        "for the requester, shows ACTIVE".to_owned(),
        "U0OWNER  may: agreed".to_owned(),
        "U0SECOND  may: on the project's list".to_owned(),
    ] {
        assert!(text.out.contains(&part), "{part}\n{}", text.out);
    }

    let iam = aws_sdk_iam::Client::new(&running.system.aws.sdk_config());
    let (user, guard) = (request.aws_name(), aws::iam::GUARD_POLICY);
    let later = domain::policy::guard(request.access.expires_at.unwrap().plus_seconds(60));
    iam.put_user_policy().user_name(&user).policy_name(guard).policy_document(later).send().await.unwrap();
    let text = running.stage.keylease(&["grants", "show", id.as_str()]).await.out;
    assert!(text.contains("which is not what the record says"), "{text}");
    iam.delete_user_policy().user_name(&user).policy_name(guard).send().await.unwrap();
    let text = running.stage.keylease(&["grants", "show", id.as_str()]).await.out;
    assert!(text.contains("no guard: IAM itself does not end this access"), "{text}");

    let ended = running.stage.keylease(&["grants", "revoke", id.as_str(), "--yes"]).await;
    assert_eq!(ended.status, 0, "{}", ended.shown());
    let text = running.stage.keylease(&["grants", "show", id.as_str()]).await.out;
    assert!(text.contains("no user keylease-") && text.contains("no schedule"), "{text}");
    assert!(text.contains("revoke    REVOKED by operator:worker"), "{text}");
    running.system.stop().await;
}

#[tokio::test]
async fn a_role_of_a_grants_own_is_shown_with_whom_it_lets_in() {
    let running = Running::start().await;
    let id = running.grant("U0DANA", "Support").await;
    let request = running.request(&id).await;
    let shown = running.stage.keylease(&["grants", "show", id.as_str(), "--json"]).await.json();
    let arn = format!("arn:aws:iam::123456789012:role/keylease/{}", request.aws_name());
    assert_eq!(shown["iam"]["kind"], "role");
    assert_eq!(shown["iam"]["role"]["found"]["arn"], arn);
    let guard = &shown["iam"]["inline_policies"]["found"][0];
    assert_eq!(guard["ends_access"], json!({ "kind": "after", "at": request.access.expires_at }));
    let text = running.stage.keylease(&["grants", "show", id.as_str()]).await.out;
    for part in [
        format!("role {arn}, made "),
        "open to arn:aws:iam::123456789012:user/dana@example.com until ".to_owned(),
        "inline policy keylease-guard: denies everything after ".to_owned(),
        "policy arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned(),
    ] {
        assert!(text.contains(&part), "{part}\n{text}");
    }
    let ended = running.stage.keylease(&["grants", "revoke", id.as_str(), "--yes"]).await;
    assert_eq!(ended.status, 0, "{}", ended.shown());
    let text = running.stage.keylease(&["grants", "show", id.as_str()]).await.out;
    assert!(text.contains("no role keylease-"), "{text}");
    running.system.stop().await;
}

#[tokio::test]
async fn a_session_has_no_user() {
    let running = Running::start().await;
    let id = running.grant("U0DANA", "PowerUser").await;
    let role = testkit::aws::DEMO_SESSION_ROLE_ARN;
    let before = running.stage.keylease(&["grants", "show", id.as_str()]).await.out;
    assert!(before.contains(&format!("no denial of the session on the role {role}")), "{before}");
    running.stage.keylease(&["grants", "revoke", id.as_str(), "--yes"]).await;
    let after = running.stage.keylease(&["grants", "show", id.as_str()]).await.out;
    assert!(after.contains(&format!("the session is denied by name on the role {role}")), "{after}");
    running.system.stop().await;
}

#[tokio::test]
async fn a_part_that_cannot_be_read_does_not_hide_the_rest() {
    let stage = stage().await;
    stage.put_request(&record("a-0", "PENDING", "U0DANA", NOW)).await;
    stage.aws.inject(|call| (call.service == Service::Iam).then_some(Fault::Deny));
    let ran = stage.keylease(&["grants", "show", "a-0"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    Request a-0: PENDING
      what        dana (U0DANA) asked for ReadOnly on payments for 1 hour
      asked       2026-11-23 14:03:27 UTC

    Who can decide, by the catalogue as of today
      2 different people must agree
      U0OWNER  may: on the project's list
      U0DANA  no: it is their own request
      U0SECOND  may: on the project's list
      Slack was not asked which ids are one person's, and whose account is active: set SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_ARN in this shell

    In IAM
      cannot be read: iam:GetUser failed: AccessDenied: The caller is not authorized to perform: iam:GetUser
      cannot be read: iam:ListAccessKeys failed: AccessDenied: The caller is not authorized to perform: iam:ListAccessKeys
      cannot be read: iam:ListUserPolicies failed: AccessDenied: The caller is not authorized to perform: iam:ListUserPolicies
      cannot be read: iam:ListAttachedUserPolicies failed: AccessDenied: The caller is not authorized to perform: iam:ListAttachedUserPolicies

    In EventBridge Scheduler
      no schedule
    error: not everything could be read
      hint:  each part that could not be read says why
    status 1
    ");
    stage.aws.clear_faults();
    stage.put_request(&json!({ "request_id": "broken-0", "status": "PENDING" })).await;
    let ran = stage.keylease(&["grants", "show", "broken-0"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    Request broken-0
      cannot be read: the record `broken-0` in table `keylease-requests` cannot be read: missing field `project`

    Who can decide, by the catalogue as of today
      cannot be read: the request's record does not say which project it is for

    In IAM
      no user keylease-broken-0

    In EventBridge Scheduler
      no schedule
    error: not everything could be read
      hint:  each part that could not be read says why
    status 1
    ");
}

#[tokio::test]
async fn an_id_that_is_none_or_nobodys() {
    let stage = stage().await;
    let ran = stage.keylease(&["grants", "show", "nobody-0"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    error: there is no request nobody-0
      hint:  see which there are with: keylease grants list
    status 1
    ");
    let ran = stage.keylease(&["grants", "show", "what is it"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    error: `what is it` is no request id: a request id must be 1 to 55 characters of a-z, A-Z, 0-9, '.', '_' and '-'
      hint:  see which there are with: keylease grants list
    status 2
    ");
}
