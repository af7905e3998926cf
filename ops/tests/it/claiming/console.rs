//! `keylease console`: the link that signs in, from AWS's federation endpoint.

use std::collections::HashMap;

use serde_json::{Value, json};
use testkit::federation::{Answers, FederationEndpoint};

use super::server::Answer;
use super::{Machine, NOW, claimed, key, session};
use crate::json::{differences, documented};

async fn endpoint() -> FederationEndpoint {
    FederationEndpoint::start().await.unwrap()
}

fn signing_in_at(machine: &mut Machine, url: &str) {
    machine.variables.insert("AWS_SIGNIN_URL".to_owned(), url.to_owned());
}

#[tokio::test]
async fn a_session_becomes_a_link_that_signs_in() {
    let endpoint = endpoint().await;
    let url = &endpoint.url;
    for named in [url.clone(), format!("{url}/"), format!("{url}/federation")] {
        let (mut machine, _claims) = claimed(session(NOW + 3_600)).await;
        signing_in_at(&mut machine, &named);
        let ran = machine.keylease(&["console", "work", "--print"]).await;
        assert_eq!(ran.status, 0, "{}", ran.shown());
        let (before, query) = ran.out.trim().split_once('?').unwrap();
        assert_eq!(before, format!("{url}/federation"));
        let query: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!((query["Action"].as_str(), query["SigninToken"].as_str()), ("login", "a token/+="));
        assert_eq!(query["Destination"], "https://console.aws.amazon.com/");
        let kept: Value = session(NOW + 3_600);
        assert_eq!(
            endpoint.sessions().pop().unwrap(),
            json!({ "sessionId": kept["AccessKeyId"], "sessionKey": kept["SecretAccessKey"],
                "sessionToken": kept["SessionToken"] })
        );
        let ran = machine.keylease(&["console", "work", "--print", "--json"]).await;
        let found = differences(&ran.json(), &documented("console"), "console");
        assert!(found.is_empty() && ran.json()["opened"] == false, "{found:#?}\n{}", ran.shown());
    }
}

#[tokio::test]
async fn the_console_of_the_profiles_partition_is_opened() {
    let endpoint = endpoint().await;
    let (mut machine, _claims) = claimed(session(NOW + 3_600)).await;
    signing_in_at(&mut machine, &endpoint.url);
    let config = machine.read(".aws/config");
    for (region, console) in [
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("us-east-1", "console.aws.amazon.com"),
    ] {
        machine.write(".aws/config", &format!("{config}region = {region}\n"));
        let ran = machine.keylease(&["console", "work", "--print"]).await;
        assert!(ran.out.contains(&format!("%2F{console}%2F")), "{region}: {}", ran.shown());
    }
}

#[tokio::test]
async fn a_session_that_is_nearly_over_is_renewed_first() {
    let endpoint = endpoint().await;
    let (mut machine, claims) = claimed(session(NOW + 3_600)).await;
    signing_in_at(&mut machine, &endpoint.url);
    machine.pass(3_500);
    claims.inner().now = NOW + 3_500;
    claims.inner().answer = Answer::Credential(session(NOW + 7_100));
    let ran = machine.keylease(&["console", "work", "--print"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert_eq!(endpoint.sessions()[0]["sessionId"], format!("ASIA{}", NOW + 7_100));
}

#[tokio::test]
async fn a_users_key_cannot_sign_in_and_it_says_why() {
    let endpoint = endpoint().await;
    let (mut machine, _claims) = claimed(key()).await;
    signing_in_at(&mut machine, &endpoint.url);
    let ran = machine.keylease(&["console", "work"]).await;
    assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{}", ran.shown());
    assert!(ran.err.contains("cannot sign in") && ran.err.contains("GetFederationToken"), "{}", ran.err);
    assert!(endpoint.sessions().is_empty());
}

#[tokio::test]
async fn an_endpoint_that_refuses_is_told_of_without_the_session() {
    let endpoint = endpoint().await;
    endpoint.answers(Answers::Status(400));
    let (mut machine, _claims) = claimed(session(NOW + 3_600)).await;
    for (named, says) in [
        (endpoint.url.as_str(), "HTTP status 400"),
        ("http://127.0.0.1:1", "cannot be reached"),
        ("http://signin.example.com", "AWS_SIGNIN_URL is not an https URL"),
        ("not a url", "AWS_SIGNIN_URL is not an https URL"),
    ] {
        signing_in_at(&mut machine, named);
        let ran = machine.keylease(&["console", "work", "--print"]).await;
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{named}: {}", ran.shown());
        assert!(ran.err.contains(says) && ran.err.contains("hint:"), "{named}: {}", ran.err);
        assert!(!ran.err.contains("session-secret") && !ran.err.contains("token-"), "{}", ran.err);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_browser_gets_the_link_and_the_terminal_does_not() {
    use std::os::unix::fs::PermissionsExt as _;
    let endpoint = endpoint().await;
    let (mut machine, _claims) = claimed(session(NOW + 3_600)).await;
    signing_in_at(&mut machine, &endpoint.url);
    let (browser, opened) = (machine.path("browser"), machine.path("opened"));
    machine.write("browser", &format!("#!/bin/sh\nprintf %s \"$1\" > '{}'\n", opened.display()));
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    machine.variables.insert("BROWSER".to_owned(), browser.to_str().unwrap().to_owned());
    let ran = machine.keylease(&["console", "work"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(machine.read("opened").contains("SigninToken=") && !ran.shown().contains("SigninToken"));
    machine.variables.insert("BROWSER".to_owned(), "/does/not/exist".to_owned());
    let ran = machine.keylease(&["console", "work"]).await;
    assert!(ran.status == 1 && ran.err.contains("--print"), "{}", ran.shown());
    assert!(!ran.shown().contains("SigninToken"), "{}", ran.shown());
}
