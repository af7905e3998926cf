//! What would happen to a dead-lettered job about a claim.

use super::says::{Effect, PreviewContext, ReplayPreview, changes, nothing, says};
use crate::claim::RENEWAL_WITHIN_SECONDS;
use crate::ids::DeliveryId;
use crate::job::Renewal;
use crate::request::Request;
use crate::status::Status;

pub(super) fn claim(delivery: &DeliveryId, request: &Request, at: PreviewContext) -> ReplayPreview {
    match request.waiting_claim() {
        Some(claim) if claim.confirmed.as_ref().is_some_and(|machine| machine.delivery_id == *delivery) => {
            nothing("changes nothing: this machine was confirmed already")
        }
        Some(claim) if claim.confirmed.is_none() && !claim.closed && at.now < claim.until => {
            changes("asks the requester whether the machine is theirs")
        }
        Some(_) | None => nothing(format!("changes nothing: the request is {}", request.status)),
    }
}

pub(super) fn confirm(delivery: &DeliveryId, request: &Request, at: PreviewContext) -> ReplayPreview {
    match claim(delivery, request, at) {
        preview @ ReplayPreview { effect: Effect::Changes, .. } => ReplayPreview {
            summary: "confirms the machine, if whoever clicked is the requester".to_owned(),
            ..preview
        },
        preview => preview,
    }
}

pub(super) fn refuse(request: &Request) -> ReplayPreview {
    match request.waiting_claim() {
        Some(claim) if claim.confirmed.is_none() => {
            changes("ends the grant, if whoever clicked is the requester").until(request)
        }
        Some(_) | None => nothing(format!("changes nothing: the request is {}", request.status)),
    }
}

pub(super) fn renew(renewal: &Renewal, request: &Request, at: PreviewContext) -> ReplayPreview {
    let age = at.now.seconds_since(renewal.requested_at);
    if request.status != Status::Active || age.abs() > RENEWAL_WITHIN_SECONDS {
        return nothing("changes nothing: the grant is over, or the machine asked too long ago");
    }
    changes("makes the next credential of the session, if the machine signed for it").until(request)
}

pub(super) fn lapse_unclaimed(request: &Request, at: PreviewContext) -> ReplayPreview {
    match request.claim_deadline() {
        Some(deadline) if at.now < deadline => {
            says(Effect::Waits, "waits until the credential may no longer be claimed").until(request)
        }
        Some(_) => changes("takes away what was made, as nobody claimed the credential"),
        None => nothing(format!("changes nothing: the request is {}", request.status)),
    }
}
