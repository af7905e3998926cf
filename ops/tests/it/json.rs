//! `docs/json.md` describes what `--json` prints; here each of its blocks is held against the command itself.

use serde_json::{Value, json};

use crate::running::Running;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/json.md");
const BILLING: &str = r#"{"project": "billing", "owner_slack_id": "U0OWNER", "roles": {"ReadOnly":
    {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "8h"}}}"#;

/// The block under the heading of a command; the last one where there are several.
pub(crate) fn documented(command: &str) -> Value {
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let heading = format!("`keylease {command}`\n");
    let section = document.split("\n## ").find(|section| section.starts_with(&heading));
    let section = section.unwrap_or_else(|| panic!("docs/json.md has no section for `keylease {command}`"));
    let block = section.rsplit("```json").next().unwrap().split("```").next().unwrap();
    serde_json::from_str(block).unwrap_or_else(|error| panic!("the block of `{command}`: {error}"))
}

/// Where a value is not what the document says it is.
pub(crate) fn differences(value: &Value, says: &Value, at: &str) -> Vec<String> {
    let differs = |what: &str| vec![format!("{at}: {value} is not {what}")];
    match (says, value) {
        (Value::String(kinds), _) => {
            let is = |kind: &str| match kind {
                "any" => true,
                "record" => value.is_object(),
                "null" => value.is_null(),
                "boolean" => value.is_boolean(),
                "number" => value.is_number(),
                "text" => value.is_string(),
                other => panic!("docs/json.md says `{other}` at {at}"),
            };
            if kinds.split(" or ").any(is) { Vec::new() } else { differs(kinds) }
        }
        (Value::Array(item), Value::Array(values)) => {
            values.iter().flat_map(|value| differences(value, &item[0], &format!("{at}[]"))).collect()
        }
        (Value::Object(says), Value::Object(fields)) => {
            let optional = |name: &str| says.get(&format!("{name}?"));
            let said = |name: &str| says.get(name).or(optional(name)).or(says.get("…"));
            let there = fields.iter().flat_map(|(name, value)| match said(name) {
                Some(_) if value.is_null() && optional(name).is_some() => Vec::new(),
                Some(says) => differences(value, says, &format!("{at}.{name}")),
                None => vec![format!("{at}.{name} is not documented")],
            });
            let needed = says.keys().filter(|name| !name.ends_with('?') && *name != "…");
            let missing = needed.filter(|name| !fields.contains_key(*name));
            there.chain(missing.map(|name| format!("{at}.{name} is missing"))).collect()
        }
        (other, _) => differs(&other.to_string()),
    }
}

async fn check(running: &Running, command: &str, line: &[&str]) {
    let ran = running.stage.keylease(&[line, &["--json"][..]].concat()).await;
    let found = differences(&ran.json(), &documented(command), command);
    assert!(found.is_empty(), "{found:#?}\n{}", ran.shown());
}

async fn running() -> Running {
    let mut running = Running::start().await;
    running.stage.variables = running.system.variables.clone();
    running
}

#[tokio::test]
async fn of_grants_and_the_trail() {
    let running = running().await;
    let user = running.grant("U0DANA", "ReadOnly").await;
    let session = running.grant("U0DANA", "PowerUser").await;
    let pending = running.ask("U0SECOND", "Deploy").await;
    check(&running, "grants list", &["grants", "list"]).await;
    for id in [&user, &session, &pending] {
        check(&running, "grants show", &["grants", "show", id.as_str()]).await;
    }
    let line = ["grants", "revoke", user.as_str(), session.as_str(), pending.as_str(), "--yes"];
    check(&running, "grants revoke", &line).await;
    check(&running, "grants revoke", &["grants", "revoke", user.as_str(), "--yes"]).await;
    check(&running, "grants show", &["grants", "show", session.as_str()]).await;
    check(&running, "audit verify", &["audit", "verify"]).await;
    let mut edited = serde_json::to_value(running.request(&user).await).unwrap();
    edited["history"][0]["event"] = "invented".into();
    running.stage.put_request(&edited).await;
    check(&running, "audit verify", &["audit", "verify"]).await;
    running.system.stop().await;
}

#[tokio::test]
async fn of_dead_letters() {
    let running = running().await;
    let id = running.grant("U0DANA", "ReadOnly").await;
    let sqs = aws_sdk_sqs::Client::new(&running.stage.aws.sdk_config());
    let dlq = format!("{}-dlq", running.stage.variables["QUEUE_URL_NOTIFY"]);
    for body in [format!(r#"{{"version":1,"job":"tell","request_id":"{id}"}}"#), "nonsense".to_owned()] {
        sqs.send_message().queue_url(&dlq).message_body(body).send().await.unwrap();
    }
    check(&running, "dlq list", &["dlq", "list"]).await;
    check(&running, "dlq replay", &["dlq", "replay", "notify", "--dry-run"]).await;
    check(&running, "dlq replay", &["dlq", "replay", "notify", "--id", "none"]).await;
    let listed = running.stage.keylease(&["dlq", "list", "notify", "--json"]).await.json();
    let message = listed["queues"][0]["messages"][0]["message_id"].as_str().unwrap();
    check(&running, "dlq drop", &["dlq", "drop", "notify", "--id", message, "--id", "none", "--yes"]).await;
    running.system.stop().await;
}

#[tokio::test]
async fn of_the_catalogue_and_the_doctor() {
    let running = running().await;
    let file = std::env::temp_dir().join(format!("keylease-json-{}.json", std::process::id()));
    let name = file.to_str().unwrap();
    for text in [BILLING.to_owned(), BILLING.replace("8h", "4h")] {
        std::fs::write(&file, text).unwrap();
        check(&running, "projects apply", &["projects", "apply", "-f", name]).await;
    }
    std::fs::remove_file(&file).unwrap();
    check(&running, "projects list", &["projects", "list"]).await;
    check(&running, "doctor", &["doctor", "--canary", "payments", "--yes"]).await;
    running.system.stop().await;
}

#[test]
fn a_difference_is_found() {
    let says = json!({ "a": "number or null", "b?": ["text"], "c": { "…": "number" } });
    let at = |value: Value| differences(&value, &says, "x");
    assert_eq!(at(json!({ "a": null, "b": null, "c": { "anything": 1 } })), [""; 0]);
    assert_eq!(at(json!({ "a": "1", "c": {} })), [r#"x.a: "1" is not number or null"#]);
    assert_eq!(at(json!({ "b": [1], "c": {} })), ["x.b[]: 1 is not text", "x.a is missing"]);
    assert_eq!(at(json!({ "a": 1, "c": {}, "d": 1 })), ["x.d is not documented"]);
}
