//! To the requester, by direct message: asked, granted, ended, or why not.

use crate::blocks::{Block, actions, context, message, section, typed_text};
use crate::{SlackMessageContent, text};
use domain::address::hint;
use domain::authorization::deciders;
use domain::canary::canary_by;
use domain::cause::{
    ask_failed, claim_was_refused, ended_undelivered, requester_left, was_cut_off, was_unclaimed,
};
use domain::claim::LABEL_MAX_CHARS;
use domain::delivery::Undelivered;
use domain::late_click::late_click;
use domain::project::Project;
use domain::request::Audience;
use domain::rule::RulePassedOver;
use domain::{Actor, Request, SlackUserId, Status};

use crate::messages::approval::{end_button, extend_button};
use crate::messages::claim::how_to_claim;
use crate::messages::extension::extended_by;
use crate::messages::{
    access, approver, canary, doer, ended, failure, is_by_sign_in, made, mention, mentions, no_longer, role,
    sign_in, wait, when,
};

/// Of the reason of a denial, so much stands in the line itself, in characters; all of it stands below.
const REASON_SHOWN_CHARS: usize = 200;

/// What the requester is told when the request has become what it is; nothing where that is only a step.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one text for each status")]
pub fn render(request: &Request, project: Option<&Project>) -> Option<SlackMessageContent> {
    if let Some(operator) = canary_by(request) {
        let text = canary::render(request, operator)?;
        return Some(message(&text, blocks(request, &text)));
    }
    let access = access(request);
    let until = request.access.expires_at.map(when).unwrap_or_default();
    let ended = ended(request);
    let late = late_click(request);
    let clicked = late.map(|late| when(late.clicked_at)).unwrap_or_default();
    let text = match request.status {
        Status::Approved => waiting(request, &access, &until)?,
        Status::Pending => {
            let lasts = request.ask.duration;
            match asked(request, project) {
                Some(people) => format!(
                    "I asked {people} to approve {access} for {lasts}. I will tell you what they decide.{}",
                    passed_over(request).map(|why| format!(" {why}")).unwrap_or_default()
                ),
                None => format!(
                    ":hourglass_flowing_sand: I have your request for {access} for {lasts}. Reaching the people who can \
                     approve it takes longer than usual; I keep trying, and will tell you what becomes of it."
                ),
            }
        }
        Status::Denied => denied(request, &access),
        Status::Lapsed if ask_failed(request) => {
            let owner = project.map_or_else(
                || "whoever runs Keylease".to_owned(),
                |project| format!("the project's owner, {},", mention(&project.owner_slack_id)),
            );
            format!(
                ":warning: I could not reach anybody who can approve your request for {access}, so I closed it. \
                 Tell {owner} and ask again when that is repaired."
            )
        }
        Status::Lapsed if requester_left(request) => {
            format!(
                ":checkered_flag: Your Slack account was deactivated, so I closed your request for {access}."
            )
        }
        Status::Lapsed if was_unclaimed(request) => format!(
            ":hourglass: You did not claim the credential of {access} in time, so your access lapsed. No credential was \
             made, and what was prepared is gone. You can ask again."
        ),
        Status::Lapsed => format!(
            ":hourglass: Nobody decided on your request for {access} in time, so it lapsed. You can ask again."
        ),
        Status::Ready => {
            let claim = request.access.claim.as_ref()?;
            format!(
                ":key: {} approved your request for {access}{}. Access lasts until {until}. {}",
                approver(request),
                shortened(request),
                how_to_claim(&claim.url, claim.until)
            )
        }
        Status::Active if request.confirmed_machine().is_some() => format!(
            ":key: You have access to {access}. The credential is sealed to the machine that you confirmed, {}, and works \
             until {until}.",
            request
                .confirmed_machine()
                .map(|machine| text::code(&machine.label, LABEL_MAX_CHARS))
                .unwrap_or_default()
        ),
        Status::Active if is_by_sign_in(request) => sign_in::granted(request, &shortened(request))?,
        Status::Active if request.broke_glass() => broke_glass(request, &access, &until),
        Status::Active => live(request, &access, &until),
        Status::Expired => {
            let left = match request.access.gone_at {
                Some(_) => no_longer(request),
                None => "I am removing what was made for it.".to_owned(),
            };
            let until = request.taken_away_at().map(when).unwrap_or_default();
            format!(":checkered_flag: Your access to {access} ended {until}, as planned. {left}")
        }
        Status::Revoked => {
            if let Some(text) = ended_by_nobody(request, &access, &ended) {
                return Some(message(&text, blocks(request, &text)));
            }
            let by = match &request.access.ended_by {
                Some(by) if by.person() == Some(&request.ask.requester_slack_id) => "You".to_owned(),
                Some(by) => doer(by),
                None => "Somebody".to_owned(),
            };
            let early = match late {
                Some(_) => format!(
                    "{by} asked to end your access to {access} {clicked}, which was carried out only {ended}."
                ),
                None => format!("{by} ended your access to {access} {ended}."),
            };
            match request.access.gone_at {
                Some(_) => format!(":checkered_flag: {early} {}", no_longer(request)),
                None => format!(
                    ":hourglass_flowing_sand: {early} I am taking it away; until that is done, {} may still work.",
                    made(request)
                ),
            }
        }
        Status::Failed => {
            let left = match request.access.gone_at {
                Some(_) => "Nothing is left behind",
                None => "I am removing what was made of it",
            };
            format!(
                ":warning: {} approved your request for {access}, but {} could not be made: {}. \
                 {left}; you can ask again.",
                approver(request),
                made(request),
                failure(request)
            )
        }
    };
    Some(message(&text, blocks(request, &text)))
}

