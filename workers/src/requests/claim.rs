//! A machine asks for a credential: its requester is asked whether the machine is theirs.

use aws::claims::{ClaimItem, DeliveryItem, DeliveryState};
use domain::job::{ClaimAsk, ClaimClick, MessageRef};
use domain::{ClaimId, DeliveryId, Job, Request, RequestId, UnixSeconds};
use sealing::{Delivery, PublicKey, fingerprint};
use slack::SlackMessageContent;
use slack::messages::claim as messages;
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::deliver::claim::{change, place};
use crate::unit_of_work::change::{acknowledge, load};

/// Handles the job `claim`.
pub(crate) async fn claim(context: &Context, ask: &ClaimAsk) -> Result<(), Failure> {
    let place = place(context)?;
    let request = load(context, &ask.request_id).await?;
    let Some(until) = open_until(&request, &ask.claim_id, context.now()) else {
        info!(status = %request.status, "the credential can no longer be claimed");
        return Ok(());
    };
    let Ok(key) = PublicKey::parse(&ask.public_key) else {
        info!("what should be a public key is none");
        return Ok(());
    };
    let item = change(place, &ask.claim_id, |item| {
        let is_new =
            item.is_open(context.now()) && !item.is_full() && item.delivery(&ask.delivery_id).is_none();
        if is_new {
            item.deliveries.insert(ask.delivery_id.clone(), asked(ask));
        }
        is_new
    })
    .await?;
    let delivery = item.as_ref().and_then(|item| item.deliveries.get(&ask.delivery_id));
    let Some(delivery) = delivery.filter(|delivery| delivery.state == DeliveryState::Waiting) else {
        info!("too many machines asked for the credential, or it was given to another");
        return Ok(());
    };
    if delivery.message.is_some() || delivery.public_key != ask.public_key {
        return Ok(());
    }
    let code = code(&key, &ask.claim_id, &ask.delivery_id);
    let value =
        ClaimClick::button_value(&request.request_id, &ask.claim_id, &ask.delivery_id, &fingerprint(&key));
    let question = messages::ask(&request, &delivery.label, &code, &value, until);
    let posted = match context.slack.post(request.ask.requester_slack_id.as_str(), question).await {
        Ok(message) => message,
        Err(error) if !error.is_final() => return Err(error.into()),
        Err(error) => {
            warn!(%error, "the requester cannot be asked whose machine it is");
            return Ok(());
        }
    };
    change(place, &ask.claim_id, |item| match item.deliveries.get_mut(&ask.delivery_id) {
        Some(delivery) => {
            delivery.message = Some(posted.clone());
            true
        }
        None => false,
    })
    .await?;
    Ok(())
}

/// Handles the job `close_claim`: the grant is over, so nothing is handed out any more, and nobody is asked.
pub(crate) async fn close(context: &Context, request_id: &RequestId) -> Result<(), Failure> {
    let place = place(context)?;
    let mut request = load(context, request_id).await?;
    if let Some(claim) = request.access.claim.as_ref().filter(|_| request.status.is_final()) {
        let mut before = None;
        change(place, &claim.id, |item| {
            before = Some(item.clone());
            item.close();
            before.as_ref() != Some(item)
        })
        .await?;
        if let Some(before) = before {
            withdraw_questions(context, &request, &before, None).await;
        }
    }
    let in_hand = Job::CloseClaim { request_id: request_id.clone() };
    acknowledge(context, &mut request, &in_hand).await
}

/// Takes the buttons away from the questions about machines that get nothing any more, also where an earlier try came only as far
/// as to write that.
pub(crate) async fn withdraw_questions(
    context: &Context,
    request: &Request,
    before: &ClaimItem,
    but: Option<&DeliveryId>,
) {
    let open = before.deliveries.iter().filter(|(id, delivery)| {
        let gets_nothing = matches!(delivery.state, DeliveryState::Waiting | DeliveryState::Over);
        Some(*id) != but && gets_nothing && before.confirmed.as_ref() != Some(*id)
    });
    for (_, delivery) in open {
        show(context, delivery.message.as_ref(), messages::over(request, &delivery.label)).await;
    }
}

/// Replaces a question. One that cannot be replaced stays: a click on it says why nothing comes of it.
pub(crate) async fn show(context: &Context, question: Option<&MessageRef>, content: SlackMessageContent) {
    let Some(question) = question else { return };
    if let Err(error) = context.slack.update(question, content).await {
        warn!(%error, "the question about a machine could not be replaced");
    }
}

/// What the machine shows.
pub(crate) fn code(key: &PublicKey, claim_id: &ClaimId, delivery_id: &DeliveryId) -> String {
    sealing::code(key, Delivery { claim_id: claim_id.as_str(), delivery_id: delivery_id.as_str() })
}

/// Until when this claim of the request's credential is open.
fn open_until(request: &Request, claim_id: &ClaimId, now: UnixSeconds) -> Option<UnixSeconds> {
    let claim = request.waiting_claim().filter(|claim| claim.id == *claim_id)?;
    let is_open = claim.confirmed.is_none() && !claim.closed && now < claim.until;
    is_open.then_some(claim.until)
}

fn asked(ask: &ClaimAsk) -> DeliveryItem {
    DeliveryItem {
        state: DeliveryState::Waiting,
        public_key: ask.public_key.clone(),
        label: ask.label.clone(),
        asked_at: ask.asked_at,
        message: None,
        enc: None,
        ciphertext: None,
    }
}
