//! Gives a grant the later end of an extension that was approved: the later schedule first, then the tag and the record, and
//! the guard last, where the kind has these. At every moment the earlier end or the later one holds.
//!
//! Each step may be repeated. Until the record has the later end, the sweep and the schedule end the grant at the earlier one;
//! until the guard has it, IAM denies everything after the earlier one.

use std::time::Duration;

use aws::iam::Appearing;
use domain::lifecycle::{Event, ExtensionEvent, ExtensionFault, Illegal, decide};
use domain::request::{Extension, ExtensionOutcome, Grant};
use domain::{Job, Request, RequestId, Status, UnixSeconds};
use slack::text::shorten;
use tracing::{info, warn};

use crate::context::{Context, ProvisionDeps};
use crate::failure::Failure;
use crate::grants::arm::ensure_end;
use crate::grants::deliver::claim::change;
use crate::grants::kinds::Kind;
use crate::grants::kinds::making::Making;
use crate::unit_of_work::change::{Applied, apply, apply_unsent, edit, load, send_following, send_others};
use crate::unit_of_work::claim::{Held, Task, claim};

/// Longest cause that is kept of a failure, in characters.
const WHY_MAX_CHARS: usize = 300;
/// How often a claim that could not be given back is waited for, at most: it has ended by then.
const CLAIM_WAITS_MAX: u32 = 5;

/// Handles the job `extend_grant`.
pub(crate) async fn extend_grant(
    context: &Context,
    deps: &ProvisionDeps,
    request_id: &RequestId,
) -> Result<(), Failure> {
    let mut request = load(context, request_id).await?;
    let job = job(request_id);
    let (Some(extension), Some(grant)) = (wanted(&request), request.decision.grant.clone()) else {
        info!(status = %request.status, "nothing to extend");
        return send_others(context, &mut request, Some(&job)).await;
    };
    let number = extension.number;
    let held = claim(context, &mut request, Task::Extending, |request| still_wanted(request, number)).await?;
    let outcome = carry_out(context, deps, &held, &mut request, &grant, number).await;
    held.release(context, &mut request).await;
    match outcome {
        Err(Failure::Reject { error, .. }) => fail(context, deps, request, number, &error).await,
        other => other,
    }
}

/// No tries are left: the grant keeps the end that its guard has.
pub(crate) async fn roll_back(
    context: &Context,
    deps: &ProvisionDeps,
    request_id: &RequestId,
    error: &str,
) -> Result<(), Failure> {
    let request = load(context, request_id).await?;
    let Some(number) = wanted(&request).map(|extension| extension.number) else { return Ok(()) };
    fail(context, deps, request, number, error).await
}

async fn carry_out(
    context: &Context,
    deps: &ProvisionDeps,
    held: &Held,
    request: &mut Request,
    grant: &Grant,
    number: u32,
) -> Result<(), Failure> {
    let Some(until) = wanted(request).and_then(|extension| extension.until) else { return Ok(()) };
    let address = address_for_door(context, request, grant).await?;
    let mut making = making(context, deps, held, until, address.as_deref());
    let kind = Kind::of(grant);
    if !has_later_end(request, number) {
        let event = Event::Extension(ExtensionEvent::Extend { number });
        if let Err(illegal) = decide(request, &event, context.now()) {
            return Err(cannot(&illegal));
        }
        let taken_away_at = request.taken_away_for(until);
        ensure_end(&mut making, request, taken_away_at).await?;
        kind.tag_end(&mut making, request).await?;
        held.has_time(context.now())?;
        match apply_unsent(context, request.clone(), &event, Some(&job(&request.request_id))).await? {
            Applied::Changed(now) | Applied::Already(now) => *request = *now,
            Applied::Illegal(now, illegal) => {
                *request = *now;
                return Err(cannot(&illegal));
            }
        }
    }
    held.holds(request)?;
    held.has_time(context.now())?;
    kind.extend_guard(&mut making, request).await?;
    tell_machine(context, request, until).await;
    edit(context, request, |request| {
        if has_later_end(request, number) {
            request.extensions.extending = None;
            request.work.outbox.push(Job::SyncSlack { request_id: request.request_id.clone() });
        }
        held.give_back(request);
        Ok(())
    })
    .await?;
    info!(number, until = until.rfc3339(), "the grant was extended");
    send_following(context, request).await
}

