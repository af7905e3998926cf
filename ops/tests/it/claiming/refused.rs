//! What a claim says when nothing comes of it: why, and what to do next.

use serde_json::json;

use super::server::Answer;
use super::{Machine, key, with};
use crate::stage::Written;

#[tokio::test]
async fn every_end_without_a_credential_says_what_to_do() {
    for (answer, says) in [
        (Answer::Refused, "No was pressed"),
        (Answer::Over, "another machine claimed it, or its time is over"),
        (Answer::Waiting, "no answer in Slack for 15 minutes"),
        (Answer::ForAnother(key()), "cannot be opened"),
        (Answer::Credential(json!({ "Version": 1 })), "is not a credential"),
        (Answer::Raw(json!({ "state": "else" })), "not Keylease's"),
        (Answer::Raw(json!({ "state": "ready", "enc": "*", "ciphertext": "" })), "cannot be opened"),
        (Answer::Raw(json!([])), "not Keylease's"),
    ] {
        let (machine, claims) = with(key()).await;
        claims.inner().answer = answer.clone();
        let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work"]).await;
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{answer:?}: {}", ran.shown());
        assert!(ran.err.contains(says) && ran.err.contains("hint:"), "{answer:?}: {}", ran.err);
        assert_eq!(machine.read(".aws/credentials"), "");
    }
}

#[tokio::test]
async fn every_status_says_what_to_do() {
    for (status, says) in [
        (404, "nothing can be claimed by this link"),
        (429, "used too often"),
        (400, "label: it has a fault"),
        (503, "try again"),
        (302, "redirections are not followed"),
        (413, "HTTP status 413"),
    ] {
        let (machine, claims) = with(key()).await;
        claims.inner().failing.push_back(status);
        let ran = machine.keylease(&["claim", &claims.link()]).await;
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{status}: {}", ran.shown());
        assert!(ran.err.contains(says) && ran.err.contains("hint:"), "{status}: {}", ran.err);
        assert!(!ran.err.contains("Code:"), "{}", ran.err);
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let machine = Machine::new();
    let ran = machine.keylease(&["claim", "http://127.0.0.1:1/claim/abc"]).await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(ran.err.contains("127.0.0.1:1 cannot be reached"), "{}", ran.err);
}

#[tokio::test]
async fn a_code_of_another_key_is_not_shown() {
    let (machine, claims) = with(key()).await;
    claims.inner().code = Some("ABC-DEF".to_owned());
    let ran = machine.keylease(&["claim", &claims.link()]).await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(!ran.shown().contains("ABC-DEF") && ran.err.contains("press No in Slack"), "{}", ran.err);
}

#[tokio::test]
async fn what_cannot_be_meant_is_wrong_usage_and_asks_nobody() {
    let (machine, claims) = with(key()).await;
    let link = claims.link();
    let long = "l".repeat(61);
    for line in [
        &["claim"][..],
        &["claim", "http://in.example.com/claim/abc"],
        &["claim", &claims.base],
        &["claim", &link, "--profile", "two words"],
        &["claim", &link, "--profile", "../up"],
        &["claim", &link, "--label", " "],
        &["claim", &link, "--label", &long],
        &["claim", &link, "--json", "--profile", "work"],
        &["credentials", "-"],
        &["console"],
    ] {
        let ran = machine.keylease(line).await;
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{line:?}: {}", ran.shown());
    }
    assert_eq!(claims.inner().asks, 0);
    assert!(machine.files().is_empty());
}

#[tokio::test]
async fn ctrl_c_ends_the_waiting() {
    let (machine, claims) = with(key()).await;
    claims.inner().waits = u32::MAX;
    let err = Written::default();
    let interrupt = async {
        err.after("Waiting").await;
        machine.stop.send_replace(1);
    };
    let link = claims.link();
    let line = ["claim", &link];
    let (ran, ()) = tokio::join!(machine.watched(&line, err.clone()), interrupt);
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(ran.err.contains("nothing was claimed on this machine"), "{}", ran.err);
}
