//! The whole table as one snapshot, and properties on sequences of events.

mod by_rule;
mod claims;
mod settled;

use proptest::prelude::*;

use super::*;
use crate::authorization::{People, Person};
use crate::cause::ended_undelivered;
use crate::claim::ConfirmedMachine;
use crate::duration::GrantDuration;
use crate::end_reason::EndReason;
use crate::ids::{ProjectName, RequestId, RoleName};
use crate::kind::RoleKind;
use crate::request::{Ask, Grant};
use crate::rule::{Rule, RuleName};

const START: UnixSeconds = UnixSeconds(1_000_000);
const LASTS_SECONDS: u32 = 3_600;

fn person(id: &str) -> SlackUserId {
    SlackUserId::parse(id).unwrap()
}

fn request(status: Status) -> Request {
    let decided = !matches!(status, Status::Pending | Status::Lapsed);
    let ask = Ask {
        project: ProjectName::parse("payments").unwrap(),
        role: RoleName::parse("ReadOnly").unwrap(),
        duration: GrantDuration::from_seconds(LASTS_SECONDS.into()).unwrap(),
        justification: None,
        requester_slack_id: person("U0DANA"),
        requester_name: "dana".into(),
        created_at: START,
        idempotency_key: "i".into(),
    };
    let mut request = Request::new(RequestId::parse("r-0").unwrap(), ask);
    request.status = status;
    request.version = 1;
    if decided {
        request.decision.approvals = vec![person("U0OWNER")];
        request.decision.approver_slack_id = Some(person("U0OWNER"));
        request.decision.decided_at = Some(START);
        request.access.expires_at = Some(START.plus_seconds(i64::from(LASTS_SECONDS)));
    }
    request
}

fn grant() -> Grant {
    Grant {
        role: RoleKind::User {
            policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".into()],
            inline_policy: None,
        },
        account_role_arn: None,
        max_extensions: 0,
        claim_within_seconds: None,
    }
}

fn everybody() -> People {
    let active = |id: &str| Person { ids: vec![person(id)], is_active: true };
    ["U0DANA", "U0OWNER", "U0SECOND"].map(active).into_iter().collect()
}

fn approve_by(id: &str, approvals_required: u32) -> Event {
    Event::Approve {
        by: person(id),
        at: START,
        click_id: None,
        approvers: vec![person("U0OWNER"), person("U0SECOND")],
        approvals_required,
        self_approval_allowed: false,
        grant: grant(),
        people: everybody(),
        shorter: None,
    }
}

fn by_rule(name: RuleName, named: &[&str], limit_seconds: u64) -> Event {
    let rule = Rule {
        named: named.iter().map(|id| person(id)).collect(),
        max_duration: GrantDuration::from_seconds(limit_seconds).unwrap(),
    };
    Event::ApproveByRule { name, rule, grant: grant(), people: everybody() }
}

fn deny_by(id: &str) -> Event {
    Event::Deny { by: person(id), at: START, approvers: vec![person("U0OWNER")], reason: None }
}

fn lapse() -> Event {
    Event::Lapse { pending_ttl: GrantDuration::from_seconds(86_400).unwrap() }
}

fn revoke() -> Event {
    let by = person("U0DANA").into();
    Event::EndEarly { by, at: START, ends_as: EndReason::Requester, approvers: Vec::new() }
}

fn operator_ends(name: &str) -> Event {
    let by = Actor::parse(name).unwrap();
    Event::EndEarly { by, at: START, ends_as: EndReason::Operator, approvers: Vec::new() }
}

/// The same event, of a click at that moment.
fn clicked(mut event: Event, clicked_at: UnixSeconds) -> Event {
    if let Event::Approve { at, .. }
    | Event::Deny { at, .. }
    | Event::EndEarly { at, .. }
    | Event::ClaimRefused { at, .. }
    | Event::Claimed { machine: ConfirmedMachine { at, .. } } = &mut event
    {
        *at = clicked_at;
    }
    event
}

fn bounce() -> Event {
    Event::Undelivered { why: Undelivered::Bounce }
}

