//! To the requester: the grant ends soon.

use domain::Request;
use domain::request::Warning;

use crate::SlackMessageContent;
use crate::blocks::{actions, context, message, section};
use crate::messages::approval::{end_button, extend_button};
use crate::messages::{access, sign_in, when};

/// What the button that ends access early says here.
const DONE: &str = "I'm done";

/// The warning of the end that the grant has.
#[must_use]
pub fn ends_soon(request: &Request) -> SlackMessageContent {
    let until = request.taken_away_at().map(when).unwrap_or_default();
    let is_session = request.decision.grant.as_ref().is_some_and(|grant| grant.role.is_session());
    let more = if request.extensions_left() > 0 {
        " If you need it for longer, ask for an extension now: an approver has to decide before then."
    } else if is_session {
        " AWS fixes when a session ends, so it cannot be extended. If you need it for longer, ask for access anew."
    } else {
        " If you need it for longer, ask for access anew when it is over."
    };
    let sessions = match sign_in::sessions(request).filter(|_| sign_in::closes_early(request)) {
        Some(sessions) => format!(" {sessions}"),
        None => String::new(),
    };
    let text = format!(":alarm_clock: Your access to {} ends {until}.{sessions}{more}", access(request));
    let done = crate::blocks::Button { label: DONE, ..end_button(request.request_id.as_str()) };
    let mut buttons = vec![done];
    if request.extensions_left() > 0 {
        buttons.insert(0, extend_button(request.request_id.as_str()));
    }
    let blocks =
        vec![section(&text), actions(&buttons), context(&format!("Request `{}`", request.request_id))];
    message(&text, blocks)
}

/// The same place, once the warning is not true any more.
#[must_use]
pub fn is_over(request: &Request, warning: &Warning) -> SlackMessageContent {
    let warned = when(warning.ends_at);
    let text = match request.taken_away_at() {
        Some(until) if request.status.is_live() => {
            format!(
                "Your access to {} would have ended {warned}. It was extended until {}.",
                access(request),
                when(until)
            )
        }
        Some(_) | None => {
            format!("I warned you that your access to {} ends {warned}. It is over.", access(request))
        }
    };
    message(&text, vec![section(&text), context(&format!("Request `{}`", request.request_id))])
}
