//! An approver decides on an extension: by the same rules as on the request itself, in one conditional write.

use domain::authorization::{NotCounted, Refused, extension_click_was_taken_in, who_may_deny};
use domain::job::{Click, ExtensionClick};
use domain::lifecycle::{Event, ExtensionEvent, ExtensionFault, Illegal};
use domain::request::{Audience, Extension, ExtensionMessage, ExtensionOutcome};
use domain::validation::DENY_REASON_MAX_CHARS;
use domain::{Project, Request, UnixSeconds};
use slack::messages::refused_extension::{ExtensionRefused, decision_refused};
use tracing::info;

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::ask_extension::{extendable, refused};
use crate::requests::authorization::catalogue;
use crate::requests::form_about_again::{RefusedForm, show};
use crate::requests::people::Lookups;
use crate::slack_sync::direct::post_direct;
use crate::unit_of_work::change::{Applied, apply, edit, load, send_outbox};

/// How often people are looked up anew because somebody else approved meanwhile, before the job is tried again later.
const TALLIES_MAX: u32 = 4;

/// Handles the job `approve_extension`.
pub(crate) async fn approve(context: &Context, decision: &ExtensionClick) -> Result<(), Failure> {
    let ExtensionClick { click, extension: number } = decision;
    let Some((mut request, project)) = begin(context, decision).await? else { return Ok(()) };
    let project = project.as_ref();
    let mut lookups = Lookups::new(context);
    if !lookups.is_listed(&who_may_deny(&request, project), &click.user_id).await? {
        return refuse(context, decision, &request, project, &ExtensionRefused::NotAnApprover).await;
    }
    let at = click.counts_from(context.now());
    for _ in 0..TALLIES_MAX {
        request = lapse_if_due(context, request, *number, at).await?;
        let Some(extension) = open(&request, *number) else {
            return refuse(context, decision, &request, project, &not_pending()).await;
        };
        let (found, role) = match extendable(&request, project, extension.duration) {
            Ok(found) => found,
            Err(why) => return refuse(context, decision, &request, project, &why).await,
        };
        let listed = found.requesters(&request.ask.role);
        if !listed.is_empty() && !lookups.is_listed(listed, &request.ask.requester_slack_id).await? {
            let why = ExtensionRefused::RequesterMayNotAsk;
            return refuse(context, decision, &request, project, &why).await;
        }
        look_everybody_up(&mut lookups, click, &request, extension, found).await?;
        let event = Event::Extension(ExtensionEvent::Approve {
            number: *number,
            by: click.user_id.clone(),
            at,
            click_id: click.click_id.clone(),
            approvers: found.approvers(&request.ask.role).to_vec(),
            approvals_required: role.approvals_required,
            self_approval_allowed: found.allow_self_approval,
            max_extensions: role.max_extensions,
            people: lookups.people.clone(),
        });
        let why = match apply(context, request, &event).await? {
            Applied::Already(now) if open(&now, *number).is_some() => {
                let agreed = open(&now, *number).map_or(0, |extension| extension.approvals.len());
                let counted = u32::try_from(agreed).unwrap_or(u32::MAX);
                let why = ExtensionRefused::HasAgreed { counted, required: role.approvals_required };
                return refuse(context, decision, &now, project, &why).await;
            }
            Applied::Changed(_) | Applied::Already(_) => return Ok(()),
            Applied::Illegal(now, illegal) => {
                request = *now;
                illegal
            }
        };
        let why = match why {
            // Another approval was recorded since people were looked up.
            Illegal::Extension(ExtensionFault::MayNotApprove(Refused::NotLookedUp(_))) => continue,
            Illegal::Extension(ExtensionFault::MayNotApprove(Refused::RequesterNotActive)) => {
                ExtensionRefused::RequesterLeft
            }
            Illegal::Extension(ExtensionFault::MayNotApprove(Refused::NotCounted(why))) => match why {
                NotCounted::NotActive => ExtensionRefused::NotAPerson,
                NotCounted::NotListed => ExtensionRefused::NotAnApprover,
                NotCounted::OwnRequest => ExtensionRefused::OwnRequest,
            },
            other => refused(other, context),
        };
        return refuse(context, decision, &request, project, &why).await;
    }
    Err(Failure::retry("others approved the same extension again and again meanwhile"))
}

