//! To the approvers: somebody asks to have access for longer, and what became of that. The message is replaced at each
//! change.

use domain::project::Project;
use domain::request::{Extension, ExtensionOutcome};
use domain::{GrantDuration, Request};

use crate::SlackMessageContent;
use crate::blocks::{
    Block, Button, Look, actions, context, fields, header, message, more_actions, section, typed_text,
};
use crate::ids;
use crate::messages::cannot_decide::{CannotDecide, agreed, can_decide};
use crate::messages::{access, actor, doer, ended, is_by_sign_in, is_role, mention, mentions, sign_in, when};
use crate::text;

/// Longest reason that is shown in a sentence which names approvers too, in characters: escaped, each may take five.
const WHY_MAX_CHARS: usize = 300;

/// The message as the extension now stands. `project` is what the catalogue says today, where it says anything.
#[must_use]
pub fn extension(
    request: &Request,
    extension: &Extension,
    project: Option<&Project>,
    cannot: &CannotDecide,
) -> SlackMessageContent {
    let asks = asks(request, extension);
    let standing = standing(request, extension, project, cannot);
    let mut blocks = vec![header(title(extension.outcome)), section(&asks)];
    let mut facts = vec![
        ("Who", mention(&extension.by)),
        ("For how long", format!("{} from the decision", extension.duration)),
    ];
    facts.extend(request.access.expires_at.map(|ends_at| ("Ends now", when(ends_at))));
    blocks.push(fields(&facts));
    let why = extension.justification.as_deref().unwrap_or("No reason was given.");
    blocks.extend(typed_text("Why", why));
    blocks.push(section(&standing));
    blocks.extend(denied_because(extension));
    let value = ids::extension_value(&request.request_id, extension.number);
    if extension.outcome == ExtensionOutcome::Open {
        let button = |action_id, label, look| Button { action_id, label, value: &value, look, confirm: None };
        blocks.push(actions(&[
            button(ids::APPROVE, "Approve", Look::Primary),
            button(ids::DENY, "Deny", Look::Danger),
        ]));
        blocks.push(more_actions(&[button(ids::DENY_REASON, "Deny with a reason", Look::Plain)]));
    }
    blocks.push(context(&format!("Request `{value}`, asked {}", when(extension.asked_at))));
    let fallback = match extension.outcome {
        ExtensionOutcome::Open => asks,
        ExtensionOutcome::Approved
        | ExtensionOutcome::Extended
        | ExtensionOutcome::Denied
        | ExtensionOutcome::Lapsed
        | ExtensionOutcome::Void
        | ExtensionOutcome::Failed => format!("{asks} {standing}"),
    };
    message(&fallback, blocks)
}

/// To the requester: what has become of the extension that they asked for; nothing where that is only a step.
#[must_use]
pub fn to_requester(
    request: &Request,
    extension: &Extension,
    project: Option<&Project>,
) -> Option<SlackMessageContent> {
    let access = access(request);
    let ends = request.access.expires_at.map(when).unwrap_or_default();
    let by = decider(extension);
    let first = extension.decided_by.as_ref().filter(|by| by.rule().is_some());
    let first = first.map_or_else(|| by.clone(), doer);
    let text = match extension.outcome {
        ExtensionOutcome::Open => {
            let who = project.map_or_else(
                || "the project's approvers".to_owned(),
                |project| mentions(project.approvers(&request.ask.role), "or"),
            );
            format!(
                "I ask {who} whether you may have {access} for longer: {} from their decision. Until they decide, it ends \
                 {ends}.",
                extension.duration
            )
        }
        ExtensionOutcome::Approved => return None,
        ExtensionOutcome::Extended => format!(
            ":key: {first} extended your access to {access}. It works until {ends}, with the same {} as before.{}",
            what_stays(request),
            sign_in::sessions(request).map(|text| format!(" {text}")).unwrap_or_default()
        ),
        ExtensionOutcome::Denied => format!(
            ":no_entry: {by} denied the extension of your access to {access}. It ends {ends}, as before. If that \
             surprises you, ask {by}."
        ),
        ExtensionOutcome::Lapsed => format!(
            ":hourglass: {} Your access to {access} ends {ends}, as before.",
            lapsed(extension, "the extension that you asked for")
        ),
        ExtensionOutcome::Void => format!(
            ":checkered_flag: Your access to {access} ended before the extension that you asked for was in place, so it has \
             become void. You can ask for access anew."
        ),
        ExtensionOutcome::Failed => format!(
            ":warning: {first} extended your access to {access}, but the later end could not be put in place: {}. It ends \
             {ends}, as before.",
            why(extension)
        ),
    };
    let mut blocks = vec![section(&text)];
    blocks.extend(denied_because(extension));
    blocks.push(context(&format!("Request `{}`", request.request_id)));
    Some(message(&text, blocks))
}

