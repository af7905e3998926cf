//! What is missing is named, all at once; what is wrong is named without being shown when it is a secret.

use super::*;

fn complete(name: &str) -> Option<String> {
    let value = match name {
        "SLACK_SIGNING_SECRET" | "WORKFLOW_TOKEN" => "hush",
        "SLACK_BOT_TOKEN" => "xoxb-hush",
        "QUEUE_URL_NOTIFY" | "QUEUE_URL_PROVISION" | "QUEUE_URL_REVOKE" => "http://127.0.0.1:4566/q/",
        "DYNAMODB_TABLE_PROJECTS" | "DYNAMODB_TABLE_REQUESTS" => "t",
        "SES_FROM_ADDRESS" => "Keylease <keylease@example.com>",
        "SCHEDULER_ROLE_ARN" => "arn:aws:iam::111122223333:role/scheduler",
        _ => return None,
    };
    Some(value.to_owned())
}

#[test]
fn a_complete_environment_is_read_with_its_defaults() {
    let ingress = IngressSettings::from_lookup(&complete).unwrap();
    assert_eq!(ingress.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(ingress.queues.of(QueueName::Revoke), "http://127.0.0.1:4566/q");
    let worker = WorkerSettings::from_lookup(QueueName::Provision, &complete).unwrap();
    assert_eq!((worker.min_duration.seconds(), worker.pending_ttl.seconds()), (900, 86_400));
    assert_eq!(worker.scheduler_group, "default");
    assert_eq!(worker.slack_api_url, "https://slack.com/api");
    assert!(!format!("{ingress:?} {worker:?}").contains("hush"), "a secret prints");
}

#[test]
fn every_missing_variable_is_named_at_once() {
    let error = WorkerSettings::from_lookup(QueueName::Provision, &|_| None).unwrap_err();
    insta::assert_snapshot!(error.to_string());
    let error =
        IngressSettings::from_lookup(&|name| (name == "LISTEN_ADDR").then(|| "here".into())).unwrap_err();
    insta::assert_snapshot!(error.to_string());
}

#[test]
fn metrics_are_served_where_it_is_said_and_else_nowhere() {
    let worker = |addr: Option<&'static str>| {
        let lookup = move |name: &str| match name {
            "METRICS_ADDR" => addr.map(str::to_owned),
            other => complete(other),
        };
        WorkerSettings::from_lookup(QueueName::Revoke, &lookup).map(|settings| settings.metrics_addr)
    };
    assert_eq!(worker(None), Ok(None));
    assert_eq!(worker(Some("127.0.0.1:9464")), Ok(Some(([127, 0, 0, 1], 9464).into())));
    insta::assert_snapshot!(worker(Some("9464")).unwrap_err().to_string(), @"
    the configuration is not complete; set these environment variables and start again:
      METRICS_ADDR: `9464` is not an address and port like 127.0.0.1:9464 (optional address and port that Prometheus scrapes metrics from)
    ");
}

#[test]
fn the_index_is_for_revoke_and_may_be_absent() {
    let indexed = |name: &str| match name {
        "DYNAMODB_INDEX_OPEN" => Some("open".to_owned()),
        other => complete(other),
    };
    let index = |lookup| match WorkerSettings::from_lookup(QueueName::Revoke, lookup).unwrap().role {
        RoleSettings::Revoke { open_index } => open_index,
        other @ (RoleSettings::Notify { .. } | RoleSettings::Provision(_)) => panic!("{other:?}"),
    };
    assert_eq!(index(&indexed), Some("open".to_owned()));
    assert_eq!(index(&complete), None);
}

#[test]
fn a_deployment_has_a_name_that_every_tag_takes() {
    let named = |id: &'static str| {
        let lookup = move |name: &str| match name {
            "DEPLOYMENT_ID" => Some(id.to_owned()),
            other => complete(other),
        };
        WorkerSettings::from_lookup(QueueName::Revoke, &lookup)
            .map(|settings| settings.deployment_id.to_string())
    };
    assert_eq!(named(""), Ok("keylease".to_owned()), "the default");
    assert_eq!(named(" staging-EU_2 "), Ok("staging-EU_2".to_owned()));
    for bad in ["a b", "a.b", "a/b", "é", "123456789012345678901234567890123"] {
        let error = named(bad).unwrap_err().to_string();
        assert!(error.contains("DEPLOYMENT_ID") && error.contains("1 to 32 characters"), "{error}");
    }
}

