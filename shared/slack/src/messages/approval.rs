//! To the approvers: who asks for what, and what became of it. The message is replaced at each change.

use crate::SlackMessageContent;
use crate::blocks::{
    Block, Button, Look, actions, context, fields, header, message, more_actions, section, typed_text,
};
use crate::ids;
use domain::authorization::{deciders, void_approvals};
use domain::cause::{
    ask_failed, claim_was_refused, ended_undelivered, requester_left, was_cut_off, was_unclaimed,
};
use domain::late_click::late_click;
use domain::project::Project;
use domain::rule::RulePassedOver;
use domain::{Actor, Phase, Request, Status};

use crate::messages::cannot_decide::{CannotDecide, agreed, can_decide};
use crate::messages::extension::extended_by;
use crate::messages::status_words::{reviewed, title};
use crate::messages::{
    access, access_taken_away, approved_by, decider, doer, ended, failure, is_by_sign_in, made, mention,
    mentions, name, sign_in, when,
};

/// The approval message as the request now stands. `project` is what the catalogue says today, where it says
/// anything; `cannot` are those whom it lists in vain.
#[must_use]
pub fn approval(request: &Request, project: Option<&Project>, cannot: &CannotDecide) -> SlackMessageContent {
    let requester = mention(&request.ask.requester_slack_id);
    let asks = if request.broke_glass() {
        let lasts = request.ask.duration;
        format!(":rotating_light: {requester} broke the glass for {} for {lasts}.", access(request))
    } else {
        format!("{requester} asks for {} for {}.", access(request), request.ask.duration)
    };
    let mut blocks = vec![header(title(request)), section(&asks)];
    blocks.push(fields(&[
        ("Who", requester),
        ("Project", name(request.ask.project.as_str())),
        ("Role", name(request.ask.role.as_str())),
        ("How long", how_long(request)),
    ]));
    let why = request.ask.justification.as_deref().unwrap_or("No reason was given.");
    blocks.extend(typed_text("Why", why));
    let standing = standing(request, project, cannot);
    blocks.push(section(&standing));
    blocks.extend(review(request));
    if let Some(reason) = &request.decision.deny_reason {
        blocks.extend(typed_text("Why it was denied", reason));
    }
    blocks.extend(buttons(request));
    blocks.push(context(&format!(
        "Request `{}`, asked {}",
        request.request_id,
        when(request.ask.created_at)
    )));
    let fallback = match request.status.phase() {
        Phase::Undecided => asks,
        Phase::Declined | Phase::Live | Phase::Ended | Phase::Failed => format!("{asks} {standing}"),
    };
    message(&fallback, blocks)
}

/// Whether what was granted by break-glass was reviewed, and what was said of it.
fn review(request: &Request) -> Vec<Block> {
    if !request.broke_glass() {
        return Vec::new();
    }
    let requester = mention(&request.ask.requester_slack_id);
    let Some(reviewed) = reviewed(request) else {
        let text = format!(
            ":rotating_light: {requester} broke the glass: nobody was asked. It has to be reviewed by an approver other than \
             them."
        );
        return vec![section(&text)];
    };
    let mut blocks = vec![section(&format!(":white_check_mark: {requester} broke the glass; {reviewed}."))];
    if let Some(note) = request.review().and_then(|review| review.note.as_deref()) {
        blocks.extend(typed_text("What was found", note));
    }
    blocks
}

