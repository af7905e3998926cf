//! Whoever has access asks to have it for longer: checked against the catalogue as it is today, and kept in the grant's record.

use domain::authorization::{NotOffered, offered};
use domain::job::{Click, ExtensionAsk};
use domain::lifecycle::{Event, ExtensionEvent, ExtensionFault, Illegal};
use domain::project::Role;
use domain::request::EXTENSION_REASON_MAX_CHARS;
use domain::rule::Rule;
use domain::{GrantDuration, Project, Request, SlackUserId, Status};
use slack::messages::refused_extension::{ExtensionRefused, ask_refused, at_field};
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::authorization::catalogue;
use crate::requests::form_about_again::{RefusedForm, show};
use crate::requests::people::Lookups;
use crate::slack_sync::direct::post_direct;
use crate::unit_of_work::change::{Applied, apply, load, send_outbox};

/// Handles the job `extend`.
pub(crate) async fn ask(context: &Context, ask: &ExtensionAsk) -> Result<(), Failure> {
    let ExtensionAsk { click, duration } = ask;
    let mut request = load(context, &click.request_id).await?;
    let is_known = |id| request.extensions.list.iter().any(|known| known.click_id.as_ref() == Some(id));
    if click.click_id.as_ref().is_some_and(is_known) {
        return send_outbox(context, &mut request).await;
    }
    let project = catalogue(context, &request).await?;
    let mut lookups = Lookups::new(context);
    let may = may_ask(context, &mut lookups, &request, project.as_ref(), (&click.user_id, *duration)).await?;
    let role = match may {
        Ok(role) => role,
        Err(why) => return refuse(context, click, (&request, project.as_ref()), &why).await,
    };
    let max_extensions = role.max_extensions;
    let at = click.counts_from(context.now());
    let why = click.reason.as_deref().map(str::trim).filter(|why| !why.is_empty());
    let justification = why.map(|why| why.chars().take(EXTENSION_REASON_MAX_CHARS).collect::<String>());
    if let Some(rule) = rule(&mut lookups, &request, role, *duration).await {
        let event = Event::Extension(ExtensionEvent::ApproveByRule {
            by: click.user_id.clone(),
            at,
            click_id: click.click_id.clone(),
            duration: *duration,
            justification: justification.clone(),
            max_extensions,
            rule: rule.clone(),
            people: lookups.people.clone(),
        });
        match apply(context, request, &event).await? {
            Applied::Changed(_) | Applied::Already(_) => return Ok(()),
            Applied::Illegal(now, Illegal::Extension(ExtensionFault::NotByRule)) => request = *now,
            Applied::Illegal(now, illegal) => {
                return refuse(context, click, (&now, project.as_ref()), &refused(illegal, context)).await;
            }
        }
    }
    let event = Event::Extension(ExtensionEvent::Ask {
        by: click.user_id.clone(),
        at,
        click_id: click.click_id.clone(),
        duration: *duration,
        justification,
        max_extensions,
    });
    match apply(context, request, &event).await? {
        Applied::Changed(_) | Applied::Already(_) => Ok(()),
        Applied::Illegal(now, illegal) => {
            refuse(context, click, (&now, project.as_ref()), &refused(illegal, context)).await
        }
    }
}

/// The role's rule, where it may grant an extension of this length. Where Slack does not say whom it names, people decide.
async fn rule<'a>(
    lookups: &mut Lookups<'_>,
    request: &Request,
    role: &'a Role,
    duration: GrantDuration,
) -> Option<&'a Rule> {
    let rule = role.auto_approve.as_ref()?;
    if duration > rule.max_duration || request.broke_glass() {
        return None;
    }
    match lookups.is_listed(&rule.named, &request.ask.requester_slack_id).await {
        Ok(true) => {}
        Ok(false) => return None,
        Err(failure) => {
            warn!(?failure, "whom the rule names could not be looked up; people are asked");
            return None;
        }
    }
    // Listed as they stand, nobody was looked up.
    let is_active = lookups.is_active(&request.ask.requester_slack_id).await;
    is_active.is_ok_and(|is_active| is_active).then_some(rule)
}

