//! Leavers: once all is at rest, whoever left Slack has nothing that they asked for before, where Slack said so.

use domain::{Request, UnixSeconds};

use crate::facts::Facts;
use crate::observed::Observed;
use crate::violation::{Holds, Invariant, broken};

/// What Slack's event says holds for all that they have or wait for; what a sweep learns, for what is live.
pub(crate) fn have_nothing(facts: &Facts, known: &Observed) -> Holds {
    for request in facts.requests.iter().filter(|request| !request.status.is_final()) {
        let requester = request.ask.requester_slack_id.as_str();
        let asked_before = |left_at: UnixSeconds| request.ask.created_at <= left_at;
        let was_said =
            known.rules.announced.iter().any(|(who, left_at)| who == requester && asked_before(*left_at));
        let left_at = known.left.iter().find(|(who, _)| who == requester).map(|(_, at)| *at);
        let was_seen = left_at.is_some_and(|left_at| {
            asked_before(left_at) && request.status.is_live() && a_sweep_knows(request, left_at, known)
        });
        if was_said || was_seen {
            return broken(
                Invariant::LeaversHaveNothing,
                format!("{requester} left, and {} is {}", request.request_id, request.status),
            );
        }
    }
    Ok(())
}

/// Whether a sweep was told that they left, or never asked although sweeps do for whoever has a live grant.
fn a_sweep_knows(request: &Request, left_at: UnixSeconds, known: &Observed) -> bool {
    let asked_at = known.rules.asked_about.get(request.ask.requester_slack_id.as_str());
    known.rules.is_played() && asked_at.is_none_or(|asked| *asked > left_at)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::rulebook::{LEADS, Membership, Seen};

    const AT: i64 = 1_800_000_000;

    fn facts(status: &str) -> Facts {
        let request: Request = serde_json::from_value(json!({
            "request_id": "r-0", "status": status, "version": 2, "project": "payments", "role": "Deploy",
            "duration_seconds": 900, "requester_slack_id": "U0DANA", "created_at": AT, "expires_at": AT + 900 }))
        .unwrap();
        Facts { requests: vec![Arc::new(request)], ..Facts::default() }
    }

    fn known(said_at: Option<i64>, left_at: i64, asked_at: Option<i64>) -> Observed {
        let dana = || "U0DANA".to_owned();
        let members = vec![Membership { group: LEADS, person: "U0SECOND", left_at: None }];
        let announced = said_at.map(|at| (dana(), UnixSeconds(at))).into_iter().collect();
        let asked_about = asked_at.map(|at| (dana(), UnixSeconds(at))).into_iter().collect();
        let rules = Seen { members, announced, asked_about, ..Seen::default() };
        Observed { left: vec![(dana(), UnixSeconds(left_at))], rules, ..Observed::default() }
    }

    #[test]
    fn whoever_left_has_nothing_that_slack_spoke_of() {
        let said = known(Some(AT + 60), AT + 60, Some(AT));
        for status in ["PENDING", "APPROVED", "ACTIVE"] {
            let broken = have_nothing(&facts(status), &said).unwrap_err();
            assert_eq!(broken.invariant, Invariant::LeaversHaveNothing);
        }
        assert!(have_nothing(&facts("REVOKED"), &said).is_ok());
        // What they asked for once they were back.
        assert!(have_nothing(&facts("ACTIVE"), &known(Some(AT - 60), AT - 60, None)).is_ok());
    }

    #[test]
    fn a_sweep_asks_about_whoever_has_something_live() {
        assert!(have_nothing(&facts("ACTIVE"), &known(None, AT + 60, None)).is_err(), "it never asked");
        assert!(have_nothing(&facts("ACTIVE"), &known(None, AT + 60, Some(AT + 70))).is_err());
        assert!(
            have_nothing(&facts("ACTIVE"), &known(None, AT + 60, Some(AT + 50))).is_ok(),
            "not again today"
        );
        assert!(have_nothing(&facts("PENDING"), &known(None, AT + 60, None)).is_ok());
    }
}