/// What an extension leaves as it is.
pub(crate) fn what_stays(request: &Request) -> &'static str {
    if is_role(request) {
        "role"
    } else if is_by_sign_in(request) {
        "sign-in"
    } else {
        "credential"
    }
}

/// Until when a grant lasts by an extension, and who decided that, after a sentence about it.
pub(crate) fn extended_by(request: &Request) -> String {
    let Some(last) = request.extensions.last_in_force() else { return String::new() };
    let times = match request.extensions.in_force() {
        0 | 1 => String::new(),
        times => format!(" ({times} times in all)"),
    };
    let at = last.decided_at.map(when).unwrap_or_default();
    format!(" Extended by {} {at}{times}.", decider(last))
}

fn title(outcome: ExtensionOutcome) -> &'static str {
    match outcome {
        ExtensionOutcome::Open => "AWS access: extension asked for",
        ExtensionOutcome::Approved => "AWS access: extension approved",
        ExtensionOutcome::Extended => "AWS access extended",
        ExtensionOutcome::Denied => "AWS access: extension denied",
        ExtensionOutcome::Lapsed => "AWS access: extension lapsed",
        ExtensionOutcome::Void => "AWS access ended before its extension",
        ExtensionOutcome::Failed => "AWS access: extension failed",
    }
}

fn asks(request: &Request, extension: &Extension) -> String {
    format!(
        "{} asks to have {} for {} more, from the decision on.",
        mention(&extension.by),
        access(request),
        extension.duration
    )
}

fn standing(
    request: &Request,
    extension: &Extension,
    project: Option<&Project>,
    cannot: &CannotDecide,
) -> String {
    let by = decider(extension);
    let at = extension.decided_at.map(when).unwrap_or_default();
    match extension.outcome {
        ExtensionOutcome::Open => open(request, extension, project, cannot),
        ExtensionOutcome::Approved => {
            format!(":hourglass_flowing_sand: Approved by {by} {at}. Putting the later end in place.")
        }
        ExtensionOutcome::Extended => {
            let until = extension.until.map(when).unwrap_or_default();
            if request.extensions.shown(extension).in_force {
                format!(":white_check_mark: Approved by {by} {at}. Access was extended until {until}.")
            } else {
                format!(
                    ":hourglass_flowing_sand: Approved by {by} {at}. Putting the later end, {until}, in place."
                )
            }
        }
        ExtensionOutcome::Denied => format!(":no_entry: Denied by {by} {at}. Access ends as before."),
        ExtensionOutcome::Lapsed => format!(":hourglass: {}", lapsed(extension, "it")),
        ExtensionOutcome::Void => {
            format!(
                ":checkered_flag: Access ended {} before this was in place, so it is void.",
                ended(request)
            )
        }
        ExtensionOutcome::Failed => format!(
            ":warning: Approved by {by} {at}, but the later end could not be put in place: {}. Access ends as before.",
            why(extension)
        ),
    }
}

fn open(
    request: &Request,
    extension: &Extension,
    project: Option<&Project>,
    cannot: &CannotDecide,
) -> String {
    let Some(project) = project else {
        return "The project is not in the catalogue now, so this can be denied only.".to_owned();
    };
    let role = project.roles.get(&request.ask.role);
    let agreed = agreed(&extension.approvals, role.map_or(1, |role| role.approvals_required));
    let longest = role.map(|role| longest(role.longest())).unwrap_or_default();
    let listed = (project.approvers(&request.ask.role), extension.approvals.as_slice());
    let can = can_decide(request, project, listed, cannot);
    format!("{agreed}{can} Time runs from the decision{longest}.")
}

fn longest(longest: GrantDuration) -> String {
    format!(", for {longest} at most")
}

/// What whoever denied it said of that.
fn denied_because(extension: &Extension) -> Vec<Block> {
    let reason = extension.why.as_deref().filter(|_| extension.outcome == ExtensionOutcome::Denied);
    reason.map(|reason| typed_text("Why it was denied", reason)).unwrap_or_default()
}

fn lapsed(extension: &Extension, what: &str) -> String {
    match &extension.why {
        Some(why) => text::escape(&text::shorten(why, WHY_MAX_CHARS)),
        None => format!("Nobody decided on {what} in time, so it lapsed."),
    }
}

fn why(extension: &Extension) -> String {
    text::escape(&text::shorten(extension.why.as_deref().unwrap_or("unknown"), WHY_MAX_CHARS))
}

fn decider(extension: &Extension) -> String {
    match extension.approvals.as_slice() {
        people @ [_, ..] if extension.outcome != ExtensionOutcome::Denied => mentions(people, "and"),
        _ => extension.decided_by.as_ref().map_or_else(|| "somebody".to_owned(), actor),
    }
}
