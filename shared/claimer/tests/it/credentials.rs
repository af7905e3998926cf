//! `keylease credentials`: from what is kept, renewed while the grant goes on, and over when that is over.

use serde_json::json;

use super::server::Answer;
use super::{Machine, NOW, claimed, key, session};

#[tokio::test]
async fn what_works_for_long_is_printed_and_looked_up_once_a_minute() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    claims.inner().looks = 0;
    for (seconds, looks) in [(0, 1), (59, 1), (1, 2), (2_939, 3)] {
        machine.pass(seconds);
        let ran = machine.keylease(&["credentials", "work"]).await;
        assert_eq!((ran.status, ran.json(), ran.err.as_str()), (0, session(NOW + 3_600), ""));
        assert_eq!(claims.inner().looks, looks, "{seconds}");
    }
    assert_eq!(claims.inner().renewals, 0);
}

#[tokio::test]
async fn an_end_before_the_time_is_said_though_the_session_looks_fresh() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    claims.inner().waits = 0;
    claims.inner().answer = Answer::Over;
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{}", ran.shown());
    assert!(ran.err.contains("has ended"), "{}", ran.err);
    assert!(!machine.read(".config/keylease/profiles/work.json").contains("session-secret"));
}

#[tokio::test]
async fn a_server_that_cannot_tell_ends_nothing() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    for status in [404, 503, 302] {
        claims.inner().failing.push_back(status);
        machine.pass(60);
        let ran = machine.keylease(&["credentials", "work"]).await;
        assert_eq!((ran.status, ran.json()), (0, session(NOW + 3_600)), "{}", ran.shown());
    }
    // A gateway without the route: nothing of Keylease's is in its answer.
    claims.inner().deliveries.clear();
    machine.pass(3_000);
    claims.inner().now = NOW + 3_180;
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert_eq!((ran.status, ran.json()), (0, session(NOW + 3_600)), "{}", ran.shown());
    assert!(machine.read(".config/keylease/profiles/work.json").contains("private_key"));
}

#[tokio::test]
async fn an_eight_hour_grant_is_renewed_each_hour_by_the_key_that_claimed_it() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    for hour in 2..=8 {
        machine.pass(3_100);
        let now = NOW + (hour - 1) * 3_100;
        claims.inner().now = now;
        claims.inner().answer = Answer::Credential(session(now + 3_600));
        for _ in 0..2 {
            let ran = machine.keylease(&["credentials", "work"]).await;
            assert_eq!((ran.status, ran.json()), (0, session(now + 3_600)), "{}", ran.shown());
        }
        assert_eq!(claims.inner().renewals, hour as u32 - 1, "one renewal serves until the next is due");
    }
}

#[tokio::test]
async fn a_session_that_ends_before_the_grant_is_not_taken_for_the_last() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    claims.inner().expires_at = Some(NOW + 28_800);
    for hour in 1..=3 {
        let now = NOW + hour * 3_100;
        assert_eq!(
            machine.keylease(&["credentials", "work"]).await.status,
            0,
            "the server says the grant's end"
        );
        machine.pass(3_100);
        claims.inner().now = now;
        claims.inner().answer = Answer::Credential(session(now + 3_600));
        let ran = machine.keylease(&["credentials", "work"]).await;
        assert_eq!((ran.status, ran.json()), (0, session(now + 3_600)), "{}", ran.shown());
    }
}

#[tokio::test]
async fn the_last_session_is_not_renewed_again_and_then_it_is_over() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    machine.pass(3_100);
    claims.inner().now = NOW + 3_100;
    for _ in 0..3 {
        let ran = machine.keylease(&["credentials", "work"]).await;
        assert_eq!((ran.status, ran.json()), (0, session(NOW + 3_600)), "{}", ran.shown());
    }
    assert_eq!(claims.inner().renewals, 1, "the grant ends when the session ends");
    machine.pass(500);
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{}", ran.shown());
    assert!(ran.err.contains("the access of `work` has ended") && ran.err.contains("hint:"), "{}", ran.err);
}

