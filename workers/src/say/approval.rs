//! To the approvers: who asks for what, and what became of it. The message is replaced at each change.

use domain::delivery::ended_undelivered;
use domain::project::Project;
use domain::{Request, Status};
use platform::slack::SlackMessageContent;
use platform::slack::blocks::{Button, Look, actions, context, fields, header, message, section, typed_text};

use super::{access, doer, mention, mentions, name, when};

/// The approval message as the request now stands. `project` is what the catalogue says today, where it says
/// anything.
pub(crate) fn approval(request: &Request, project: Option<&Project>) -> SlackMessageContent {
    let requester = mention(&request.requester_slack_id);
    let asks = format!("{requester} asks for {} for {}.", access(request), request.duration());
    let mut blocks = vec![header(title(request.status)), section(&asks)];
    blocks.push(fields(&[
        ("Who", requester),
        ("Project", name(request.project.as_str())),
        ("Role", name(request.role.as_str())),
        ("How long", request.duration().to_string()),
    ]));
    let why = request.justification.as_deref().unwrap_or("No reason was given.");
    blocks.extend(typed_text("Why", why));
    let standing = standing(request, project);
    blocks.push(section(&standing));
    blocks.extend(buttons(request));
    blocks.push(context(&format!("Request `{}`, asked {}", request.request_id, when(request.created_at))));
    let fallback = match request.status {
        Status::Pending => asks,
        _ => format!("{asks} {standing}"),
    };
    message(&fallback, blocks)
}

fn title(status: Status) -> &'static str {
    match status {
        Status::Pending => "AWS access request",
        Status::Denied => "AWS access denied",
        Status::Lapsed => "AWS access request lapsed",
        Status::Approved => "AWS access approved",
        Status::Active => "AWS access is live",
        Status::Expired | Status::Revoked => "AWS access ended",
        Status::Failed => "AWS access failed",
    }
}

/// Who decided what and when, and until when access lasts.
fn standing(request: &Request, project: Option<&Project>) -> String {
    let decided = decided(request);
    let until = request.expires_at.map(when).unwrap_or_default();
    let ended = request.ended_at.map(when).unwrap_or_default();
    match request.status {
        Status::Pending => pending(request, project),
        Status::Denied => format!(":no_entry: Denied by {decided}."),
        Status::Lapsed => format!(":hourglass: Nobody decided in time, so it lapsed {ended}."),
        Status::Approved => {
            format!(
                ":hourglass_flowing_sand: Approved by {decided}. Making the credential; access lasts until {until}."
            )
        }
        Status::Active => format!(":white_check_mark: Approved by {decided}. Access lasts until {until}."),
        Status::Expired => {
            format!(
                ":checkered_flag: Approved by {decided}. Access ended as planned {until}.{}",
                gone(request)
            )
        }
        Status::Revoked if ended_undelivered(request).is_some() => {
            format!(
                ":checkered_flag: Approved by {decided}. The email with the credential did not arrive, so access ended \
                 early, {ended}.{}",
                gone(request)
            )
        }
        Status::Revoked => {
            let by = request.ended_by.as_ref().map(doer).unwrap_or_default();
            format!(
                ":checkered_flag: Approved by {decided}. {by} ended access early, {ended}.{}",
                gone(request)
            )
        }
        Status::Failed => {
            let why = platform::slack::text::escape(request.failure.as_deref().unwrap_or("unknown"));
            format!(
                ":warning: Approved by {decided}, but the credential could not be made: {why}. Nothing is left behind."
            )
        }
    }
}

fn pending(request: &Request, project: Option<&Project>) -> String {
    let agreed = match request.approvals.as_slice() {
        [] => String::new(),
        some => {
            let required = project
                .and_then(|p| p.roles.get(&request.role))
                .map(|role| format!("{} of {} needed", some.len(), role.approvals_required))
                .unwrap_or_default();
            format!("Approved so far by {} ({required}). ", mentions(some, "and"))
        }
    };
    let who = project.map(|p| mentions(p.approvers(), "or")).unwrap_or_default();
    format!("{agreed}{who} can decide. Time runs from the decision.")
}

fn decided(request: &Request) -> String {
    let people = if request.approvals.is_empty() {
        request.approver_slack_id.as_slice()
    } else {
        request.approvals.as_slice()
    };
    let at = request.decided_at.map(when).unwrap_or_default();
    format!("{} {at}", mentions(people, "and"))
}

fn gone(request: &Request) -> &'static str {
    match request.gone_at {
        Some(_) => " Everything that was made for it is gone.",
        None => " Cleaning up.",
    }
}

fn buttons(request: &Request) -> Option<platform::slack::blocks::Block> {
    let value = request.request_id.as_str();
    match request.status {
        Status::Pending => Some(actions(&[
            Button { action_id: "approve", label: "Approve", value, look: Look::Primary, confirm: None },
            Button { action_id: "deny", label: "Deny", value, look: Look::Danger, confirm: None },
        ])),
        Status::Active => Some(actions(&[end_button(value)])),
        _ => None,
    }
}

/// The button that ends access early.
pub(super) fn end_button(value: &str) -> Button<'_> {
    Button {
        action_id: "revoke",
        label: "End access now",
        value,
        look: Look::Danger,
        confirm: Some((
            "End access?",
            "The credential stops working at once. This cannot be undone.",
            "End access",
        )),
    }
}
