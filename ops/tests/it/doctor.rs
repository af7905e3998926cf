//! `keylease doctor`.

mod canary;
mod claims;
mod faults;
mod sharing;

use crate::running::Running;

/// Beside a running system, with the workers' own variables.
async fn running() -> Running {
    let mut running = Running::start().await;
    running.stage.variables = running.system.variables.clone();
    running
}

#[tokio::test]
async fn a_whole_system_is_well_but_for_what_the_sandbox_leaves_out() {
    let running = running().await;
    let ran = running.stage.keylease(&["doctor"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    ok    variables            everything that keylease needs is set
    ok    credentials          account 123456789012, as arn:aws:sts::123456789012:assumed-role/keylease-worker/worker
    ok    clock                the same as AWS's
    ok    queue notify         8 tries, hidden for 30 s; 0 waiting
    ok    dlq notify           empty; keeps messages for 14d
    ok    queue provision      8 tries, hidden for 30 s; 0 waiting
    ok    dlq provision        empty; keeps messages for 14d
    ok    queue revoke         8 tries, hidden for 30 s; 0 waiting
    ok    dlq revoke           empty; keeps messages for 14d
    warn  table projects       keylease-projects is without deletion protection
                               fix: switch it on: this table is the only memory
    warn  table requests       keylease-requests is without deletion protection
                               fix: switch it on: this table is the only memory
    ok    index open           open of keylease-requests
    ok    table claims         keylease-claims, whose items expire
    ok    schedule group       default
    ok    sweep schedule       rate(1 minute) to keylease-revoke
    ok    sweep_all schedule   rate(1 day) to keylease-revoke
    ok    schedule role        arn:aws:iam::123456789012:role/keylease-scheduler may send to keylease-revoke
    warn  dlq schedule         SCHEDULER_DLQ_ARN is not set: what Scheduler cannot deliver is lost
                               fix: give the schedules a dead-letter queue; the sweep makes up for it meanwhile
    ok    mail sender          access@keylease.example.com, verified as keylease.example.com
    ok    mail account         0 of 200 mails in 24 hours
    warn  mail bounces         SES_CONFIGURATION_SET is not set: an email that does not arrive ends no grant
                               fix: have SES report them to the revoke queue: docs/decisions/0010-undelivered-email.md
    ok    slack token          works as keylease in Sandbox
    ok    slack scopes         chat:write, users:read, users:read.email
    ok    boundary             arn:aws:iam::123456789012:policy/keylease-boundary
    ok    catalogue            projects: 4, roles: 13
    ok    sweep, by records    nothing is overdue
    ok    sweep, by IAM users  nothing is overdue
    ok    deployment           keylease; every user of its tag has a request in the table

    24 ok, 4 to look at, 0 failed
    status 0
    ");
    running.system.stop().await;
}

#[tokio::test]
async fn each_check_is_an_object_of_four_fields() {
    let running = running().await;
    let ran = running.stage.keylease(&["doctor", "--json"]).await;
    let json = ran.json();
    assert_eq!(json["canary"], serde_json::Value::Null);
    insta::assert_snapshot!(serde_json::to_string(&json["checks"][2]).unwrap(), @r#"{"check":"clock","detail":"the same as AWS's","mend":null,"outcome":"ok"}"#);
    running.system.stop().await;
}
