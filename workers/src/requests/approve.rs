//! An approver says yes: one conditional write, by somebody who may, at a time when the request is open.

use domain::authorization::{NotCounted, NotOffered, Refused, deciders, offered, was_taken_in, who_may_deny};
use domain::job::Click;
use domain::lifecycle::{Event, Illegal};
use domain::project::{MayNotDecide, Role};
use domain::request::Grant;
use domain::{GrantDuration, Project, Request, Status};
use slack::messages::refused_click::ClickRefused;

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::authorization::{catalogue, lapse_if_due, refuse, remember_message};
use crate::requests::people::Lookups;
use crate::unit_of_work::change::{Applied, apply_also, load, send_outbox};

/// How often people are looked up anew because somebody else approved meanwhile, before the job is tried again later.
const TALLIES_MAX: u32 = 4;

/// Handles the job `approve`, and with `shorter` the job `approve_shorter`.
pub(crate) async fn approve(
    context: &Context,
    click: &Click,
    shorter: Option<GrantDuration>,
) -> Result<(), Failure> {
    let mut request = load(context, &click.request_id).await?;
    if was_taken_in(&request, click) {
        return send_outbox(context, &mut request).await;
    }
    remember_message(context, &mut request, click).await?;
    let project = catalogue(context, &request).await?;
    let mut lookups = Lookups::new(context);
    if !lookups.is_listed(&who_may_deny(&request, project.as_ref()), &click.user_id).await? {
        let why = ClickRefused::MayNotDecide(MayNotDecide::NotAnApprover);
        return refuse(context, click, &request, project.as_ref(), &why).await;
    }
    let (project, role) = match offered(&request, project.as_ref(), shorter.unwrap_or(request.ask.duration)) {
        Ok(found) => found,
        Err(why) => {
            let why = match why {
                NotOffered::NoProject | NotOffered::NoRole => ClickRefused::NoLongerOffered,
                NotOffered::TooLong { longest } => ClickRefused::NowTooLong { longest },
            };
            return refuse(context, click, &request, project.as_ref(), &why).await;
        }
    };
    let may_ask = project.requesters(&request.ask.role);
    if !may_ask.is_empty() && !lookups.is_listed(may_ask, &request.ask.requester_slack_id).await? {
        return refuse(context, click, &request, Some(project), &ClickRefused::RequesterMayNotAsk).await;
    }
    let began_at = context.now();
    let at = click.counts_from(began_at);
    for _ in 0..TALLIES_MAX {
        request = lapse_if_due(context, request, at).await?;
        if request.status != Status::Pending {
            return decided(context, click, request, project).await;
        }
        if let Some(why) =
            out_of_range(context, &request, shorter).or_else(|| too_short(&request, role, shorter))
        {
            return refuse(context, click, &request, Some(project), &why).await;
        }
        look_everybody_up(&mut lookups, click, &request, project).await?;
        let event = Event::Approve {
            by: click.user_id.clone(),
            at,
            click_id: click.click_id.clone(),
            approvers: deciders(&request, project),
            self_approval_allowed: project.allow_self_approval,
            approvals_required: role.approvals_required,
            grant: Grant::of(project, role),
            people: lookups.people.clone(),
            shorter,
        };
        let recipient = lookups.recipient(&request.ask.requester_slack_id, began_at);
        // Only for as long as it is being made.
        let also = |next: &mut Request| {
            if next.status == Status::Approved {
                next.work.recipient.clone_from(&recipient);
            }
        };
        let why = match apply_also(context, request, &event, also).await? {
            Applied::Already(now) if now.status == Status::Pending => {
                let counted = u32::try_from(now.decision.approvals.len()).unwrap_or(u32::MAX);
                let why = ClickRefused::HasAgreed { counted, required: role.approvals_required };
                return refuse(context, click, &now, Some(project), &why).await;
            }
            Applied::Changed(_) | Applied::Already(_) => return Ok(()),
            Applied::Illegal(now, illegal) => {
                request = *now;
                illegal
            }
        };
        let why = match why {
            // Another approval was recorded since people were looked up.
            Illegal::MayNotApprove(Refused::NotLookedUp(_)) => continue,
            Illegal::MayNotApprove(Refused::RequesterNotActive) => ClickRefused::RequesterLeft,
            Illegal::MayNotApprove(Refused::NotCounted(why)) => match why {
                NotCounted::NotActive => ClickRefused::NotAPerson,
                NotCounted::NotListed => ClickRefused::MayNotDecide(MayNotDecide::NotAnApprover),
                NotCounted::OwnRequest => ClickRefused::MayNotDecide(MayNotDecide::OwnRequest),
            },
            Illegal::Stale { clicked_at } => {
                // Its buttons stay, unless its time to be decided is over by now.
                let now = context.now();
                request = lapse_if_due(context, request, now).await?;
                ClickRefused::Stale { clicked_at, now }
            }
            Illegal::Status { .. }
            | Illegal::NotDue { .. }
            | Illegal::NotByRule(_)
            | Illegal::Extension(_) => ClickRefused::TooLate,
        };
        return refuse(context, click, &request, Some(project), &why).await;
    }
    Err(Failure::retry("others approved the same request again and again meanwhile"))
}

/// Everybody who counts: whoever clicked, the requester, and those who agreed before.
async fn look_everybody_up(
    lookups: &mut Lookups<'_>,
    click: &Click,
    request: &Request,
    project: &Project,
) -> Result<(), Failure> {
    for id in [&click.user_id, &request.ask.requester_slack_id].into_iter().chain(&request.decision.approvals)
    {
        lookups.look_up(id).await?;
    }
    for earlier in &request.decision.approvals {
        lookups.is_listed(&deciders(request, project), earlier).await?;
    }
    Ok(())
}

/// It is no longer open. Whoever has agreed to what was granted has nothing to hear.
async fn decided(
    context: &Context,
    click: &Click,
    mut request: Request,
    project: &Project,
) -> Result<(), Failure> {
    if request.status.is_live() && click.user_id.is_in(&request.decision.approvals) {
        return send_outbox(context, &mut request).await;
    }
    refuse(context, click, &request, Some(project), &ClickRefused::TooLate).await
}

/// Why nobody can approve for so short: the access would be taken away before it was given.
fn too_short(request: &Request, role: &Role, shorter: Option<GrantDuration>) -> Option<ClickRefused> {
    let duration = shorter.map_or(request.ask.duration, |shorter| shorter.min(request.ask.duration));
    let sessions = request.too_short_for_sessions(&role.kind, duration)?;
    Some(ClickRefused::NotLongerThanSessions { sessions })
}

/// Why nobody can approve for so long: an approval grants less than was asked for, never more.
fn out_of_range(
    context: &Context,
    request: &Request,
    shorter: Option<GrantDuration>,
) -> Option<ClickRefused> {
    match shorter? {
        longer if longer > request.ask.duration => Some(ClickRefused::LongerThanAsked),
        short if short < context.min_duration && short < request.ask.duration => {
            Some(ClickRefused::TooShort { shortest: context.min_duration })
        }
        _ => None,
    }
}
