//! Commands that say in another way which part is which, rewritten in the documented order.

use super::label::{Found, Label, label_at, trimmed};
use super::parts::{duration_at, read};
use super::words::{Apart, quoted, words};
use crate::names::is_quote;

/// `project=payments role: ReadOnly --duration 2h` in the documented order; nothing where no part of the request has a
/// label. A label within the reason is part of it.
pub(super) fn labelled(text: &str) -> Option<String> {
    let found = labels(text);
    let names_a_part = |found: &Found| matches!(found.label, Label::Project | Label::Role | Label::Duration);
    let first = found.iter().find(|found| names_a_part(found))?;
    // What was complete before the first label is no labelled command.
    if read(text.get(..first.start)?, Apart::Space).is_some_and(|(_, has_duration)| has_duration) {
        return None;
    }
    let before = trimmed(text.get(..found.first()?.start)?);
    let value = |label: Label| {
        let index = found.iter().position(|one| one.label == label)?;
        let end = found.get(index + 1).map_or(text.len(), |next| next.start);
        text.get(found.get(index)?.value..end).map(trimmed)
    };
    let (mut project, mut role) = (value(Label::Project).unwrap_or_default(), value(Label::Role));
    let mut duration = value(Label::Duration).unwrap_or_default();
    // Without a label of its own, the duration follows the last value.
    if duration.is_empty() {
        match found.last()?.label {
            Label::Project => (project, duration) = before_duration(project),
            Label::Role => {
                let (name, rest) = before_duration(role.unwrap_or_default());
                (role, duration) = (Some(name), rest);
            }
            Label::Duration | Label::Reason => {}
        }
    }
    // Where the role has no label, it stands beside the project, or before all labels.
    let is_project_alone = role.is_some() || !before.is_empty();
    let parts = [
        if is_project_alone { in_quotes(project) } else { project.to_owned() },
        before.to_owned(),
        role.map(in_quotes).unwrap_or_default(),
        duration.to_owned(),
        value(Label::Reason).unwrap_or_default().to_owned(),
    ];
    Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
}

/// A name, and what follows it from a duration on.
fn before_duration(value: &str) -> (&str, &str) {
    let follows = words(value, Apart::Space).into_iter().skip(1);
    let mut starts = follows.map(|word| word.start).filter(|start| duration_at(value, *start).is_some());
    let (name, rest) = value.split_at(starts.next().unwrap_or(value.len()));
    (trimmed(name), rest)
}

/// A command of which the beginning is in quotes, and the reason follows: `"payments ReadOnly 2h" fix it`.
pub(super) fn without_outer_quotes(text: &str) -> Option<String> {
    let (inner, length) = quoted(text)?;
    let is_several = inner.split_whitespace().nth(1).is_some();
    is_several.then(|| format!("{inner} {}", text.get(length..).unwrap_or_default().trim_start()))
}

/// The labels of a text, each kind once. Behind a duration that ends the request, what follows is the reason.
fn labels(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for word in words(text, Apart::Space) {
        let is_new = |one: &Found| found.iter().all(|known| known.label != one.label);
        let is_complete = [Label::Project, Label::Role, Label::Duration]
            .into_iter()
            .all(|label| found.iter().any(|known| known.label == label));
        let Some(one) = label_at(text, word).filter(is_new) else { continue };
        let follows_the_request = found.last().is_some_and(|last| {
            duration_at(text, last.value)
                .is_some_and(|(_, end)| trimmed(text.get(end..one.start).unwrap_or_default()).is_empty())
        });
        if is_complete && !follows_the_request {
            break;
        }
        found.push(one);
    }
    found
}

/// Several words in quotes, so that they stay one name.
fn in_quotes(value: &str) -> String {
    let is_quoted = quoted(value).is_some_and(|(_, length)| length == value.len());
    if is_quoted || !value.contains(char::is_whitespace) || value.contains(is_quote) {
        value.to_owned()
    } else {
        format!("\"{value}\"")
    }
}
