//! The operator's command line as a process, beside the real programs: what it shows, ends and proves.

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::{PATIENCE, Program, Stage};
use serde_json::{Value, json};

/// Runs `keylease` to its end: its exit status, and all that it printed.
pub(crate) async fn keylease(stage: &Stage, arguments: &[&str]) -> (Option<i32>, String) {
    let mut program = Program::start_with("keylease", arguments, &stage.variables);
    let status = program.ended_within(PATIENCE * 3).await;
    (status.code(), program.output())
}

/// The same, with its result as JSON, which begins after what is said on standard error.
pub(crate) async fn result(stage: &Stage, arguments: &[&str]) -> Value {
    let (status, output) = keylease(stage, &[arguments, &["--json"]].concat()).await;
    assert_eq!(status, Some(0), "{arguments:?}: {output}");
    let result = output.find("{\n").map_or(output.as_str(), |start| &output[start..]);
    serde_json::from_str(result).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {output}"))
}

#[tokio::test]
async fn a_grant_is_listed_shown_ended_and_proved() {
    let stage = Stage::open().await;
    let message = stage.dana_asks("ReadOnly", "1h").await;
    stage.click(OLIVIA, &message, "approve").await;
    let request = stage.only_request("ACTIVE").await;
    let id = request["request_id"].as_str().expect("an id");

    let listed = result(&stage, &["grants", "list", "--status", "active"]).await;
    assert_eq!(listed["requests"][0]["request_id"], id, "{listed}");
    let (status, shown) = keylease(&stage, &["grants", "show", id]).await;
    assert_eq!(status, Some(0), "{shown}");
    for seen in [format!("keylease-{id}"), "keylease-guard".to_owned(), OLIVIA.to_owned(), "at(".to_owned()] {
        assert!(shown.contains(&seen), "{seen}: {shown}");
    }

    let ended = result(&stage, &["grants", "revoke", "--requester", DANA, "--yes"]).await;
    assert_eq!(ended["gone"][0]["request_id"], id, "{ended}");
    stage.only_request("REVOKED").await;
    assert!(stage.cloud.users().await.is_empty());

    let (status, exported) = keylease(&stage, &["audit", "--format", "csv"]).await;
    assert_eq!(status, Some(0), "{exported}");
    assert!(exported.lines().count() >= 5, "a line for each transition: {exported}");
    let (status, verified) = keylease(&stage, &["audit", "verify"]).await;
    assert_eq!(status, Some(0), "{verified}");
}

#[tokio::test]
async fn the_doctor_finds_nothing_broken_and_makes_a_canary() {
    let stage = Stage::open().await;
    let report = result(&stage, &["doctor", "--canary", "payments", "--role", "ReadOnly", "--yes"]).await;
    let checks = report["checks"].as_array().expect("checks");
    let failed: Vec<&Value> = checks.iter().filter(|check| check["outcome"] == "fail").collect();
    assert!(failed.is_empty() && checks.len() > 15, "{report:#}");
    assert_eq!(report["canary"]["steps"].as_array().map(Vec::len), Some(5), "{report:#}");
    assert_eq!(stage.only_request("REVOKED").await["role"], "ReadOnly");
    assert!(stage.cloud.users().await.is_empty());
    assert_eq!(stage.cloud.mails().await.len(), 1, "the credential was really sent");
}

#[tokio::test]
async fn a_catalogue_is_applied_whole_or_not_at_all() {
    let stage = Stage::set(&[]).await;
    let file = std::env::temp_dir().join(format!("keylease-catalogue-{}.yaml", std::process::id()));
    let path = file.to_str().expect("a path");
    let good = "projects:\n- project: billing\n  owner_slack_id: U0OWNER\n  roles:\n    ReadOnly:\n      kind: user\n      \
                policy_arns: [\"arn:aws:iam::aws:policy/ReadOnlyAccess\"]\n      max_duration: 8h\n";
    std::fs::write(&file, good.replace("8h", "8 parsecs")).expect("a file");
    let (status, output) = keylease(&stage, &["projects", "apply", "-f", path, "--yes"]).await;
    assert_eq!(status, Some(1), "{output}");
    assert!(output.contains("max_duration"), "{output}");
    let before = result(&stage, &["projects", "list"]).await;
    assert!(!before.to_string().contains("billing"), "{before}");

    std::fs::write(&file, good).expect("a file");
    let (status, output) = keylease(&stage, &["projects", "apply", "-f", path, "--yes"]).await;
    std::fs::remove_file(&file).expect("the file");
    assert_eq!(status, Some(0), "{output}");
    let after = result(&stage, &["projects", "list"]).await;
    assert!(after.to_string().contains("billing"), "{after}");
}

/// DynamoDB answers with 1 MB at most; what reads the whole table must go on from there.
#[tokio::test]
async fn a_table_of_several_pages_is_read_to_its_end() {
    const REQUESTS: usize = 300;
    let stage = Stage::set(&[]).await;
    for n in 0..REQUESTS {
        // A long reason, so that all of them together have more than 1 MB.
        let record = json!({
            "request_id": format!("old{n}-0"), "status": "DENIED", "project": "payments", "role": "ReadOnly",
            "duration_seconds": 3_600, "requester_slack_id": DANA, "requester_name": "dana",
            "justification": "because ".repeat(600), "created_at": 1_795_442_607 + n, "version": 1,
            "history": [{ "at": 1_795_442_607, "event": "ask", "to": "PENDING" }],
        });
        stage.cloud.add_request(&record).await;
    }
    let listed = result(&stage, &["grants", "list", "--limit", "2"]).await;
    assert_eq!(listed["matching"], REQUESTS, "{listed}");
    assert_eq!(listed["requests"][0]["request_id"], format!("old{}-0", REQUESTS - 1));
    let (status, exported) = keylease(&stage, &["audit", "--format", "jsonl"]).await;
    assert_eq!((status, exported.lines().count()), (Some(0), REQUESTS));
    // These records were written by hand, which it says; here it matters that it has looked at each.
    let (_, verified) = keylease(&stage, &["audit", "verify", "--json"]).await;
    assert!(verified.contains(&format!("\"requests\": {REQUESTS},")), "{verified}");
}
