//! The worker that makes and seals credentials is killed again and again while two machines wait: each gets one that works,
//! and there is no second key.

use std::time::{Duration, Instant};

use endpoint::catalogue::{DANA, POWER_ROLE};
use endpoint::{CLAIMS_END, PATIENCE, Program, eventually, payload, settings};

use crate::claiming::{LABEL, credentials, is_code, key, link, stage};

/// How long it is killed, and so long it lives between two kills, in milliseconds.
const KILLS: Duration = Duration::from_secs(10);
const LIVES_MILLIS: std::ops::Range<u64> = 30..700;
/// How often it must have been killed, or the test proved nothing.
const KILLS_MIN: u32 = 10;
/// A kill costs a receive; no job may run out of them.
const RECEIVES_MAX: u32 = 1_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_while_it_seals_hands_out_one_credential_that_works() {
    let seed = settings::kill_seed().unwrap_or_else(|| payload::now() as u64);
    let mut random = fastrand::Rng::with_seed(seed);
    let mut stage = stage("").await;
    stage.cloud.allow_receives(RECEIVES_MAX).await;
    let mut claimers = Vec::new();
    for role in ["Key", "Session"] {
        let (id, link) = link(&stage, role).await;
        let arguments = ["claim", &link, "--json", "--label", LABEL];
        let claimer = Program::start_with("keylease", &arguments, &Vec::new());
        let code = eventually("a code", PATIENCE, async || {
            claimer.output().split_whitespace().find(|word| is_code(word)).map(str::to_owned)
        })
        .await;
        let question = stage.expect_message(DANA, &[&code, LABEL]).await;
        claimers.push((id, claimer, question));
    }
    for (_, _, question) in &claimers {
        stage.click(DANA, question, "confirm_claim").await;
    }
    let (start, mut kills) = (Instant::now(), 0);
    while start.elapsed() < KILLS {
        tokio::time::sleep(Duration::from_millis(random.u64(LIVES_MILLIS))).await;
        stage.take("provision").crash();
        stage.start("provision");
        kills += 1;
    }
    assert!(kills >= KILLS_MIN, "killed {kills} times only");

    let account = &stage.cloud.account;
    let mut printed = Vec::new();
    for (id, claimer, _) in &mut claimers {
        let ended = claimer.ended_within(CLAIMS_END + PATIENCE).await;
        assert!(ended.success(), "seed {seed}: {}", claimer.output());
        let [credential] = credentials(&claimer.output()).try_into().expect("one credential");
        let session = format!("arn:aws:sts::{account}:assumed-role/{POWER_ROLE}/keylease-{id}");
        let user = format!("arn:aws:iam::{account}:user/keylease/keylease-{id}");
        let is_session = credential["SessionToken"].is_string();
        let who = if is_session { session } else { user };
        assert_eq!(key(&credential).identity().await, Ok(who), "seed {seed}");
        printed.push(credential);
    }
    let keys = stage.cloud.access_keys(&format!("keylease-{}", claimers[0].0)).await;
    assert_eq!(keys, [printed[0]["AccessKeyId"].as_str().unwrap()], "seed {seed}");
    assert!(stage.cloud.mails().await.is_empty(), "nothing is mailed");
    stage.close().await;
}
