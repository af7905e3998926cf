//! What somebody attached to a user from outside: IAM refuses to delete it, and then everything on it is looked for.

use domain::{Job, Status};
use testkit::aws::Fault;

use crate::ending::{live, nothing_is_left};
use crate::stage::{DANA, Stage};

/// One thing of each kind that keeps IAM from deleting it.
const ATTACHED: [&str; 8] =
    ["key", "policy", "inline policy", "group", "login profile", "device", "SSH key", "service credential"];

pub(crate) async fn attach(stage: &Stage, user: &str, what: &str) {
    let iam = aws_sdk_iam::Client::new(&stage.sdk);
    match what {
        "key" => drop(iam.create_access_key().user_name(user).send().await.unwrap()),
        "policy" => {
            let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
            iam.attach_user_policy().user_name(user).policy_arn(arn).send().await.unwrap();
        }
        "inline policy" => {
            let put = iam.put_user_policy().user_name(user).policy_name("more");
            put.policy_document(domain::policy::deny_all()).send().await.unwrap();
        }
        "group" => {
            iam.create_group().group_name("others").send().await.unwrap();
            iam.add_user_to_group().group_name("others").user_name(user).send().await.unwrap();
        }
        "login profile" => {
            iam.create_login_profile().user_name(user).password("Long-enough-1").send().await.unwrap();
        }
        "device" => {
            let device =
                iam.create_virtual_mfa_device().virtual_mfa_device_name("phone").send().await.unwrap();
            let serial = device.virtual_mfa_device.unwrap().serial_number;
            let enable = iam.enable_mfa_device().user_name(user).serial_number(serial);
            enable.authentication_code1("123456").authentication_code2("654321").send().await.unwrap();
        }
        "SSH key" => {
            let key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ dana";
            iam.upload_ssh_public_key().user_name(user).ssh_public_key_body(key).send().await.unwrap();
        }
        "service credential" => {
            let make = iam.create_service_specific_credential().user_name(user);
            make.service_name("codecommit.amazonaws.com").send().await.unwrap();
        }
        other => panic!("nothing attaches a {other}"),
    }
}

#[tokio::test]
async fn whatever_one_thing_was_attached_goes_with_the_user() {
    for what in ATTACHED {
        let (stage, id) = live("ReadOnly").await;
        let user = stage.request().await.aws_name();
        attach(&stage, &user, what).await;
        let before = stage.aws.calls().len();
        stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
        stage.settle().await;
        nothing_is_left(&stage, Status::Revoked).await;
        let calls = stage.aws.calls().split_off(before);
        assert!(calls.iter().any(|call| call.operation == "ListMFADevices"), "{what}: it was looked for");
        let at = |name: &str| calls.iter().position(|call| call.operation == name);
        assert!(
            at("PutUserPermissionsBoundary") < at("DeleteUserPolicy"),
            "{what}: the boundary denies all first"
        );
        // A new user of the same name inherits nothing.
        let iam = aws_sdk_iam::Client::new(&stage.sdk);
        iam.create_user().user_name(&user).send().await.unwrap();
        iam.delete_user().user_name(&user).send().await.expect("nothing is on it");
    }
}

/// Without its boundary a user keeps its guard until nothing else is on it.
#[tokio::test]
async fn a_user_whose_boundary_cannot_be_set_is_taken_away_with_its_guard_last() {
    let (stage, id) = live("ReadOnly").await;
    stage.aws.inject(|call| (call.operation == "PutUserPermissionsBoundary").then_some(Fault::Deny));
    let before = stage.aws.calls().len();
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    nothing_is_left(&stage, Status::Revoked).await;
    let calls = stage.aws.calls().split_off(before);
    let at = |name: &str| calls.iter().position(|call| call.operation == name).unwrap();
    assert!(at("PutUserPolicy") < at("DeleteAccessKey") && at("ListGroupsForUser") < at("DeleteUserPolicy"));
}
