//! To the requester, by direct message: asked, granted, ended, or why not.

use domain::canary::canary_by;
use domain::delivery::{Undelivered, ended_undelivered};
use domain::project::Project;
use domain::{Request, Status};
use platform::slack::blocks::{Block, actions, context, message, section};
use platform::slack::{SlackMessageContent, text};

use super::approval::end_button;
use super::{access, canary, doer, mention, mentions, when};

/// What the requester is told when the request has become what it is; nothing where that is only a step.
pub(crate) fn told(request: &Request, project: Option<&Project>) -> Option<SlackMessageContent> {
    if let Some(operator) = canary_by(request) {
        let text = canary::told(request, operator)?;
        return Some(message(&text, blocks(request, &text)));
    }
    let access = access(request);
    let by = request.approver_slack_id.as_ref().map(mention).unwrap_or_default();
    let until = request.expires_at.map(when).unwrap_or_default();
    let ended = request.ended_at.map(when).unwrap_or_default();
    let text = match request.status {
        Status::Approved => return None,
        Status::Pending => {
            let asked = project.map(|p| mentions(p.approvers(), "or")).unwrap_or_default();
            format!(
                "I asked {asked} to approve {access} for {}. I will tell you what they decide.",
                request.duration()
            )
        }
        Status::Denied => format!(
            ":no_entry: {by} denied your request for {access}. If that surprises you, ask {by}; you can also ask again."
        ),
        Status::Lapsed => format!(
            ":hourglass: Nobody decided on your request for {access} in time, so it lapsed. You can ask again."
        ),
        Status::Active => {
            let address = address(request);
            format!(
                ":key: {by} approved your request for {access}. The credential is in an email to {address}. \
                 It works until {until}."
            )
        }
        Status::Expired => {
            format!(
                ":checkered_flag: Your access to {access} ended {until}, as planned. The credential no longer works."
            )
        }
        Status::Revoked => {
            if let Some(text) = undelivered(request, &access, &ended) {
                return Some(message(&text, blocks(request, &text)));
            }
            let by = match &request.ended_by {
                Some(by) if by.person() == Some(&request.requester_slack_id) => "You".to_owned(),
                Some(by) => doer(by),
                None => "Somebody".to_owned(),
            };
            format!(
                ":checkered_flag: {by} ended your access to {access} {ended}. The credential no longer works."
            )
        }
        Status::Failed => {
            let why = text::escape(request.failure.as_deref().unwrap_or("unknown"));
            format!(
                ":warning: {by} approved your request for {access}, but the credential could not be made: {why}. \
                 Nothing is left behind; you can ask again."
            )
        }
    };
    Some(message(&text, blocks(request, &text)))
}

/// The email did not arrive, so nobody has the credential, or somebody else has.
fn undelivered(request: &Request, access: &str, ended: &str) -> Option<String> {
    let why = ended_undelivered(request)?;
    let what_to_do = match why {
        Undelivered::Bounce | Undelivered::Complaint => {
            "Check the email address in your Slack profile, then ask again."
        }
        Undelivered::Reject => "Ask whoever runs Keylease to look into it, then ask again.",
    };
    Some(format!(
        ":warning: The email with the credential for {access} did not arrive at {}: {}. So I ended the access {ended}, \
         and the credential does not work. {what_to_do}",
        address(request),
        why.says()?
    ))
}

fn address(request: &Request) -> String {
    text::escape(&hint(request.requester_email.as_deref().unwrap_or_default()))
}

fn blocks(request: &Request, text: &str) -> Vec<Block> {
    let mut blocks = vec![section(text)];
    if request.status == Status::Active {
        blocks.push(actions(&[end_button(request.request_id.as_str())]));
    }
    blocks.push(context(&format!("Request `{}`", request.request_id)));
    blocks
}

/// The message about a live grant, once it is over: the same place, without its button.
pub(crate) fn grant_is_over(request: &Request) -> SlackMessageContent {
    let ended = request.ended_at.map(when).unwrap_or_default();
    let text = format!("Your access to {} ended {ended}.", access(request));
    message(&text, vec![section(&text), context(&format!("Request `{}`", request.request_id))])
}

/// Enough of an address to know it by: `d…a@example.com`.
pub(super) fn hint(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else { return "you".to_owned() };
    let mut chars = local.chars();
    match (chars.next(), chars.next_back()) {
        (Some(first), Some(last)) => format!("{first}…{last}@{domain}"),
        _ => format!("…@{domain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_hinted_at() {
        assert_eq!(hint("dana@example.com"), "d…a@example.com");
        assert_eq!(hint("d@example.com"), "…@example.com");
        assert_eq!(hint(""), "you");
    }
}
