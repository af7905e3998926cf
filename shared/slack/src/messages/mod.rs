//! What people read: messages in Slack and the email. One file for each kind of message, all plain English.

pub mod approval;
pub mod canary;
pub mod cannot_decide;
pub mod claim;
pub mod contact;
pub mod delayed;
pub mod extension;
pub mod failed_click;
pub mod identity;
pub mod own_access;
pub mod refusal;
pub mod refused_click;
pub mod refused_extension;
pub mod reminder;
pub mod requester;
mod role;
mod sign_in;
pub mod status_words;
pub mod waiting_click;
pub mod warning;

use crate::text;
use domain::kind::InAws;
use domain::late_click::late_click;
use domain::{Actor, OperatorName, Request, RuleName, SlackUserId, UnixSeconds};

/// Longest name that is shown within a sentence, in characters.
const NAME_MAX_CHARS: usize = 64;
/// People who are named in one sentence, at most.
const PEOPLE_NAMED_MAX: usize = 10;
/// Longest list within a sentence, in characters: two thirds of what Slack shows in one block.
const LIST_MAX_CHARS: usize = 2_000;
/// Longest reason of a failure that is shown, in characters.
const FAILURE_MAX_CHARS: usize = 500;

/// Somebody, or everybody in a user group, as Slack links them.
pub(crate) fn mention(person: &SlackUserId) -> String {
    if person.is_user_group() { format!("<!subteam^{person}>") } else { format!("<@{person}>") }
}

/// Who did something, at the beginning of a sentence.
fn doer(actor: &Actor) -> String {
    match actor {
        Actor::Person(person) => mention(person),
        Actor::Operator(name) => format!("An {}", operator(name)),
        Actor::Rule(name) => format!("A {}", rule(*name)),
    }
}

/// Who did something, within a sentence.
fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Person(person) => mention(person),
        Actor::Operator(name) => format!("an {}", operator(name)),
        Actor::Rule(name) => format!("a {}", rule(*name)),
    }
}

/// Who denied or approved a request, within a sentence. An operator who closed it is not in Slack.
fn decider(request: &Request) -> String {
    if let Some(name) = request.granted_by_rule() {
        return rule(name);
    }
    match (&request.decision.approver_slack_id, &request.access.ended_by) {
        (Some(approver), _) => mention(approver),
        (None, Some(by)) => actor(by),
        (None, None) => "somebody".to_owned(),
    }
}

/// A rule of the catalogue, by the name that stands there.
fn rule(name: RuleName) -> String {
    format!("rule (`{}`)", name.as_str())
}

/// Somebody at the operator's command line, who need not be in Slack.
fn operator(name: &OperatorName) -> String {
    format!("operator ({})", text::inline(name.as_str(), NAME_MAX_CHARS))
}

/// Several people: `<@A>, <@B> or <@C>`. Of very many, some are named and the others counted.
pub(crate) fn mentions(people: &[SlackUserId], conjunction: &str) -> String {
    some_of(&people.iter().map(mention).collect::<Vec<_>>(), PEOPLE_NAMED_MAX, conjunction)
}

/// `a, b or c`, as far as a sentence holds them: `a, b or 17 others`.
pub(crate) fn list(items: &[String], conjunction: &str) -> String {
    some_of(items, usize::MAX, conjunction)
}

/// At most `max` of the items, and no more than a sentence holds; the others are counted.
fn some_of(items: &[String], max: usize, conjunction: &str) -> String {
    let mut chars = 0;
    let fits = |item: &&String| {
        chars += item.chars().count() + 2;
        chars <= LIST_MAX_CHARS
    };
    let shown = items.iter().take(max).take_while(fits).count();
    // Naming the last one takes no more room than `1 other`.
    let shown = if shown > 0 && shown + 1 == items.len() { items.len() } else { shown };
    let (shown, others) = items.split_at(shown);
    match (shown, others.len()) {
        ([], 0) => String::new(),
        ([], others) => format!("{others} others"),
        ([one], 0) => one.clone(),
        ([most @ .., last], 0) => format!("{} {conjunction} {last}", most.join(", ")),
        (shown, others) => format!("{} {conjunction} {others} others", shown.join(", ")),
    }
}

