//! `keylease credentials`: the credential on standard output, and what its person is told on standard error.

use super::server::Answer;
use super::{NOW, claimed, session};

#[tokio::test]
async fn what_goes_on_to_work_is_printed_and_why_it_was_not_renewed_is_told() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    machine.pass(3_100);
    claims.inner().now = NOW + 3_100;
    claims.inner().failing.push_back(503);
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert_eq!((ran.status, ran.json()), (0, session(NOW + 3_600)), "{}", ran.shown());
    assert!(ran.err.contains("not renewed yet: the credential could not be renewed\n"), "{}", ran.err);
    assert!(ran.err.contains("cause:") && ran.err.contains("hint:"), "{}", ran.err);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told_of() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    machine.pass(3_100);
    claims.inner().now = NOW + 3_100 - 1_000;
    claims.inner().answer = Answer::Credential(session(NOW + 5_700));
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert_eq!((ran.status, ran.json()), (0, session(NOW + 5_700)), "{}", ran.shown());
    assert_eq!(ran.err, "this machine's clock is wrong; the server's is used\n");
}

#[tokio::test]
async fn what_is_over_prints_nothing_and_fails() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    claims.inner().answer = Answer::Over;
    claims.inner().waits = 0;
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{}", ran.shown());
    assert!(
        ran.err.contains("error: the access of `work` has ended") && ran.err.contains("hint:"),
        "{}",
        ran.err
    );
}
