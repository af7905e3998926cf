//! Roles of grants' own: guarded before anybody gets in, one of a name, and there until the grant's end.

use aws::iam::{GUARD_POLICY, TAG_EXPIRES_AT};
use domain::{Status, UnixSeconds};
use testkit::aws::RoleView;

use super::keys::Guard;
use crate::facts::{Facts, is_open, is_role};
use crate::violation::{Holds, Invariant, broken};

/// Whatever a role can do is guarded, nobody gets in before that, and a schedule ends it.
pub(crate) fn guarded_before_they_open(facts: &Facts, now: UnixSeconds) -> Holds {
    for role in facts.roles.iter() {
        let name = &role.name;
        let end = role.tags.get(TAG_EXPIRES_AT).and_then(|text| UnixSeconds::from_rfc3339(text));
        let Some(end) = end else {
            return broken(Invariant::DoorLast, format!("the role {name} does not say when it ends"));
        };
        let guarded = match guard(role) {
            Guard::Missing => false,
            Guard::Ended => true,
            Guard::After(at) => at <= end,
        };
        if is_open(role) && !guarded {
            return broken(Invariant::DoorLast, format!("the role {name} is open, and has no guard"));
        }
        let can_do = !role.attached_policies.is_empty()
            || role.inline_policies.keys().any(|policy| policy != GUARD_POLICY);
        if can_do && !guarded {
            return broken(Invariant::DoorLast, format!("the role {name} has a policy, and no guard"));
        }
        let scheduled = facts.schedules.iter().any(|schedule| schedule.name == *name);
        let request = name.strip_prefix("keylease-").and_then(|id| facts.request(id));
        let is_over = request.is_some_and(|request| request.status.is_final());
        if !scheduled && now < end && !is_over {
            return broken(
                Invariant::DoorLast,
                format!("the role {name} exists, and no schedule will end it"),
            );
        }
    }
    Ok(())
}

/// A session of a role that is gone would be one of the next of its name, to whoever goes by names. IAM has no fencing, so a
/// worker that stood still may make a role of a name anew; nobody is let into that one.
pub(crate) fn one_of_a_name_is_open(facts: &Facts) -> Holds {
    for role in facts.roles.iter().filter(|role| is_open(role)) {
        if facts.opened.get(&role.name).is_some_and(|first| *first != role.id) {
            return broken(
                Invariant::DoorLast,
                format!("a second role is open under the name {}", role.name),
            );
        }
    }
    Ok(())
}

/// Until its time is over, a grant that is live has its role, which is open, and nothing denies it.
pub(crate) fn a_live_grant_has_its_role(facts: &Facts, now: UnixSeconds) -> Holds {
    for request in facts.requests.iter().filter(|r| r.status == Status::Active && is_role(r)) {
        let Some(end) = request.access.expires_at else {
            return broken(Invariant::KeyLifetime, format!("{} is live without an end", request.request_id));
        };
        if now >= end {
            continue;
        }
        let role = facts.role(&request.aws_name());
        if !role.is_some_and(|role| is_open(role) && guard(role) == Guard::After(end)) {
            return broken(
                Invariant::KeyLifetime,
                format!(
                    "the role of the live grant {} is gone, shut or denied before its time",
                    request.request_id
                ),
            );
        }
    }
    Ok(())
}

fn guard(role: &RoleView) -> Guard {
    Guard::by(role.permissions_boundary.as_deref(), &role.inline_policies)
}