/// Handles the job `deny_extension`.
pub(crate) async fn deny(context: &Context, decision: &ExtensionClick) -> Result<(), Failure> {
    let ExtensionClick { click, extension: number } = decision;
    let Some((request, project)) = begin(context, decision).await? else { return Ok(()) };
    let project = project.as_ref();
    let approvers = who_may_deny(&request, project);
    let mut lookups = Lookups::new(context);
    if !lookups.is_listed(&approvers, &click.user_id).await? {
        return refuse(context, decision, &request, project, &ExtensionRefused::NotAnApprover).await;
    }
    if !lookups.is_active(&click.user_id).await? {
        return refuse(context, decision, &request, project, &ExtensionRefused::NotAPerson).await;
    }
    let at = click.counts_from(context.now());
    let request = lapse_if_due(context, request, *number, at).await?;
    let reason = click.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let reason = reason.map(|reason| reason.chars().take(DENY_REASON_MAX_CHARS).collect());
    let event = Event::Extension(ExtensionEvent::Deny {
        number: *number,
        by: click.user_id.clone(),
        at,
        click_id: click.click_id.clone(),
        approvers,
        reason,
    });
    match apply(context, request, &event).await? {
        Applied::Changed(_) | Applied::Already(_) => Ok(()),
        Applied::Illegal(now, illegal) => {
            refuse(context, decision, &now, project, &refused(illegal, context)).await
        }
    }
}

/// The request, and what the catalogue says of it today; nothing where this very click was taken in before.
async fn begin(
    context: &Context,
    decision: &ExtensionClick,
) -> Result<Option<(Request, Option<Project>)>, Failure> {
    let mut request = load(context, &decision.click.request_id).await?;
    if extension_click_was_taken_in(&request, decision.extension, &decision.click) {
        send_outbox(context, &mut request).await?;
        return Ok(None);
    }
    remember_message(context, &mut request, decision).await?;
    let project = catalogue(context, &request).await?;
    Ok(Some((request, project)))
}

/// Keeps track of the message that was clicked, in case its posting was not recorded.
async fn remember_message(
    context: &Context,
    request: &mut Request,
    decision: &ExtensionClick,
) -> Result<(), Failure> {
    let (Some(message), number) = (&decision.click.message, decision.extension) else { return Ok(()) };
    let is_known =
        |request: &Request| request.slack.extension_messages.iter().any(|known| known.message == *message);
    if is_known(request) || open(request, number).is_none() {
        return Ok(());
    }
    edit(context, request, |request| {
        if !is_known(request) {
            request.slack.extension_messages.push(ExtensionMessage {
                number,
                message: message.clone(),
                audience: Audience::Channel,
                shows: None,
            });
        }
        Ok(())
    })
    .await
}

fn open(request: &Request, number: u32) -> Option<&Extension> {
    request.extensions.get(number).filter(|extension| extension.outcome == ExtensionOutcome::Open)
}

fn not_pending() -> ExtensionRefused {
    ExtensionRefused::Fault(ExtensionFault::NotPending)
}

/// An extension whose time to be decided was over at `at`, the moment from which a click counts, lapses.
async fn lapse_if_due(
    context: &Context,
    request: Request,
    number: u32,
    at: UnixSeconds,
) -> Result<Request, Failure> {
    let lapses_at = open(&request, number).map(|extension| extension.asked_at.after(context.pending_ttl));
    if lapses_at.is_none_or(|lapses_at| at < lapses_at) {
        return Ok(request);
    }
    let event = Event::Extension(ExtensionEvent::Lapse { number, why: None });
    match apply(context, request, &event).await? {
        Applied::Changed(request) | Applied::Already(request) | Applied::Illegal(request, _) => Ok(*request),
    }
}

/// Everybody who counts: whoever clicked, the requester, and those who agreed before.
async fn look_everybody_up(
    lookups: &mut Lookups<'_>,
    click: &Click,
    request: &Request,
    extension: &Extension,
    project: &Project,
) -> Result<(), Failure> {
    for id in [&click.user_id, &request.ask.requester_slack_id].into_iter().chain(&extension.approvals) {
        lookups.look_up(id).await?;
    }
    for earlier in &extension.approvals {
        lookups.is_listed(project.approvers(&request.ask.role), earlier).await?;
    }
    Ok(())
}

async fn refuse(
    context: &Context,
    decision: &ExtensionClick,
    request: &Request,
    project: Option<&Project>,
    why: &ExtensionRefused,
) -> Result<(), Failure> {
    let person = &decision.click.user_id;
    info!(%person, reason = ?why, "the decision on an extension is refused");
    let extension = request.extensions.get(decision.extension);
    let said = decision_refused(request, extension, project, why);
    // Nothing in a form puts it right: only a denial has one.
    let (click, number, at) = (&decision.click, Some(decision.extension), None);
    let form = RefusedForm { click, request, extension: number, project, at, said: &said };
    show(context, &form).await;
    post_direct(context, person, said).await
}
