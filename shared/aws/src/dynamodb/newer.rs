//! Records that a newer program wrote: what this version cannot read of them, and what it can do without.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::kind::{DoorName, KindName};
use domain::request::Audience;
use domain::{Actor, Status};
use serde_dynamo::from_attribute_value;

use super::item::Item;
use super::nothing::without_nothing;

/// Statuses that the requester was told of.
const TOLD: &str = "told";
/// Messages in Slack.
const MESSAGES: &str = "messages";
/// Jobs that are not sent yet.
const OUTBOX: &str = "outbox";
/// What a message shows.
const SHOWS: &str = "shows";

/// The record without what this version cannot read and need not: it stays in the table as it is.
pub(super) fn readable(item: Item) -> Item {
    let mut item = without_nothing(item);
    for name in [TOLD, MESSAGES] {
        if let Some(AttributeValue::L(elements)) = item.get_mut(name) {
            elements.retain(|element| is_readable(name, element));
        }
    }
    if let Some(AttributeValue::L(jobs)) = item.get_mut(OUTBOX) {
        jobs.iter_mut().for_each(keep_json);
    }
    if let Some(AttributeValue::L(messages)) = item.get_mut(MESSAGES) {
        for message in messages {
            if let AttributeValue::M(fields) = message
                && fields.get(SHOWS).is_some_and(|shows| newer_status(field(shows, "status")).is_some())
            {
                fields.remove(SHOWS);
            }
        }
    }
    item
}

/// Jobs are sent as JSON, which has neither bytes nor sets.
fn keep_json(value: &mut AttributeValue) {
    match value {
        AttributeValue::L(values) => values.iter_mut().for_each(keep_json),
        AttributeValue::M(fields) => fields.values_mut().for_each(keep_json),
        AttributeValue::S(_) | AttributeValue::N(_) | AttributeValue::Bool(_) | AttributeValue::Null(_) => {}
        _ => *value = AttributeValue::Null(true),
    }
}

/// Whether this version understands an element of a list in a record.
pub(super) fn is_readable(list: &str, element: &AttributeValue) -> bool {
    match list {
        TOLD => newer_status(Some(element)).is_none(),
        MESSAGES => field(element, "audience")
            .is_none_or(|audience| from_attribute_value::<_, Audience>(audience.clone()).is_ok()),
        _ => true,
    }
}

/// What a record, which cannot be read, has that only a newer program can have written.
pub(super) fn written_by_newer(item: &Item) -> Option<String> {
    let status = newer_status(item.get("status"));
    let kind = item.get("grant").and_then(|grant| field(grant, "role")).and_then(newer_kind);
    let event = || list(item.get("history")).iter().find_map(newer_event);
    status.or(kind).or_else(|| newer_actor(item.get("ended_by"))).or_else(event)
}

/// The same, of a project.
pub(super) fn project_by_newer(item: &Item) -> Option<String> {
    let Some(AttributeValue::M(roles)) = item.get("roles") else { return None };
    roles.values().find_map(newer_kind)
}

fn newer_event(event: &AttributeValue) -> Option<String> {
    newer_status(field(event, "from"))
        .or_else(|| newer_status(field(event, "to")))
        .or_else(|| newer_actor(field(event, "by")))
}

fn newer_status(status: Option<&AttributeValue>) -> Option<String> {
    let text = status?.as_s().ok()?;
    let is_known = Status::ALL.iter().any(|known| known.as_str() == text);
    let is_word = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    (is_word && !is_known).then(|| format!("the status `{text}`"))
}

fn newer_kind(role: &AttributeValue) -> Option<String> {
    let text = field(role, "kind")?.as_s().ok()?;
    let kind =
        (is_word(text) && KindName::parse(text).is_none()).then(|| format!("the kind of role `{text}`"));
    kind.or_else(|| newer_door(role))
}

fn newer_door(role: &AttributeValue) -> Option<String> {
    let text = field(role, "door")?.as_s().ok()?;
    (is_word(text) && DoorName::parse(text).is_none()).then(|| format!("the door `{text}`"))
}

/// Who did something, other than a person or an operator: `policy:oncall`.
fn newer_actor(actor: Option<&AttributeValue>) -> Option<String> {
    let text = actor?.as_s().ok()?;
    let (kind, _) = text.split_once(':')?;
    (is_word(kind) && kind != "operator" && Actor::parse(text).is_err())
        .then(|| format!("the actor `{kind}:…`"))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn field<'a>(of: &'a AttributeValue, name: &str) -> Option<&'a AttributeValue> {
    of.as_m().ok()?.get(name)
}

fn list(of: Option<&AttributeValue>) -> &[AttributeValue] {
    of.and_then(|list| list.as_l().ok()).map_or(&[], Vec::as_slice)
}
