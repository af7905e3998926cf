//! What an administrator of Identity Center gives and takes meanwhile, and how that behaves.

use std::sync::Arc;

use domain::{Request, UnixSeconds};
use testkit::aws::ACCOUNT;
use testkit::aws::identity_center::IdentityCenter;

use crate::center::{GROUP_ID, given, given_by};
use crate::facts::Part;
use crate::history::History;
use crate::plot::Center;
use crate::violation::Holds;

/// So long after a grant of it, what shows up may be what was given last and not listed yet, in seconds (`docs/guarantees.md`).
const LOOKED_AFTER_SECONDS: i64 = 120;

impl History {
    /// Sets out how Identity Center behaves in this history, and who has what already.
    pub(crate) fn set_up_center(&mut self, mut plot: Center) {
        let center = self.stage.aws.identity_center();
        center.let_operations_take(plot.operation_seconds);
        center.let_lists_lag(plot.lists_behind);
        if plot.one_role_at_a_time {
            center.change_one_role_at_a_time();
        }
        center.refuse_writes_as_conflicts(plot.conflicts);
        center.fail_creations(plot.failing_creations.then_some("The role quota of the account is used up."));
        center.fail_deletions(plot.failing_deletions.then_some("The role cannot be deleted."));
        for _ in 0..plot.before {
            let (what, user) = plot.something();
            if self.known.center.theirs.insert((what.clone(), user.clone())) {
                give(center, &what, &user);
            }
        }
        self.center = Some(plot);
    }

    /// From here on Identity Center does what it is told.
    pub(crate) fn repair_center(&mut self) {
        if self.center.is_none() {
            return;
        }
        let center = self.stage.aws.identity_center();
        center.refuse_writes_as_conflicts(0);
        center.fail_creations(None);
        center.fail_deletions(None);
    }

    /// Whether an administrator may give or take something now.
    pub(crate) fn may_administer(&self) -> bool {
        self.center.as_ref().is_some_and(|center| center.changes > 0)
    }

    /// An administrator gives somebody something, or takes it, whatever grants there are.
    pub(crate) async fn administer(&mut self) -> Holds {
        let now = self.now();
        let Some(plot) = self.center.as_mut() else { return Ok(()) };
        plot.changes -= 1;
        let (what, user) = plot.something();
        let center = self.stage.aws.identity_center();
        center.show_what_there_is();
        let has = (what.clone(), user.clone());
        let of_it = |request: &&Arc<Request>| given_by(request).as_ref() == Some(&has);
        if given(center, now).contains(&has) {
            take(center, &what, &user);
            self.known.center.theirs.remove(&has);
            self.known.center.unclear.remove(&has);
            let ids = self.facts.requests.iter().filter(of_it).map(|request| request.request_id.to_string());
            self.known.center.taken_from.extend(ids);
            self.note(&format!("an administrator takes {what} from {user}"));
        } else {
            give(center, &what, &user);
            let is_over = |at: UnixSeconds| now.seconds_since(at) >= LOOKED_AFTER_SECONDS;
            let is_at_work =
                self.facts.requests.iter().filter(of_it).any(|r| !r.access.gone_at.is_some_and(is_over));
            let known = &mut self.known.center;
            if is_at_work {
                known.unclear.insert(has)
            } else {
                known.theirs.insert(has)
            };
            self.note(&format!("an administrator gives {what} to {user}"));
        }
        self.check(&[Part::Center]).await
    }
}

fn give(center: &IdentityCenter, what: &str, user: &str) {
    if what == GROUP_ID {
        center.add_member(what, user);
    } else {
        center.assign(ACCOUNT, what, "USER", user);
    }
}

fn take(center: &IdentityCenter, what: &str, user: &str) {
    if what == GROUP_ID {
        let found = center.members(what).into_iter().find(|(_, of)| of == user);
        found.inspect(|(id, _)| center.remove_member(what, id));
    } else {
        center.unassign(ACCOUNT, what, "USER", user);
    }
}