fn events() -> Vec<Event> {
    vec![
        approve_by("U0SECOND", 1),
        by_rule(RuleName::AutoApprove, &["U0DANA"], 3_600),
        Event::Review { by: person("U0SECOND"), at: START, approvers: Vec::new(), note: None },
        Event::Escalate { to: vec![person("U0BOSS")] },
        deny_by("U0SECOND"),
        lapse(),
        Event::AskFailed { why: "nobody could be reached".into() },
        Event::Activate,
        Event::Ready,
        Event::Claimed { machine: claims::machine() },
        claims::claim_refused(),
        Event::Unclaimed,
        Event::Fail { why: "the policy does not exist".into(), removed: true },
        Event::Expire,
        revoke(),
        operator_ends("operator:alice"),
        bounce(),
        Event::Undelivered { why: Undelivered::Complaint },
        Event::CutOff { with: Some(RequestId::parse("r-9").unwrap()) },
        Event::RequesterLeft,
        Event::Gone,
    ]
}

#[test]
fn every_status_and_event() {
    let at_end = START.plus_seconds(i64::from(LASTS_SECONDS));
    let mut table = String::new();
    for status in Status::ALL {
        for event in events() {
            let outcome = match decide(&request(status), &clicked(event.clone(), at_end), at_end) {
                Ok(Transition::Change(next)) => {
                    let jobs: Vec<&str> = next.work.outbox.iter().map(Job::name).collect();
                    format!("{} (then {})", next.status, jobs.join(", "))
                }
                Ok(Transition::NoOp) => "nothing".to_owned(),
                Err(illegal) => format!("refused: {illegal}"),
            };
            table.push_str(&format!("{:8} + {:11} = {outcome}\n", status.as_str(), event.name()));
        }
    }
    insta::assert_snapshot!(table);
}

/// What is said of a status elsewhere goes by [`Status::may_become`], so it says neither more nor less than the table.
#[test]
fn a_status_becomes_what_it_says_that_it_may() {
    let at_end = START.plus_seconds(i64::from(LASTS_SECONDS));
    for status in Status::ALL {
        let becomes: Vec<Status> = events()
            .into_iter()
            .filter_map(|event| match decide(&request(status), &clicked(event, at_end), at_end) {
                Ok(Transition::Change(next)) => Some(next.status),
                Ok(Transition::NoOp) | Err(_) => None,
            })
            .filter(|next| *next != status)
            .collect();
        for next in Status::ALL {
            assert_eq!(becomes.contains(&next), status.may_become(next), "{status} to {next}");
        }
    }
}

#[test]
fn time_runs_from_the_click() {
    let click = START.plus_seconds(5_000);
    for lag in [0, 1, CLICK_STALE_AFTER_SECONDS] {
        let now = click.plus_seconds(lag);
        let approved = decide(&request(Status::Pending), &clicked(approve_by("U0OWNER", 1), click), now);
        let Ok(Transition::Change(next)) = approved else { panic!("{approved:?}") };
        assert_eq!(next.decision.decided_at, Some(click));
        assert_eq!(next.access.expires_at, Some(click.plus_seconds(i64::from(LASTS_SECONDS))));
        let event = next.audit.history.last().unwrap();
        assert_eq!((event.at, event.inputs["clicked_at"].as_i64()), (now, Some(click.0)), "both moments");
        let Ok(Transition::Change(denied)) =
            decide(&request(Status::Pending), &clicked(deny_by("U0OWNER"), click), now)
        else {
            panic!("denied")
        };
        assert_eq!(denied.decision.decided_at, Some(click));
    }
}