#[tokio::test]
async fn what_is_over_leaves_no_secret_on_the_machine() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    machine.pass(3_100);
    claims.inner().now = NOW + 3_100;
    claims.inner().answer = Answer::Over;
    for _ in 0..2 {
        let ran = machine.keylease(&["credentials", "work"]).await;
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{}", ran.shown());
        assert!(ran.err.contains("has ended"), "{}", ran.err);
    }
    assert_eq!(claims.inner().renewals, 1);
    for (path, text) in machine.files() {
        let secret = ["session-secret", "token-", "private_key"].iter().any(|secret| text.contains(secret));
        assert!(!secret, "{}", path.display());
    }
    claims.inner().answer = Answer::Credential(key());
    let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work"]).await;
    assert_eq!(ran.status, 0, "the profile is still known to be Keylease's: {}", ran.shown());
}

#[tokio::test]
async fn a_renewal_that_fails_in_passing_costs_nothing_while_the_session_works() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    machine.pass(3_100);
    claims.inner().now = NOW + 3_100;
    claims.inner().failing.push_back(503);
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert_eq!((ran.status, ran.json()), (0, session(NOW + 3_600)), "{}", ran.shown());
    assert!(ran.err.contains("not renewed yet"), "{}", ran.err);
    claims.inner().answer = Answer::Credential(session(NOW + 6_700));
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert_eq!(ran.json(), session(NOW + 6_700), "it is renewed the next time: {}", ran.shown());
    machine.pass(3_600);
    for answer in [Answer::Waiting, Answer::Refused, Answer::ForAnother(key())] {
        claims.inner().now = NOW + 6_700;
        claims.inner().answer = answer;
        let ran = machine.keylease(&["credentials", "work"]).await;
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{}", ran.shown());
        assert!(ran.err.contains("hint:") && !ran.err.contains("has ended"), "{}", ran.err);
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_put_right_by_the_servers() {
    let (machine, claims) = claimed(session(NOW + 3_600)).await;
    machine.pass(3_100);
    claims.inner().now = NOW + 3_100 - 1_000;
    claims.inner().answer = Answer::Credential(session(NOW + 5_700));
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert_eq!((ran.status, ran.json()), (0, session(NOW + 5_700)), "{}", ran.shown());
    assert!(ran.err.contains("clock is wrong"), "{}", ran.err);
}

#[tokio::test]
async fn a_users_key_is_printed_from_awss_file_until_its_end() {
    let (machine, _claims) = claimed(key()).await;
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert_eq!((ran.status, ran.json()), (0, key()), "{}", ran.shown());
    machine.pass(7_200);
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert!(ran.status == 1 && ran.err.contains("has ended"), "{}", ran.shown());
    let (machine, _claims) = claimed(key()).await;
    machine.write(".aws/credentials", "[work]\naws_access_key_id = AKIAMINE\naws_secret_access_key = mine\n");
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert!(
        ran.status == 1 && !ran.shown().contains("mine"),
        "another's key is not printed: {}",
        ran.shown()
    );
}

#[tokio::test]
async fn a_key_that_was_extended_or_ended_early_says_so() {
    let (machine, claims) = claimed(key()).await;
    claims.inner().expires_at = Some(NOW + 10_800);
    machine.pass(7_200);
    let mut later = key();
    later["Expiration"] = domain::UnixSeconds(NOW + 10_800).rfc3339().into();
    for _ in 0..2 {
        let ran = machine.keylease(&["credentials", "work"]).await;
        assert_eq!((ran.status, ran.json()), (0, later.clone()), "{}", ran.shown());
    }
    machine.pass(61);
    claims.inner().failing.push_back(503);
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert_eq!(ran.json(), later, "a server that fails changes nothing: {}", ran.shown());
    machine.pass(61);
    claims.inner().answer = Answer::Over;
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert!(ran.status == 1 && ran.err.contains("has ended"), "{}", ran.shown());
}

#[tokio::test]
async fn a_profile_that_is_not_kept_or_cannot_be_read_says_what_to_do() {
    let machine = Machine::new();
    let ran = machine.keylease(&["credentials", "work"]).await;
    assert!(ran.status == 1 && ran.err.contains("keylease claim"), "{}", ran.shown());
    let (machine, _claims) = claimed(session(NOW + 3_600)).await;
    let file = ".config/keylease/profiles/work.json";
    let written = machine.read(file);
    for broken in [
        String::new(),
        written.replace("\"version\": 1", "\"version\": 2"),
        written.replace("\"private_key\": \"", "\"private_key\": \"*"),
        json!({ "session-secret": 1 }).to_string(),
    ] {
        machine.write(file, &broken);
        let ran = machine.keylease(&["credentials", "work"]).await;
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{broken}");
        assert!(ran.err.contains(file) && !ran.err.contains("session-secret"), "{}", ran.err);
    }
}
