//! When whoever has access is warned that it ends soon.

use crate::request::Request;
use crate::status::Status;
use crate::time::UnixSeconds;

/// Grants that are shorter, in seconds, end without a warning: whoever asked for one knows.
const WARNED_FROM_SECONDS: i64 = 15 * 60;
/// A warning comes so long before the end, in seconds, or when a tenth of the grant is left, whichever is earlier.
const WARNED_BEFORE_SECONDS: i64 = 5 * 60;
/// Sweeps see what is due, and come so far apart, in seconds: a warning must not be too late for that.
const SWEEPS_APART_SECONDS: i64 = 5 * 60;

/// The end that a grant's requester is to be warned of now, where that has not been noted yet.
#[must_use]
pub fn warning_due(request: &Request, now: UnixSeconds) -> Option<UnixSeconds> {
    let (due_at, ends_at) = next_warning(request)?;
    (due_at <= now && now < ends_at).then_some(ends_at)
}

/// From when on a grant's requester is to be warned of its end, and that end, where that has not been noted yet.
#[must_use]
pub fn next_warning(request: &Request) -> Option<(UnixSeconds, UnixSeconds)> {
    let ends_at = request.taken_away_at().filter(|_| request.status == Status::Active)?;
    let began = request.extensions.last_in_force().and_then(|last| last.decided_at);
    let began = began.or(request.decision.decided_at)?;
    let lasts = ends_at.seconds_since(began);
    let is_noted = request.slack.warnings.iter().any(|warning| warning.ends_at == ends_at);
    // While an extension is being put in place, the end is about to change.
    if is_noted || lasts < WARNED_FROM_SECONDS || request.extensions.to_carry_out().is_some() {
        return None;
    }
    let before = (lasts / 10).max(WARNED_BEFORE_SECONDS) + SWEEPS_APART_SECONDS;
    Some((ends_at.plus_seconds(-before), ends_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{Extending, Extension, ExtensionOutcome, Warning};

    const START: UnixSeconds = UnixSeconds(1_000_000);

    fn live(seconds: i64) -> Request {
        serde_json::from_value(serde_json::json!({
            "request_id": "r-0", "status": Status::Active, "project": "payments", "role": "ReadOnly",
            "duration_seconds": seconds, "requester_slack_id": "U0DANA", "created_at": START,
            "decided_at": START, "expires_at": START.plus_seconds(seconds),
        }))
        .unwrap()
    }

    /// The first of the sweeps that begin at `first` which warns, in seconds before the end.
    fn warned_before(request: &Request, seconds: i64, first: i64) -> Option<i64> {
        let mut sweeps = (first..seconds + 1_000).step_by(300);
        let due = sweeps.find(|at| warning_due(request, START.plus_seconds(*at)).is_some())?;
        Some(seconds - due)
    }

    #[test]
    fn whenever_the_sweeps_come_a_warning_is_in_time_and_not_early() {
        for (seconds, tenth) in [(900, 300), (3_600, 360), (8 * 3_600, 2_880), (86_400, 8_640)] {
            for first in 0..300 {
                let before = warned_before(&live(seconds), seconds, first).unwrap();
                assert!(before > tenth && before <= tenth + 300, "{seconds} {first}: {before}");
            }
        }
    }

    #[test]
    fn a_short_grant_is_not_warned_of() {
        assert_eq!(warned_before(&live(899), 899, 0), None);
    }

    #[test]
    fn what_was_noted_ended_or_is_being_extended_is_not_warned_of_again() {
        let due = START.plus_seconds(3_500);
        assert_eq!(warning_due(&live(3_600), due), Some(START.plus_seconds(3_600)));
        assert_eq!(warning_due(&live(3_600), START.plus_seconds(3_600)), None, "it is over");
        for status in [Status::Revoked, Status::Expired, Status::Approved] {
            assert_eq!(warning_due(&Request { status, ..live(3_600) }, due), None);
        }
        let mut warned = live(3_600);
        let ends_at = START.plus_seconds(3_600);
        warned.slack.warnings.push(Warning { ends_at, told_at: None, message: None, is_closed: false });
        assert_eq!(warning_due(&warned, due), None);
        // The later end has a warning of its own.
        let until = START.plus_seconds(7_200);
        warned.access.expires_at = Some(until);
        warned.extensions.list.push(Extension {
            number: 1,
            outcome: ExtensionOutcome::Extended,
            asked_at: START,
            by: crate::ids::SlackUserId::parse("U0DANA").unwrap(),
            duration: crate::duration::GrantDuration::parse("1h").unwrap(),
            justification: None,
            click_id: None,
            approvals: Vec::new(),
            decided_by: None,
            decided_at: Some(START.plus_seconds(3_600)),
            until: Some(until),
            why: None,
        });
        assert_eq!(warning_due(&warned, START.plus_seconds(7_100)), Some(until));
        warned.extensions.extending = Some(Extending { number: 1, from: ends_at });
        assert_eq!(warning_due(&warned, START.plus_seconds(7_100)), None);
    }
}
