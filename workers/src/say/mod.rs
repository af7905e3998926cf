//! What people read: messages in Slack and the email. One file for each kind of message, all plain English.

pub(crate) mod approval;
pub(crate) mod canary;
pub(crate) mod click;
pub(crate) mod email;
pub(crate) mod refusal;
pub(crate) mod requester;

use domain::{Actor, OperatorName, Request, SlackUserId, UnixSeconds};
use platform::slack::text;

/// Longest name that is shown within a sentence, in characters.
const NAME_MAX_CHARS: usize = 64;

/// Somebody, as Slack links them.
fn mention(person: &SlackUserId) -> String {
    format!("<@{person}>")
}

/// Who did something, at the beginning of a sentence.
fn doer(actor: &Actor) -> String {
    match actor {
        Actor::Person(person) => mention(person),
        Actor::Operator(name) => format!("An {}", operator(name)),
    }
}

/// Somebody at the operator's command line, who need not be in Slack.
fn operator(name: &OperatorName) -> String {
    format!("operator ({})", text::inline(name.as_str(), NAME_MAX_CHARS))
}

/// Several people: `<@A>, <@B> or <@C>`.
fn mentions(people: &[SlackUserId], conjunction: &str) -> String {
    list(&people.iter().map(mention).collect::<Vec<_>>(), conjunction)
}

/// `a, b or c`.
fn list(items: &[String], conjunction: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} {conjunction} {last}", most.join(", ")),
    }
}

/// A moment, in the reader's own time zone; in UTC where Slack cannot show that.
fn when(at: UnixSeconds) -> String {
    let utc = at.timestamp().strftime("%Y-%m-%d %H:%M UTC");
    format!("<!date^{}^{{date_short_pretty}} at {{time_secs}}|{utc}>", at.0)
}

/// A name from the catalogue or from a person, in bold.
fn name(typed: &str) -> String {
    format!("*{}*", text::inline(typed, NAME_MAX_CHARS))
}

/// `*ReadOnly* on *payments*`.
fn access(request: &Request) -> String {
    format!("{} on {}", name(request.role.as_str()), name(request.project.as_str()))
}
