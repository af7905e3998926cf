//! Makes a grant, in the order that leaves none without its end: schedule, user or role, guard, policies, and then key and
//! email, or who may assume the role.
//!
//! Each step may be repeated. Whatever a crash leaves is found by the next try; what cannot succeed is undone.

use aws::iam::Appearing;
use domain::lifecycle::Event;
use domain::request::{Grant, Waiting};
use domain::{EmailAddress, Job, Request, RequestId, UnixSeconds};
use tracing::{info, warn};

use crate::context::{Context, ProvisionDeps};
use crate::failure::{Failure, REASON_REFUSED};
use crate::grants::arm::ensure_end;
use crate::grants::credential::Credential;
use crate::grants::deliver::claim::{ready, seal_to_machine};
use crate::grants::deliver::console::sign_in_url;
use crate::grants::deliver::email::{credential_email, key_superseded_email};
use crate::grants::kinds::Kind;
use crate::grants::kinds::entitlement::hand_over;
use crate::grants::kinds::made::Made;
use crate::grants::kinds::making::Making;
use crate::grants::remove::remove;
use crate::grants::wanted::{is_to_be_made, still_wanted, was_made_meanwhile};
use crate::unit_of_work::change::{Applied, apply, apply_while, edit, load, send_others, send_outbox};
use crate::unit_of_work::claim::{Held, Task, claim};

/// Longest cause that is kept of a wait, in characters.
const WHY_MAX_CHARS: usize = 500;

/// Handles the job `provision`.
pub(crate) async fn provision(
    context: &Context,
    deps: &ProvisionDeps,
    request_id: &RequestId,
) -> Result<(), Failure> {
    let mut request = load(context, request_id).await?;
    if !is_to_be_made(&request) {
        info!(status = %request.status, "nothing to make");
        let was_in_identity_center =
            request.decision.grant.as_ref().is_some_and(|grant| grant.role.is_of_identity_center());
        if was_in_identity_center && request.status.is_final() {
            // An earlier try may have given it late and not come to take it away, and no tag in AWS says so.
            hand_over(context, &request).await?;
        }
        let in_hand = Job::Provision { request_id: request_id.clone() };
        return send_others(context, &mut request, Some(&in_hand)).await;
    }
    let (Some(grant), Some(expires_at)) = (request.decision.grant.clone(), request.access.expires_at) else {
        return fail(context, request_id, "its record does not say what was granted").await;
    };
    if request.time_is_over(context.now()) {
        // The revoke job that is due now takes away what there may be.
        return context
            .jobs
            .send(&Job::ExpireGrant { request_id: request_id.clone() })
            .await
            .map_err(Into::into);
    }
    if let Some(why) = &request.access.failure {
        // It was given up before, and is not undone whole yet.
        return fail(context, request_id, why).await;
    }
    let held = claim(context, &mut request, Task::Making, still_wanted).await?;
    let mut made = None;
    let outcome = make(context, deps, &held, &mut request, &grant, expires_at, &mut made).await;
    let Err(failure) = outcome else { return Ok(()) };
    held.release(context, &mut request).await;
    if let Some(credential) = made.as_ref().and_then(Made::credential) {
        undo_create(context, &grant, request_id, credential).await;
    }
    match &failure {
        Failure::Reject { error, .. } => return fail(context, request_id, error).await,
        Failure::NeedsOperator { error } => note_wait(context, &mut request, error).await,
        Failure::Retry { .. } | Failure::Later { .. } => {}
    }
    if still_wanted(&request).is_err() && !was_made_meanwhile(&request) {
        // Ended or given up while this went on: nothing that was made may stay.
        take_away(context, &request).await?;
    }
    Err(failure)
}

