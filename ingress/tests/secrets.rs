//! Secrets that are read at the start, from Secrets Manager and from a parameter.
#![expect(clippy::unwrap_used, reason = "a step that fails fails its test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_config::SdkConfig;
use serde_json::{Value, json};
use service::config::SecretSource;
use testkit::aws::{EmbeddedAws, Fault, Service};

const SECRET: &str = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:token-AbCdEf";
const PARAMETER: &str = "arn:aws:ssm:eu-central-1:111122223333:parameter/keylease/token";

/// An AWS with both, and how a program calls it: over a socket.
async fn stored() -> (Arc<EmbeddedAws>, SdkConfig) {
    let aws = EmbeddedAws::start().await;
    aws.put_secret(SECRET, "kept in Secrets Manager");
    aws.put_secret(PARAMETER, "kept as a \"parameter\"");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(Arc::clone(&aws).serve(listener));
    let mut sdk = aws.sdk_config().to_builder().endpoint_url(endpoint);
    sdk.set_http_client(None);
    (aws, sdk.build())
}

/// Each way to keep a secret, with its service.
fn both() -> [(SecretSource, Service); 2] {
    [
        (SecretSource::SecretsManager(SECRET.to_owned()), Service::SecretsManager),
        (SecretSource::Parameter(PARAMETER.to_owned()), Service::Ssm),
    ]
}

/// What was asked of a service, with the operation.
fn reads(aws: &EmbeddedAws, service: Service) -> Vec<(String, Value)> {
    let calls = aws.calls().into_iter().filter(|call| call.service == service);
    calls.map(|call| (call.operation, serde_json::from_slice(&call.body).unwrap())).collect()
}

#[tokio::test]
async fn each_is_read_where_its_arn_says() {
    let (aws, sdk) = stored().await;
    let [(secret, _), (parameter, _)] = both();
    assert_eq!(aws::secrets::read(&secret, &sdk).await.unwrap(), "kept in Secrets Manager");
    assert_eq!(aws::secrets::read(&parameter, &sdk).await.unwrap(), "kept as a \"parameter\"");
    let asked = json!({ "SecretId": SECRET });
    assert_eq!(reads(&aws, Service::SecretsManager), [("GetSecretValue".to_owned(), asked)]);
    let asked = json!({ "Name": PARAMETER, "WithDecryption": true });
    assert_eq!(reads(&aws, Service::Ssm), [("GetParameter".to_owned(), asked)]);
}

#[tokio::test]
async fn one_that_is_not_there_is_said_with_its_arn_and_not_asked_for_again() {
    let (aws, sdk) = stored().await;
    let (secret, parameter) = (format!("{SECRET}s"), format!("{PARAMETER}s"));
    for (source, service, arn, code) in [
        (
            SecretSource::SecretsManager(secret.clone()),
            Service::SecretsManager,
            secret,
            "ResourceNotFoundException",
        ),
        (SecretSource::Parameter(parameter.clone()), Service::Ssm, parameter, "ParameterNotFound"),
    ] {
        let error = aws::secrets::read(&source, &sdk).await.unwrap_err().to_string();
        assert!(error.contains(&arn) && error.contains(code), "{error}");
        assert_eq!(reads(&aws, service).len(), 1);
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_lasts_is_given_up() {
    for (source, service) in both() {
        for (failures, is_read, calls) in [(2, true, 3), (3, false, 3)] {
            let (aws, sdk) = stored().await;
            let left = AtomicU32::new(failures);
            aws.inject(move |call| {
                let fails = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
                (call.service == service && fails.is_ok()).then_some(Fault::Throttle)
            });
            let read = aws::secrets::read(&source, &sdk).await;
            assert_eq!((read.is_ok(), reads(&aws, service).len()), (is_read, calls), "{failures} failures");
        }
    }
}

#[tokio::test]
async fn an_aws_that_cannot_be_reached_is_said_with_the_cause() {
    let (_aws, sdk) = stored().await;
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let sdk = sdk.to_builder().endpoint_url(format!("http://{nobody}")).build();
    for ((source, _), arn) in both().into_iter().zip([SECRET, PARAMETER]) {
        let error = aws::secrets::read(&source, &sdk).await.unwrap_err().to_string();
        assert!(error.contains(arn) && error.contains("onnect"), "{error}");
    }
}
