//! A release that is still to come.

use serde_json::{Value, json};

use crate::aws::tables::{Object, enrich};

/// Names that were changed: ours, and that release's.
const STATUS: (&str, &str) = ("APPROVED", "PREPARING");
const KIND: (&str, &str) = ("session", "assumed_role");
const JOB: (&str, &str) = ("tell", "sync_slack");
/// The job whose body has another version.
const NEW_VERSION_OF: &str = "provision";
const NEW_VERSION: u64 = 2;
/// What every message carries that only that release knows.
const IN_MESSAGES: &str = "x_newer";

pub(super) fn write_record(record: &mut Object) {
    rename(record, |(ours, theirs)| (ours, theirs));
    enrich(record);
}

pub(super) fn read_record(record: &mut Object) {
    rename(record, |(ours, theirs)| (theirs, ours));
}

fn rename(
    record: &mut Object,
    from_to: impl Fn((&'static str, &'static str)) -> (&'static str, &'static str),
) {
    let replace = |value: Option<&mut Value>, (from, to): (&str, &str)| {
        if let Some(Value::String(text)) = value.filter(|value| *value == from) {
            to.clone_into(text);
        }
    };
    replace(record.get_mut("status").and_then(|status| status.get_mut("S")), from_to(STATUS));
    let kind = record.get_mut("grant").and_then(|grant| grant.pointer_mut("/M/role/M/kind/S"));
    replace(kind, from_to(KIND));
    let outbox =
        record.get_mut("outbox").and_then(|outbox| outbox.get_mut("L")).and_then(Value::as_array_mut);
    for entry in outbox.into_iter().flatten() {
        replace(entry.pointer_mut("/M/job/S"), from_to(JOB));
    }
}

pub(super) fn write_message(fields: &mut Object) {
    let (ours, theirs) = JOB;
    if fields.get("job").is_some_and(|job| job == ours) {
        fields.insert("job".to_owned(), theirs.into());
    }
    if fields.get("job").is_some_and(|job| job == NEW_VERSION_OF) {
        fields.insert("version".to_owned(), NEW_VERSION.into());
    }
    fields.entry(IN_MESSAGES).or_insert_with(|| json!({"list": [1, {"nothing": null}], "text": "ü"}));
}

pub(super) fn read_message(fields: &mut Object) {
    let (ours, theirs) = JOB;
    if fields.get("job").is_some_and(|job| job == theirs) {
        fields.insert("job".to_owned(), ours.into());
    }
    if fields.get("version").is_some_and(|version| *version == NEW_VERSION) {
        fields.insert("version".to_owned(), 1.into());
    }
}
