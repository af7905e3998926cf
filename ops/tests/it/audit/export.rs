//! What an export holds, in which order and form.

use serde_json::Value;

use super::{from_before, two_requests};
use crate::stage::Ran;

/// When, whose and what: one line for each event.
fn brief(ran: &Ran) -> String {
    let brief = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        let text = |field: &str| event[field].as_str().unwrap_or("-").to_owned();
        let (at, of) = (text("at_utc"), text("requester"));
        format!("{at} {of} {}: {} by {}\n", event["position"], text("event"), text("by"))
    };
    ran.out.lines().map(brief).collect()
}

#[tokio::test]
async fn json_lines_hold_everything_oldest_first() {
    let (stage, dana, _) = two_requests().await;
    let ran = stage.keylease(&["audit"]).await;
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(brief(&ran), @r"
    2026-11-23T14:03:27Z U0DANA 1: ask by U0DANA
    2026-11-23T14:03:37Z U0DANA 2: approve by U0SECOND
    2026-11-23T14:03:42Z U0EVAN 1: ask by U0EVAN
    2026-11-23T14:03:47Z U0DANA 3: activate by -
    2026-11-23T14:03:57Z U0EVAN 2: approve by U0OWNER
    2026-11-23T14:03:58Z U0EVAN 3: fail by -
    2026-11-23T14:04:27Z U0DANA 4: revoke by U0DANA
    2026-11-23T14:04:29Z U0DANA 5: gone by -
    ");
    let first = ran.out.lines().next().unwrap();
    insta::assert_snapshot!(first, @r#"{"at":1795442607,"at_utc":"2026-11-23T14:03:27Z","request_id":"gkb8g1ytfgg0bm8v-0","position":1,"event":"ask","by":"U0DANA","requester":"U0DANA","project":"payments","role":"ReadOnly","from":null,"to":"PENDING","inputs":{"approvers":["U0OWNER","U0SECOND"],"duration_seconds":3600,"intake_id":"i-U0DANA","project":"payments","role":"ReadOnly","typed":{"duration":"1h","justification":"INC-7, \"slow\"\n✓","project":"payments","role":"readonly"}},"note":null,"previous":null,"hash":"4781bc8258b7336961d811c0d154278f365264e8bcd21b52af217f89e8e58cfd"}"#);
    let approved = ran.out.lines().nth(1).unwrap();
    insta::assert_snapshot!(approved, @r#"{"at":1795442617,"at_utc":"2026-11-23T14:03:37Z","request_id":"gkb8g1ytfgg0bm8v-0","position":2,"event":"approve","by":"U0SECOND","requester":"U0DANA","project":"payments","role":"ReadOnly","from":"PENDING","to":"APPROVED","inputs":{"approvals_required":1,"approvals_so_far":["U0SECOND"],"approvers":["U0OWNER","U0SECOND"],"clicked_at":1795442617,"duration_seconds":3600,"expires_at":1795446217,"grant":{"role":{"kind":"user","policy_arns":["arn:aws:iam::aws:policy/ReadOnlyAccess"]}},"self_approval_allowed":false},"note":null,"previous":"4781bc8258b7336961d811c0d154278f365264e8bcd21b52af217f89e8e58cfd","hash":"fc71d820d3cb76c3634a502372d8cf24929d4f6f23e459be6cfd0e0d729bd835"}"#);

    let first: Value = serde_json::from_str(first).unwrap();
    assert_eq!(first["inputs"]["typed"]["justification"], dana.ask.justification.as_deref().unwrap());
    let as_json = stage.keylease(&["--json", "audit", "--format", "jsonl"]).await;
    assert_eq!(as_json.out, ran.out, "--json is the same");
}

#[tokio::test]
async fn csv_is_for_spreadsheets_and_runs_nothing_in_them() {
    let (stage, _, _) = two_requests().await;
    let ran = stage.keylease(&["audit", "--format", "csv", "--person", "U0EVAN"]).await;
    insta::assert_snapshot!(ran.shown(), @r#"
    at,at_utc,request_id,position,event,by,requester,project,role,from,to,inputs,note,previous,hash
    1795442622,2026-11-23T14:03:42Z,3rb0xkm0k12tn2wm-0,1,ask,U0EVAN,U0EVAN,billing,ReadOnly,,PENDING,"{""approvers"":[""U0OWNER"",""U0SECOND""],""duration_seconds"":3600,""intake_id"":""i-U0EVAN"",""project"":""billing"",""role"":""ReadOnly"",""typed"":{""duration"":""1h"",""justification"":""INC-7, \""slow\""\n✓"",""project"":""billing"",""role"":""readonly""}}",,,0bf11ba1dda1701f5dde536addb21580094b69bd9bb70d2bbbf1c70b324d65de
    1795442637,2026-11-23T14:03:57Z,3rb0xkm0k12tn2wm-0,2,approve,U0OWNER,U0EVAN,billing,ReadOnly,PENDING,APPROVED,"{""approvals_required"":1,""approvals_so_far"":[""U0OWNER""],""approvers"":[""U0OWNER"",""U0SECOND""],""clicked_at"":1795442637,""duration_seconds"":3600,""expires_at"":1795446237,""grant"":{""role"":{""kind"":""user"",""policy_arns"":[""arn:aws:iam::aws:policy/ReadOnlyAccess""]}},""self_approval_allowed"":false}",,0bf11ba1dda1701f5dde536addb21580094b69bd9bb70d2bbbf1c70b324d65de,6bf0832a4698731bbf169f5e6f32d53f7a8ec1cb6104ab148ee6f3eebefa4e3c
    1795442638,2026-11-23T14:03:58Z,3rb0xkm0k12tn2wm-0,3,fail,,U0EVAN,billing,ReadOnly,APPROVED,FAILED,"{""expires_at"":1795446237,""gone_at"":1795442638,""why"":""@SUM(1+1) is no address""}",'@SUM(1+1) is no address,6bf0832a4698731bbf169f5e6f32d53f7a8ec1cb6104ab148ee6f3eebefa4e3c,520498839ac9f3dc7a2218dd7f0fcc872d3478d15519c8a73ff8909a3723ee12
    status 0
    "#);
    let mut rows = csv::Reader::from_reader(ran.out.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    let inputs: Value = serde_json::from_str(&rows[0][11]).unwrap();
    assert_eq!(inputs["typed"]["justification"], "INC-7, \"slow\"\n✓");
    assert_eq!(&rows[2][12], "'@SUM(1+1) is no address");
}

#[tokio::test]
async fn filters_go_by_time_person_and_project() {
    let (stage, _, _) = two_requests().await;
    let lines = [
        &["--project", "billing"][..],
        // Whose request it is, or who did it.
        &["--person", "U0SECOND"],
        &["--person", "U0DANA", "--until", "2026-11-23T14:03:37Z"],
        &["--since", "2026-11-23T14:03:57Z", "--until", "2026-11-23T14:04:27Z"],
        // It is a day later now.
        &["--since", "24h", "--until", "1d0h"],
    ];
    let mut shown = String::new();
    for line in lines {
        let ran = stage.keylease(&[&["audit"], line].concat()).await;
        shown.push_str(&format!("{}\n{}{}status {}\n", line.join(" "), brief(&ran), ran.err, ran.status));
    }
    insta::assert_snapshot!(shown, @r"
    --project billing
    2026-11-23T14:03:42Z U0EVAN 1: ask by U0EVAN
    2026-11-23T14:03:57Z U0EVAN 2: approve by U0OWNER
    2026-11-23T14:03:58Z U0EVAN 3: fail by -
    status 0
    --person U0SECOND
    2026-11-23T14:03:37Z U0DANA 2: approve by U0SECOND
    status 0
    --person U0DANA --until 2026-11-23T14:03:37Z
    2026-11-23T14:03:27Z U0DANA 1: ask by U0DANA
    status 0
    --since 2026-11-23T14:03:57Z --until 2026-11-23T14:04:27Z
    2026-11-23T14:03:57Z U0EVAN 2: approve by U0OWNER
    2026-11-23T14:03:58Z U0EVAN 3: fail by -
    status 0
    --since 24h --until 1d0h
    error: --since must be before --until
      hint:  they were read as 2026-11-23T14:03:27Z and 2026-11-23T14:03:27Z
    status 2
    ");
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused() {
    let (stage, _, _) = two_requests().await;
    let mut shown = String::new();
    for line in [
        &["--since", "yesterday"][..],
        &["--since", "2026-11-24", "--until", "2026-11-23"],
        &["--format", "csv", "--json"],
    ] {
        shown.push_str(&stage.keylease(&[&["audit"], line].concat()).await.shown());
        shown.push('\n');
    }
    insta::assert_snapshot!(shown, @r"
    error: `yesterday` is no moment for --since
      hint:  give a date (2026-11-23: its first second, UTC), a time (2026-11-23T14:00:00Z),
             or an age of up to 365 days (24h, 7d)
    status 2
    error: --since must be before --until
      hint:  they were read as 2026-11-24T00:00:00Z and 2026-11-23T00:00:00Z
    status 2
    error: --json and --format csv cannot be meant together
      hint:  --json is the same as --format jsonl
    status 2
    ");
}

#[tokio::test]
async fn a_record_that_cannot_be_read_holds_nothing_else_up() {
    let (stage, dana, _) = two_requests().await;
    stage.put_request(&serde_json::json!({"request_id": "odd-0", "status": "MAYBE"})).await;
    let ran = stage.keylease(&["audit"]).await;
    assert_eq!(ran.out.lines().count(), 8);
    insta::assert_snapshot!(format!("{}status {}", ran.err, ran.status), @r"
    left out: the record `odd-0` in table `keylease-requests` was written by a newer version: the status `MAYBE` is not known here
    error: 1 record could not be read; everything else was exported
      hint:  fix them in the table, and export again
    status 1
    ");

    // Events from before the chain are exported too.
    stage.put_request(&from_before(&dana)).await;
    let ran = stage.keylease(&["audit", "--person", "U0SECOND"]).await;
    insta::assert_snapshot!(ran.out, @r#"{"at":1795442617,"at_utc":"2026-11-23T14:03:37Z","request_id":"gkb8g1ytfgg0bm8v-0","position":2,"event":"approve","by":"U0SECOND","requester":"U0DANA","project":"payments","role":"ReadOnly","from":"PENDING","to":"APPROVED","inputs":{},"note":null,"previous":null,"hash":null}"#);
}

#[tokio::test]
async fn no_event_is_said_and_is_no_failure() {
    let (stage, _, _) = two_requests().await;
    let ran = stage.keylease(&["audit", "--until", "2000-01-01", "--format", "csv"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    at,at_utc,request_id,position,event,by,requester,project,role,from,to,inputs,note,previous,hash
    No event fits.
    status 0
    ");
    stage.stop.send_replace(1);
    insta::assert_snapshot!(stage.keylease(&["audit"]).await.shown(), @r"
    error: stopped before every request was read
      hint:  run it again; it changes nothing
    status 1
    ");
}