/// Why people were asked, where a rule might have granted it.
fn passed_over(request: &Request) -> Option<String> {
    Some(match request.rule_passed_over()? {
        RulePassedOver::TooLong { limit } => {
            format!("Without asking anybody you can get it for at most {limit}.")
        }
        RulePassedOver::NotNamed => "You cannot get this by break-glass, so I asked.".to_owned(),
        RulePassedOver::NotChecked => {
            "Slack did not tell me whether you can get it without asking, so I asked.".to_owned()
        }
        RulePassedOver::Late => "Your request reached me too late to grant it without asking.".to_owned(),
    })
}

/// What was made, and where it is.
fn live(request: &Request, access: &str, until: &str) -> String {
    let what = match role::shown_arn(request) {
        Some(arn) => {
            format!("The role {arn} lets you in as who you are in AWS already: there is no secret to keep.")
        }
        None => format!("The credential is in an email to {}.", address(request)),
    };
    format!(
        ":key: {} approved your request for {access}{}. {what}{} It works until {until}.",
        approver(request),
        shortened(request),
        extended_by(request)
    )
}

/// Who denied it, or closed it from the command line; and when, where that was carried out much later.
fn denied(request: &Request, access: &str) -> String {
    let late = late_click(request).map(|late| {
        format!(" That was {}, and was carried out only {}.", when(late.clicked_at), when(late.done_at))
    });
    let late = late.unwrap_or_default();
    match &request.access.ended_by {
        Some(by @ Actor::Operator(_)) => format!(
            ":no_entry: {} closed your request for {access} before it was decided.{late} You can ask again.",
            doer(by)
        ),
        Some(Actor::Person(_) | Actor::Rule(_)) | None => {
            let by = request.decision.approver_slack_id.as_ref().map(mention).unwrap_or_default();
            // Notifications show the line alone.
            let why =
                request.decision.deny_reason.as_deref().map(|why| text::inline(why, REASON_SHOWN_CHARS));
            let why = why.map(|why| format!(" They say: “{why}”")).unwrap_or_default();
            format!(
                ":no_entry: {by} denied your request for {access}.{why}{late} If that surprises you, ask {by}; you can also \
                 ask again."
            )
        }
    }
}

/// How much less was granted than was asked for.
fn shortened(request: &Request) -> String {
    request.shortened_from().map_or_else(String::new, |asked| {
        format!(" for {}, which is less than the {asked} that you asked for", request.ask.duration)
    })
}

/// It ended early without anybody's click.
fn ended_by_nobody(request: &Request, access: &str, ended: &str) -> Option<String> {
    undelivered(request, access, ended)
        .or_else(|| requester_left(request).then(|| left(request, access, ended)))
        .or_else(|| claim_was_refused(request).then(|| not_theirs(access, ended)))
        .or_else(|| was_cut_off(request).then(|| cut_off(access, ended)))
}

/// A machine that is not the requester's asked for the credential.
fn not_theirs(access: &str, ended: &str) -> String {
    format!(
        ":no_entry: You said that a machine that asked for the credential of {access} is not yours, so I ended your access \
         {ended}. No credential was made. The project's owner is told. You can ask again."
    )
}

