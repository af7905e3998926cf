//! `keylease grants revoke`, with the real workers behind the queue.

use domain::{Actor, Status};
use serde_json::json;
use service::clock::Clock;
use testkit::aws::{Fault, Service};

use crate::grants_list::{NOW, record, with};
use crate::running::Running;
use crate::stage::{LIMIT, Ran, Stage};

/// Ids and the table with its times differ with each run.
fn plain(ran: &Ran, ids: &[&domain::RequestId]) -> String {
    let mut shown = ran.shown();
    for (n, id) in ids.iter().enumerate() {
        shown = shown.replace(id.as_str(), &format!("request-number-{n}"));
    }
    let is_table =
        |line: &str| line.starts_with("REQUEST ") || line.contains(" ACTIVE ") || line.starts_with("    ");
    let lines = shown.lines().filter(|line| !is_table(line));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_grant_is_ended_by_its_id_and_the_record_names_the_operator() {
    let running = Running::start().await;
    let id = running.grant("U0DANA", "ReadOnly").await;
    let other = running.grant("U0DANA", "PowerUser").await;

    let ran = running.stage.answering("yes\n", &["grants", "revoke", id.as_str(), "--json"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(ran.err.contains("End this grant now, as worker?"), "{}", ran.err);
    assert_eq!(ran.json()["gone"][0]["status"], "REVOKED");

    let request = running.request(&id).await;
    assert!(request.access.gone_at.is_some());
    assert_eq!(request.access.ended_by, Some(Actor::parse("operator:worker").unwrap()));
    assert!(running.system.aws.users().await.is_empty());
    let told = running.expect_message("U0DANA", &["ended your access"]).await;
    assert!(told.contains("An operator (worker) ended your access to *ReadOnly* on *payments*"), "{told}");
    running.expect_message("U0OWNER", &["An operator (worker) ended access early"]).await;
    assert_eq!(running.request(&other).await.status, Status::Active, "the other grant lives");

    let again = running.stage.keylease(&["grants", "revoke", id.as_str(), "--yes"]).await;
    assert_eq!((again.status, again.out.as_str()), (0, ""));
    assert!(again.err.contains("it is REVOKED already, and nothing of it is left"), "{}", again.err);
    running.system.stop().await;
}

#[tokio::test]
async fn all_live_grants_are_ended_at_once() {
    let running = Running::start().await;
    let mut ids = Vec::new();
    for (person, role) in [("U0DANA", "ReadOnly"), ("U0DANA", "PowerUser"), ("U0SECOND", "Deploy")] {
        ids.push(running.grant(person, role).await);
    }
    let no = running.stage.answering("no\n", &["grants", "revoke", "--all"]).await;
    assert_eq!(no.status, 1, "{}", no.shown());
    assert!(no.err.contains("End these 3 grants now") && no.err.contains("nothing was done"), "{}", no.err);

    let ran = running.stage.keylease(&["grants", "revoke", "--all", "--yes"]).await;
    assert_eq!(
        (ran.status, ran.out.as_str()),
        (0, "3 grants ended; nothing is left of them.\n"),
        "{}",
        ran.err
    );
    for id in &ids {
        assert_eq!(running.request(id).await.status, Status::Revoked);
    }
    assert!(running.system.aws.users().await.is_empty());
    assert!(running.system.aws.sessions().await.iter().all(|session| session.denied));
    let none = running.stage.keylease(&["grants", "revoke", "--all", "--yes"]).await;
    assert_eq!((none.status, none.out.as_str()), (0, "Nothing that is live or pending matches.\n"));
    running.system.stop().await;
}

#[tokio::test]
async fn what_cannot_be_ended_is_said_and_the_rest_ends() {
    let running = Running::start().await;
    let live = running.grant("U0DANA", "ReadOnly").await;
    let line = ["grants", "revoke", live.as_str(), "nobody-0", "--yes"];
    let ran = running.stage.keylease(&line).await;
    insta::assert_snapshot!(plain(&ran, &[&live]), @r"
    1 grant ended; nothing is left of it.
    cannot be ended: nobody-0: there is no such request
    error: not everything that was named can be ended
      hint:  what cannot is named above, with why
    status 1
    ");
    assert_eq!(running.request(&live).await.status, Status::Revoked);
    running.system.stop().await;
}

#[tokio::test]
async fn a_pending_request_is_closed_and_nobody_can_approve_it_any_more() {
    let running = Running::start().await;
    let live = running.grant("U0DANA", "ReadOnly").await;
    let pending = running.ask("U0DANA", "Deploy").await;
    let line = ["grants", "revoke", "--requester", "@U0DANA", "--yes", "--json"];
    let ran = running.stage.keylease(&line).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert_eq!(ran.json()["gone"][0]["request_id"], live.as_str());
    assert_eq!(ran.json()["closed"][0]["request_id"], pending.as_str());
    assert_eq!(running.request(&pending).await.status, Status::Denied);
    running.system.stop().await;
}

async fn stage_with(fields: serde_json::Value) -> Stage {
    let mut stage = Stage::new().await;
    stage.clock = Clock::reading(|| domain::UnixSeconds(NOW));
    let live = with(record("a-0", "ACTIVE", "U0DANA", NOW - 60), json!({ "expires_at": NOW + 1_800 }));
    stage.put_request(&with(live, fields)).await;
    stage
}

/// Nobody works on the queues of this stage.
#[tokio::test]
async fn without_waiting_the_job_is_on_the_queue() {
    let stage = stage_with(json!({})).await;
    let ran = stage.keylease(&["grants", "revoke", "a-0", "--yes", "--no-wait"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    1 grant is ending: the job is on the revoke queue.
    REQUEST  STATUS  PROJECT   ROLE      REQUESTER      ASKED (UTC)   ENDS/ENDED    LEFT
    a-0      ACTIVE  payments  ReadOnly  dana (U0DANA)  23 Nov 14:02  23 Nov 14:33  30m
    status 0
    ");
    let queue = stage.aws.queue("keylease-revoke").unwrap();
    insta::assert_snapshot!(queue.messages[0].body, @r#"{"by":"worker","job":"end_by_operator","request_id":"a-0","requested_at":1795442607,"version":1}"#);
}

#[tokio::test]
async fn stopping_leaves_the_job_on_the_queue_and_says_so() {
    let stage = stage_with(json!({})).await;
    let line = ["grants", "revoke", "a-0", "--yes"];
    let stop = async {
        let sent = || stage.aws.calls().iter().any(|call| call.operation == "SendMessage");
        let is_sent = async {
            while !sent() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LIMIT, is_sent).await.expect("the job is sent");
        stage.stop.send_replace(1);
    };
    let (ran, ()) = tokio::join!(stage.keylease(&line), stop);
    insta::assert_snapshot!(ran.shown(), @r"
    1 grant is ending: the job is on the revoke queue.
    REQUEST  STATUS  PROJECT   ROLE      REQUESTER      ASKED (UTC)   ENDS/ENDED    LEFT
    a-0      ACTIVE  payments  ReadOnly  dana (U0DANA)  23 Nov 14:02  23 Nov 14:33  30m
    error: stopped before these were gone: a-0
      hint:  the jobs are on the revoke queue and go on without you; run it again to wait for them
    status 1
    ");
    assert_eq!(stage.aws.queue("keylease-revoke").unwrap().visible, 1);
}

#[tokio::test]
async fn waiting_has_an_end_and_names_what_is_not_gone() {
    let stage = stage_with(json!({ "status": "REVOKED", "ended_at": NOW - 5 })).await;
    let ran = stage.keylease(&["grants", "revoke", "--requester", "U0DANA", "--yes", "--wait", "1s"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    1 grant is ending: the job is on the revoke queue.
    error: not gone in time: a-0
      hint:  the workers and the sweep go on trying; see why with `keylease dlq list revoke` and `keylease grants show ID`, and run it again to wait
    status 1
    ");
    assert_eq!(stage.aws.queue("keylease-revoke").unwrap().visible, 0, "it was ended before");
}

#[tokio::test]
async fn access_ends_also_when_it_is_not_known_who_asks() {
    let stage = stage_with(json!({})).await;
    stage.aws.inject(|call| (call.service == Service::Sts).then_some(Fault::FailBefore));
    let ran = stage.keylease(&["grants", "revoke", "--project", "payments", "--yes", "--no-wait"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(ran.err.contains("the record will say `unknown`"), "{}", ran.err);
    assert!(stage.aws.queue("keylease-revoke").unwrap().messages[0].body.contains(r#""by":"unknown""#));
}

#[tokio::test]
async fn a_queue_that_takes_nothing_is_said() {
    let stage = stage_with(json!({})).await;
    stage.aws.inject(|call| (call.operation == "SendMessage").then_some(Fault::FailBefore));
    let ran = stage.keylease(&["grants", "revoke", "a-0", "--yes"]).await;
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("0 of 1 jobs are on the revoke queue"), "{}", ran.err);
}
