//! Starting with variables missing or malformed: one message that names each of them, and no secret.

use endpoint::Program;
use endpoint::program::Variables;

const INGRESS: [&str; 5] =
    ["SLACK_SIGNING_SECRET", "WORKFLOW_TOKEN", "QUEUE_URL_NOTIFY", "QUEUE_URL_PROVISION", "QUEUE_URL_REVOKE"];
const WORKER: [&str; 6] = [
    "SLACK_BOT_TOKEN",
    "QUEUE_URL_NOTIFY",
    "QUEUE_URL_PROVISION",
    "QUEUE_URL_REVOKE",
    "DYNAMODB_TABLE_PROJECTS",
    "DYNAMODB_TABLE_REQUESTS",
];
const PROVISION_TOO: [&str; 2] = ["SES_FROM_ADDRESS", "SCHEDULER_ROLE_ARN"];

/// Stands for a secret that was pasted wrong: it must not be shown.
const PASTED: &str = "pasted wrong, but secret";

#[tokio::test(flavor = "multi_thread")]
async fn every_missing_variable_is_named() {
    refuses("ingress", Variables::new(), &INGRESS).await;
    for name in ["notify", "provision", "revoke"] {
        refuses(name, Variables::new(), &WORKER).await;
    }
    refuses("provision", Variables::new(), &PROVISION_TOO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_malformed_variable_is_named() {
    let everywhere = [
        ("METRICS_ADDR", "9464"),
        ("METRICS_NAMESPACE", "AWS/Keylease"),
        ("LOG_FORMAT", "xml"),
        ("RUST_LOG", "ingress=loud"),
    ];
    let ingress = [
        ("LISTEN_ADDR", "somewhere"),
        ("SLACK_SIGNING_SECRET", ""),
        ("WORKFLOW_TOKEN_ARN", "arn:aws:s3:::bucket"),
        ("QUEUE_URL_NOTIFY", "not a url"),
        ("QUEUE_URL_REVOKE", "https://"),
    ];
    let ingress = [&ingress[..], &everywhere].concat();
    refuses("ingress", given(&ingress), &names(&ingress)).await;
    let worker = [
        ("SLACK_BOT_TOKEN", PASTED),
        ("SLACK_API_URL", "http://slack.example.com/api"),
        ("QUEUE_URL_REVOKE", "not a url"),
        ("MIN_DURATION", "soon"),
        ("PENDING_TTL", "later"),
        ("DYNAMODB_TABLE_REQUESTS", "my requests"),
        ("SCHEDULER_GROUP", "my group"),
        ("DEPLOYMENT_ID", "a b"),
    ];
    let provision = [
        ("SES_FROM_ADDRESS", "keylease"),
        ("SES_CONFIGURATION_SET", "my set"),
        ("SCHEDULER_ROLE_ARN", "arn:aws:sqs:eu-central-1:111122223333:a-queue"),
        ("SCHEDULER_DLQ_ARN", "arn:aws:iam::111122223333:role/a-role"),
        ("PERMISSIONS_BOUNDARY_ARN", "AdministratorAccess"),
    ];
    let revoke = [("DYNAMODB_INDEX_OPEN", "my index")];
    for (name, own) in [("notify", &[][..]), ("provision", &provision), ("revoke", &revoke)] {
        let worker = [&worker[..], &everywhere, own].concat();
        let output = refuses(name, given(&worker), &names(&worker)).await;
        assert!(!output.contains(PASTED), "{name} shows a secret: {output}");
    }
}

/// Runs a program that must not start; gives what it said.
async fn refuses(name: &'static str, variables: Variables, named: &[&str]) -> String {
    let mut program = Program::start(name, &variables);
    let status = program.ended().await;
    let output = program.output();
    assert!(!status.success(), "{name} ended with {status}: {output}");
    for variable in named {
        assert!(output.contains(variable), "{name} does not name {variable}: {output}");
        let lines = output.lines().filter(|line| line.contains(variable)).count();
        assert_eq!(lines, 1, "{name} names {variable} once: {output}");
    }
    assert!(!output.contains("panicked"), "{name}: {output}");
    output
}

fn names<'a>(variables: &[(&'a str, &str)]) -> Vec<&'a str> {
    variables.iter().map(|(name, _)| *name).collect()
}

fn given(variables: &[(&str, &str)]) -> Variables {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
