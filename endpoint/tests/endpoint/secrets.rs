//! A secret is in the mail that delivers it, and nowhere else: not in output, Slack, tables or queues.

use endpoint::catalogue::OLIVIA;
use endpoint::key::Key;
use endpoint::payload::SIGNING_SECRET;
use endpoint::stage::{BOT_TOKEN, WORKFLOW_TOKEN};
use endpoint::{PATIENCE, Stage, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_user_grant_is_anywhere_but_in_the_mail() {
    secrets_stay_in_the_mail("ReadOnly", "10s").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_session_grant_is_anywhere_but_in_the_mail() {
    secrets_stay_in_the_mail("PowerUser", "10s").await;
}

async fn secrets_stay_in_the_mail(role: &str, duration: &str) {
    // As talkative as an operator might make it when something is wrong.
    let stage = Stage::open_with(&[("RUST_LOG", "trace")]).await;
    stage.cloud.put(&stage.cloud.provision, "poison, so that a DLQ is not empty").await;
    let asked = stage.dana_asks(role, duration).await;
    stage.click(OLIVIA, &asked, "approve").await;
    let mail = stage.first_mail().await;
    let key = Key::in_mail(&mail.text);
    let while_live = stage.cloud.everything_kept().await;
    stage.only_request("EXPIRED").await;
    eventually("the poison is parked", PATIENCE, async || {
        stage.cloud.lying(&stage.cloud.provision.dlq_url).await.pop()
    })
    .await;

    let kept = stage.cloud.everything_kept().await;
    let slack = format!("{:?} {:?}", stage.slack.messages(), bodies(&stage));
    let account = stage.cloud.account.clone();
    let output = stage.close().await;
    assert!(output.contains(&key.id), "the programs speak of the key, by its id: {output}");
    assert!(kept.contains(&key.id) && kept.contains(&account), "the search looks where something is");
    let places = [
        ("a program's output", &output),
        ("Slack", &slack),
        ("a table or queue", &kept),
        ("a table or queue, live", &while_live),
    ];
    let mut secrets = vec![
        ("the secret key", key.secret),
        ("the bot token", BOT_TOKEN.to_owned()),
        ("the signing secret", SIGNING_SECRET.to_owned()),
        ("the workflow token", WORKFLOW_TOKEN.to_owned()),
    ];
    secrets.extend(key.token.map(|token| ("the session token", token)));
    for (place, text) in places {
        for (name, secret) in &secrets {
            let at = text.find(secret.as_str());
            let near = at.map(|at| text.get(at.saturating_sub(200)..at).unwrap_or_default());
            assert_eq!(near, None, "{name} is in {place}, after this");
        }
    }
}

/// What the programs sent to Slack, which is more than what Slack shows.
fn bodies(stage: &Stage) -> Vec<String> {
    stage.slack.calls().iter().map(|call| format!("{} {}", call.method, call.body)).collect()
}
