//! What verifying finds, with and without an earlier export.

use domain::history::Change;
use serde_json::json;

use super::{ask, from_before, tamper, two_requests};
use crate::stage::Stage;

/// A file of its own that is gone afterwards.
struct Export(std::path::PathBuf);

impl Export {
    async fn of(stage: &Stage, name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("keylease-{}-{name}.jsonl", std::process::id()));
        std::fs::write(&path, stage.keylease(&["audit"]).await.out).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    /// The file's name is not the same twice.
    fn shown(&self, stage_output: &str) -> String {
        stage_output.replace(self.path(), "export.jsonl")
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

#[tokio::test]
async fn what_was_written_verifies_after_a_trip_through_the_table() {
    let (stage, _, _) = two_requests().await;
    insta::assert_snapshot!(stage.keylease(&["audit", "verify"]).await.shown(), @r"
    2 requests with 8 events: everything is as it was written.
    status 0
    ");
    insta::assert_snapshot!(stage.keylease(&["audit", "verify", "--json"]).await.shown(), @r#"
    {
      "requests": 2,
      "events": 8,
      "events_before_the_chain": 0,
      "events_compared": null,
      "faults": 0,
      "found": []
    }
    status 0
    "#);
    let export = Export::of(&stage, "same").await;
    insta::assert_snapshot!(stage.keylease(&["audit", "verify", "--against", export.path()]).await.shown(), @r"
    2 requests with 8 events, 8 events compared with the export: everything is as it was written.
    status 0
    ");
}

#[tokio::test]
async fn each_fault_is_a_sentence_that_names_the_request_and_the_event() {
    let (stage, dana, evan) = two_requests().await;
    tamper(&stage, &dana, |record| record["history"][1]["by"] = json!("U0EVE")).await;
    tamper(&stage, &evan, |record| {
        record["history"].as_array_mut().unwrap().pop();
    })
    .await;
    stage.put_request(&json!({"request_id": "odd-0", "status": "MAYBE"})).await;
    insta::assert_snapshot!(stage.keylease(&["audit", "verify"]).await.shown(), @r#"
    3rb0xkm0k12tn2wm-0: the last event that is there is not the last that was written: events were cut off, or added.
    3rb0xkm0k12tn2wm-0: the record's `status` is `FAILED`, and by its events it would be `APPROVED`.
    3rb0xkm0k12tn2wm-0: the record's `ended_at` is 1795442638, and by its events it would be absent.
    3rb0xkm0k12tn2wm-0: the record's `gone_at` is 1795442638, and by its events it would be absent.
    gkb8g1ytfgg0bm8v-0: event 2 (approve) was edited: its hash is not the hash of what it says.
    gkb8g1ytfgg0bm8v-0: the record's `approvals` is ["U0SECOND"], and by its events it would be ["U0EVE"].
    gkb8g1ytfgg0bm8v-0: the record's `approver_slack_id` is `U0SECOND`, and by its events it would be `U0EVE`.
    odd-0: the record `odd-0` in table `keylease-requests` was written by a newer version: the status `MAYBE` is not known here.
    2 requests with 7 events: 8 faults.
    error: the audit trail is not as it was written
      hint:  docs/audit.md says what each of these means, and how to find out who wrote the table
    status 1
    "#);
    let ran = stage.keylease(&["audit", "verify", "--json"]).await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&ran.json()["found"][0]).unwrap(), @r#"
    {
      "event": null,
      "fault": "cut_off",
      "position": null,
      "request_id": "3rb0xkm0k12tn2wm-0",
      "what": "the last event that is there is not the last that was written: events were cut off, or added"
    }
    "#);
}

#[tokio::test]
async fn only_an_earlier_export_knows_a_history_that_was_forged_whole() {
    let (stage, dana, evan) = two_requests().await;
    let export = Export::of(&stage, "forged").await;
    // Dana's request as if it had only ever been asked: a chain that holds.
    stage.put_request(&serde_json::to_value(ask("U0DANA", "payments", 1)).unwrap()).await;
    assert_eq!(stage.keylease(&["audit", "verify"]).await.status, 0);
    // Evan's is taken out of the table.
    let requests = stage.variables["DYNAMODB_TABLE_REQUESTS"].clone();
    let delete = aws_sdk_dynamodb::Client::new(&stage.aws.sdk_config()).delete_item().table_name(requests);
    let key = aws_sdk_dynamodb::types::AttributeValue::S(evan.request_id.to_string());
    delete.key("request_id", key).send().await.unwrap();
    assert_eq!(stage.keylease(&["audit", "verify"]).await.status, 0);

    let ran = stage.keylease(&["audit", "verify", "--against", export.path()]).await;
    insta::assert_snapshot!(export.shown(&ran.shown()), @r"
    gkb8g1ytfgg0bm8v-0: event 1 (ask) is not what it was in export.jsonl.
    gkb8g1ytfgg0bm8v-0: event 2 (approve) is in export.jsonl and no longer in the record.
    gkb8g1ytfgg0bm8v-0: event 3 (activate) is in export.jsonl and no longer in the record.
    gkb8g1ytfgg0bm8v-0: event 4 (revoke) is in export.jsonl and no longer in the record.
    gkb8g1ytfgg0bm8v-0: event 5 (gone) is in export.jsonl and no longer in the record.
    3rb0xkm0k12tn2wm-0: the whole request is gone from the table; export.jsonl has 3 events of it.
    1 request with 1 event, 8 events compared with the export: 6 faults.
    error: the audit trail is not as it was written
      hint:  docs/audit.md says what each of these means, and how to find out who wrote the table
    status 1
    ");
    assert_ne!(dana.request_id, evan.request_id);
}

#[tokio::test]
async fn an_export_that_was_edited_or_is_none_is_told() {
    let (stage, _, _) = two_requests().await;
    let export = Export::of(&stage, "edited").await;
    let edited =
        std::fs::read_to_string(&export.0).unwrap().replace("U0SECOND\",\"requester", "U0EVE\",\"requester");
    std::fs::write(&export.0, edited).unwrap();
    let ran = stage.keylease(&["audit", "verify", "--against", export.path()]).await;
    insta::assert_snapshot!(export.shown(&ran.shown()), @r"
    gkb8g1ytfgg0bm8v-0: line 2 of export.jsonl, event 2 (approve), was edited: its hash is not the hash of what it says.
    2 requests with 8 events, 8 events compared with the export: 1 fault.
    error: the audit trail is not as it was written
      hint:  docs/audit.md says what each of these means, and how to find out who wrote the table
    status 1
    ");

    std::fs::write(&export.0, "\nat,at_utc\n").unwrap();
    let ran = stage.keylease(&["audit", "verify", "--against", export.path()]).await;
    insta::assert_snapshot!(export.shown(&ran.shown()), @r"
    error: line 2 of export.jsonl is not an exported event
      cause: expected value at line 1 column 1
      hint:  --against takes what `keylease audit --format jsonl` wrote
    status 1
    ");
    let ran = stage.keylease(&["audit", "verify", "--against", "/nowhere.jsonl"]).await;
    insta::assert_snapshot!(ran.shown(), @r"
    error: /nowhere.jsonl cannot be read
      cause: No such file or directory (os error 2)
    status 1
    ");
}

#[tokio::test]
async fn events_from_before_the_chain_are_counted_and_an_export_knows_them() {
    let (stage, dana, _) = two_requests().await;
    stage.put_request(&from_before(&dana)).await;
    let export = Export::of(&stage, "old").await;
    let line = ["audit", "verify", "--against", export.path()];
    insta::assert_snapshot!(stage.keylease(&line).await.shown(), @r"
    2 requests with 8 events, 5 of them from before the chain, 8 events compared with the export: what is chained is as it was written.
    status 0
    ");
    let mut edited = from_before(&dana);
    edited["history"][2]["note"] = json!("edited");
    stage.put_request(&edited).await;
    let ran = stage.keylease(&line).await;
    insta::assert_snapshot!(export.shown(&ran.shown()), @r"
    gkb8g1ytfgg0bm8v-0: event 3 (activate) is not what it was in export.jsonl.
    2 requests with 8 events, 5 of them from before the chain, 8 events compared with the export: 1 fault.
    error: the audit trail is not as it was written
      hint:  docs/audit.md says what each of these means, and how to find out who wrote the table
    status 1
    ");
}

#[tokio::test]
async fn an_exported_line_can_be_checked_by_itself() {
    let (stage, _, _) = two_requests().await;
    for line in stage.keylease(&["audit"]).await.out.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let id = domain::RequestId::parse(value["request_id"].as_str().unwrap()).unwrap();
        let change: Change = serde_json::from_str(line).unwrap();
        assert_eq!(change.hash.as_deref(), Some(domain::audit::digest(&id, &change).as_str()));
    }
}
