//! A grantee with `Action: "*"` cannot outgrow the grant: no other identity, no other policy, no later end.

use std::collections::BTreeMap;

use aws_sdk_iam::Client as Iam;
use aws_sdk_sts::error::ProvideErrorMetadata;
use endpoint::catalogue::{CHANNEL, DANA, OLIVIA};
use endpoint::cloud::{credentials, sdk_config};
use endpoint::furnish::EVERYTHING;
use endpoint::key::Key;
use endpoint::live::{Live, is_denial};
use endpoint::outgrow::{Target, Tried, changes, mints};
use endpoint::{PATIENCE, Stage};
use serde_json::json;

/// A role that whoever may call STS can assume.
const ADMIN_ROLE: &str = "administrator";
/// Far longer than the grant, in seconds.
const AN_HOUR: i32 = 3600;

#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_may_do_everything_cannot_outgrow_its_grant() {
    let stage = furnished().await;
    let live = stage.live(DANA, "lab", "Everything", "1h").await;
    let target = Target {
        user: live.user.clone(),
        access_key_id: live.key.id.clone(),
        policy: String::from("keylease-guard"),
        ..by_stander(&stage).await
    };
    let before = identities(&stage).await;
    stays_inside(&live, &target).await;
    assert_eq!(identities(&stage).await, before, "nothing in IAM changed");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_may_do_everything_cannot_outgrow_its_grant() {
    let stage = furnished().await;
    let live = stage.live(DANA, "lab", "EverythingByRole", "1h").await;
    let target = by_stander(&stage).await;
    let before = identities(&stage).await;
    stays_inside(&live, &target).await;
    assert_eq!(identities(&stage).await, before, "nothing in IAM changed");
    stage.close().await;
}

/// The tries are real ones: whoever has the same policy without a guard gets through with each.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_guard_every_try_gets_through() {
    let stage = Stage::set(&[]).await;
    stage.cloud.add_admin_role(ADMIN_ROLE).await;
    let target = by_stander(&stage).await;
    let iam = Iam::new(&stage.cloud.config);
    let key = iam.create_access_key().user_name(&target.user).send().await.expect("a key");
    let key = key.access_key.expect("the key");
    let put = iam.put_user_policy().user_name(&target.user).policy_name("all").policy_document(EVERYTHING);
    put.send().await.expect("a policy");
    let config = sdk_config(credentials(&key.access_key_id, &key.secret_access_key, None)).await;
    let mut tried = mints(&config, &target).await;
    tried.extend(changes(&config, &target).await);
    let refused: Vec<&Tried> = tried.iter().filter(|(_, outcome)| outcome.is_err()).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

/// STS hands a session token to whoever has a key; it may no more than the key, and no longer.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_token_of_the_key_ends_with_it() {
    let mut stage = furnished().await;
    let live = stage.live(DANA, "lab", "Everything", "15s").await;
    let sts = aws_sdk_sts::Client::new(&live.key.config().await);
    let answer = match sts.get_session_token().duration_seconds(AN_HOUR).send().await {
        Ok(answer) => answer,
        // Better still; the emulator never denies this call.
        Err(error) => {
            assert_eq!(error.code(), Some("AccessDenied"), "{error:?}");
            stage.close().await;
            return;
        }
    };
    let token = answer.credentials.expect("a session");
    let key =
        Key { id: token.access_key_id, secret: token.secret_access_key, token: Some(token.session_token) };
    let target = Target { user: live.user.clone(), ..by_stander(&stage).await };
    let derived = Live { key, ..live };
    stays_inside(&derived, &target).await;
    stage.take("revoke").stop().await;
    derived.ends_on_time().await;
    stage.start("revoke");
    stage.no_user_is_left(PATIENCE).await;
    assert!(derived.key.reads().await.is_err_and(|code| is_denial(&code)), "it outlives the user");
    stage.close().await;
}

/// A stage with a project whose roles may do everything, and a role that everybody may assume.
async fn furnished() -> Stage {
    let stage = Stage::open().await;
    let role_arn = stage.cloud.add_admin_role(ADMIN_ROLE).await;
    let lab = json!({
        "project": "lab",
        "owner_slack_id": OLIVIA,
        "channel": CHANNEL,
        "roles": {
            "Everything": {"kind": "user", "policy_arns": [], "inline_policy": EVERYTHING, "max_duration": "1h"},
            "EverythingByRole": {"kind": "session", "role_arn": role_arn, "max_duration": "1h"}
        }
    });
    stage.cloud.add_project(&lab).await;
    stage
}

/// A user that no grant made, and the role: what a grantee may aim at.
async fn by_stander(stage: &Stage) -> Target {
    const USER: &str = "by-stander";
    let iam = Iam::new(&stage.cloud.config);
    iam.create_user().user_name(USER).send().await.expect("a user");
    let key =
        iam.create_access_key().user_name(USER).send().await.expect("a key").access_key.expect("the key");
    let put = iam.put_user_policy().user_name(USER).policy_name("own").policy_document(EVERYTHING);
    put.send().await.expect("a policy");
    Target {
        user: USER.to_owned(),
        access_key_id: key.access_key_id,
        policy: String::from("own"),
        role: ADMIN_ROLE.to_owned(),
        role_arn: format!("arn:aws:iam::{}:role/{ADMIN_ROLE}", stage.cloud.account),
    }
}

async fn stays_inside(live: &Live, target: &Target) {
    let config = live.key.config().await;
    let mut tried = mints(&config, target).await;
    tried.extend(changes(&config, target).await);
    let denied = Err(String::from("AccessDenied"));
    let through: Vec<&Tried> = tried.iter().filter(|(_, outcome)| *outcome != denied).collect();
    assert!(through.is_empty(), "not denied: {through:?}");

    // It is not that nothing works: the grant does allow everything else.
    let sqs = aws_sdk_sqs::Client::new(&config);
    sqs.create_queue()
        .queue_name("made-by-the-grantee")
        .send()
        .await
        .expect("the grant allows everything else");
    assert_eq!(live.key.reads().await, Ok(()));
}

/// Users and roles, with all that says what they may do.
async fn identities(stage: &Stage) -> BTreeMap<String, String> {
    let iam = Iam::new(&stage.cloud.config);
    let mut found = BTreeMap::new();
    for user in iam.list_users().send().await.expect("the users").users {
        let name = user.user_name;
        let policies = stage.cloud.inline_policies(&name).await;
        let keys = stage.cloud.access_keys(&name).await;
        let tags = stage.cloud.tags(&name).await;
        let attached = iam.list_attached_user_policies().user_name(&name).send().await.expect("policies");
        let attached = attached.attached_policies;
        found.insert(format!("user {name}"), format!("{policies:?} {keys:?} {tags:?} {attached:?}"));
    }
    for role in iam.list_roles().send().await.expect("the roles").roles {
        let name = role.role_name;
        let own = iam.list_role_policies().role_name(&name).send().await.expect("policies").policy_names;
        found.insert(format!("role {name}"), format!("{own:?} {:?}", role.assume_role_policy_document));
    }
    found
}