async fn make(
    context: &Context,
    deps: &ProvisionDeps,
    held: &Held,
    request: &mut Request,
    grant: &Grant,
    expires_at: UnixSeconds,
    made: &mut Option<Made>,
) -> Result<(), Failure> {
    let machine = request.confirmed_machine().cloned();
    // An earlier try noted whose it is and arranged its end; Identity Center is still at it.
    let is_under_way = grant.role.is_of_identity_center() && request.access.sign_in.is_some();
    let (email, time_zone) = match (&machine, grant.claim_within_seconds) {
        _ if is_under_way => (None, None),
        (Some(machine), _) => (Some(machine.source_identity.clone()), None),
        (None, Some(_)) => (None, None),
        (None, None) => {
            let person = person(context, request).await?;
            let email =
                if grant.role.has_secret() { Some(person.mail_address()?) } else { person.email.clone() };
            (email, person.time_zone)
        }
    };
    let mut making = Making {
        context,
        deps,
        held,
        expires_at,
        email: email.as_deref(),
        appearing: Appearing::new(&context.clock),
    };
    if !is_under_way {
        let taken_away_at = request.taken_away_for(expires_at);
        ensure_end(&mut making, request, taken_away_at).await?;
    }
    let kind = Kind::of(grant);
    if let (None, Some(within)) = (&machine, grant.claim_within_seconds) {
        return ready(&mut making, request, kind, within).await;
    }
    let made = made.insert(kind.create(&mut making, request).await?);
    kind.settle(&mut making, request, made).await?;
    // What is claimed is sent to no address.
    let to = email.as_deref().filter(|_| machine.is_none());
    store_ids(context, held, request, made, to).await?;
    let mut event = Event::Activate;
    if let Some(credential) = made.credential() {
        let console = match &machine {
            Some(_) => sign_in_url(&deps.federation, credential).await,
            None => None,
        };
        held.has_time(context.now())?;
        if let Some(machine) = machine {
            let sealed = (credential, expires_at);
            seal_to_machine(context, held, request, &machine, sealed, console.as_ref()).await?;
            event = Event::Claimed { machine };
        } else {
            let (to, zone) = (to.unwrap_or_default(), time_zone.as_deref());
            deps.mailer.send(&credential_email(request, credential, expires_at, to, zone)).await?;
        }
        info!(
            principal = credential.principal,
            access_key_id = credential.access_key_id,
            "the credential was delivered"
        );
    }

    // Only the worker whose key it is makes the grant live: another that took over has made a key of its own.
    let held_still = |request: &Request| {
        if !is_to_be_made(request) {
            return Ok(());
        }
        still_wanted(request).and_then(|()| held.holds(request))
    };
    match apply_while(context, request.clone(), &event, held_still).await? {
        Applied::Changed(_) => Ok(()),
        Applied::Already(now) => match made.credential() {
            Some(credential) => send_key_superseded_email(deps, &now, credential).await,
            None => Ok(()),
        },
        Applied::Illegal(now, _) => {
            warn!(status = %now.status, "the request ended while it was made; it is taken away");
            take_away(context, &now).await
        }
    }
}

/// Takes away what was made of a request that ended meanwhile. What takes longer goes on by a job of its own: this one finds
/// nothing to make when it comes back.
async fn take_away(context: &Context, request: &Request) -> Result<(), Failure> {
    match remove(context, request).await {
        Err(Failure::Later { .. } | Failure::NeedsOperator { .. }) => hand_over(context, request).await,
        outcome => outcome,
    }
}

/// After a failure, a key that the record does not name is nobody's: another worker took over and made its own.
async fn undo_create(context: &Context, grant: &Grant, request_id: &RequestId, made: &Credential) {
    let outcome = async {
        let named = load(context, request_id).await?.access.access_key_id;
        if named.as_deref() != Some(&made.access_key_id) {
            Kind::of(grant).undo_create(context, made).await?;
        }
        Ok::<(), Failure>(())
    };
    if let Err(failure) = outcome.await {
        warn!(?failure, "a key that was made in vain may be left; it goes with its user");
    }
}

/// This worker stood still while another took over, and then sent its email all the same: the person is told which
/// of the two keys counts.
async fn send_key_superseded_email(
    deps: &ProvisionDeps,
    now: &Request,
    mailed: &Credential,
) -> Result<(), Failure> {
    let (Some(live), Some(to)) = (&now.access.access_key_id, &now.access.requester_email) else {
        return Ok(());
    };
    if *live == mailed.access_key_id {
        return Ok(());
    }
    warn!(void = mailed.access_key_id, live, "an email carried a key that no longer works");
    deps.mailer.send(&key_superseded_email(now, &mailed.access_key_id, live, to)).await?;
    Ok(())
}

