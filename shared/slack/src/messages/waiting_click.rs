//! To somebody whose click waits until an operator has repaired something: that it does, why, and what holds meanwhile.

use crate::SlackMessageContent;
use crate::blocks::{message, section};
use crate::text;
use domain::lifecycle::CLICK_STALE_AFTER_SECONDS;
use domain::request::Extension;
use domain::{Phase, Request, RequestId};

use crate::messages::failed_click::Button;
use crate::messages::status_words::current_state;
use crate::messages::{FAILURE_MAX_CHARS, access, doer, is_by_sign_in, made, mention, when};

/// Who has to act, and what happens then.
const REPAIR: &str = "Somebody who runs Keylease has to repair that; then I go on without your doing.";

/// The click is not carried out yet. `request` is as it stands now.
#[must_use]
pub fn click_waits(button: Button, request: &Request, why: &str) -> SlackMessageContent {
    let about = format!("{}'s request for {}", mention(&request.ask.requester_slack_id), access(request));
    let what = button.what(&about);
    let minutes = CLICK_STALE_AFTER_SECONDS / 60;
    let meanwhile = match (button, request.status.phase()) {
        (Button::Approve, Phase::Undecided) => format!(
            "Nothing is granted until then. After {minutes} minutes your click no longer counts, and I tell you so."
        ),
        (Button::Deny, Phase::Undecided) | (Button::DenyExtension, Phase::Live) => {
            "Until then it can still be approved.".to_owned()
        }
        (Button::Review, _) => "Until then it is not recorded.".to_owned(),
        (Button::End, Phase::Live) => {
            format!("The access goes on until then{}.", at_the_longest(request))
        }
        (Button::ConfirmClaim, Phase::Live) => "No credential is made until then.".to_owned(),
        (Button::RefuseClaim, Phase::Live) => {
            "No credential is made for that machine, and the access goes on until then.".to_owned()
        }
        (Button::Extend | Button::ApproveExtension, Phase::Live) => format!(
            "Nothing is extended until then. After {minutes} minutes your click no longer counts, and I tell you so."
        ),
        (Button::Approve | Button::Deny, Phase::Declined | Phase::Live | Phase::Ended | Phase::Failed)
        | (
            Button::End
            | Button::Extend
            | Button::ApproveExtension
            | Button::DenyExtension
            | Button::ConfirmClaim
            | Button::RefuseClaim,
            Phase::Undecided | Phase::Declined | Phase::Ended | Phase::Failed,
        ) => {
            format!("By now the request {}.", current_state(request))
        }
    };
    sentence(&format!("I have {what}, and cannot carry it out yet: {}. {REPAIR} {meanwhile}", cause(why)))
}

/// The same where the request cannot be read.
#[must_use]
pub fn unread_click_waits(button: Button, request_id: &RequestId, why: &str) -> SlackMessageContent {
    sentence(&format!(
        "I have your click on *{}* for the request `{request_id}`, and cannot carry it out yet: {}. {REPAIR}",
        button.label(),
        cause(why)
    ))
}

/// To whoever approved: what was granted is not made yet.
#[must_use]
pub fn credential_waits(request: &Request, why: &str) -> SlackMessageContent {
    let until = request.access.expires_at.map(when).unwrap_or_default();
    sentence(&format!(
        "You approved {}'s request for {}, but {} cannot be made yet: {}. {REPAIR} The access ends {until} in any case.",
        mention(&request.ask.requester_slack_id),
        access(request),
        made(request),
        cause(why)
    ))
}

/// To the requester, or to whoever granted it: the later end is not in place yet.
#[must_use]
pub fn extension_waits(
    request: &Request,
    extension: &Extension,
    why: &str,
    to_requester: bool,
) -> SlackMessageContent {
    let (access, because) = (access(request), cause(why));
    let whose = if to_requester {
        let by = extension.decided_by.as_ref().map_or_else(|| "Somebody".to_owned(), doer);
        format!("{by} extended your access to {access}")
    } else {
        format!("You extended {}'s access to {access}", mention(&request.ask.requester_slack_id))
    };
    let extending = request.extensions.extending.map(|extending| extending.from);
    let ends = extending.or(request.access.expires_at).map(when).unwrap_or_default();
    sentence(&format!(
        "{whose}, but the later end cannot be put in place yet: {because}. {REPAIR} Until then it ends {ends}, as before."
    ))
}

/// To whoever ended a grant: what was made for it may still work.
#[must_use]
pub fn removal_waits(request: &Request, why: &str) -> SlackMessageContent {
    sentence(&format!(
        "You ended {}'s access to {}, and I cannot take it away yet: {}. {REPAIR} Until then {} may still work{}.",
        mention(&request.ask.requester_slack_id),
        access(request),
        cause(why),
        made(request),
        at_the_longest(request)
    ))
}

/// Until when access lasts whatever fails. Nothing in Identity Center ends by itself.
fn at_the_longest(request: &Request) -> String {
    match request.access.expires_at.filter(|_| !is_by_sign_in(request)) {
        Some(ends_at) => format!(", at the longest until {}", when(ends_at)),
        None => String::new(),
    }
}

fn cause(why: &str) -> String {
    text::escape(&text::shorten(why.trim_end_matches('.'), FAILURE_MAX_CHARS))
}

fn sentence(text: &str) -> SlackMessageContent {
    let text = format!(":hourglass_flowing_sand: {text}");
    message(&text, vec![section(&text)])
}
