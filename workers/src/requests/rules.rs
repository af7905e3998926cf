//! What the catalogue's rules make of a request: granted at once, or for people to decide.

use domain::job::AccessRequest;
use domain::lifecycle::{Event, Illegal, Transition, decide};
use domain::request::Grant;
use domain::rule::{RulePassedOver, RuleRefused};
use domain::validation::{Validated, open, open_without_rule};
use domain::{Project, Request, RuleName};
use tracing::warn;

use crate::context::Context;
use crate::requests::people::Lookups;

/// The record of a request, as its role's rule leaves it.
#[derive(Debug)]
pub(crate) enum Ruled {
    /// The rule granted it, in the same write that stores it.
    Granted(Request),
    /// People decide.
    Undecided(Request),
}

/// Puts a request that is about to be stored to its role's rule. The requester was looked up before.
pub(crate) async fn apply_rules(
    context: &Context,
    lookups: &mut Lookups<'_>,
    ask: &AccessRequest,
    project: &Project,
    admitted: &Validated,
    ordinal: u32,
) -> Ruled {
    let undecided = open(&context.deployment, ask, project, admitted, ordinal);
    let role = project.roles.get(&admitted.role);
    let Some((role, rule)) = role.and_then(|role| Some((role, role.auto_approve.as_ref()?))) else {
        return Ruled::Undecided(undecided);
    };
    let passed_over = |why: RulePassedOver| {
        let (deployment, why) = (&context.deployment, Some(why));
        Ruled::Undecided(open_without_rule(deployment, ask, project, admitted, ordinal, why))
    };
    // Without an answer nobody is taken for a member, and the request need not wait for one: people can decide.
    if let Err(failure) = lookups.is_listed(&rule.named, &ask.user_id).await {
        warn!(?failure, "whom the rule names could not be looked up; people are asked");
        return passed_over(RulePassedOver::NotChecked);
    }
    let began_at = context.now();
    let event = Event::ApproveByRule {
        name: RuleName::AutoApprove,
        rule: rule.clone(),
        grant: Grant::of(project, role),
        people: lookups.people.clone(),
    };
    match decide(&undecided, &event, began_at) {
        Ok(Transition::Change(mut granted)) => {
            granted.work.recipient = lookups.recipient(&ask.user_id, began_at);
            Ruled::Granted(*granted)
        }
        Err(Illegal::NotByRule(RuleRefused::PassedOver(why))) => passed_over(why),
        Ok(Transition::NoOp)
        | Err(
            Illegal::NotByRule(RuleRefused::NotNamed | RuleRefused::NotActive)
            | Illegal::Status { .. }
            | Illegal::MayNotApprove(_)
            | Illegal::Stale { .. }
            | Illegal::NotDue { .. }
            | Illegal::Extension(_),
        ) => Ruled::Undecided(undecided),
    }
}