/// The machine that claimed the credential is answered until the later end, and learns of it. The grant does not depend on it.
async fn tell_machine(context: &Context, request: &Request, until: UnixSeconds) {
    let (Some(place), Some(claim)) = (&context.claims, &request.access.claim) else { return };
    let moved = change(place, &claim.id, |item| {
        let is_later = !item.closed && item.confirmed.is_some() && item.expires < until;
        if is_later {
            item.expires = until;
        }
        is_later
    });
    if let Err(failure) = moved.await {
        warn!(?failure, "the machine that claimed the credential does not learn of the later end");
    }
}

/// The grant goes on to the end that its guard has, and people are told.
async fn fail(
    context: &Context,
    deps: &ProvisionDeps,
    request: Request,
    number: u32,
    why: &str,
) -> Result<(), Failure> {
    warn!(number, why, "the extension cannot be carried out");
    let event = Event::Extension(ExtensionEvent::Fail { number, why: shorten(why, WHY_MAX_CHARS) });
    let request = match apply(context, request, &event).await? {
        Applied::Changed(request) => request,
        // It ended meanwhile, and the extension with it.
        Applied::Already(_) | Applied::Illegal(..) => return Ok(()),
    };
    if let Err(failure) = restore_schedule(context, deps, request).await {
        warn!(
            ?failure,
            "the schedule has the later end; the guard and the sweep end the grant at the earlier one"
        );
    }
    Ok(())
}

/// Sets the schedule to the end that the record has, unless another extension is under way, which sets its own.
async fn restore_schedule(
    context: &Context,
    deps: &ProvisionDeps,
    mut request: Box<Request>,
) -> Result<(), Failure> {
    let mut waits = 0;
    let held = loop {
        let claimed = claim(context, &mut request, Task::Extending, is_active).await;
        match claimed {
            Err(Failure::Later { seconds }) if waits < CLAIM_WAITS_MAX => {
                waits += 1;
                context.clock.sleep(Duration::from_secs(seconds.into())).await;
            }
            other => break other?,
        }
    };
    let outcome = match request.taken_away_at() {
        Some(ends_at) => {
            ensure_end(&mut making(context, deps, &held, ends_at, None), &request, ends_at).await
        }
        None => Ok(()),
    };
    held.release(context, &mut request).await;
    outcome
}

fn is_active(request: &Request) -> Result<(), Failure> {
    match request.status {
        Status::Active => Ok(()),
        ended => Err(Failure::retry(format!("the grant is {ended} by now"))),
    }
}

fn making<'a>(
    context: &'a Context,
    deps: &'a ProvisionDeps,
    held: &'a Held,
    expires_at: UnixSeconds,
    email: Option<&'a str>,
) -> Making<'a> {
    Making { context, deps, held, expires_at, email, appearing: Appearing::new(&context.clock) }
}

/// The requester's address, where the role is opened to them by it or by what is found by it.
async fn address_for_door(
    context: &Context,
    request: &Request,
    grant: &Grant,
) -> Result<Option<String>, Failure> {
    if !grant.role.is_opened_by_address() {
        return Ok(None);
    }
    let person = context.slack.person(&request.ask.requester_slack_id).await?;
    if person.deactivated {
        let error = "the requester's Slack account is deactivated".to_owned();
        return Err(Failure::Reject { reason: crate::failure::REASON_REFUSED, error });
    }
    Ok(person.email)
}

fn job(request_id: &RequestId) -> Job {
    Job::ExtendGrant { request_id: request_id.clone() }
}

/// The extension that is to be carried out.
fn wanted(request: &Request) -> Option<&Extension> {
    request.extensions.to_carry_out().filter(|_| request.status == Status::Active)
}

fn still_wanted(request: &Request, number: u32) -> Result<(), Failure> {
    match wanted(request) {
        Some(extension) if extension.number == number => Ok(()),
        Some(_) | None => Err(Failure::retry("the extension was carried out, or has become void, meanwhile")),
    }
}

/// Whether the record has the later end, and the guard not yet.
fn has_later_end(request: &Request, number: u32) -> bool {
    let extension = request.extensions.get(number);
    extension.is_some_and(|extension| extension.outcome == ExtensionOutcome::Extended)
        && request.extensions.extending.is_some_and(|extending| extending.number == number)
}

/// Why the record does not take the later end: only a grant that goes on is said to have failed to be extended.
fn cannot(illegal: &Illegal) -> Failure {
    let error = match illegal {
        Illegal::Extension(ExtensionFault::TooLate) => "access was about to end by then".to_owned(),
        Illegal::Extension(ExtensionFault::NotLonger { .. }) => "access lasts longer as it is".to_owned(),
        other => other.to_string(),
    };
    Failure::Reject { reason: crate::failure::REASON_REFUSED, error }
}
