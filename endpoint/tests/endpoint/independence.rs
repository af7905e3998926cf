//! The end of a grant depends on nothing but IAM.

use aws_sdk_dynamodb::Client as DynamoDb;
use endpoint::catalogue::DANA;
use endpoint::cloud::REQUESTS;
use endpoint::key::Key;
use endpoint::{PATIENCE, Stage};
use testkit::slack::Fault;

/// More failures than any test outlives.
const FOR_GOOD: u32 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_ends_though_slack_is_down() {
    let stage = Stage::open().await;
    let key = stage.live(DANA, "payments", "ReadOnly", "10s").await.key;
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
    let key = stage.live(DANA, "payments", "ReadOnly", "10s").await.key;
    DynamoDb::new(&stage.cloud.config).delete_table().table_name(REQUESTS).send().await.expect("no table");
    ended(&stage, &key).await;
    stage.close().await;
}

async fn ended(stage: &Stage, key: &Key) {
    stage.no_user_is_left(PATIENCE).await;
    assert_eq!(key.identity().await, Err(String::from("InvalidClientTokenId")));
}
