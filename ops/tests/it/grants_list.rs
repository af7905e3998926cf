//! `keylease grants list`: what is shown, in which order, and what happens to a record that cannot be read.

use serde_json::{Value, json};
use service::clock::Clock;

use crate::stage::Stage;

/// 2026-11-23T14:03:27Z.
pub(crate) const NOW: i64 = 1_795_442_607;

pub(crate) fn record(id: &str, status: &str, requester: &str, created_at: i64) -> Value {
    json!({ "request_id": id, "status": status, "project": "payments", "role": "ReadOnly",
        "duration_seconds": 3_600, "requester_slack_id": requester,
        "requester_name": requester.trim_start_matches("U0").to_lowercase(),
        "created_at": created_at, "version": 1 })
}

pub(crate) fn with(mut record: Value, fields: Value) -> Value {
    let Value::Object(fields) = fields else { panic!("no fields: {fields}") };
    record.as_object_mut().unwrap().extend(fields);
    record
}

async fn stage() -> Stage {
    let mut stage = Stage::new().await;
    stage.clock = Clock::reading(|| domain::UnixSeconds(NOW));
    let lives = json!({ "decided_at": NOW - 1_800, "expires_at": NOW + 1_800 });
    let late = json!({ "decided_at": NOW - 7_200, "expires_at": NOW - 3_600 });
    let over = json!({ "expires_at": NOW - 86_400, "ended_at": NOW - 88_000, "gone_at": NOW - 87_990 });
    stage.put_request(&with(record("a-0", "ACTIVE", "U0DANA", NOW - 1_860), lives)).await;
    stage.put_request(&with(record("b-0", "ACTIVE", "U0SECOND", NOW - 7_260), late)).await;
    stage.put_request(&record("c-0", "PENDING", "U0DANA", NOW - 60)).await;
    let website = with(record("d-0", "REVOKED", "U0DANA", NOW - 90_000), over);
    stage.put_request(&with(website, json!({ "project": "website" }))).await;
    stage
}