#[test]
fn an_approval_that_is_worked_on_too_late_grants_nothing_and_an_end_always_counts() {
    let click = START.plus_seconds(5_000);
    let stale = Err(Illegal::Stale { clicked_at: click });
    let too_late = click.plus_seconds(CLICK_STALE_AFTER_SECONDS + 1);
    for required in [1, 2] {
        let approve = clicked(approve_by("U0OWNER", required), click);
        assert_eq!(decide(&request(Status::Pending), &approve, too_late), stale);
    }
    let short = {
        let mut request = request(Status::Pending);
        request.ask.duration = GrantDuration::from_seconds(600).unwrap();
        request
    };
    let approve = clicked(approve_by("U0OWNER", 1), click);
    assert_eq!(decide(&short, &approve, click.plus_seconds(600)), stale, "its time is over already");
    assert!(matches!(decide(&short, &approve, click.plus_seconds(599)), Ok(Transition::Change(_))));

    let days_later = click.plus_seconds(3 * 86_400);
    let Ok(Transition::Change(denied)) =
        decide(&request(Status::Pending), &clicked(deny_by("U0OWNER"), click), days_later)
    else {
        panic!("a denial counts")
    };
    assert_eq!((denied.status, denied.decision.decided_at), (Status::Denied, Some(click)));
    let Ok(Transition::Change(ended)) =
        decide(&request(Status::Active), &clicked(revoke(), click), days_later)
    else {
        panic!("an end counts")
    };
    assert_eq!((ended.status, ended.access.ended_at), (Status::Revoked, Some(click)));
}

#[test]
fn a_clock_that_is_wrong_moves_no_click_into_the_future_or_before_what_it_follows() {
    let now = START.plus_seconds(100);
    for (clock, counts_from) in [(now.plus_seconds(500), now), (START.plus_seconds(-500), START)] {
        let Ok(Transition::Change(next)) =
            decide(&request(Status::Pending), &clicked(approve_by("U0OWNER", 1), clock), now)
        else {
            panic!("approved")
        };
        assert_eq!(next.decision.decided_at, Some(counts_from));
    }
}

#[test]
fn a_role_that_needs_two_takes_two_different_people() {
    let one = decide(&request(Status::Pending), &approve_by("U0OWNER", 2), START);
    let Ok(Transition::Change(one)) = one else { panic!("the first agrees") };
    assert_eq!(one.status, Status::Pending);
    assert_eq!(decide(&one, &approve_by("U0OWNER", 2), START), Ok(Transition::NoOp));
    let Ok(Transition::Change(two)) = decide(&one, &approve_by("U0SECOND", 2), START) else {
        panic!("the second agrees")
    };
    assert_eq!(two.status, Status::Approved);
    assert_eq!(two.decision.approvals, [person("U0OWNER"), person("U0SECOND")]);
}

#[test]
fn an_operator_ends_what_is_live_and_the_record_names_them() {
    let by = Actor::parse("operator:alice").unwrap();
    let end = operator_ends("operator:alice");
    for status in Status::ALL {
        let outcome = decide(&request(status), &end, START);
        match status {
            Status::Approved | Status::Ready | Status::Active => {
                let Ok(Transition::Change(next)) = outcome else { panic!("{status}: {outcome:?}") };
                assert_eq!((next.status, next.access.ended_by.as_ref()), (Status::Revoked, Some(&by)));
                assert_eq!(next.audit.history.last().unwrap().by.as_ref(), Some(&by));
            }
            Status::Expired | Status::Revoked => assert_eq!(outcome, Ok(Transition::NoOp)),
            Status::Pending => {
                let Ok(Transition::Change(next)) = outcome else { panic!("{status}: {outcome:?}") };
                assert_eq!((next.status, next.access.ended_by.as_ref()), (Status::Denied, Some(&by)));
                assert_eq!(
                    (next.decision.decided_at, next.decision.approver_slack_id.as_ref()),
                    (Some(START), None)
                );
                assert!(next.audit.history.last().unwrap().note.as_ref().unwrap().contains("operator"));
                assert_eq!(decide(&next, &end, START), Ok(Transition::NoOp), "it may come twice");
            }
            Status::Denied | Status::Lapsed | Status::Failed => assert!(outcome.is_err(), "{status}"),
        }
    }
}