/// Records what the credential waits for: the sweep then knows that its job waits, and whoever asked is told the cause
/// when that takes a while.
async fn note_wait(context: &Context, request: &mut Request, why: &str) {
    let now = context.now();
    let noted = edit(context, request, |request| {
        if is_to_be_made(request) {
            let since = request.work.waiting.as_ref().map_or(now, |waiting| waiting.since);
            let why = why.chars().take(WHY_MAX_CHARS).collect();
            request.work.waiting = Some(Waiting { since, tried_at: now, why });
            if !request.is_up_to_date() {
                request.work.outbox.push(Job::SyncSlack { request_id: request.request_id.clone() });
            }
        }
        Ok(())
    });
    let outcome = match noted.await {
        Ok(()) => send_outbox(context, request).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = outcome {
        warn!(?failure, "it could not be recorded that the credential waits for an operator");
    }
}

/// What cannot be made is undone whole, and the request fails. Every step may be repeated.
///
/// The reason is recorded first: from then on nobody makes the credential any more, so what is taken away here is
/// never a grant that another worker has just made live.
async fn fail(context: &Context, request_id: &RequestId, why: &str) -> Result<(), Failure> {
    roll_back(context, request_id, why, false).await
}

/// The same when there are no tries left: what cannot be taken away now is left to the revoke worker, so that the request
/// ends with its cause instead of being tried by every sweep.
pub(crate) async fn roll_back_for_good(
    context: &Context,
    request_id: &RequestId,
    why: &str,
) -> Result<(), Failure> {
    roll_back(context, request_id, why, true).await
}

async fn roll_back(
    context: &Context,
    request_id: &RequestId,
    why: &str,
    is_last: bool,
) -> Result<(), Failure> {
    let mut request = load(context, request_id).await?;
    if !is_to_be_made(&request) {
        return send_outbox(context, &mut request).await;
    }
    warn!(why, "the credential cannot be made; taking away what there is of it");
    edit(context, &mut request, |request| {
        if is_to_be_made(request) && request.access.failure.is_none() {
            request.access.failure = Some(why.to_owned());
        }
        Ok(())
    })
    .await?;
    if !is_to_be_made(&request) {
        return send_outbox(context, &mut request).await;
    }
    let removed = match remove(context, &request).await {
        Ok(()) => true,
        Err(failure @ (Failure::Retry { .. } | Failure::Later { .. })) if !is_last => return Err(failure),
        Err(failure) => {
            warn!(?failure, "what there is of it cannot be taken away now; the revoke worker goes on");
            false
        }
    };
    apply(context, request, &Event::Fail { why: why.to_owned(), removed }).await?;
    Ok(())
}

/// Whoever it is made for, by Slack's own record.
struct Person {
    email: Option<String>,
    time_zone: Option<String>,
}

impl Person {
    /// Where a credential goes.
    fn mail_address(&self) -> Result<String, Failure> {
        let email = self.email.as_deref();
        let email = email.ok_or_else(|| permanent("the requester's Slack profile has no email address"))?;
        let address = EmailAddress::parse(email).map_err(|fault| {
            permanent(&format!("the email address in the requester's Slack profile cannot be used: {fault}"))
        })?;
        Ok(address.as_str().to_owned())
    }
}

async fn person(context: &Context, request: &Request) -> Result<Person, Failure> {
    let now = context.now();
    if let Some(known) = request.work.recipient.as_ref().filter(|known| known.is_fresh(now)) {
        return Ok(Person { email: Some(known.email.clone()), time_zone: known.time_zone.clone() });
    }
    let person = context.slack.person(&request.ask.requester_slack_id).await?;
    if person.deactivated {
        return Err(permanent("the requester's Slack account is deactivated"));
    }
    Ok(Person { email: person.email, time_zone: person.time_zone })
}

fn permanent(error: &str) -> Failure {
    Failure::Reject { reason: REASON_REFUSED, error: error.to_owned() }
}

async fn store_ids(
    context: &Context,
    held: &Held,
    request: &mut Request,
    made: &Made,
    email: Option<&str>,
) -> Result<(), Failure> {
    let credential = made.credential();
    edit(context, request, |request| {
        still_wanted(request)?;
        held.holds(request)?;
        request.access.principal = Some(made.principal().to_owned());
        if let (Some(noted), Some(id)) = (&mut request.access.entitlement, made.entitlement_id()) {
            noted.id = Some(id.to_owned());
        }
        request.access.access_key_id = credential.map(|made| made.access_key_id.clone());
        request.access.assumed_role_id = credential.and_then(|made| made.assumed_role_id.clone());
        // Nothing is sent where there is no credential.
        request.access.requester_email = credential.and(email).map(str::to_owned);
        Ok(())
    })
    .await
}
