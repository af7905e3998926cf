//! Claims: to the requester, whose machine it is that asks for the credential; and to whoever else has to know.

use domain::{Request, SlackUserId, UnixSeconds};

use crate::SlackMessageContent;
use crate::blocks::{Button, Look, context, message, more_actions, section};
use crate::ids;
use crate::messages::{access, mention, when};
use crate::text;
use domain::claim::LABEL_MAX_CHARS;

/// Why a click on one of the two buttons does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimClickRefused {
    /// Somebody else clicked.
    NotRequester,
    /// Whoever clicked has a deactivated account, or is a bot.
    NotAPerson,
    /// Another machine was confirmed before.
    AlreadyClaimed,
    /// The machine was refused before, or is not known any more.
    Unknown,
    /// The machine has another key than the one that was asked about.
    KeyChanged,
    /// The time in which it may be claimed is over.
    TooLate,
    /// The request is over, or not ready.
    NotReady,
}

/// The link, until when it can be used, and the same as a command.
pub(crate) fn how_to_claim(url: &str, until: UnixSeconds) -> String {
    format!(
        "Claim the credential {}, on the machine that will use it: open <{url}> or run\n`keylease claim {url}`\n\
         It shows a code, and I ask you here whether it is yours. Nobody else should have this link.",
        until_when(until)
    )
}

fn until_when(until: UnixSeconds) -> String {
    format!("until {}", when(until))
}

/// Asks the requester whether a machine is theirs. `value` is what the buttons carry.
#[must_use]
pub fn ask(
    request: &Request,
    label: &str,
    code: &str,
    value: &str,
    until: UnixSeconds,
) -> SlackMessageContent {
    let text = format!(
        ":closed_lock_with_key: Somebody asks for the credential of {} on {}; the code there is *{code}*. Is it you?",
        access(request),
        machine(label)
    );
    let advice = format!(
        "Press *Yes* only if you see the same code on a screen in front of you. It can be claimed {}.",
        until_when(until)
    );
    let button = |action_id, label, look, confirm| Button { action_id, label, value, look, confirm };
    let sure = Some((
        "Not yours?",
        "The access ends at once, without a credential, and the project's owner is told.",
        "It is not mine",
    ));
    let blocks = vec![
        section(&text),
        section(&advice),
        more_actions(&[
            button(ids::CONFIRM_CLAIM, "Yes, it is me", Look::Primary, None),
            button(ids::REFUSE_CLAIM, "No", Look::Danger, sure),
        ]),
        context(&format!("Request `{}`", request.request_id)),
    ];
    message(&text, blocks)
}

/// In place of the question, once it was answered with yes.
#[must_use]
pub fn confirmed(request: &Request, label: &str, code: &str) -> SlackMessageContent {
    sentence(&format!(
        ":white_check_mark: You confirmed {} with the code *{code}*. It gets the credential of {}.",
        machine(label),
        access(request)
    ))
}

/// In place of the question, once it was answered with no.
#[must_use]
pub fn refused(request: &Request, label: &str, code: &str) -> SlackMessageContent {
    sentence(&format!(
        ":no_entry: You said that {} with the code *{code}* is not yours. It gets no credential of {}.",
        machine(label),
        access(request)
    ))
}

/// In place of the question, where it is no longer open.
#[must_use]
pub fn over(request: &Request, label: &str) -> SlackMessageContent {
    sentence(&format!(
        ":checkered_flag: {} asked for the credential of {}, and does not get it any more.",
        machine(label),
        access(request)
    ))
}

/// To whoever clicked: why nothing comes of it.
#[must_use]
pub fn click_refused(request: &Request, why: ClaimClickRefused) -> SlackMessageContent {
    let (access, requester) = (access(request), mention(&request.ask.requester_slack_id));
    sentence(&match why {
        ClaimClickRefused::NotRequester => {
            format!(
                "Only {requester}, who asked for {access}, can say whose machine that is. Nothing was done."
            )
        }
        ClaimClickRefused::NotAPerson => {
            "Slack says that this account is deactivated or a bot, so it cannot claim anything.".to_owned()
        }
        ClaimClickRefused::AlreadyClaimed => format!(
            "The credential of {access} goes to the machine that you confirmed before, and to no other. If that was \
             not yours, press *End access now* at once."
        ),
        ClaimClickRefused::Unknown => {
            format!(
                "That machine no longer asks for the credential of {access}. Claim it again, by the link."
            )
        }
        ClaimClickRefused::KeyChanged => format!(
            ":warning: The machine that asks for the credential of {access} is not the one that I asked you about, so \
             it gets nothing. Tell whoever runs Keylease."
        ),
        ClaimClickRefused::TooLate => {
            format!("The credential of {access} was not claimed in time. You can ask for access again.")
        }
        ClaimClickRefused::NotReady => format!("Nothing to claim: your request for {access} is over."),
    })
}

/// To the project's owner: somebody else may have had the link.
#[must_use]
pub fn refused_to_owner(request: &Request, owner: &SlackUserId, label: &str) -> SlackMessageContent {
    sentence(&format!(
        ":warning: {}, {} says that {} is not theirs, which asked for the credential of {}. Somebody else may have the \
         link to claim it. No credential was made, and I ended the access. (Request `{}`)",
        mention(owner),
        mention(&request.ask.requester_slack_id),
        machine(label),
        access(request),
        request.request_id
    ))
}

/// What a machine calls itself, which anybody can have typed.
fn machine(label: &str) -> String {
    format!("a machine that calls itself {}", text::code(label, LABEL_MAX_CHARS))
}

fn sentence(text: &str) -> SlackMessageContent {
    message(text, vec![section(text)])
}