#[test]
fn what_is_logged_is_named_like_everything_else() {
    let logging = |name: &str| match name {
        "RUST_LOG" => Some("ingress=loud".to_owned()),
        "LOG_FORMAT" => Some("xml".to_owned()),
        other => complete(other),
    };
    let ingress = IngressSettings::from_lookup(&logging).unwrap_err().to_string();
    let worker = WorkerSettings::from_lookup(QueueName::Revoke, &logging).unwrap_err().to_string();
    for error in [ingress, worker] {
        assert!(error.contains("RUST_LOG: `ingress=loud`") && error.contains("LOG_FORMAT: `xml`"), "{error}");
    }
}

#[test]
fn only_provision_needs_a_sender() {
    let without =
        |name: &str| complete(name).filter(|_| name != "SES_FROM_ADDRESS" && name != "SCHEDULER_ROLE_ARN");
    assert!(WorkerSettings::from_lookup(QueueName::Notify, &without).is_ok());
    assert!(WorkerSettings::from_lookup(QueueName::Revoke, &without).is_ok());
    assert!(WorkerSettings::from_lookup(QueueName::Provision, &without).is_err());
}

#[test]
fn a_token_that_is_no_bot_token_is_named_and_not_shown() {
    let wrong =
        |name: &str| if name == "SLACK_BOT_TOKEN" { Some("xapp-hush".into()) } else { complete(name) };
    let error = WorkerSettings::from_lookup(QueueName::Notify, &wrong).unwrap_err().to_string();
    assert!(error.contains("SLACK_BOT_TOKEN") && !error.contains("hush"), "{error}");
}

#[test]
fn slack_in_the_clear_only_on_this_machine() {
    for good in
        ["https://slack.com/api", "http://127.0.0.1:9/api", "http://localhost:9", "http://[::1]:9/api"]
    {
        assert!(slack_url(good).is_ok(), "{good}");
    }
    for bad in
        ["http://slack.com/api", "http://127.0.0.1.example.com/api", "http://localhost.example.com", "slack"]
    {
        assert!(slack_url(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_secret_by_arn_says_where_it_lies() {
    let by_arn = |arn: &'static str| {
        move |name: &str| match name {
            "WORKFLOW_TOKEN" => None,
            "WORKFLOW_TOKEN_ARN" => Some(arn.to_owned()),
            other => complete(other),
        }
    };
    let secret = |arn| IngressSettings::from_lookup(&by_arn(arn)).map(|s| s.workflow_token);
    let manager = "arn:aws:secretsmanager:us-east-1:111122223333:secret:keylease";
    assert!(matches!(secret(manager), Ok(SecretSource::SecretsManager(arn)) if arn == manager));
    let parameter = "arn:aws:ssm:us-east-1:111122223333:parameter/keylease";
    assert!(matches!(secret(parameter), Ok(SecretSource::Parameter(arn)) if arn == parameter));
    for wrong in
        ["arn:aws:s3:::bucket", "arn:aws:ssm", "secretsmanager", "arn:aws:secretsmanager:us-east-1::"]
    {
        let error = secret(wrong).unwrap_err();
        assert_eq!(error.faults.first().map(|f| f.name.as_str()), Some("WORKFLOW_TOKEN_ARN"), "{wrong}");
    }
}

#[test]
fn the_ingress_opens_forms_with_the_bots_token_and_starts_without_it() {
    let with = |token: Option<&'static str>| {
        let lookup = move |name: &str| match name {
            "SLACK_BOT_TOKEN" => token.map(str::to_owned),
            other => complete(other),
        };
        IngressSettings::from_lookup(&lookup).map(|settings| settings.bot_token.is_some())
    };
    assert_eq!((with(Some("xoxb-1")), with(None)), (Ok(true), Ok(false)));
    assert!(with(Some("xapp-1")).unwrap_err().to_string().contains("SLACK_BOT_TOKEN"));
}
