//! What `doctor` says when something is broken: each thing by itself, without hiding the others.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::UnixSeconds;
use serde_json::json;
use service::clock::Clock;
use testkit::aws::{Fault, Service};
use testkit::slack::Person;

use super::running;
use crate::grants_list::{record, with};
use crate::stage::{Ran, Stage};

/// The lines of a check, with their fixes.
pub(super) fn lines(ran: &Ran, check: &str) -> String {
    let mut found = Vec::new();
    let mut is_its = false;
    for line in ran.out.lines() {
        let is_fix = line.trim_start().starts_with("fix:");
        if !is_fix {
            is_its = line.get(6..).is_some_and(|rest| rest.starts_with(check));
        }
        if is_its {
            found.push(line.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    assert!(!found.is_empty(), "no line {check}: {}", ran.shown());
    found.join("\n")
}

#[tokio::test]
async fn what_is_not_there_fails_and_says_how_to_fix_it() {
    let mut stage = Stage::new().await;
    let gone = [
        ("QUEUE_URL_NOTIFY", "https://sqs.us-east-1.amazonaws.com/123456789012/nowhere"),
        ("QUEUE_URL_REVOKE", "https://sqs.us-east-1.amazonaws.com/123456789012/keylease-revoke-dlq"),
        ("DYNAMODB_TABLE_PROJECTS", "nowhere"),
        ("DYNAMODB_TABLE_REQUESTS", "keylease-projects"),
        ("SCHEDULER_GROUP", "nowhere"),
        ("SCHEDULER_ROLE_ARN", "arn:aws:iam::123456789012:role/nobody"),
        ("SCHEDULER_DLQ_ARN", "arn:aws:sqs:us-east-1:123456789012:nowhere"),
        ("SES_FROM_ADDRESS", "access@elsewhere.example.org"),
        ("SES_CONFIGURATION_SET", "nowhere"),
        ("PERMISSIONS_BOUNDARY_ARN", "arn:aws:iam::123456789012:policy/nothing"),
        ("PENDING_TTL", "soon"),
    ];
    stage.variables.extend(gone.map(|(name, value)| (name.to_owned(), value.to_owned())));
    stage.variables.remove("QUEUE_URL_PROVISION");
    let ran = stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(ran.shown(), @r#"
    FAIL  variables            QUEUE_URL_PROVISION: is not set (URL of the provision queue)
                               fix: set it in this shell as it is set for the workers
    FAIL  variables            PENDING_TTL: `soon` is not a duration like 15m or 24h: `soon` is neither a number nor a unit of time (an undecided request lapses after this)
                               fix: set it in this shell as it is set for the workers
    ok    credentials          account 123456789012, as arn:aws:sts::123456789012:assumed-role/keylease-worker/worker
    ok    clock                the same as AWS's
    FAIL  queue notify         there is no queue https://sqs.us-east-1.amazonaws.com/123456789012/nowhere
                               fix: make it, or fix the variable; is AWS_REGION the queue's?
    FAIL  queue revoke         has no redrive policy: a job that keeps failing is retried until it expires, and never reaches a dead-letter queue
                               fix: give it a dead-letter queue and a maxReceiveCount
    FAIL  table projects       there is no table nowhere
                               fix: make it with the key project (S), or fix the variable; is AWS_REGION the table's?
    FAIL  table requests       keylease-projects has the key project (S), and needs request_id (S)
                               fix: create it again: a table's key cannot be changed
    FAIL  index open           keylease-projects has no index open
                               fix: make it, with the key open (S) and keys alone, or fix DYNAMODB_INDEX_OPEN; until then each sweep reads the whole table
    ok    table claims         keylease-claims, whose items expire
    FAIL  schedule group       there is no group nowhere
                               fix: make it, or fix SCHEDULER_GROUP
    warn  sweep schedule       there is no schedule sweep in the group
                               fix: make one: every 5 minutes, {"version":1,"job":"sweep"} to the revoke queue; nothing, if one of another name does that
    warn  sweep_all schedule   there is no schedule sweep-all in the group
                               fix: make one: once a day, {"version":1,"job":"sweep_all"} to the revoke queue; nothing, if one of another name does that
    FAIL  schedule role        there is no role arn:aws:iam::123456789012:role/nobody
                               fix: make it: no grant ends on time
    FAIL  dlq schedule         there is no queue nowhere: dead-lettered jobs are lost
                               fix: make it
    FAIL  mail sender          access@elsewhere.example.org is not known to SES here
                               fix: verify the address or its domain in SES, in this region: no credential can be sent
    ok    mail account         0 of 200 mails in 24 hours
    FAIL  mail bounces         there is no configuration set nowhere: no email can be sent with it
                               fix: make it, or fix SES_CONFIGURATION_SET
    warn  slack token          could not be checked
                               fix: set SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_ARN in this shell
    FAIL  boundary             there is no policy arn:aws:iam::123456789012:policy/nothing
                               fix: make it, or fix PERMISSIONS_BOUNDARY_ARN: no user can be made
    FAIL  catalogue            dynamodb:Scan failed: ResourceNotFoundException: Requested resource not found: Table: nowhere not found
                               fix: check AWS_REGION, the credentials and the network of this shell
    ok    sweep, by IAM users  nothing is overdue
    ok    deployment           keylease; every user of its tag has a request in the table

    6 ok, 3 to look at, 14 failed
    error: 14 checks failed
      hint:  fix what is marked FAIL, and run keylease doctor again
    status 1
    "#);
}

#[tokio::test]
async fn an_index_that_nobody_reads_is_to_be_looked_at_and_none_is_well() {
    let mut stage = Stage::new().await;
    stage.variables.remove("DYNAMODB_INDEX_OPEN");
    let ran = stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(lines(&ran, "index open"), @r"
    warn index open keylease-requests has open, and DYNAMODB_INDEX_OPEN is not set
    fix: set it for revoke and in this shell: without it each sweep reads the whole table
    ");
    assert!(!ran.out.contains("sweep_all schedule"), "without the index each sweep looks at everything");
    stage.variables.insert("DYNAMODB_TABLE_REQUESTS".to_owned(), "keylease-projects".to_owned());
    let ran = stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(lines(&ran, "index open"), @"ok index open none: each sweep reads the whole table");
}

#[tokio::test]
async fn a_role_that_scheduler_cannot_use_fails() {
    let mut stage = Stage::new().await;
    let role = "arn:aws:iam::123456789012:role/payments-power";
    stage.variables.insert("SCHEDULER_ROLE_ARN".to_owned(), role.to_owned());
    let ran = stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(lines(&ran, "schedule role"), @r"
    FAIL schedule role arn:aws:iam::123456789012:role/payments-power cannot be assumed by Scheduler
    fix: trust scheduler.amazonaws.com in its trust policy
    ");
    let queue = &stage.variables["QUEUE_URL_PROVISION"];
    stage.variables.insert("QUEUE_URL_REVOKE".to_owned(), queue.clone());
    stage.variables.insert(
        "SCHEDULER_ROLE_ARN".to_owned(),
        "arn:aws:iam::123456789012:role/keylease-scheduler".to_owned(),
    );
    let ran = stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(lines(&ran, "schedule role"), @r"
    FAIL schedule role arn:aws:iam::123456789012:role/keylease-scheduler may not send to keylease-provision: no grant ends on time
    fix: allow it sqs:SendMessage on the revoke queue
    ");
}

#[tokio::test]
async fn jobs_in_a_dead_letter_queue_are_to_be_looked_at() {
    let stage = Stage::new().await;
    let dlq = "https://sqs.us-east-1.amazonaws.com/123456789012/keylease-revoke-dlq";
    let send = aws_sdk_sqs::Client::new(&stage.aws.sdk_config()).send_message();
    send.queue_url(dlq).message_body("{}").send().await.unwrap();
    let ran = stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(lines(&ran, "dlq revoke"), @r"
    warn dlq revoke 1 job lies in it
    fix: keylease dlq list revoke
    ");
    assert_eq!(ran.status, 0, "{}", ran.shown());
}

#[tokio::test]
async fn slack_is_asked_what_the_token_may_do_and_who_is_still_there() {
    let running = running().await;
    running.system.slack.set_scopes(&["chat:write", "users:read"]);
    let sam = running.system.slack.people().into_iter().find(|person| person.id == "U0SECOND").unwrap();
    running.system.slack.add_person(Person { deleted: true, ..sam });
    let ran = running.stage.keylease(&["doctor"]).await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    insta::assert_snapshot!(lines(&ran, "slack"), @r"
    ok slack token works as keylease in Sandbox
    FAIL slack scopes users:read.email is missing, to know where the credential is sent
    fix: add it in the app's settings, and install the app again
    ");
    insta::assert_snapshot!(lines(&ran, "catalogue"), @r"
    warn catalogue an approver of console is deactivated (U0SECOND)
    fix: name others with keylease projects apply
    warn catalogue an approver of payments is deactivated (U0SECOND)
    fix: name others with keylease projects apply
    warn catalogue an approver of website is deactivated (U0SECOND)
    fix: name others with keylease projects apply
    ");

    let owner = running.system.slack.people().into_iter().find(|person| person.id == "U0OWNER").unwrap();
    running.system.slack.add_person(Person { deleted: true, ..owner });
    let ran = running.stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(lines(&ran, "catalogue"), @r"
    FAIL catalogue nobody can approve for console: U0OWNER is deactivated, U0SECOND is deactivated
    fix: name others with keylease projects apply
    FAIL catalogue nobody can approve for oncall: U0OWNER is deactivated
    fix: name others with keylease projects apply
    FAIL catalogue nobody can approve for payments: U0OWNER is deactivated, U0SECOND is deactivated
    fix: name others with keylease projects apply
    FAIL catalogue nobody can approve for website: U0OWNER is deactivated, U0SECOND is deactivated
    fix: name others with keylease projects apply
    ");
    running.system.stop().await;
}

#[tokio::test]
async fn a_token_that_slack_does_not_know_fails() {
    let mut running = running().await;
    running.stage.variables.insert("SLACK_BOT_TOKEN".to_owned(), "xoxb-somebody-elses".to_owned());
    let ran = running.stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(lines(&ran, "slack"), @r"
    FAIL slack token slack:auth.test failed: Slack says `invalid_auth`
    fix: install the app in the workspace again, and take the token from there
    ");
    assert!(!ran.shown().contains("somebody-elses"), "{}", ran.shown());
    running.system.stop().await;
}

#[tokio::test]
async fn what_the_catalogue_promises_is_looked_up() {
    let stage = Stage::new().await;
    let role = |kind: serde_json::Value| with(json!({ "max_duration": "1h" }), kind);
    stage
        .put_project(&json!({ "project": "payments", "owner_slack_id": "U0OWNER", "roles": {
            "Gone": role(json!({ "kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/NoSuchPolicy"] })),
            "Session": role(json!({ "kind": "session", "role_arn": "arn:aws:iam::123456789012:role/no-such-role" })),
            "Elsewhere": role(json!({ "kind": "user", "policy_arns": ["arn:aws:iam::999988887777:policy/theirs"] })),
        }}))
        .await;
    stage.put_project(&json!({ "project": "broken", "owner_slack_id": 7 })).await;
    let ran = stage.keylease(&["doctor"]).await;
    assert_eq!(ran.status, 1);
    insta::assert_snapshot!(lines(&ran, "catalogue"), @r"
    FAIL catalogue broken cannot be read: Expected string
    fix: keylease projects apply -f FILE replaces it
    FAIL catalogue payments/Session names the role arn:aws:iam::123456789012:role/no-such-role, which is not there
    fix: make it, or name another with keylease projects apply
    FAIL catalogue payments/Gone names the policy arn:aws:iam::aws:policy/NoSuchPolicy, which is not there
    fix: make it, or name another with keylease projects apply
    warn catalogue skipped, because they are in other accounts or too many: 1
    fix: run keylease doctor --canary for a project of each account
    ");
}

#[tokio::test]
async fn what_the_sweep_has_not_done_shows_that_it_does_not_run() {
    let stage = Stage::new().await;
    let now = stage.clock.now().0;
    let ends = |id: &str, late: i64| {
        with(record(id, "ACTIVE", "U0DANA", now - 7_200), json!({ "expires_at": now - late }))
    };
    stage.put_request(&ends("just-now", 60)).await;
    let ran = stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(lines(&ran, "sweep, by records"), @"ok sweep, by records nothing is overdue");
    stage.put_request(&ends("long-ago", 3_600)).await;
    let pending = record("undecided", "PENDING", "U0DANA", now - 90_000);
    stage.put_request(&pending).await;
    let ran = stage.keylease(&["doctor"]).await;
    assert_eq!(ran.status, 1);
    assert!(lines(&ran, "sweep, by records").contains("overdue: 2"), "{}", ran.shown());
    assert!(!lines(&ran, "sweep, by records").contains("just-now"), "{}", ran.shown());
}

#[tokio::test]
async fn a_clock_that_is_off_warns_and_then_fails() {
    let mut stage = Stage::new().await;
    for (ahead, mark) in [(2, "ok"), (120, "warn"), (-120, "warn"), (600, "FAIL"), (-600, "FAIL")] {
        stage.clock = Clock::reading(move || UnixSeconds(service::clock::now().0 + ahead));
        let ran = stage.keylease(&["doctor"]).await;
        assert!(lines(&ran, "clock").starts_with(mark), "{ahead}: {}", ran.shown());
    }
}

#[tokio::test]
async fn what_may_not_be_asked_warns_and_what_does_not_answer_fails() {
    let stage = Stage::new().await;
    stage.aws.inject(|call| (call.service != Service::Sts).then_some(Fault::Deny));
    let ran = stage.keylease(&["doctor"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    insta::assert_snapshot!(lines(&ran, "boundary"), @r"
    warn boundary could not be checked: these credentials may not call iam:GetPolicy
    fix: docs/operations.md lists what an operator's identity needs
    ");
    stage.aws.inject(|_| Some(Fault::FailBefore));
    let ran = stage.keylease(&["doctor"]).await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(!ran.out.contains("\nok    queue"), "{}", ran.shown());
}

#[tokio::test]
async fn without_credentials_only_that_is_said() {
    let stage = Stage::new().await;
    stage.aws.inject(|call| (call.service == Service::Sts).then_some(Fault::Deny));
    let ran = stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    ok    variables    everything that keylease needs is set
    FAIL  credentials  sts:GetCallerIdentity failed: AccessDenied: The caller is not authorized to perform: sts:GetCallerIdentity
                       fix: set AWS credentials in this shell, such as AWS_PROFILE
    warn  all else     skipped: no valid credentials
                       fix: fix these first

    1 ok, 1 to look at, 1 failed
    error: 1 check failed
      hint:  fix what is marked FAIL, and run keylease doctor again
    status 1
    ");
}

/// SES's zone of a region is its own: the records are made of what it says, and of nothing else.
#[tokio::test]
async fn a_sender_that_is_not_proved_yet_has_its_dns_records_in_the_zone_of_its_region() {
    let stage = Stage::new().await;
    let looks = AtomicU32::new(0);
    stage.aws.inject(move |call| {
        if call.operation != "GetEmailIdentity" {
            return None;
        }
        // The address itself is none that SES knows.
        if looks.fetch_add(1, Ordering::Relaxed) == 0 {
            return Some(Fault::Answer { status: 404, code: "NotFoundException" });
        }
        Some(Fault::Reply {
            status: 200,
            body: json!({ "IdentityType": "DOMAIN", "VerifiedForSendingStatus": false, "DkimAttributes": {
                "SigningEnabled": true, "Status": "PENDING", "Tokens": ["a1", "b2", "c3"],
                "SigningHostedZone": "dkim.eu-south-1.amazonses.com" } })
            .to_string(),
        })
    });
    let ran = stage.keylease(&["doctor"]).await;
    let sender = lines(&ran, "mail sender");
    assert!(sender.contains("is not verified yet"), "{sender}");
    for token in ["a1", "b2", "c3"] {
        let value = format!("CNAME {token}.dkim.eu-south-1.amazonses.com");
        assert!(sender.contains(&format!("{token}._domainkey.")) && sender.contains(&value), "{sender}");
    }
}