/// Whether somebody may ask for an extension of this length, by the catalogue and by Slack as they are today.
async fn may_ask<'a>(
    context: &Context,
    lookups: &mut Lookups<'_>,
    request: &Request,
    project: Option<&'a Project>,
    (person, duration): (&SlackUserId, GrantDuration),
) -> Result<Result<&'a Role, ExtensionRefused>, Failure> {
    if !is_theirs(lookups, request, person).await? {
        return Ok(Err(ExtensionRefused::NotTheirs));
    }
    let (project, role) = match extendable(request, project, duration) {
        Ok(found) => found,
        Err(why) => return Ok(Err(why)),
    };
    if duration < context.min_duration {
        return Ok(Err(ExtensionRefused::TooShort { shortest: context.min_duration }));
    }
    if !lookups.is_active(person).await? {
        return Ok(Err(ExtensionRefused::RequesterLeft));
    }
    let listed = project.requesters(&request.ask.role);
    if !listed.is_empty() && !lookups.is_listed(listed, &request.ask.requester_slack_id).await? {
        return Ok(Err(ExtensionRefused::RequesterMayNotAsk));
    }
    Ok(Ok(role))
}

/// Whether it is this person's own access, by whichever of their ids.
pub(crate) async fn is_theirs(
    lookups: &mut Lookups<'_>,
    request: &Request,
    person: &SlackUserId,
) -> Result<bool, Failure> {
    lookups.is_listed(std::slice::from_ref(&request.ask.requester_slack_id), person).await
}

/// The project and the role of a live grant that can be extended by so much, as the catalogue offers them today.
pub(crate) fn extendable<'a>(
    request: &Request,
    project: Option<&'a Project>,
    duration: GrantDuration,
) -> Result<(&'a Project, &'a Role), ExtensionRefused> {
    if request.status != Status::Active {
        return Err(ExtensionRefused::NotLive);
    }
    if request.decision.grant.as_ref().is_some_and(|grant| !grant.role.name().can_be_extended()) {
        return Err(ExtensionRefused::NotOfThisKind);
    }
    offered(request, project, duration).map_err(|why| match why {
        NotOffered::NoProject | NotOffered::NoRole => ExtensionRefused::NoLongerOffered,
        NotOffered::TooLong { longest } => ExtensionRefused::TooLong { longest },
    })
}

/// The role, where an extension of any length could be asked for now.
pub(crate) fn can_be_asked_for<'a>(
    request: &Request,
    project: Option<&'a Project>,
) -> Result<&'a Role, ExtensionRefused> {
    let (_, role) = extendable(request, project, GrantDuration::SHORTEST)?;
    if let Some(pending) = request.extensions.pending() {
        return Err(ExtensionRefused::Fault(ExtensionFault::OneIsPending { asked_at: pending.asked_at }));
    }
    if request.extensions.granted() >= role.max_extensions {
        return Err(ExtensionRefused::Fault(ExtensionFault::NoneLeft { allowed: role.max_extensions }));
    }
    Ok(role)
}

/// What the record says against it.
pub(crate) fn refused(illegal: Illegal, context: &Context) -> ExtensionRefused {
    match illegal {
        Illegal::Extension(fault) => ExtensionRefused::Fault(fault),
        Illegal::Stale { clicked_at } => ExtensionRefused::Stale { clicked_at, now: context.now() },
        Illegal::Status { .. }
        | Illegal::NotDue { .. }
        | Illegal::NotByRule(_)
        | Illegal::MayNotApprove(_) => ExtensionRefused::NotLive,
    }
}

async fn refuse(
    context: &Context,
    click: &Click,
    (request, project): (&Request, Option<&Project>),
    why: &ExtensionRefused,
) -> Result<(), Failure> {
    let person = &click.user_id;
    info!(%person, reason = ?why, "the extension is refused");
    let said = ask_refused(request, why);
    let form = RefusedForm { click, request, extension: None, project, at: at_field(why), said: &said };
    show(context, &form).await;
    post_direct(context, person, said).await
}
