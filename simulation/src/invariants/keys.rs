//! Keys: one for each live grant, guarded, with an end arranged, and there until that end.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws::iam::{GUARD_POLICY, PATH, TAG_EXPIRES_AT, is_ended};
use domain::{Request, Status, UnixSeconds};
use serde_json::Value;
use testkit::aws::UserView;

use super::mails::carries;
use crate::facts::{Facts, has_secret, is_session};
use crate::observed::Observed;
use crate::violation::{Holds, Invariant, broken};

/// Until its time is over, a grant that is live has its key, and nothing denies it.
pub(crate) fn a_live_grant_has_its_key(facts: &Facts, now: UnixSeconds) -> Holds {
    for request in facts.requests.iter().filter(|r| r.status == Status::Active && has_secret(r)) {
        let (Some(end), Some(key)) = (request.access.expires_at, &request.access.access_key_id) else {
            return broken(
                Invariant::KeyLifetime,
                format!("{} is live without an end or a key", request.request_id),
            );
        };
        if now >= end {
            continue;
        }
        if is_session(request) {
            if facts.denied_sessions.contains(&request.aws_name()) {
                return broken(
                    Invariant::KeyLifetime,
                    format!("the session of {} is denied before its time", request.request_id),
                );
            }
            continue;
        }
        let user = facts.user(&request.aws_name());
        if !user.is_some_and(|user| user.keys.iter().any(|k| k.id == *key && k.status == "Active")) {
            return broken(
                Invariant::KeyLifetime,
                format!("{key} of the live grant {} died before its time", request.request_id),
            );
        }
        let guard = user.map(Guard::of);
        if !ends(request).any(|end| guard == Some(end)) {
            return broken(
                Invariant::KeyLifetime,
                format!("the guard of the live grant {} is not set to its end", request.request_id),
            );
        }
    }
    Ok(())
}

/// The ends that a live grant's guard may have: its own, and while it is being extended the one before.
fn ends(request: &Request) -> impl Iterator<Item = Guard> {
    let before = request.extensions.extending.map(|extending| extending.from);
    request.access.expires_at.into_iter().chain(before).map(Guard::After)
}

/// A user has one key. IAM cannot be told "unless another worker has made one", so a worker that stood still for
/// longer than its claim may make a second one; nobody is sent it, and whoever made it or the sweep takes it away.
pub(crate) fn one_key(facts: &Facts, known: &Observed) -> Holds {
    for user in facts.users.iter().filter(|user| user.path == PATH && user.keys.len() > 1) {
        let request = user.name.strip_prefix("keylease-").and_then(|id| facts.request(id));
        let recorded = request.and_then(|request| request.access.access_key_id.as_deref());
        let mailed = |key: &str| facts.mails.iter().any(|mail| carries(mail, key));
        let excused = |key: &str| {
            known.makers.get(key).is_some_and(|maker| known.excused.contains(maker)) && !mailed(key)
        };
        let keys: Vec<&str> = user.keys.iter().map(|key| key.id.as_str()).collect();
        let unexcused = keys.iter().filter(|key| recorded == Some(key) || !excused(key)).count();
        if unexcused > 1 {
            return broken(
                Invariant::OneGuardedKey,
                format!("{} has two keys: {}", user.name, keys.join(", ")),
            );
        }
    }
    Ok(())
}

/// Once everything is at rest, a live grant's user has its key and no other.
pub(crate) fn no_other_key(facts: &Facts) -> Holds {
    let has_a_user = |r: &&Arc<Request>| r.status == Status::Active && !is_session(r) && has_secret(r);
    for request in facts.requests.iter().filter(has_a_user) {
        let user = facts.user(&request.aws_name());
        let others = user
            .into_iter()
            .flat_map(|u| &u.keys)
            .filter(|k| Some(&k.id) != request.access.access_key_id.as_ref());
        if let Some(other) = others.map(|key| &key.id).next() {
            return broken(
                Invariant::OneGuardedKey,
                format!("{} has {other} besides the key that the record knows", request.aws_name()),
            );
        }
    }
    Ok(())
}

