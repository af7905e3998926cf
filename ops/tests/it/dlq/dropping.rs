//! `keylease dlq drop`: gone for good, and saved before where that was asked for.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;
use testkit::aws::{Fault, Service};

use super::{by_id, job};
use crate::stage::Stage;

/// A file of this test's own, gone before it starts.
fn file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(fs::remove_file(&path));
    path
}

fn lines(path: &PathBuf) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn it_asks_first_and_a_no_leaves_everything() {
    let stage = Stage::new().await;
    let id = stage.dead_letter("notify", &job("tell", "r-0"), "retries_exhausted", "e").await;
    let ran = stage.answering("no\n", &["dlq", "drop", "notify", "--id", &id]).await;
    insta::assert_snapshot!(ran.shown(), @r#"
    Remove 1 job from keylease-notify-dlq for good? Nothing is saved without --save FILE. Type yes or no:
    error: aborted: nothing was done
    status 1
    "#);
    assert_eq!(stage.dlq("notify").visible, 1);
    let ran = stage.answering("yes\n", &["dlq", "drop", "notify", "--id", &id]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert_eq!(stage.dlq("notify").messages, []);
    assert_eq!(stage.queue("notify").messages, [], "it is not sent back");
}

#[tokio::test]
async fn what_is_saved_is_whole_and_needs_no_question() {
    let stage = Stage::new().await;
    let path = file("dropped.jsonl");
    fs::write(&path, "{\"cut\":").unwrap();
    let poison = "\u{9b}not\n\"JSON\" — at all";
    let id = stage.dead_letter("notify", poison, "not_json", "e").await;
    let other = stage.dead_letter("notify", &job("tell", "r-0"), "retries_exhausted", "e").await;
    let ran = stage.keylease(&["dlq", "drop", "notify", "--id", &id, "--save", path.to_str().unwrap()]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    let text = fs::read_to_string(&path).unwrap();
    let saved: Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
    assert!(text.ends_with("}\n"), "a line that was cut off is ended before: {text}");
    assert_eq!(saved["message_id"], id.as_str());
    assert_eq!(saved["body"], poison);
    assert_eq!(saved["queue"], "notify");
    assert_eq!(saved["attributes"]["reason"], "not_json");
    assert!(saved["sent_at"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(by_id(stage.dlq("notify")).into_keys().collect::<Vec<_>>(), [other]);
    assert_eq!(stage.dlq("notify").visible, 1);
}

#[tokio::test]
async fn several_are_found_among_many_and_one_that_is_not_there_is_named() {
    let stage = Stage::new().await;
    let mut ids = Vec::new();
    for number in 0..300 {
        ids.push(
            stage.dead_letter("revoke", &job("revoke", &format!("r-{number}")), "call_refused", "e").await,
        );
    }
    let path = file("several.jsonl");
    let (first, last) = (&ids[0], &ids[299]);
    let line = ["dlq", "drop", "revoke", "--id", last, "--id", "nobody", "--id", first, "--save"];
    let ran = stage.keylease(&[&line[..], &[path.to_str().unwrap()]].concat()).await;
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("not found in keylease-revoke-dlq: nobody"), "{}", ran.err);
    assert_eq!((stage.dlq("revoke").visible, lines(&path).len()), (298, 2));
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "people's words are in it");
}

#[tokio::test]
async fn what_cannot_be_saved_is_not_removed() {
    let stage = Stage::new().await;
    let id = stage.dead_letter("notify", &job("tell", "r-0"), "retries_exhausted", "e").await;
    for path in ["/nowhere/at/all.jsonl", "/dev/full"] {
        let ran = stage.keylease(&["dlq", "drop", "notify", "--id", &id, "--save", path]).await;
        assert_eq!(ran.status, 1, "{path}");
        assert!(ran.err.contains(&format!("{path} cannot be written")), "{}", ran.err);
        assert_eq!(stage.dlq("notify").visible, 1, "{path}");
    }
}

#[tokio::test]
async fn what_could_not_be_removed_is_said_and_stays_visible() {
    let stage = Stage::new().await;
    let id = stage.dead_letter("notify", &job("tell", "r-0"), "retries_exhausted", "e").await;
    stage.aws.inject(|call| {
        call.is(Service::Sqs, "DeleteMessageBatch", "keylease-notify-dlq").then_some(Fault::Deny)
    });
    let ran = stage.keylease(&["dlq", "drop", "notify", "--id", &id, "--yes"]).await;
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("AccessDenied"), "{}", ran.err);
    assert_eq!(stage.dlq("notify").visible, 1);
}