/// Everybody who agreed, or the rule that granted it.
fn approved_by(request: &Request) -> String {
    if let Some(name) = request.granted_by_rule() {
        return rule(name);
    }
    let people = if request.decision.approvals.is_empty() {
        request.decision.approver_slack_id.as_slice()
    } else {
        request.decision.approvals.as_slice()
    };
    if people.is_empty() { "Somebody".to_owned() } else { mentions(people, "and") }
}

/// The same at the beginning of a sentence.
fn approver(request: &Request) -> String {
    match request.granted_by_rule() {
        Some(name) => format!("A {}", rule(name)),
        None => approved_by(request),
    }
}

/// Why the credential could not be made.
fn failure(request: &Request) -> String {
    text::escape(&text::shorten(request.access.failure.as_deref().unwrap_or("unknown"), FAILURE_MAX_CHARS))
}

/// What is made for a request, within a sentence: `the credential`, `the role`, or `the access`.
fn made(request: &Request) -> &'static str {
    if is_role(request) {
        "the role"
    } else if is_by_sign_in(request) {
        "the access"
    } else {
        "the credential"
    }
}

/// What is said of it once it was read back as gone.
fn no_longer(request: &Request) -> String {
    if is_role(request) {
        "The role no longer exists.".to_owned()
    } else if is_by_sign_in(request) {
        access_taken_away(request)
    } else {
        "The credential no longer works.".to_owned()
    }
}

/// Whether access is given to the person's user of Identity Center.
fn is_by_sign_in(request: &Request) -> bool {
    request.decision.grant.as_ref().is_some_and(|grant| grant.role.is_of_identity_center())
}

/// What was read back of access that has been taken away.
fn access_taken_away(request: &Request) -> String {
    if request.access.had_before {
        return "It was there before the grant, so it stays.".to_owned();
    }
    match request.access.sessions_until {
        Some(until) => format!(
            "Nobody can open a session by it any more; one that was opened before may go on until {}.",
            when(until)
        ),
        None => "It was taken away. What is open already may go on for as long as its own session does."
            .to_owned(),
    }
}

/// Whether what was granted is a role of its own, which is sent to nobody.
fn is_role(request: &Request) -> bool {
    request.decision.grant.as_ref().is_some_and(|grant| grant.role.in_aws() == InAws::Role)
}

/// What a credential has waited for, where that is long enough to be told.
fn wait(request: &Request) -> Option<String> {
    let waiting = request.work.waiting.as_ref().filter(|waiting| waiting.is_long())?;
    Some(text::escape(&text::shorten(&waiting.why, FAILURE_MAX_CHARS)))
}

/// A moment, in the reader's own time zone; in UTC where Slack cannot show that.
pub(crate) fn when(at: UnixSeconds) -> String {
    let utc = at.timestamp().strftime("%Y-%m-%d %H:%M UTC");
    format!("<!date^{}^{{date_short_pretty}} at {{time_secs}}|{utc}>", at.0)
}

/// When access ended: for an end that was carried out late, when that was.
fn ended(request: &Request) -> String {
    let late = late_click(request).map(|late| late.done_at);
    late.or(request.access.ended_at).map(when).unwrap_or_default()
}

/// A name from the catalogue or from a person, so that it can be copied and typed.
pub(crate) fn name(typed: &str) -> String {
    text::bold(typed, NAME_MAX_CHARS)
}

/// `*ReadOnly* on *payments*`.
pub(crate) fn access(request: &Request) -> String {
    format!("{} on {}", name(request.ask.role.as_str()), name(request.ask.project.as_str()))
}

#[cfg(test)]
mod tests;
