//! A session that is claimed comes with a link to the console, and without one where AWS's sign-in page gives no token.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::federation::{Answers, FederationEndpoint};

use crate::claiming::{confirmed_on, item, opened};
use crate::stage::{DANA, Stage};

/// More than the worker waits for the endpoint, and far less than a claim lasts.
const NOT_DELAYED: Duration = Duration::from_secs(8);

/// What a machine opens that claimed this role, from a worker that asks `url` for links; and all that people were told.
async fn claimed(url: &str, role: &str) -> (Value, String) {
    let stage = Stage::told(&[("AWS_SIGNIN_URL", url)]).await;
    let (stage, _request, machine) = confirmed_on(stage, role, "2h").await;
    let item = item(&stage).await;
    let told = format!("{item} {}", stage.messages_to(DANA).join(" "));
    (opened(&item, "deliveries", &machine, &machine.delivery_id), told)
}

#[tokio::test]
async fn a_session_is_sealed_with_a_link_to_the_console() {
    let endpoint = FederationEndpoint::start().await.unwrap();
    let (credential, told) = claimed(&endpoint.url, "PowerUser").await;
    let link = credential["console_url"].as_str().unwrap();
    let destination = "Destination=https%3A%2F%2Fconsole.aws.amazon.com%2F";
    let expected = format!("Action=login&Issuer=keylease&{destination}&SigninToken=a+token%2F%2B%3D");
    assert_eq!(link, format!("{}/federation?{expected}", endpoint.url));
    let session = json!({ "sessionId": credential["AccessKeyId"], "sessionKey": credential["SecretAccessKey"],
        "sessionToken": credential["SessionToken"] });
    assert_eq!(endpoint.sessions(), [session]);
    assert!(!told.contains("SigninToken"), "it is sealed, and nowhere else: {told}");
}

#[tokio::test]
async fn a_users_key_is_sent_to_no_endpoint() {
    let endpoint = FederationEndpoint::start().await.unwrap();
    let (credential, _) = claimed(&endpoint.url, "ReadOnly").await;
    assert_eq!((credential.get("console_url"), endpoint.sessions().len()), (None, 0));
}

#[tokio::test]
async fn a_sign_in_page_that_fails_neither_fails_nor_delays_the_claim() {
    let endpoint = FederationEndpoint::start().await.unwrap();
    let gone = "http://127.0.0.1:1".to_owned();
    for (url, answers) in [
        (&endpoint.url, Answers::Status(400)),
        (&endpoint.url, Answers::Status(503)),
        (&endpoint.url, Answers::Token(String::new())),
        (&endpoint.url, Answers::Token("x".repeat(9_000))),
        (&endpoint.url, Answers::Token("x".repeat(100_000))),
        (&gone, Answers::Never),
        (&endpoint.url, Answers::Never),
    ] {
        endpoint.answers(answers.clone());
        let began = Instant::now();
        let (credential, _) = claimed(url, "PowerUser").await;
        assert!(began.elapsed() < NOT_DELAYED, "{answers:?}");
        assert!(credential["SessionToken"].is_string(), "{answers:?}");
        assert_eq!(credential.get("console_url"), None, "{answers:?}");
    }
}

#[tokio::test]
async fn where_an_emulator_takes_awss_place_its_sessions_are_sent_to_nobody() {
    let (stage, _request, machine) = confirmed_on(Stage::new().await, "PowerUser", "2h").await;
    let credential = opened(&item(&stage).await, "deliveries", &machine, &machine.delivery_id);
    assert_eq!(credential.get("console_url"), None);
}