/// Slack said that the account was deactivated. A restored one gets nothing back.
fn left(request: &Request, access: &str, ended: &str) -> String {
    let works = match request.access.gone_at {
        Some(_) => no_longer(request),
        None => format!("I am taking it away; until that is done, {} may still work.", made(request)),
    };
    format!(
        ":checkered_flag: Your Slack account was deactivated, so I ended your access to {access} {ended}. {works}"
    )
}

/// They have it without an approval.
fn broke_glass(request: &Request, access: &str, until: &str) -> String {
    format!(
        ":rotating_light: You broke the glass and have {access}{}. The credential is in an email to {}. It works until {until}. \
         Everybody who could approve it is told, and one of them reviews it.",
        shortened(request),
        address(request)
    )
}

/// Another session on the role had to end, and AWS had no room to end it alone.
fn cut_off(access: &str, ended: &str) -> String {
    format!(
        ":warning: Your access to {access} ended early, {ended}. Another session on the same AWS role had to be ended, and \
         AWS had no room to end it alone, so all sessions on that role were. The credential no longer works. You can ask \
         again."
    )
}

/// What the credential has waited for, where that takes a while.
fn waiting(request: &Request, access: &str, until: &str) -> Option<String> {
    let (why, by) = (wait(request)?, approver(request));
    Some(format!(
        ":hourglass_flowing_sand: {by} approved your request for {access}, but {} cannot be made yet: {why}. \
         Somebody who runs Keylease has to repair that, and then it is made without your doing. The access ends {until} in \
         any case.",
        made(request)
    ))
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
    let works = match request.access.gone_at {
        Some(_) => "and the credential does not work",
        None => "and am taking away what was made for it",
    };
    Some(format!(
        ":warning: The email with the credential for {access} did not arrive at {}: {}. So I ended the access {ended}, \
         {works}. {what_to_do}",
        address(request),
        why.says()?
    ))
}

/// Those who were asked, by the messages that stand; `None` when there is none yet.
fn asked(request: &Request, project: Option<&Project>) -> Option<String> {
    let mut people: Vec<SlackUserId> = Vec::new();
    let mut in_channel = false;
    for posted in &request.slack.messages {
        match &posted.audience {
            Audience::Channel => in_channel = true,
            Audience::Approver(approver) => people.push(approver.clone()),
            Audience::Requester => {}
        }
    }
    if in_channel {
        let Some(project) = project else { return Some("the project's approvers".to_owned()) };
        people = deciders(request, project);
    }
    (!people.is_empty()).then(|| mentions(&people, "or"))
}

fn address(request: &Request) -> String {
    text::escape(&hint(request.access.requester_email.as_deref().unwrap_or_default()))
}

fn blocks(request: &Request, text: &str) -> Vec<Block> {
    let mut blocks = vec![section(text)];
    if let Some(reason) = &request.decision.deny_reason {
        blocks.extend(typed_text("Why", reason));
    }
    if request.status == Status::Active {
        blocks.extend(role::way_in(request));
        blocks.extend(sign_in::command_line(request).map(|text| section(&text)));
    }
    if matches!(request.status, Status::Ready | Status::Active) {
        let value = request.request_id.as_str();
        let may_extend = request.status == Status::Active && request.extensions_left() > 0;
        let extend = may_extend.then(|| extend_button(value));
        let buttons: Vec<_> = extend.into_iter().chain([end_button(value)]).collect();
        blocks.push(actions(&buttons));
    }
    blocks.push(context(&format!("Request `{}`", request.request_id)));
    blocks
}

/// The message that had the link, once the credential was claimed: the same place, without its link.
#[must_use]
pub fn was_claimed(request: &Request) -> SlackMessageContent {
    let text = format!(":key: The credential of {} was claimed. The link no longer works.", access(request));
    message(&text, vec![section(&text), context(&format!("Request `{}`", request.request_id))])
}

/// The message about a live grant, once it is over: the same place, without its button.
#[must_use]
pub fn grant_is_over(request: &Request) -> SlackMessageContent {
    let text = if request.status == Status::Revoked && request.access.gone_at.is_none() {
        format!("Your access to {} is ending.", access(request))
    } else {
        format!("Your access to {} ended {}.", access(request), ended(request))
    };
    message(&text, vec![section(&text), context(&format!("Request `{}`", request.request_id))])
}
