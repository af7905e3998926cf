//! Every kind of record: what is settled is never overdue again, and what is not settled is overdue one day.

use std::collections::HashSet;

use super::*;
use crate::ids::RequestId;
use crate::job::Job;
use crate::request::Claim;

const START: UnixSeconds = UnixSeconds(1_000_000);
const ENDS: UnixSeconds = UnixSeconds(1_003_600);
/// From before anything to long after everything.
const MOMENTS: [i64; 9] =
    [0, 1_000_000, 1_000_121, 1_003_599, 1_003_600, 1_003_721, 1_086_399, 1_086_400, i64::MAX / 2];

/// Every status, with and without each of what [`overdue`] looks at.
fn records() -> Vec<Request> {
    let tell = Job::Tell { request_id: RequestId::parse("r-0").unwrap() };
    let claim = Claim { by: "w".into(), until: START.plus_seconds(45) };
    let mut records = Vec::new();
    for status in Status::ALL {
        for has in 0..32_u8 {
            let is = |bit: u8| has & (1 << bit) != 0;
            let record = serde_json::json!({
                "request_id": "r-0", "status": status, "project": "payments", "role": "ReadOnly",
                "duration_seconds": 3_600, "requester_slack_id": "U0DANA", "created_at": START,
                "expires_at": is(0).then_some(ENDS), "gone_at": is(1).then_some(ENDS),
                "decided_at": is(2).then_some(START), "making": is(3).then(|| claim.clone()),
                "outbox": if is(4) { vec![tell.clone()] } else { Vec::new() },
            });
            records.push(serde_json::from_value(record).unwrap());
        }
    }
    records
}

/// Everything that is ever overdue for it.
fn ever_overdue(request: &Request) -> HashSet<Overdue> {
    let pending_ttl = GrantDuration::parse("24h").unwrap();
    MOMENTS.into_iter().filter_map(|now| overdue(request, pending_ttl, UnixSeconds(now))).collect()
}

#[test]
fn what_is_settled_is_never_overdue() {
    let (settled, open): (Vec<_>, Vec<_>) = records().into_iter().partition(Request::is_settled);
    for request in &settled {
        assert_eq!(ever_overdue(request), HashSet::new(), "{request:?}");
    }
    // Of each 32: two statuses with any record whose outbox is empty, three with those that are gone besides.
    assert_eq!((settled.len(), open.len()), (2 * 16 + 3 * 8, 256 - 56));
}

#[test]
fn what_is_not_settled_is_overdue_one_day() {
    let mut seen = HashSet::new();
    for request in records().into_iter().filter(|request| !request.is_settled()) {
        let overdue = ever_overdue(&request);
        // A record that was written here says when a grant ends; one without that is looked at for ever.
        let is_whole = request.expires_at.is_some() || request.status == Status::Pending;
        let is_live = matches!(request.status, Status::Approved | Status::Active);
        assert!(!overdue.is_empty() || (is_live && !is_whole), "{request:?}");
        seen.extend(overdue);
    }
    let all = [Overdue::Lapse, Overdue::End, Overdue::Provision, Overdue::Outbox];
    assert_eq!(seen, HashSet::from(all), "each was tried");
}
