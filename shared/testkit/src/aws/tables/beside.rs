//! A program of another version that writes the same records, as during a deploy: after a write of a request or a claim it writes
//! too, where it has something to change, and the record's version grows by one more.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::items::{Object, Table, Written};

/// Which program writes beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// None: its own workers write, and what others lose of that is looked at.
    Nobody,
    /// A newer one: every object of the record gets an attribute that nobody else knows, and must keep it.
    Newer,
    /// The one of release 0.1: whatever it does not know is erased.
    Previous,
}

/// The attribute that only the newer program knows.
const NEWER: &str = "x_newer";
/// Objects that are read whole, that mean what their keys are, or that show what whoever drew them last knew.
const LEFT_ALONE: [&str; 3] = ["inputs", "audience", "shows"];
/// Objects whose keys are ids: a newer program puts its attributes into what they hold, and no key of its own beside.
const BY_ID: [&str; 2] = ["deliveries", "renewals"];
/// What release 0.1 knows: the attributes of a record, and those of the objects in it.
const PREVIOUS: &str = include_str!("previous.json");

/// The other program writes a request after a write of ours. Gives what ours lost of what that program had put there.
pub(super) fn follow(beside: Beside, table: &mut Table, written: &Written) -> Vec<String> {
    let mut lost = Vec::new();
    let followed = |item: &Arc<Object>| item.contains_key("request_id") && !is_holding(item);
    let Some(ours) = table.items.get(&written.key).filter(|item| followed(item)) else {
        return lost;
    };
    if let Some(before) = &written.before {
        compare("", before, ours, &mut lost);
    }
    let mut theirs = Object::clone(ours);
    match beside {
        Beside::Nobody => return lost,
        Beside::Newer => enrich(&mut theirs),
        // There were no claims then.
        Beside::Previous if ours.contains_key("claim_id") => return lost,
        Beside::Previous => strip(&mut theirs),
    }
    if theirs == **ours {
        return lost;
    }
    let version = theirs.get("version").and_then(|version| version.get("N")?.as_str()?.parse::<u64>().ok());
    let version = version.unwrap_or(0).saturating_add(1);
    theirs.insert("version".to_owned(), json!({ "N": version.to_string() }));
    table.put(written.key.clone(), theirs);
    lost
}

/// What Identity Center gave: nobody writes that but the worker that holds its claim.
fn is_holding(item: &Object) -> bool {
    item.get("status").is_some_and(|status| status["S"] == "HOLDING")
}

/// Puts an attribute into every object that nobody but a newer program knows.
pub(in crate::aws) fn enrich(object: &mut Object) {
    for (name, value) in object.iter_mut() {
        if LEFT_ALONE.contains(&name.as_str()) || name == NEWER {
            continue;
        }
        if let Some(inner) = map_mut(value) {
            if BY_ID.contains(&name.as_str()) {
                inner.values_mut().filter_map(map_mut).for_each(enrich);
            } else {
                enrich(inner);
            }
        }
        let elements = value.get_mut("L").and_then(Value::as_array_mut);
        elements.into_iter().flatten().filter_map(map_mut).for_each(enrich);
    }
    object.entry(NEWER).or_insert_with(|| {
        // Every type of DynamoDB's, and a number that no machine type holds.
        json!({ "M": {
            "number": { "N": "12345678901234567890123456789012345678" }, "fraction": { "N": "0.1" },
            "text": { "S": "" }, "bytes": { "B": "AAEC" }, "nothing": { "NULL": true }, "truth": { "BOOL": true },
            "texts": { "SS": ["a", "b"] }, "numbers": { "NS": ["1", "2"] }, "blobs": { "BS": ["AAEC"] },
            "list": { "L": [{ "M": {} }, { "L": [] }] } } })
    });
}

fn compare(path: &str, stored: &Object, sent: &Object, lost: &mut Vec<String>) {
    if stored.get(NEWER).is_some_and(|put| sent.get(NEWER) != Some(put)) {
        lost.push(format!("{path}{NEWER}"));
    }
    for (name, stored) in stored.iter().filter(|(name, _)| name.as_str() != NEWER) {
        // What was removed whole took along what was in it.
        let Some(sent) = sent.get(name) else { continue };
        if let (Some(stored), Some(sent)) = (map(stored), map(sent)) {
            compare(&format!("{path}{name}."), stored, sent, lost);
        }
        let mut left: Vec<&Object> = objects(sent).collect();
        for stored in objects(stored) {
            let same = left.iter().position(|sent| identity(name, sent) == identity(name, stored));
            if let Some(at) = same {
                compare(&format!("{path}{name}[]."), stored, left.remove(at), lost);
            }
        }
    }
}

/// By what an element of a list is the same one when something in it changed.
fn identity(list: &str, element: &Object) -> Object {
    let mut known = element.clone();
    forget_newer(&mut known);
    match list {
        "messages" => known.retain(|name, _| name == "message"),
        "outbox" => known.retain(|name, _| name != "entry_id"),
        _ => {}
    }
    known
}

fn forget_newer(object: &mut Object) {
    object.remove(NEWER);
    object.values_mut().filter_map(map_mut).for_each(forget_newer);
}

/// Leaves what release 0.1 knows.
pub(in crate::aws) fn strip(item: &mut Object) {
    let known: Value = serde_json::from_str(PREVIOUS).unwrap_or_default();
    let names = |of: &str| -> BTreeSet<&str> {
        known.get(of).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let record = names("record");
    item.retain(|name, _| record.contains(name.as_str()));
    for (name, value) in item.iter_mut() {
        let inner = names(name);
        if inner.is_empty() {
            continue;
        }
        if let Some(object) = map_mut(value) {
            object.retain(|name, _| inner.contains(name.as_str()));
        }
        let elements = value.get_mut("L").and_then(Value::as_array_mut);
        for object in elements.into_iter().flatten().filter_map(map_mut) {
            object.retain(|name, _| inner.contains(name.as_str()));
        }
    }
}

fn map(value: &Value) -> Option<&Object> {
    value.get("M")?.as_object()
}

fn map_mut(value: &mut Value) -> Option<&mut Object> {
    value.get_mut("M")?.as_object_mut()
}

fn objects(value: &Value) -> impl Iterator<Item = &Object> {
    value.get("L").and_then(Value::as_array).into_iter().flatten().filter_map(map)
}
