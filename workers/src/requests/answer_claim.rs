//! The requester says whether a machine that asks for their credential is theirs. Their click is what authenticates it.

use aws::claims::{DeliveryItem, DeliveryState};
use domain::claim::ConfirmedMachine;
use domain::job::ClaimClick;
use domain::lifecycle::Event;
use domain::{Job, Phase, Request, Status, UnixSeconds};
use sealing::{PublicKey, fingerprint};
use service::metrics::Amount::Count;
use service::metrics::{Label, Metric, Metrics};
use slack::messages::claim as messages;
use slack::messages::claim::ClaimClickRefused;
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::deliver::claim::{change, confirm_item, place};
use crate::grants::deprovision::take_away;
use crate::requests::authorization::catalogue;
use crate::requests::claim::{code, show, withdraw_questions};
use crate::requests::people::Lookups;
use crate::slack_sync::direct::post_direct;
use crate::unit_of_work::change::{Applied, apply_unsent, edit, load, send_following, send_outbox};

const CONFIRMED: &str = "confirmed";
const REFUSED: &str = "refused";

/// Makes the series that alarms look at be there before anything happened.
pub(crate) fn init_series(metrics: &Metrics) {
    for answer in [CONFIRMED, REFUSED] {
        metrics.init_series(Metric::ClaimAnswers, &[(Label::Outcome, answer)]);
    }
}

/// Handles the job `confirm_claim`.
pub(crate) async fn confirm(context: &Context, answer: &ClaimClick) -> Result<(), Failure> {
    let place = place(context)?;
    let mut request = load(context, &answer.click.request_id).await?;
    let at = answer.click.counts_from(context.now());
    let who = match requester(context, &request, answer).await? {
        Ok(who) => who,
        Err(why) => return refuse_click(context, answer, &request, why).await,
    };
    if request.confirmed_machine().is_some_and(|machine| machine.delivery_id == answer.delivery_id) {
        send_outbox(context, &mut request).await?;
        // Whoever wrote that may have come no further.
        return show_confirmed(context, answer, &request).await;
    }
    if let Err(why) = is_open(&request, answer, at) {
        return refuse_click(context, answer, &request, why).await;
    }
    let found = place.store.get(&answer.claim_id).await?;
    let delivery = found.as_ref().and_then(|item| item.deliveries.get(&answer.delivery_id));
    let (delivery, key) = match asked_about(delivery, answer) {
        Ok(found) => found,
        Err(why) => return refuse_click(context, answer, &request, why).await,
    };
    let machine = ConfirmedMachine {
        delivery_id: answer.delivery_id.clone(),
        public_key: key.to_base64url(),
        key_fingerprint: answer.key_fingerprint.clone(),
        label: delivery.label.clone(),
        source_identity: who,
        by: answer.click.user_id.clone(),
        at,
    };
    edit(context, &mut request, |request| {
        if is_open(request, answer, at).is_err() {
            return Err(Failure::retry("another machine was confirmed, or the claim was closed, meanwhile"));
        }
        if let Some(claim) = &mut request.access.claim {
            claim.confirmed = Some(machine.clone());
        }
        request.work.outbox.push(Job::Provision { request_id: request.request_id.clone() });
        Ok(())
    })
    .await?;
    send_following(context, &request).await?;
    info!(key_fingerprint = machine.key_fingerprint, "the requester confirmed the machine");
    context.metrics.record(&[(Label::Outcome, CONFIRMED)], &[(Metric::ClaimAnswers, Count(1))]);

    show_confirmed(context, answer, &request).await
}

/// What the other machines and people see follows; the worker that makes the credential writes it too. It may be repeated.
async fn show_confirmed(context: &Context, answer: &ClaimClick, request: &Request) -> Result<(), Failure> {
    let Some(machine) = request.confirmed_machine() else { return Ok(()) };
    let expires_at = request.access.expires_at.unwrap_or(machine.at);
    let mut before = None;
    change(place(context)?, &answer.claim_id, |item| {
        before = Some(item.clone());
        let is_new = !item.closed && item.confirmed.is_none();
        if is_new {
            confirm_item(item, &answer.delivery_id, expires_at);
        }
        is_new
    })
    .await?;
    let asked = before.as_ref().and_then(|item| item.deliveries.get(&answer.delivery_id)?.message.as_ref());
    if let Ok(key) = PublicKey::parse(&machine.public_key) {
        let code = code(&key, &answer.claim_id, &answer.delivery_id);
        let question = asked.or(answer.click.message.as_ref());
        show(context, question, messages::confirmed(request, &machine.label, &code)).await;
    }
    if let Some(before) = &before {
        withdraw_questions(context, request, before, Some(&answer.delivery_id)).await;
    }
    Ok(())
}

