//! The end of a grant depends on nothing but IAM.

use aws_sdk_dynamodb::Client as DynamoDb;
use endpoint::catalogue::OLIVIA;
use endpoint::cloud::REQUESTS;
use endpoint::key::Key;
use endpoint::{PATIENCE, Stage, eventually};
use testkit::slack::Fault;

/// More failures than any test outlives.
const FOR_GOOD: u32 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_ends_though_slack_is_down() {
    let stage = Stage::open().await;
    let key = live(&stage).await;
    for method in
        ["chat.postMessage", "chat.update", "chat.postEphemeral", "users.info", "conversations.open"]
    {
        stage.slack.fail(method, Fault::ServerError, FOR_GOOD);
    }
    stage.only_request("EXPIRED").await;
    ended(&stage, &key).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_ends_though_the_table_is_gone() {
    let stage = Stage::open().await;
    let key = live(&stage).await;
    DynamoDb::new(&stage.cloud.config).delete_table().table_name(REQUESTS).send().await.expect("no table");
    ended(&stage, &key).await;
    stage.close().await;
}

async fn live(stage: &Stage) -> Key {
    let asked = stage.dana_asks("ReadOnly", "10s").await;
    stage.click(OLIVIA, &asked, "approve").await;
    let key = Key::in_mail(&stage.first_mail().await.text);
    stage.only_request("ACTIVE").await;
    key
}

async fn ended(stage: &Stage, key: &Key) {
    eventually("the user is gone", PATIENCE, async || stage.cloud.users().await.is_empty().then_some(()))
        .await;
    assert_eq!(key.identity().await, Err(String::from("InvalidClientTokenId")));
}
