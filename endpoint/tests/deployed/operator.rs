//! The operator's command line with the variables that the stack's outputs give, which is how one starts after a deployment.

use endpoint::deployed::{Deployed, MAIN, REGION};
use endpoint::stage::BOT_TOKEN;
use endpoint::{PATIENCE, Program};
use serde_json::Value;

pub(crate) async fn finds_nothing_broken(stack: &Deployed) {
    let outputs = stack.made["outputs"]["operatorVariables"].as_object().expect("variables").clone();
    let mut variables: Vec<(String, String)> = outputs
        .into_iter()
        .map(|(name, value)| (name, value.as_str().expect("a variable's text").to_owned()))
        .collect();
    let of_this_shell = [
        ("AWS_REGION", REGION),
        ("AWS_ENDPOINT_URL", stack.endpoint()),
        ("AWS_ACCESS_KEY_ID", MAIN),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("SLACK_BOT_TOKEN", BOT_TOKEN),
        ("SLACK_API_URL", &stack.slack.api_url()),
    ];
    variables.extend(of_this_shell.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let line = ["doctor", "--json", "--canary", "payments", "--role", "ReadOnly", "--yes"];
    let mut doctor = Program::start_with("keylease", &line, &variables);
    let status = doctor.ended_within(PATIENCE * 2).await;
    let said = doctor.output();
    assert!(status.success(), "{said}");
    let report: Value = serde_json::from_str(&said[said.find('{').expect("JSON")..]).expect("JSON");
    let not_ok: Vec<String> = report["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter(|check| check["outcome"] != "ok")
        .map(|check| format!("{}: {}", check["check"], check["detail"]))
        .collect();
    println!("  to look at: {not_ok:#?}");
    assert!(report["canary"]["faults"].as_array().is_some_and(Vec::is_empty), "{report:#}");
    assert!(stack.users(&stack.main).await.is_empty());
}