#[tokio::test]
async fn requests_are_listed_newest_first() {
    let ran = stage().await.keylease(&["grants", "list"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    REQUEST  STATUS   PROJECT   ROLE      REQUESTER          ASKED (UTC)   ENDS/ENDED    LEFT
    c-0      PENDING  payments  ReadOnly  dana (U0DANA)      23 Nov 14:02
    a-0      ACTIVE   payments  ReadOnly  dana (U0DANA)      23 Nov 13:32  23 Nov 14:33  30m
    b-0      ACTIVE   payments  ReadOnly  second (U0SECOND)  23 Nov 12:02  23 Nov 13:03  1h over
    d-0      REVOKED  website   ReadOnly  dana (U0DANA)      22 Nov 13:03  22 Nov 13:36
    status 0
    ");
}

#[tokio::test]
async fn they_can_be_filtered() {
    let stage = stage().await;
    for (filter, ids) in [
        (&["--status", "Active"][..], &["a-0", "b-0"][..]),
        (&["--project", "website"], &["d-0"]),
        (&["--requester", "u0dana"], &["c-0", "a-0", "d-0"]),
        (&["--requester", "U0DANA", "--status", "PENDING"], &["c-0"]),
        (&["--limit", "1"], &["c-0"]),
    ] {
        let ran = stage.keylease(&[&["grants", "list", "--json"], filter].concat()).await;
        let listed = ran.json()["requests"].clone();
        let listed: Vec<&str> =
            listed.as_array().unwrap().iter().map(|row| row["request_id"].as_str().unwrap()).collect();
        assert_eq!((ran.status, &listed[..]), (0, ids), "{filter:?}");
    }
    let ran = stage.keylease(&["grants", "list", "--limit", "2"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    REQUEST  STATUS   PROJECT   ROLE      REQUESTER      ASKED (UTC)   ENDS/ENDED    LEFT
    c-0      PENDING  payments  ReadOnly  dana (U0DANA)  23 Nov 14:02
    a-0      ACTIVE   payments  ReadOnly  dana (U0DANA)  23 Nov 13:32  23 Nov 14:33  30m
    … and 2 older; show them with --limit 4
    status 0
    ");
    let ran = stage.keylease(&["grants", "list", "--status", "alive"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    error: invalid value 'alive' for '--status <STATUS>'
      [possible values: pending, denied, lapsed, approved, ready, active, expired, revoked, failed]

      tip: a similar value exists: 'active'

    For more information, try '--help'.
    status 2
    ");
    let ran = stage.keylease(&["grants", "list", "--status", "pending", "--json"]).await;
    insta::assert_snapshot!(ran.shown(), @r#"
    {
      "requests": [
        {
          "request_id": "c-0",
          "status": "PENDING",
          "project": "payments",
          "role": "ReadOnly",
          "requester_slack_id": "U0DANA",
          "requester_name": "dana",
          "created_at": 1795442547,
          "expires_at": null,
          "ended_at": null,
          "gone_at": null,
          "seconds_left": null
        }
      ],
      "matching": 1,
      "now": 1795442607
    }
    status 0
    "#);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_named_after_the_rest_is_shown() {
    let stage = stage().await;
    stage.put_request(&json!({ "request_id": "broken-0", "status": "PENDING" })).await;
    let ran = stage.keylease(&["grants", "list", "--status", "pending"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    REQUEST  STATUS   PROJECT   ROLE      REQUESTER      ASKED (UTC)   ENDS/ENDED  LEFT
    c-0      PENDING  payments  ReadOnly  dana (U0DANA)  23 Nov 14:02
    unreadable: the record `broken-0` in table `keylease-requests` cannot be read: missing field `project`
    error: 1 request cannot be read
      hint:  fix the record in the table; it is named above
    status 1
    ");
}

#[tokio::test]
async fn any_number_is_paged_through() {
    const MANY: usize = 250;
    let mut stage = Stage::new().await;
    stage.clock = Clock::reading(|| domain::UnixSeconds(NOW));
    for n in 0..MANY {
        let number = i64::try_from(n).unwrap();
        stage.put_request(&record(&format!("r-{n}"), "PENDING", "U0DANA", NOW - number)).await;
    }
    let ran = stage.keylease(&["grants", "list", "--json", "--limit", "10"]).await.json();
    assert_eq!(ran["matching"], MANY);
    assert_eq!(ran["requests"].as_array().unwrap().len(), 10);
    assert_eq!(ran["requests"][9]["request_id"], "r-9");
    let scans = stage.aws.calls().iter().filter(|call| call.operation == "Scan").count();
    assert_eq!(scans, 3);
}

#[tokio::test]
async fn lengths_and_dates_are_short() {
    let mut stage = Stage::new().await;
    stage.clock = Clock::reading(|| domain::UnixSeconds(NOW));
    let lengths = [
        (0, "0s"),
        (59, "59s"),
        (60, "1m"),
        (5_400, "1h30m"),
        (90_061, "1d1h"),
        (86_461, "1d"),
        (-5, "5s over"),
    ];
    for (n, (left, _)) in lengths.into_iter().enumerate() {
        let live = json!({ "expires_at": NOW + left });
        stage.put_request(&with(record(&format!("n{n}-0"), "ACTIVE", "U0DANA", NOW), live)).await;
    }
    stage.put_request(&record("old-0", "LAPSED", "U0DANA", NOW - 200 * 86_400)).await;
    let ran = stage.keylease(&["grants", "list"]).await;
    let line = |id: &str| ran.out.lines().find(|line| line.starts_with(id)).unwrap().trim_end();
    for (n, (_, text)) in lengths.into_iter().enumerate() {
        assert!(line(&format!("n{n}-0")).ends_with(&format!("  {text}")), "{text}: {}", ran.out);
    }
    assert!(line("n0-0").contains("  23 Nov 14:03  "), "{}", ran.out);
    assert!(line("old-0").ends_with("  7 May 2026"), "{}", ran.out);
}