#[test]
fn an_email_that_did_not_arrive_ends_what_is_live_and_nobody_is_named() {
    for why in [Undelivered::Bounce, Undelivered::Reject] {
        for status in [Status::Approved, Status::Active] {
            let outcome = decide(&request(status), &Event::Undelivered { why }, START);
            let Ok(Transition::Change(next)) = outcome else { panic!("{status}: {outcome:?}") };
            assert_eq!((next.status, next.access.ended_by.as_ref()), (Status::Revoked, None));
            assert_eq!(next.access.ended_at, Some(START));
            assert_eq!(ended_undelivered(&next), Some(why));
            let event = next.audit.history.last().unwrap();
            assert_eq!((event.by.as_ref(), event.inputs["ends_as"].as_str()), (None, Some("undelivered")));
            assert!(next.work.outbox.contains(&Job::ExpireGrant { request_id: next.request_id.clone() }));
        }
    }
    let Ok(Transition::Change(ended)) = decide(&request(Status::Active), &revoke(), START) else {
        panic!("ends")
    };
    assert_eq!(ended_undelivered(&ended), None, "what somebody ended is not undelivered");
}

#[test]
fn a_complaint_ends_nothing_in_any_status() {
    for status in Status::ALL {
        let complaint = Event::Undelivered { why: Undelivered::Complaint };
        assert_eq!(decide(&request(status), &complaint, START), Ok(Transition::NoOp), "{status}");
    }
}

#[test]
fn nothing_expires_before_its_time() {
    let one_second_early = START.plus_seconds(i64::from(LASTS_SECONDS) - 1);
    let early = decide(&request(Status::Active), &Event::Expire, one_second_early);
    assert!(matches!(early, Err(Illegal::NotDue { .. })), "{early:?}");
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        prop_oneof![Just("U0OWNER"), Just("U0SECOND")].prop_map(|who| approve_by(who, 1)),
        prop_oneof![Just("U0OWNER"), Just("U0SECOND")].prop_map(deny_by),
        Just(lapse()),
        Just(Event::Activate),
        Just(Event::Ready),
        Just(Event::Claimed { machine: claims::machine() }),
        Just(claims::claim_refused()),
        Just(Event::Unclaimed),
        Just(Event::Fail { why: "w".into(), removed: true }),
        Just(Event::Expire),
        Just(revoke()),
        Just(operator_ends("operator:alice")),
        prop_oneof![Just(Undelivered::Bounce), Just(Undelivered::Complaint)]
            .prop_map(|why| Event::Undelivered { why }),
        Just(Event::Gone),
    ]
}

proptest! {
    /// However events come: one decision, a final status stays, and history only grows.
    #[test]
    fn sequences_keep_the_rules(steps in prop::collection::vec((any_event(), 0_i64..2_000, 0_i64..1_200), 1..40)) {
        let mut request = request(Status::Pending);
        let mut now = START;
        let mut decisions = 0;
        for (event, seconds, lag) in steps {
            now = now.plus_seconds(seconds);
            let event = clicked(event, now.plus_seconds(-lag));
            let before = request.clone();
            let Ok(Transition::Change(next)) = decide(&request, &event, now) else { continue };
            request = *next;

            prop_assert_eq!(&request.audit.history[..before.audit.history.len()], &before.audit.history[..]);
            prop_assert_eq!(request.audit.history.len(), before.audit.history.len() + 1);
            if before.status.is_final() {
                prop_assert_eq!(request.status, before.status);
            }
            if before.decision.decided_at.is_none() && request.decision.decided_at.is_some() {
                decisions += 1;
            }
            if before.decision.decided_at.is_some() {
                prop_assert_eq!(request.decision.decided_at, before.decision.decided_at);
                prop_assert_eq!(&request.decision.approver_slack_id, &before.decision.approver_slack_id);
                prop_assert_eq!(request.access.expires_at, before.access.expires_at);
            }
            if request.status == Status::Expired && before.status == Status::Active {
                prop_assert!(request.access.expires_at.is_some_and(|end| now >= end));
            }
            prop_assert_eq!(decide(&request, &event, now), Ok(Transition::NoOp), "the same event again does nothing");
        }
        prop_assert!(decisions <= 1);
    }
}
