//! Filters match as people match, and one that names nothing that exists is an error, in text and in JSON.

use serde_json::json;
use service::clock::Clock;

use crate::grants_list::{NOW, record, with};
use crate::stage::Stage;

async fn stage() -> Stage {
    let mut stage = Stage::new().await;
    stage.clock = Clock::reading(|| domain::UnixSeconds(NOW));
    let live = json!({ "expires_at": NOW + 1_800, "requester_email": "dana@example.com",
        "history": [{"at": NOW - 60, "event": "ask", "to": "PENDING", "by": "U0DANA"},
                    {"at": NOW - 50, "event": "approve", "from": "PENDING", "to": "APPROVED", "by": "U0OWNER"}] });
    stage.put_request(&with(record("a-0", "ACTIVE", "U0DANA", NOW - 60), live)).await;
    let renamed = json!({ "project": "Data Lake", "requester_name": "dana.diaz" });
    stage.put_request(&with(record("b-0", "PENDING", "U0DANA", NOW - 50), renamed)).await;
    let live = json!({ "expires_at": NOW + 1_800, "project": "Data Lake" });
    stage.put_request(&with(record("c-0", "ACTIVE", "U0SAM", NOW - 40), live)).await;
    stage.put_project(&json!({ "project": "quiet", "owner_slack_id": "U0QUIET", "roles": {} })).await;
    stage
}

#[tokio::test]
async fn what_people_type_and_copy_is_matched() {
    let stage = stage().await;
    for (filter, ids) in [
        (&["--project", "Payments"][..], &["a-0"][..]),
        (&["--project", "“data  lake”"], &["c-0", "b-0"]),
        (&["--project", "QUIET"], &[]),
        (&["--requester", "<@U0DANA>"], &["b-0", "a-0"]),
        (&["--requester", "<@u0dana|dana>"], &["b-0", "a-0"]),
        (&["--requester", "@dana"], &["b-0", "a-0"]),
        (&["--requester", "Dana.Diaz"], &["b-0", "a-0"]),
        (&["--requester", "dana@example.com"], &["b-0", "a-0"]),
        (&["--requester", "u0quiet"], &[]),
        (&["--requester", "@dana", "--project", "data lake", "--status", "Pending"], &["b-0"]),
    ] {
        let ran = stage.keylease(&[&["grants", "list", "--json"], filter].concat()).await;
        assert_eq!(ran.status, 0, "{filter:?}: {}", ran.shown());
        let rows = ran.json()["requests"].clone();
        let listed: Vec<&str> =
            rows.as_array().unwrap().iter().map(|row| row["request_id"].as_str().unwrap()).collect();
        assert_eq!(listed, ids, "{filter:?}");
    }
}

