//! The worker that makes and seals credentials is killed between the two, while two machines wait: each gets one that works, and
//! there is no second key.

use endpoint::catalogue::{DANA, POWER_ROLE};
use endpoint::faulty::{Faulty, Until, Wrong};
use endpoint::{CLAIMS_END, PATIENCE, Program, eventually};

use crate::claiming::{LABEL, credentials, is_code, key, link, stage_with};

/// What only a write of something sealed contains.
const SEALED: &str = "ciphertext";

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_before_it_seals_hands_out_one_credential_that_works() {
    let faulty = Faulty::start().await;
    let mut stage = stage_with(("AWS_ENDPOINT_URL_DYNAMODB", faulty.url())).await;
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
    faulty.go_wrong_about("PutItem", SEALED, Wrong::Hangs, Until::Right);
    for (_, _, question) in &claimers {
        stage.click(DANA, question, "confirm_claim").await;
    }
    let user = format!("keylease-{}", claimers[0].0);
    let first = eventually("a key that is not sealed yet", PATIENCE, async || {
        let keys = stage.cloud.access_keys(&user).await;
        (keys.len() == 1 && faulty.met_about("PutItem", SEALED) >= 2).then_some(keys)
    })
    .await;
    stage.take("provision").crash();
    faulty.go_right();
    stage.start("provision");

    let account = &stage.cloud.account;
    let mut printed = Vec::new();
    for (id, claimer, _) in &mut claimers {
        let ended = claimer.ended_within(CLAIMS_END).await;
        assert!(ended.success(), "{}", claimer.output());
        let [credential] = credentials(&claimer.output()).try_into().expect("one credential");
        let session = format!("arn:aws:sts::{account}:assumed-role/{POWER_ROLE}/keylease-{id}");
        let user = format!("arn:aws:iam::{account}:user/keylease/keylease-{id}");
        let who = if credential["SessionToken"].is_string() { session } else { user };
        assert_eq!(key(&credential).identity().await, Ok(who));
        printed.push(credential);
    }
    let keys = stage.cloud.access_keys(&user).await;
    assert_eq!(
        keys,
        [printed[0]["AccessKeyId"].as_str().unwrap()],
        "{first:?} is gone, and there is no other"
    );
    assert!(stage.cloud.mails().await.is_empty(), "nothing is mailed");
    stage.close().await;
}
