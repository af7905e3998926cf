//! Every record of a request that any version has ever stored can still be read, with its audit trail intact.
//!
//! Each file in `records` is a record of the table, as JSON. A file is never changed; a new shape is a new file.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails")]

use std::collections::BTreeMap;

use keylease_domain::audit::{Verified, verify};
use keylease_domain::{Request, Status};
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/records");

/// The records, and the status that each has.
const RECORDS: [(&str, Status); 14] = [
    ("0.1-active-user", Status::Active),
    ("0.1-approved-unsent", Status::Approved),
    ("0.1-approved-with-key", Status::Approved),
    ("0.1-denied", Status::Denied),
    ("0.1-expired", Status::Expired),
    ("0.1-failed", Status::Failed),
    ("0.1-failing", Status::Approved),
    ("0.1-lapsed", Status::Lapsed),
    ("0.1-pending-one-of-two", Status::Pending),
    ("0.1-undelivered", Status::Revoked),
    ("active-session", Status::Active),
    ("before-the-chain", Status::Expired),
    ("pending", Status::Pending),
    ("revoked-by-operator", Status::Revoked),
];

fn files() -> BTreeMap<String, Value> {
    let entries = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), serde_json::from_str(&text).unwrap())
    };
    entries.map(read).collect()
}

#[test]
fn every_record_ever_stored_is_read_and_nothing_in_it_is_lost() {
    let files = files();
    assert_eq!(files.keys().map(String::as_str).collect::<Vec<_>>(), RECORDS.map(|(name, _)| name));
    for (name, status) in RECORDS {
        let stored = &files[name];
        let request: Request = match serde_json::from_value(stored.clone()) {
            Ok(request) => request,
            Err(error) => panic!("{name} cannot be read any more: {error}"),
        };
        assert_eq!(request.status, status, "{name}");
        let written = serde_json::to_value(&request).unwrap();
        for (field, value) in stored.as_object().unwrap().iter().filter(|(field, _)| *field != "history") {
            assert_eq!(written.get(field), Some(value), "{name}: {field}");
        }
        let verified = verify(&request);
        if name == "before-the-chain" {
            assert!(verified.faults.is_empty(), "{name}: {verified:?}");
        } else {
            assert_eq!(verified, Verified::default(), "{name}");
            assert_eq!(&written, stored, "{name} is written as it was");
        }
    }
}