/// A record says that everything is gone only when it is. IAM cannot be told "unless the grant has ended", so a worker
/// that was still making it when this one looked may have made the user anew since. Whether that user goes is looked at
/// once all is at rest.
pub(crate) fn gone_is_gone(before: &Facts, facts: &Facts, known: &Observed) -> Holds {
    if known.beside_a_maker {
        return Ok(());
    }
    for request in facts.requests.iter().filter(|request| request.access.gone_at.is_some()) {
        let id = request.request_id.as_str();
        let said_before = before.request(id).is_some_and(|old| old.access.gone_at.is_some());
        let name = request.aws_name();
        if !said_before && (facts.user(&name).is_some() || facts.role(&name).is_some()) {
            return broken(
                Invariant::AllAtRest,
                format!("{id} is said to be gone, and its user or role is still there"),
            );
        }
    }
    Ok(())
}

/// Whatever a user can do is guarded, and a schedule ends it.
pub(crate) fn guarded_and_scheduled(facts: &Facts, now: UnixSeconds) -> Holds {
    for user in facts.users.iter().filter(|user| user.path == PATH) {
        let name = &user.name;
        let end = user.tags.get(TAG_EXPIRES_AT).and_then(|text| UnixSeconds::from_rfc3339(text));
        let Some(end) = end else {
            return broken(Invariant::OneGuardedKey, format!("{name} does not say when it ends"));
        };
        let can_do = !user.keys.is_empty()
            || !user.attached_policies.is_empty()
            || user.inline_policies.keys().any(|policy| policy != GUARD_POLICY);
        let guarded = match Guard::of(user) {
            Guard::Missing => false,
            Guard::Ended => true,
            Guard::After(at) => at <= end,
        };
        if can_do && !guarded {
            return broken(Invariant::OneGuardedKey, format!("{name} has a key or a policy, and no guard"));
        }
        let scheduled = facts.schedules.iter().any(|schedule| schedule.name == *name);
        if !scheduled && now < end && !is_over(facts, name) {
            return broken(Invariant::OneGuardedKey, format!("{name} exists, and no schedule will end it"));
        }
    }
    Ok(())
}

/// The request of this user has ended, so that its schedule may be gone; the user follows or is found by the sweep.
fn is_over(facts: &Facts, user: &str) -> bool {
    let request = user.strip_prefix("keylease-").and_then(|id| facts.request(id));
    request.is_some_and(|request| request.status.is_final())
}

/// What a user's guard denies, or the boundary that it gets for its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    /// There is none, or it denies nothing.
    Missing,
    /// Everything after this.
    After(UnixSeconds),
    /// Everything at once.
    Ended,
}

impl Guard {
    fn of(user: &UserView) -> Self {
        Self::by(user.permissions_boundary.as_deref(), &user.inline_policies)
    }

    /// What the boundary and the inline policies of a user or a role deny.
    pub(crate) fn by(boundary: Option<&str>, inline_policies: &BTreeMap<String, Value>) -> Self {
        if boundary.is_some_and(is_ended) {
            return Self::Ended;
        }
        let document = inline_policies.get(GUARD_POLICY);
        let statements = document.and_then(|document| document.get("Statement")?.as_array());
        let denies_all =
            |s: &&Value| s.get("Effect") == Some(&"Deny".into()) && s.get("Action") == Some(&"*".into());
        match statements.and_then(|statements| statements.iter().find(denies_all)) {
            None => Self::Missing,
            Some(statement) => match statement.get("Condition") {
                None => Self::Ended,
                Some(condition) => {
                    let at = condition.pointer("/DateGreaterThan/aws:CurrentTime").and_then(Value::as_str);
                    at.and_then(UnixSeconds::from_rfc3339).map_or(Self::Missing, Self::After)
                }
            },
        }
    }
}