#[tokio::test]
async fn a_filter_that_names_nothing_is_an_error_that_says_what_there_is() {
    let stage = stage().await;
    let ran = stage.keylease(&["grants", "list", "--project", "paymnets"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    error: there is no project `paymnets`
      hint:  did you mean `payments`?
    status 1
    ");
    let ran = stage.keylease(&["grants", "revoke", "--requester", "@dona", "--yes"]).await;
    assert!(ran.err.contains("is called `@dona`") && ran.err.contains("`dana`"), "{}", ran.shown());
    let ran = stage.keylease(&["audit", "--project", "nowhere"]).await;
    assert!(ran.err.contains("there are: `Data Lake`, `payments`, `quiet`"), "{}", ran.shown());
    for line in [
        &["grants", "list", "--json", "--requester", "U0NOBODY"][..],
        &["grants", "revoke", "--json", "--project", "nowhere", "--yes"],
        &["audit", "--json", "--person", "<@U0NOBODY>"],
    ] {
        let ran = stage.keylease(line).await;
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{line:?}: {}", ran.err);
    }
    assert_eq!(stage.keylease(&["grants", "list", "--project", " "]).await.status, 2);
    assert!(stage.aws.queue("keylease-revoke").unwrap().messages.is_empty());
}

#[tokio::test]
async fn the_audit_finds_whoever_did_something() {
    let stage = stage().await;
    let events = |out: &str| out.lines().filter(|line| line.contains("\"event\"")).count();
    for (person, count) in [("<@U0OWNER>", 1), ("@dana", 2), ("u0owner", 1)] {
        let ran = stage.keylease(&["audit", "--person", person]).await;
        assert_eq!((ran.status, events(&ran.out)), (0, count), "{person}: {}", ran.shown());
    }
}

/// Whoever leaves, or a project that is closed, keeps no request that somebody could still approve.
#[tokio::test]
async fn what_is_pending_is_closed_too_and_named_in_the_question() {
    let stage = stage().await;
    let line = ["grants", "revoke", "--requester", "@dana", "--no-wait"];
    let ran = stage.answering("yes\n", &line).await;
    insta::assert_snapshot!(ran.shown(), @r"
    1 grant is ending: the job is on the revoke queue.
    1 pending request is closing: the job is on the revoke queue.
    REQUEST  STATUS   PROJECT    ROLE      REQUESTER           ASKED (UTC)   ENDS/ENDED    LEFT
    b-0      PENDING  Data Lake  ReadOnly  dana.diaz (U0DANA)  23 Nov 14:02
    a-0      ACTIVE   payments   ReadOnly  dana (U0DANA)       23 Nov 14:02  23 Nov 14:33  30m
    End this grant and close this pending request now, as worker? The credentials stop working, for good. Type yes or no:
    status 0
    ");
    let queue = stage.aws.queue("keylease-revoke").unwrap();
    let bodies: String = queue.messages.iter().map(|message| message.body.as_str()).collect();
    for id in ["a-0", "b-0"] {
        assert!(bodies.contains(&format!(r#""request_id":"{id}""#)), "{bodies}");
    }
    assert!(!bodies.contains("c-0"), "{bodies}");
}

/// A request that failed, and whose user was not read back as gone, is waited for and is overdue, as for the sweep.
#[tokio::test]
async fn what_is_left_of_a_failed_request_is_seen_alike_by_revoke_and_doctor() {
    let stage = stage().await;
    let failed = json!({ "ended_at": NOW - 3_600, "failure": "it does" });
    stage.put_request(&with(record("f-0", "FAILED", "U0SAM", NOW - 7_200), failed)).await;
    let ran = stage.keylease(&["grants", "revoke", "f-0", "--yes", "--wait", "1s"]).await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(
        ran.err.contains("not gone in time: f-0") && !ran.err.contains("nothing of it is left"),
        "{}",
        ran.err
    );
    let doctor = stage.keylease(&["doctor"]).await;
    assert!(doctor.out.contains("overdue: 1 (f-0)"), "{}", doctor.shown());
}

/// A variable that is empty in a script leaves nothing to say which: that must not mean all of them.
#[tokio::test]
async fn what_does_not_say_which_ends_nothing() {
    let stage = stage().await;
    for line in [
        &["grants", "revoke", "--yes"][..],
        &["grants", "revoke", "--no-wait"],
        &["grants", "revoke", "--wait", "1m", "--yes", "--no-wait"],
        &["grants", "revoke", "--json", "--yes"],
        &["grants", "revoke", "", "--yes"],
        &["grants", "revoke", " , ", "--yes", "--no-wait"],
        &["grants", "revoke", "--requester", "", "--yes"],
        &["grants", "revoke", "--project", "\u{200B}", "--yes"],
        &["grants", "revoke", "*", "--yes"],
    ] {
        let ran = stage.answering("yes\n", line).await;
        assert!(ran.status != 0 && ran.out.is_empty(), "{line:?}: {}", ran.shown());
        assert!(stage.aws.queue("keylease-revoke").unwrap().messages.is_empty(), "{line:?}");
    }
    let ran = stage.keylease(&["grants", "revoke", "--all", "--yes", "--no-wait"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert_eq!(stage.aws.queue("keylease-revoke").unwrap().messages.len(), 3);
}

#[tokio::test]
async fn ids_are_taken_as_they_are_copied_and_listed() {
    let stage = stage().await;
    let ran = stage.keylease(&["grants", "revoke", "a-0,`b-0`,", "Request c-0", "--yes", "--no-wait"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert_eq!(stage.aws.queue("keylease-revoke").unwrap().messages.len(), 3);
    let ran = stage.keylease(&["grants", "show", "Request `a-0`, asked"]).await;
    assert_eq!(ran.status, 2, "{}", ran.shown());
}
