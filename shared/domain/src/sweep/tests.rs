//! Every kind of record: what is settled is never overdue again, and what is not settled is overdue one day.

use std::collections::HashSet;

use super::*;
use crate::ids::RequestId;
use crate::job::Job;
use crate::lifecycle::{Event, Transition, decide};
use crate::replay::{Effect, Lookup, PreviewContext, is_over, preview};
use crate::request::Claim;

const START: UnixSeconds = UnixSeconds(1_000_000);
const ENDS: UnixSeconds = UnixSeconds(1_003_600);
/// From before anything to long after everything.
const MOMENTS: [i64; 9] =
    [0, 1_000_000, 1_000_121, 1_003_599, 1_003_600, 1_003_721, 1_086_399, 1_086_400, i64::MAX / 2];

/// Every status, with and without each of what [`overdue`] looks at.
fn records() -> Vec<Request> {
    let tell = Job::SyncSlack { request_id: RequestId::parse("r-0").unwrap() };
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
    assert_eq!((settled.len(), open.len()), (2 * 16 + 3 * 8, 288 - 56));
}

#[test]
fn what_is_not_settled_is_overdue_one_day() {
    let mut seen = HashSet::new();
    for request in records().into_iter().filter(|request| !request.is_settled()) {
        let overdue = ever_overdue(&request);
        assert!(!overdue.is_empty(), "{request:?}");
        seen.extend(overdue);
    }
    let all = [Overdue::Lapse, Overdue::End, Overdue::Provision, Overdue::Outbox];
    assert_eq!(seen, HashSet::from(all), "each was tried");
}

/// The sweep acts by what is overdue, the lifecycle decides, and a replay's preview says so in advance.
#[test]
fn the_sweep_the_lifecycle_and_the_preview_of_a_replay_agree() {
    let pending_ttl = GrantDuration::parse("24h").unwrap();
    let id = RequestId::parse("r-0").unwrap();
    for request in records() {
        for now in MOMENTS.map(UnixSeconds) {
            let overdue = overdue(&request, pending_ttl, now);
            let at = PreviewContext { now, pending_ttl };
            let preview =
                preview(&Job::ExpireGrant { request_id: id.clone() }, Lookup::Record(&request), at).effect;
            let about = format!("{overdue:?} {preview:?} at {}: {request:?}", now.0);
            let changes = |event: Event| matches!(decide(&request, &event, now), Ok(Transition::Change(_)));
            match overdue {
                Some(Overdue::Lapse) => assert!(changes(Event::Lapse { pending_ttl }), "{about}"),
                Some(Overdue::End) if request.status.is_final() => assert!(changes(Event::Gone), "{about}"),
                Some(Overdue::End) if request.status == Status::Ready => {
                    assert!(changes(Event::Unclaimed), "{about}");
                }
                Some(Overdue::End) => assert!(changes(Event::Expire), "{about}"),
                Some(Overdue::Provision | Overdue::Outbox) | None => {
                    assert!(request.is_gone() || !changes(Event::Gone), "{about}");
                }
            }
            assert_eq!(overdue == Some(Overdue::End), preview == Effect::Changes, "{about}");
            let is_overdue = matches!(overdue, Some(Overdue::Lapse | Overdue::End));
            assert_eq!(is_over(&request, at), is_overdue || request.status.is_final(), "{about}");
        }
    }
}

/// What an operator's command says of a request is what the worker does with its job.
#[test]
fn ending_a_request_comes_to_what_the_lifecycle_makes_of_it() {
    for request in records() {
        let overdue = ever_overdue(&request);
        match request.when_ended() {
            WhenEnded::Closes => assert_eq!(request.status, Status::Pending),
            WhenEnded::Ends => assert!(overdue.contains(&Overdue::End) && !request.status.is_final()),
            WhenEnded::IsEnding => assert!(overdue.contains(&Overdue::End) && request.status.is_final()),
            WhenEnded::IsOver => assert!(!overdue.contains(&Overdue::End) && request.is_gone()),
        }
    }
}

#[test]
fn what_is_overdue_is_so_since_its_moment() {
    let pending_ttl = GrantDuration::parse("24h").unwrap();
    for request in records() {
        for now in MOMENTS.map(UnixSeconds) {
            let Some((what, since)) = overdue_since(&request, pending_ttl, now) else { continue };
            assert!(since <= now);
            if matches!(what, Overdue::Lapse | Overdue::Provision) {
                let before = since.plus_seconds(-1);
                assert_ne!(super::overdue(&request, pending_ttl, before), Some(what), "{request:?}");
            }
        }
    }
}
