//! The next credential of a session, for the machine that claimed the first: it signs for it, and nobody has to click.

use aws::claims::{ClaimItem, DeliveryItem, DeliveryState};
use domain::claim::{ConfirmedMachine, RENEWAL_WITHIN_SECONDS};
use domain::job::Renewal;
use domain::request::Grant;
use domain::{Request, Status, UnixSeconds};
use sealing::{Delivery, PublicKey, Sealed, verify_renewal};
use tracing::info;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::deliver::claim::{change, place, seal_to};
use crate::grants::kinds::Kind;
use crate::unit_of_work::change::load;

/// Handles the job `renew_claim`.
pub(crate) async fn renew(context: &Context, renewal: &Renewal) -> Result<(), Failure> {
    let place = place(context)?;
    let request = load(context, &renewal.request_id).await?;
    let Some(item) = place.store.get(&renewal.claim_id).await? else { return Ok(()) };
    if item.delivery(&renewal.next_delivery_id).is_some() {
        return Ok(());
    }
    let Some(machine) = request.confirmed_machine() else { return Ok(()) };
    let sealed = match may_renew(context, &request, &item, machine, renewal) {
        Ok((grant, expires_at)) => {
            next_credential(context, &request, grant, machine, renewal, expires_at).await?
        }
        Err(why) => {
            info!(why, "the credential is not renewed");
            None
        }
    };
    let next = DeliveryItem {
        state: if sealed.is_some() { DeliveryState::Ready } else { DeliveryState::Over },
        public_key: machine.public_key.clone(),
        label: machine.label.clone(),
        asked_at: renewal.requested_at,
        message: None,
        enc: sealed.as_ref().map(|sealed| sealed.enc.clone()),
        ciphertext: sealed.as_ref().map(|sealed| sealed.ciphertext.clone()),
    };
    change(place, &renewal.claim_id, |item| {
        let is_new = !item.closed && item.delivery(&renewal.next_delivery_id).is_none();
        if is_new {
            item.keep_renewal(renewal.next_delivery_id.clone(), next.clone());
        }
        is_new
    })
    .await?;
    Ok(())
}

/// What is granted and until when, where the machine may have the next credential.
fn may_renew<'a>(
    context: &Context,
    request: &'a Request,
    item: &ClaimItem,
    machine: &ConfirmedMachine,
    renewal: &Renewal,
) -> Result<(&'a Grant, UnixSeconds), &'static str> {
    let now = context.now();
    let is_its_claim = request.access.claim.as_ref().is_some_and(|claim| claim.id == renewal.claim_id);
    if request.status != Status::Active || !is_its_claim || item.closed {
        return Err("the grant is over");
    }
    let (Some(grant), Some(expires_at)) = (&request.decision.grant, request.access.expires_at) else {
        return Err("its record does not say what was granted");
    };
    if now >= expires_at {
        return Err("the grant is over");
    }
    if now.seconds_since(renewal.requested_at).abs() > RENEWAL_WITHIN_SECONDS {
        return Err("the machine asked too long ago");
    }
    let is_its_own =
        renewal.delivery_id == machine.delivery_id || item.renewals.contains_key(&renewal.delivery_id);
    // Each signature counts once, so that whoever saw one cannot have sessions made by it.
    let newest = item.renewals.values().map(|renewal| renewal.asked_at).max();
    if !is_its_own || newest.is_some_and(|newest| renewal.requested_at <= newest) {
        return Err("the machine does not have this delivery, or asked by this signature before");
    }
    let delivery =
        Delivery { claim_id: renewal.claim_id.as_str(), delivery_id: renewal.delivery_id.as_str() };
    let key = PublicKey::parse(&machine.public_key).map_err(|_| "the machine's key is none")?;
    verify_renewal(&key, delivery, renewal.requested_at.0, &renewal.signature)
        .map_err(|_| "the signature is not that of the machine")?;
    Ok((grant, expires_at))
}

/// Nothing where the kind has no next credential, or the grant ended while it was made.
async fn next_credential(
    context: &Context,
    request: &Request,
    grant: &Grant,
    machine: &ConfirmedMachine,
    renewal: &Renewal,
    expires_at: UnixSeconds,
) -> Result<Option<Sealed>, Failure> {
    let made = Kind::of(grant).renew(context, request, (expires_at, &machine.source_identity)).await?;
    let Some(credential) = made else { return Ok(None) };
    // An end denies every session of this name; one that was opened meanwhile is handed to nobody besides.
    if load(context, &request.request_id).await?.status != Status::Active {
        return Ok(None);
    }
    let (claim_id, next) = (&renewal.claim_id, &renewal.next_delivery_id);
    seal_to(&machine.public_key, claim_id, next, &credential, expires_at).map(Some)
}