/// Handles the job `refuse_claim`: somebody else may have the link, so the grant ends before there is a credential.
pub(crate) async fn refuse(context: &Context, answer: &ClaimClick) -> Result<(), Failure> {
    let place = place(context)?;
    let request = load(context, &answer.click.request_id).await?;
    if let Err(why) = requester(context, &request, answer).await? {
        return refuse_click(context, answer, &request, why).await;
    }
    let found = place.store.get(&answer.claim_id).await?;
    let delivery = found.as_ref().and_then(|item| item.deliveries.get(&answer.delivery_id));
    let Some(delivery) = delivery.cloned() else {
        return refuse_click(context, answer, &request, ClaimClickRefused::Unknown).await;
    };
    if let (DeliveryState::Refused, Some(item)) = (delivery.state, &found) {
        // Whoever wrote that may have come no further.
        show_refused(context, answer, &request, &delivery).await;
        withdraw_questions(context, &request, item, Some(&answer.delivery_id)).await;
        return Ok(());
    }
    let at = answer.click.counts_from(context.now());
    let event = Event::ClaimRefused {
        by: answer.click.user_id.clone(),
        at,
        label: delivery.label.clone(),
        key_fingerprint: answer.key_fingerprint.clone(),
    };
    let is_this_claim = request.access.claim.as_ref().is_some_and(|claim| claim.id == answer.claim_id);
    let is_confirmed = request.confirmed_machine().is_some();
    if !is_this_claim || (is_confirmed && !request.status.is_final()) {
        let why = if is_confirmed { ClaimClickRefused::AlreadyClaimed } else { ClaimClickRefused::Unknown };
        return refuse_click(context, answer, &request, why).await;
    }
    let (request, is_new) = match apply_unsent(context, request, &event, None).await? {
        Applied::Changed(request) => (request, true),
        Applied::Already(request) => (request, false),
        Applied::Illegal(request, _) => {
            let why = is_open(&request, answer, at).err().unwrap_or(ClaimClickRefused::NotReady);
            return refuse_click(context, answer, &request, why).await;
        }
    };
    warn!(key_fingerprint = answer.key_fingerprint, "the requester does not know the machine that asked");
    if is_new {
        context.metrics.record(&[(Label::Outcome, REFUSED)], &[(Metric::ClaimAnswers, Count(1))]);
        take_away(context, (*request).clone()).await?;
    }
    tell_owner(context, &request, &delivery.label).await?;
    // Written last: it says that the owner was told.
    let before = found;
    change(place, &answer.claim_id, |item| {
        item.close();
        if let Some(delivery) = item.deliveries.get_mut(&answer.delivery_id) {
            delivery.state = DeliveryState::Refused;
        }
        true
    })
    .await?;
    show_refused(context, answer, &request, &delivery).await;
    if let Some(before) = before {
        withdraw_questions(context, &request, &before, Some(&answer.delivery_id)).await;
    }
    Ok(())
}

async fn show_refused(context: &Context, answer: &ClaimClick, request: &Request, delivery: &DeliveryItem) {
    if let Ok(key) = PublicKey::parse(&delivery.public_key) {
        let code = code(&key, &answer.claim_id, &answer.delivery_id);
        let question = delivery.message.as_ref().or(answer.click.message.as_ref());
        show(context, question, messages::refused(request, &delivery.label, &code)).await;
    }
}

/// Whom CloudTrail names for a session of whoever clicked, if that is the requester and an active person.
async fn requester(
    context: &Context,
    request: &Request,
    answer: &ClaimClick,
) -> Result<Result<String, ClaimClickRefused>, Failure> {
    let mut lookups = Lookups::new(context);
    let who = &answer.click.user_id;
    if !lookups.is_listed(std::slice::from_ref(&request.ask.requester_slack_id), who).await? {
        return Ok(Err(ClaimClickRefused::NotRequester));
    }
    let profile = lookups.profile(who).await?;
    if !lookups.is_active(who).await? {
        return Ok(Err(ClaimClickRefused::NotAPerson));
    }
    Ok(Ok(profile.and_then(|profile| profile.email).unwrap_or_else(|| who.to_string())))
}

/// Whether a machine may be confirmed by a click of that moment.
fn is_open(request: &Request, answer: &ClaimClick, at: UnixSeconds) -> Result<(), ClaimClickRefused> {
    match request.status.phase() {
        Phase::Declined if domain::cause::was_unclaimed(request) => return Err(ClaimClickRefused::TooLate),
        Phase::Undecided | Phase::Declined | Phase::Ended | Phase::Failed => {
            return Err(ClaimClickRefused::NotReady);
        }
        Phase::Live => {}
    }
    let Some(claim) = request.access.claim.as_ref().filter(|claim| claim.id == answer.claim_id) else {
        return Err(ClaimClickRefused::Unknown);
    };
    if claim.confirmed.is_some() {
        return Err(ClaimClickRefused::AlreadyClaimed);
    }
    if claim.closed || at >= claim.until {
        return Err(ClaimClickRefused::TooLate);
    }
    if request.status == Status::Ready { Ok(()) } else { Err(ClaimClickRefused::NotReady) }
}

/// The delivery that the question was about, with the very key whose code it named.
fn asked_about<'a>(
    delivery: Option<&'a DeliveryItem>,
    answer: &ClaimClick,
) -> Result<(&'a DeliveryItem, PublicKey), ClaimClickRefused> {
    let delivery = delivery
        .filter(|delivery| delivery.state == DeliveryState::Waiting)
        .ok_or(ClaimClickRefused::Unknown)?;
    let key = PublicKey::parse(&delivery.public_key).ok();
    match key.filter(|key| fingerprint(key) == answer.key_fingerprint) {
        Some(key) => Ok((delivery, key)),
        None => {
            warn!("the public key of a machine is not the one that its requester was asked about");
            Err(ClaimClickRefused::KeyChanged)
        }
    }
}

async fn refuse_click(
    context: &Context,
    answer: &ClaimClick,
    request: &Request,
    why: ClaimClickRefused,
) -> Result<(), Failure> {
    info!(person = %answer.click.user_id, reason = ?why, "the click on a question about a machine is refused");
    post_direct(context, &answer.click.user_id, messages::click_refused(request, why)).await
}

async fn tell_owner(context: &Context, request: &Request, label: &str) -> Result<(), Failure> {
    let Some(project) = catalogue(context, request).await? else { return Ok(()) };
    let owner = &project.owner_slack_id;
    post_direct(context, owner, messages::refused_to_owner(request, owner, label)).await
}
