//! What a status is called, for people: one place for the words that several messages share.

use domain::cause::{requester_left, was_unclaimed};
use domain::{Request, Status};

use crate::messages::{decider, mention, when};

/// The heading of the approvers' message.
pub(crate) fn title(request: &Request) -> &'static str {
    if request.unreviewed_since().is_some() {
        return "Break-glass: AWS access without approval";
    }
    match request.status {
        Status::Pending => "AWS access request",
        Status::Denied => "AWS access denied",
        Status::Lapsed => "AWS access request lapsed",
        Status::Approved => "AWS access approved",
        Status::Ready => "AWS access waits to be claimed",
        Status::Active => "AWS access is live",
        Status::Revoked if request.access.gone_at.is_none() => "AWS access is ending",
        Status::Expired | Status::Revoked => "AWS access ended",
        Status::Failed => "AWS access failed",
    }
}

/// What has become of a request, after "it" or its name.
#[must_use]
pub fn current_state(request: &Request) -> String {
    let by = decider(request);
    let at = request.decision.decided_at.map(when).unwrap_or_default();
    match request.status {
        Status::Pending => "is still waiting for a decision".to_owned(),
        Status::Denied => format!("was denied by {by} {at}"),
        Status::Lapsed if requester_left(request) => {
            "was closed, because its requester's Slack account was deactivated".to_owned()
        }
        Status::Lapsed if was_unclaimed(request) => {
            format!("was approved by {by} {at}, and lapsed, because its credential was not claimed in time")
        }
        Status::Lapsed => "lapsed, because nobody decided in time".to_owned(),
        Status::Approved | Status::Ready | Status::Active => format!("was already approved by {by} {at}"),
        Status::Expired | Status::Revoked => {
            format!("was approved by {by} {at}, and is over")
        }
        Status::Failed => format!("was approved by {by} {at}, but the credential could not be made"),
    }
}

/// By whom and when what was granted by break-glass was reviewed: "reviewed by …".
pub(crate) fn reviewed(request: &Request) -> Option<String> {
    let review = request.review()?;
    let by = review.by.as_ref().and_then(|by| by.person()).map(mention)?;
    Some(format!("reviewed by {by} {}", when(review.at)))
}

/// What a request is that stands in the way of another one: "You already have a request for this that is …".
pub(crate) fn open_state(status: Status) -> &'static str {
    match status {
        Status::Pending => "waiting for approval",
        Status::Approved => "approved and on its way to you",
        Status::Ready => "approved and waits for you to claim its credential",
        Status::Active => "live",
        // A request that is over stands in nobody's way.
        Status::Denied | Status::Lapsed | Status::Expired | Status::Revoked | Status::Failed => "over",
    }
}