/// Who decided what and when, and until when access lasts.
fn standing(request: &Request, project: Option<&Project>, cannot: &CannotDecide) -> String {
    let decided = decided(request);
    let until = request.access.expires_at.map(when).unwrap_or_default();
    let ended = ended(request);
    let sessions = sign_in::sessions(request).map(|text| format!(" {text}")).unwrap_or_default();
    match request.status {
        Status::Pending => pending(request, project, cannot),
        Status::Denied => format!(":no_entry: {}.", denied(request)),
        Status::Lapsed if ask_failed(request) => {
            format!(":warning: Nobody could be asked to decide, so it was closed {ended}.")
        }
        Status::Lapsed if requester_left(request) => {
            let requester = mention(&request.ask.requester_slack_id);
            format!(":checkered_flag: {requester}'s Slack account was deactivated, so it was closed {ended}.")
        }
        Status::Lapsed if was_unclaimed(request) => format!(
            ":hourglass: Approved by {decided}. The credential was not claimed in time, so it lapsed {ended}. No \
             credential was made."
        ),
        Status::Lapsed => format!(":hourglass: Nobody decided in time, so it lapsed {ended}."),
        Status::Approved => {
            format!(
                ":hourglass_flowing_sand: Approved by {decided}{}. Making {}; access lasts until {until}.{sessions}",
                without_people(request),
                made(request)
            )
        }
        Status::Ready => {
            let claim = request.access.claim.as_ref().map(|claim| when(claim.until)).unwrap_or_default();
            format!(
                ":hourglass_flowing_sand: Approved by {decided}. The credential waits to be claimed until {claim}; \
                 access lasts until {until}."
            )
        }
        Status::Active => format!(
            ":white_check_mark: Approved by {decided}{}.{} Access lasts until {until}.{sessions}",
            without_people(request),
            extended_by(request)
        ),
        Status::Expired => {
            let until = request.taken_away_at().map(when).unwrap_or_default();
            format!(
                ":checkered_flag: Approved by {decided}. Access ended as planned {until}. {}",
                removed(request)
            )
        }
        Status::Revoked if ended_undelivered(request).is_some() => {
            let ends = match request.access.gone_at {
                Some(_) => format!("so access ended early, {ended}"),
                None => "so I am ending access early".to_owned(),
            };
            format!(
                "{} Approved by {decided}. The email with the credential did not arrive, {ends}. {}",
                flag(request),
                taken_away(request)
            )
        }
        Status::Revoked if requester_left(request) => format!(
            "{} Approved by {decided}. {}'s Slack account was deactivated, so access ended early, {ended}. {}",
            flag(request),
            mention(&request.ask.requester_slack_id),
            taken_away(request)
        ),
        Status::Revoked if was_cut_off(request) => format!(
            "{} Approved by {decided}. Access ended early, {ended}, together with that of another session on the same \
             role, which AWS had no room to end alone.",
            flag(request)
        ),
        Status::Revoked if claim_was_refused(request) => format!(
            "{} Approved by {decided}. A machine asked for the credential that is not {}'s, so access ended {ended}. No \
             credential was made.",
            flag(request),
            mention(&request.ask.requester_slack_id)
        ),
        Status::Revoked => {
            let by = request.access.ended_by.as_ref().map_or_else(|| "Somebody".to_owned(), doer);
            let early = match late_click(request) {
                Some(late) => format!(
                    "{by} asked to end access early, {}, which was carried out only {ended}.",
                    when(late.clicked_at)
                ),
                None => format!("{by} ended access early, {ended}."),
            };
            format!("{} Approved by {decided}. {early} {}", flag(request), taken_away(request))
        }
        Status::Failed => {
            let left = match request.access.gone_at {
                Some(_) => "Nothing is left behind.",
                None => "I am removing what was made of it.",
            };
            let why = failure(request);
            format!(":warning: Approved by {decided}, but {} could not be made: {why}. {left}", made(request))
        }
    }
}

fn pending(request: &Request, project: Option<&Project>, cannot: &CannotDecide) -> String {
    let found = project.and_then(|project| Some((project, project.roles.get(&request.ask.role)?)));
    let Some((project, role)) = found else {
        return "The catalogue does not offer this role now, so it cannot be approved.".to_owned();
    };
    let agreed = agreed(&request.decision.approvals, role.approvals_required);
    let void = match void_approvals(request).as_slice() {
        [] => String::new(),
        [one] => format!("The approval of {} no longer counts. ", mention(one)),
        several => format!("The approvals of {} no longer count. ", mentions(several, "and")),
    };
    let passed_over = passed_over(request).map(|why| format!("{why} ")).unwrap_or_default();
    let escalated = if request.is_escalated() {
        let besides = mentions(&project.escalate_to, "and");
        format!("Nobody had decided for a while, so {besides} are asked besides. ")
    } else {
        String::new()
    };
    let can =
        can_decide(request, project, (&deciders(request, project), &request.decision.approvals), cannot);
    format!(
        "{agreed}{void}{passed_over}{escalated}{can} Time runs from the decision.{}",
        sign_in::sessions_go_on(request, &role.kind).map(|text| format!(" {text}")).unwrap_or_default()
    )
}

/// Why people are asked, where a rule might have granted it.
fn passed_over(request: &Request) -> Option<String> {
    Some(match request.rule_passed_over()? {
        RulePassedOver::TooLong { limit } => {
            format!("The role's rule grants them at most {limit}, so you are asked.")
        }
        RulePassedOver::NotNamed => {
            "They asked as in an emergency, and no rule for that names them, so you are asked.".to_owned()
        }
        RulePassedOver::NotChecked => {
            "Slack did not say whether the role's rule names them, so you are asked.".to_owned()
        }
        RulePassedOver::Late => {
            "Their request was worked on too late for the role's rule, so you are asked.".to_owned()
        }
    })
}

