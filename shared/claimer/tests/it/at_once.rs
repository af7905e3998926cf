//! Several of AWS's tools at once, and several claims.

use super::server::Answer;
use super::{NOW, claimed, key, session, with};

#[tokio::test]
async fn tools_that_run_at_once_renew_once() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    machine.pass(3_100);
    claims.inner().now = NOW + 3_100;
    claims.inner().answer = Answer::Credential(session(NOW + 6_700));
    let line = ["credentials", "work"];
    let runs = tokio::join!(machine.keylease(&line), machine.keylease(&line), machine.keylease(&line));
    for ran in [runs.0, runs.1, runs.2] {
        assert_eq!((ran.status, ran.json()), (0, session(NOW + 6_700)), "{}", ran.shown());
    }
    assert_eq!(claims.inner().renewals, 1);
}

#[tokio::test]
async fn claims_at_once_lose_no_profile() {
    let (machine, claims) = with(key()).await;
    let link = claims.link();
    let lines = ["a", "b", "c"].map(|name| ["claim", link.as_str(), "--profile", name]);
    let runs =
        tokio::join!(machine.keylease(&lines[0]), machine.keylease(&lines[1]), machine.keylease(&lines[2]));
    for ran in [runs.0, runs.1, runs.2] {
        assert_eq!(ran.status, 0, "{}", ran.shown());
    }
    assert_eq!(machine.read(".aws/credentials").matches("aws_access_key_id").count(), 3);
}
