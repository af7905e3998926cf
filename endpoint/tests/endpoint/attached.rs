//! What somebody attaches to a grant's user from outside goes with it, and does not hold its removal up.

use aws_sdk_iam::Client as Iam;
use endpoint::catalogue::DANA;
use endpoint::live::Live;
use endpoint::stage::button;
use endpoint::{PATIENCE, Stage, eventually, furnish};

/// Tells what is attached from what other tests attach.
const WHAT: &str = "more";

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_things_attached_goes_at_its_end() {
    let stage = Stage::open().await;
    let live = stage.live(DANA, "payments", "ReadOnly", "15s").await;
    attach(&stage, &live).await;
    let request = stage.request_is_gone(&live.id, PATIENCE).await;
    assert_eq!(request["status"], "EXPIRED");
    nothing_is_left(&stage, &live).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_things_attached_goes_when_it_is_ended_early() {
    let stage = Stage::open().await;
    let live = stage.live(DANA, "payments", "ReadOnly", "1h").await;
    attach(&stage, &live).await;
    let message = stage.message_with("revoke").await;
    assert_eq!(button(&message, "revoke"), Some(live.id.clone()));
    stage.click(DANA, &message, "revoke").await;
    let request = stage.request_is_gone(&live.id, PATIENCE).await;
    assert_eq!(request["status"], "REVOKED");
    nothing_is_left(&stage, &live).await;
    stage.close().await;
}

/// The sweep finds a user by its tags alone; what is attached to it does not hide it.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_things_attached_is_swept() {
    let stage = Stage::open().await;
    let live = stage.live(DANA, "payments", "ReadOnly", "10s").await;
    stage.cloud.lose_the_end_of(&live.id).await;
    attach(&stage, &live).await;
    live.ends_on_time().await;
    stage.cloud.sweep().await;
    let request = stage.request_is_gone(&live.id, PATIENCE).await;
    assert_eq!(request["status"], "EXPIRED");
    nothing_is_left(&stage, &live).await;
    stage.close().await;
}

async fn attach(stage: &Stage, live: &Live) {
    let user = live.user.as_str();
    furnish::attach(&stage.cloud.config, user, WHAT).await;
    // It would hold up whoever only deletes the user.
    let delete =
        Iam::new(&stage.cloud.config).delete_user().user_name(user).send().await.expect_err("a conflict");
    assert!(delete.into_service_error().is_delete_conflict_exception());
}

/// Each thing is looked for by itself: the emulator would let a user go and keep what belonged to it.
async fn nothing_is_left(stage: &Stage, live: &Live) {
    let iam = Iam::new(&stage.cloud.config);
    let user = live.user.as_str();
    assert!(stage.cloud.users().await.is_empty(), "the user is still there");
    let members =
        iam.get_group().group_name(furnish::friends(WHAT)).send().await.expect("the group stays").users;
    assert!(members.is_empty(), "{members:?}");
    let devices = iam.list_virtual_mfa_devices().send().await.expect("devices").virtual_mfa_devices;
    assert!(devices.is_empty(), "{devices:?}");
    let schedule_is_gone = async || stage.cloud.schedules().await.is_empty().then_some(());
    eventually("the schedule is gone", PATIENCE, schedule_is_gone).await;
    // Another job may still look whether the user is gone: it would take the next user of that name away too.
    eventually("no worker has anything to do", PATIENCE, async || stage.cloud.is_idle().await.then_some(()))
        .await;

    // A new user of the same name inherits nothing.
    iam.create_user().user_name(user).send().await.expect("the name is free");
    assert!(iam.get_login_profile().user_name(user).send().await.is_err(), "the password is still there");
    assert_eq!(stage.cloud.access_keys(user).await, Vec::<String>::new());
    assert_eq!(stage.cloud.inline_policies(user).await, Vec::<String>::new());
    let groups = iam.list_groups_for_user().user_name(user).send().await.expect("groups").groups;
    assert!(groups.is_empty(), "{groups:?}");
    assert_eq!(live.key.identity().await, Err(String::from("InvalidClientTokenId")));
}
