//! Secrets that are read at the start: from Secrets Manager, by the SDK, and from a parameter, without it.
#![expect(clippy::unwrap_used, reason = "a step that fails fails its test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_config::SdkConfig;
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

fn parameter() -> SecretSource {
    SecretSource::Parameter(PARAMETER.to_owned())
}

fn reads(aws: &EmbeddedAws) -> usize {
    aws.calls().iter().filter(|call| call.service == Service::Ssm).count()
}

#[tokio::test]
async fn each_is_read_where_its_arn_says() {
    let (aws, sdk) = stored().await;
    let secret = SecretSource::SecretsManager(SECRET.to_owned());
    assert_eq!(aws::secrets::read(&secret, &sdk).await.unwrap(), "kept in Secrets Manager");
    assert_eq!(aws::secrets::read(&parameter(), &sdk).await.unwrap(), "kept as a \"parameter\"");
    let asked = aws.calls().into_iter().find(|call| call.service == Service::Ssm).unwrap();
    assert_eq!(asked.operation, "GetParameter");
    let body: serde_json::Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body, serde_json::json!({ "Name": PARAMETER, "WithDecryption": true }));
}

#[tokio::test]
async fn one_that_is_not_there_is_said_with_its_arn_and_not_asked_for_again() {
    let (aws, sdk) = stored().await;
    let arn = format!("{PARAMETER}s");
    let error =
        aws::secrets::read(&SecretSource::Parameter(arn.clone()), &sdk).await.unwrap_err().to_string();
    assert!(error.contains(&arn) && error.contains("ParameterNotFound"), "{error}");
    assert_eq!(reads(&aws), 1);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_lasts_is_given_up() {
    for (failures, is_read, calls) in [(2, true, 3), (3, false, 3)] {
        let (aws, sdk) = stored().await;
        let left = AtomicU32::new(failures);
        aws.inject(move |call| {
            let fails = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            (call.service == Service::Ssm && fails.is_ok()).then_some(Fault::Throttle)
        });
        let read = aws::secrets::read(&parameter(), &sdk).await;
        assert_eq!((read.is_ok(), reads(&aws)), (is_read, calls), "{failures} failures");
    }
}

#[tokio::test]
async fn an_aws_that_cannot_be_reached_is_said_with_the_cause() {
    let (_aws, sdk) = stored().await;
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let sdk = sdk.to_builder().endpoint_url(format!("http://{nobody}")).build();
    let error = aws::secrets::read(&parameter(), &sdk).await.unwrap_err().to_string();
    assert!(error.contains(PARAMETER) && error.contains("onnect"), "{error}");
}