fn decided(request: &Request) -> String {
    let at = request.decision.decided_at.map(when).unwrap_or_default();
    format!("{} {at}", approved_by(request))
}

/// What a rule granted is for nobody to decide.
fn without_people(request: &Request) -> &'static str {
    if request.granted_by_rule().is_some() { ", so nobody has to decide" } else { "" }
}

/// Who denied it, whoever had agreed before.
fn denied(request: &Request) -> String {
    let by = decider(request);
    let at = request.decision.decided_at.map(when).unwrap_or_default();
    let late = late_click(request)
        .map(|late| format!(". That was carried out only {}", when(late.done_at)))
        .unwrap_or_default();
    match (&request.decision.approver_slack_id, &request.access.ended_by) {
        (None, Some(Actor::Operator(_))) => format!("Closed by {by} {at}, before it was decided{late}"),
        (Some(_), _) | (None, Some(Actor::Person(_) | Actor::Rule(_)) | None) => {
            format!("Denied by {by} {at}{late}")
        }
    }
}

/// What is known of a grant whose guard has ended it.
fn removed(request: &Request) -> String {
    match request.access.gone_at {
        Some(_) if is_by_sign_in(request) => access_taken_away(request),
        Some(_) => "Everything that was made for it is gone.".to_owned(),
        None => "I am removing what was made for it.".to_owned(),
    }
}

/// What is known of a grant that somebody ended: until AWS was asked, its credential may work.
fn taken_away(request: &Request) -> String {
    match request.access.gone_at {
        Some(_) if is_by_sign_in(request) => access_taken_away(request),
        Some(_) => "Everything that was made for it is gone.".to_owned(),
        None => format!("I am taking it away; until that is done, {} may still work.", made(request)),
    }
}

fn flag(request: &Request) -> &'static str {
    match request.access.gone_at {
        Some(_) => ":checkered_flag:",
        None => ":hourglass_flowing_sand:",
    }
}

fn buttons(request: &Request) -> Vec<Block> {
    let value = request.request_id.as_str();
    let mut buttons = buttons_of_status(request, value);
    if request.unreviewed_since().is_some() {
        let plain = |action_id, label| Button { action_id, label, value, look: Look::Plain, confirm: None };
        let review = Button { look: Look::Primary, ..plain(ids::REVIEWED, "Reviewed") };
        buttons.push(more_actions(&[review, plain(ids::REVIEW_NOTE, "Reviewed, with a note")]));
    }
    buttons
}

fn buttons_of_status(request: &Request, value: &str) -> Vec<Block> {
    match request.status.phase() {
        Phase::Undecided => {
            let opens =
                |action_id, label| Button { action_id, label, value, look: Look::Plain, confirm: None };
            vec![
                actions(&[
                    Button {
                        action_id: ids::APPROVE,
                        label: "Approve",
                        value,
                        look: Look::Primary,
                        confirm: None,
                    },
                    Button { action_id: ids::DENY, label: "Deny", value, look: Look::Danger, confirm: None },
                ]),
                more_actions(&[
                    opens(ids::APPROVE_SHORTER, "Approve for less time"),
                    opens(ids::DENY_REASON, "Deny with a reason"),
                ]),
            ]
        }
        Phase::Live if request.status != Status::Approved => vec![actions(&[end_button(value)])],
        Phase::Declined | Phase::Live | Phase::Ended | Phase::Failed => Vec::new(),
    }
}

/// How long access lasts, and how long was asked for where an approver made that less.
fn how_long(request: &Request) -> String {
    match request.shortened_from() {
        Some(asked) => format!("{} ({asked} were asked for)", request.ask.duration),
        None => request.ask.duration.to_string(),
    }
}

/// The button that asks for more time.
#[must_use]
pub fn extend_button(value: &str) -> Button<'_> {
    Button { action_id: ids::EXTEND, label: "Extend", value, look: Look::Plain, confirm: None }
}

/// The button that ends access early.
#[must_use]
pub fn end_button(value: &str) -> Button<'_> {
    Button {
        action_id: ids::END,
        label: "End access now",
        value,
        look: Look::Danger,
        confirm: Some((
            "End access?",
            "The credential stops working, for good. This cannot be undone.",
            "End access",
        )),
    }
}
