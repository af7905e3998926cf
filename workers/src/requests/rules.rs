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
    let Some(role) = project.roles.get(&admitted.role) else { return Ruled::Undecided(undecided) };
    let (name, rule) = if ask.break_glass {
        (RuleName::BreakGlass, &role.break_glass)
    } else {
        (RuleName::AutoApprove, &role.auto_approve)
    };
    let passed_over = |why: RulePassedOver| {
        let (deployment, why) = (&context.deployment, Some(why));
        Ruled::Undecided(open_without_rule(deployment, ask, project, admitted, ordinal, why))
    };
    // Whoever asks as in an emergency reads why they have to wait all the same.
    let not_named = || match name {
        RuleName::AutoApprove => Ruled::Undecided(undecided.clone()),
        RuleName::BreakGlass => passed_over(RulePassedOver::NotNamed),
    };
    let Some(rule) = rule else { return not_named() };
    // Without an answer nobody is taken for a member, and the request need not wait for one: people can decide.
    if let Err(failure) = lookups.is_listed(&rule.named, &ask.user_id).await {
        warn!(?failure, "whom the rule names could not be looked up; people are asked");
        return passed_over(RulePassedOver::NotChecked);
    }
    let began_at = context.now();
    let event = Event::ApproveByRule {
        name,
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
        Err(Illegal::NotByRule(RuleRefused::NotNamed)) => not_named(),
        Ok(Transition::NoOp)
        | Err(
            Illegal::NotByRule(RuleRefused::NotActive)
            | Illegal::Status { .. }
            | Illegal::MayNotApprove(_)
            | Illegal::Stale { .. }
            | Illegal::NotDue { .. }
            | Illegal::Extension(_),
        ) => Ruled::Undecided(undecided),
    }
}
