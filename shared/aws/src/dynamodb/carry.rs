//! Writing back what this version does not know: attributes, fields of nested objects and elements of lists that a
//! newer program put into a record stay, in DynamoDB's own types, whatever this program changes beside them.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::{from_item, to_item};

use super::item::Item;
use super::newer::{is_readable, readable};

/// What is written: `now`, and of the record as it was `read` everything that this version does not know.
pub(crate) fn carry<T: DeserializeOwned + Serialize>(read: &Item, now: Item) -> Item {
    // What this version makes of the record tells what it knows of it.
    let known = from_item::<_, T>(readable(read.clone())).and_then(|record| to_item::<_, Item>(&record));
    match known {
        Ok(before) => fields(read, &before, now),
        // It was readable when it was read, so this does not happen; a record that is not is never written over.
        Err(_) => now,
    }
}

fn fields(read: &Item, before: &Item, mut now: Item) -> Item {
    for (name, read) in read {
        if let Some(value) = value(name, read, before.get(name), now.remove(name)) {
            now.insert(name.clone(), value);
        }
    }
    now
}

fn value(
    name: &str,
    read: &AttributeValue,
    before: Option<&AttributeValue>,
    now: Option<AttributeValue>,
) -> Option<AttributeValue> {
    use AttributeValue::{L, M};
    if before == now.as_ref() {
        // Not changed, or not known: it stays to the letter.
        return Some(read.clone());
    }
    match (read, before, now) {
        // A message that was drawn anew no longer shows what a newer program had drawn.
        (M(_), _, now) if name == "shows" => now,
        (M(read), Some(M(before)), Some(M(now))) => Some(M(fields(read, before, now))),
        (L(read), Some(L(before)), Some(L(now))) => Some(L(elements(name, read, before, now))),
        (L(read), None, Some(L(now))) => Some(L(elements(name, read, &[], now))),
        (L(read), Some(L(before)), None) => {
            let left = elements(name, read, before, Vec::new());
            (!left.is_empty()).then_some(L(left))
        }
        (_, _, now) => now,
    }
}

fn elements(
    name: &str,
    read: &[AttributeValue],
    before: &[AttributeValue],
    now: Vec<AttributeValue>,
) -> Vec<AttributeValue> {
    let (known, unknown): (Vec<_>, Vec<_>) = read.iter().partition(|element| is_readable(name, element));
    let mut known: Vec<_> = known.into_iter().zip(before).collect();
    let mut carried = |now: AttributeValue| {
        let Some(at) = known.iter().position(|(_, before)| is_same(name, before, &now)) else {
            return Some(now);
        };
        let (read, before) = known.remove(at);
        value(name, read, Some(before), Some(now))
    };
    let mut written: Vec<_> = now.into_iter().filter_map(&mut carried).collect();
    written.extend(unknown.into_iter().cloned());
    written
}

/// Whether two elements of a list are the same thing, perhaps changed.
fn is_same(list: &str, one: &AttributeValue, other: &AttributeValue) -> bool {
    let (AttributeValue::M(a), AttributeValue::M(b)) = (one, other) else { return one == other };
    // The id of an entry is ours alone, and may have been added since.
    let job =
        |entry: &Item| -> Item { entry.clone().into_iter().filter(|(name, _)| name != "entry_id").collect() };
    match list {
        "messages" | "extension_messages" => a.get("message") == b.get("message"),
        "extensions" => a.get("number") == b.get("number"),
        "warnings" => a.get("ends_at") == b.get("ends_at"),
        "outbox" => job(a) == job(b),
        _ => one == other,
    }
}
