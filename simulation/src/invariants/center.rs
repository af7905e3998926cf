//! Identity Center: what was there before a grant is there after it, and what grants gave goes with the last of them.

use domain::{Request, Status, UnixSeconds};

use crate::center::{Has, given_by};
use crate::facts::Facts;
use crate::observed::Observed;
use crate::violation::{Holds, Invariant, broken};

/// What people have by other hands than grants' is there, whatever becomes of grants.
pub(crate) fn theirs_stays(facts: &Facts, known: &Observed) -> Holds {
    let Some(given) = &facts.given else { return Ok(()) };
    match known.center.theirs.iter().find(|has| !given.contains(*has)) {
        Some((what, user)) => broken(
            Invariant::AsItWasBefore,
            format!("{user} had {what} by other hands, and lost it by a grant"),
        ),
        None => Ok(()),
    }
}

/// Until its time is over, whoever has a live grant has what it gives, unless an administrator took it.
pub(crate) fn a_live_grant_gives(facts: &Facts, now: UnixSeconds, known: &Observed) -> Holds {
    let Some(given) = &facts.given else { return Ok(()) };
    let lives = |request: &&Request| {
        request.status == Status::Active && request.taken_away_at().is_some_and(|end| now < end)
    };
    for request in facts.requests.iter().map(AsRef::as_ref).filter(lives) {
        let was_taken = known.center.taken_from.contains(request.request_id.as_str());
        if !was_taken && given_by(request).is_some_and(|has| !given.contains(&has)) {
            return broken(
                Invariant::KeyLifetime,
                format!("{} is live, and its person does not have what it gives", request.request_id),
            );
        }
    }
    Ok(())
}

/// A record says that everything is gone only when it is, or when it stays for another reason. Identity Center cannot be told
/// "unless the grant has ended": what a worker gave that was still at it when this one looked is taken away again, and looked at
/// once all is at rest.
pub(crate) fn gone_is_gone(before: &Facts, facts: &Facts, known: &Observed) -> Holds {
    if facts.given.is_none() || known.beside_a_maker {
        return Ok(());
    }
    for request in facts.written_since(before).filter(|request| request.access.gone_at.is_some()) {
        let old = before.request(request.request_id.as_str());
        if old.is_some_and(|old| old.access.gone_at.is_some()) {
            continue;
        }
        let Some(has) = given_by(request) else { continue };
        let may_hold = |other: &Request| !(other.status.is_final() && other.access.gone_at.is_some());
        if is_left_over(facts, &has, known, may_hold) {
            return broken(
                Invariant::AllAtRest,
                format!("{} is said to be gone, and its person still has it", request.request_id),
            );
        }
    }
    Ok(())
}

/// At rest nobody has anything but by other hands, or by a grant that is live.
pub(crate) fn at_rest(facts: &Facts, known: &Observed) -> Holds {
    let Some(given) = &facts.given else { return Ok(()) };
    match given.iter().find(|has| is_left_over(facts, has, known, |request| !request.status.is_final())) {
        Some((what, user)) => {
            broken(Invariant::AsItWasBefore, format!("{user} has {what}, and no grant of it is live"))
        }
        None => Ok(()),
    }
}

/// Whether it is there, and there is no reason for it: neither other hands nor a grant that may hold it.
fn is_left_over(facts: &Facts, has: &Has, known: &Observed, may_hold: fn(&Request) -> bool) -> bool {
    let is_given = facts.given.as_ref().is_some_and(|given| given.contains(has));
    let held = |request: &Request| may_hold(request) && given_by(request).as_ref() == Some(has);
    is_given
        && !known.center.theirs.contains(has)
        && !known.center.unclear.contains(has)
        && !facts.requests.iter().any(|request| held(request))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::center::{GROUP_ID, user};

    const END: i64 = 1_800_000_000;

    fn of_group(status: &str, gone_at: Option<i64>) -> Request {
        serde_json::from_value(json!({
            "request_id": "r-0", "status": status, "version": 3, "project": "payments", "role": "Deployers",
            "duration_seconds": 3600, "requester_slack_id": "U0DANA", "created_at": END - 3600, "expires_at": END,
            "grant": { "role": { "kind": "group", "group_id": GROUP_ID } }, "gone_at": gone_at }))
        .unwrap()
    }

    fn hers() -> Has {
        (GROUP_ID.to_owned(), user(0))
    }

    fn facts(request: Option<&Request>, has_it: bool) -> Facts {
        Facts {
            requests: request.cloned().map(Arc::new).into_iter().collect(),
            given: Some(Arc::new(has_it.then(hers).into_iter().collect())),
            ..Facts::default()
        }
    }

    fn before() -> Observed {
        let mut known = Observed::default();
        known.center.theirs = BTreeSet::from([hers()]);
        known
    }

    #[test]
    fn what_was_there_before_and_is_gone_is_seen() {
        assert!(theirs_stays(&facts(None, true), &before()).is_ok());
        let broken = theirs_stays(&facts(None, false), &before()).unwrap_err();
        assert_eq!(broken.invariant, Invariant::AsItWasBefore);
    }

    #[test]
    fn a_live_grant_that_gives_nothing_is_seen_unless_an_administrator_took_it() {
        let (now, live) = (UnixSeconds(END - 1), of_group("ACTIVE", None));
        let mut known = Observed::default();
        assert!(a_live_grant_gives(&facts(Some(&live), true), now, &known).is_ok());
        assert!(a_live_grant_gives(&facts(Some(&live), false), now, &known).is_err());
        assert!(a_live_grant_gives(&facts(Some(&live), false), UnixSeconds(END), &known).is_ok());
        known.center.taken_from.insert("r-0".to_owned());
        assert!(a_live_grant_gives(&facts(Some(&live), false), now, &known).is_ok());
    }

    #[test]
    fn what_is_said_to_be_gone_and_is_there_is_seen() {
        let (ended, gone) = (of_group("REVOKED", None), of_group("REVOKED", Some(END)));
        let known = Observed::default();
        let before_it = facts(Some(&ended), true);
        assert!(gone_is_gone(&before_it, &facts(Some(&gone), false), &known).is_ok());
        assert!(gone_is_gone(&before_it, &facts(Some(&gone), true), &known).is_err());
        assert!(gone_is_gone(&before_it, &facts(Some(&gone), true), &before()).is_ok(), "it was theirs");
    }

    #[test]
    fn what_is_left_after_its_last_grant_is_seen() {
        let (live, gone) = (of_group("ACTIVE", None), of_group("EXPIRED", Some(END)));
        let known = Observed::default();
        assert!(at_rest(&facts(Some(&live), true), &known).is_ok());
        assert!(at_rest(&facts(Some(&gone), true), &before()).is_ok(), "it was theirs");
        let broken = at_rest(&facts(Some(&gone), true), &known).unwrap_err();
        assert_eq!(broken.invariant, Invariant::AsItWasBefore);
    }
}
