//! Roles that are given through Identity Center: applied, checked, and shown with which grants hold what they gave.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use service::clock::Clock;
use testkit::aws::identity_center::{IDENTITY_STORE_ID, INSTANCE_ARN};

use crate::grants_list::{NOW, record, with};
use crate::stage::{Ran, Stage};

const ACCOUNT: &str = "111122223333";
const NO_SET: &str = "arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-ffffffffffffffff";
const NO_GROUP: &str = "90677e3a-1011-70f2-4a45-2b3c4d5e6f70";

async fn stage() -> Stage {
    let mut stage = Stage::new().await;
    stage.variables.insert("IDENTITY_CENTER_INSTANCE_ARN".into(), INSTANCE_ARN.into());
    stage.variables.insert("IDENTITY_STORE_ID".into(), IDENTITY_STORE_ID.into());
    stage
}

/// Applies a project with a role for this permission set and one for this group.
async fn apply(stage: &Stage, set: &str, group: &str) -> Ran {
    let project = json!({"project": "payments", "owner_slack_id": "U0OWNER", "roles": {
        "Power": {"kind": "permission_set", "permission_set_arn": set, "account_id": ACCOUNT, "max_duration": "8h"},
        "Team": {"kind": "group", "group_id": group, "max_duration": "8h"}}});
    apply_project(stage, &project).await
}

/// Applies a project, by a file of its own.
async fn apply_project(stage: &Stage, project: &serde_json::Value) -> Ran {
    static FILES: AtomicU32 = AtomicU32::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let file = std::env::temp_dir().join(format!("keylease-identity-{}-{number}", std::process::id()));
    std::fs::write(&file, project.to_string()).unwrap();
    let ran = stage.keylease(&["projects", "apply", "-f", file.to_str().unwrap()]).await;
    std::fs::remove_file(&file).unwrap();
    ran
}

#[tokio::test]
async fn what_is_not_there_or_has_long_sessions_is_warned_of() {
    let stage = stage().await;
    let center = stage.aws.identity_center();
    let ran = apply(&stage, NO_SET, NO_GROUP).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(
        ran.err.contains("payments/Power names the permission set") && ran.err.contains("which is not there")
    );
    assert!(ran.err.contains("payments/Team names the group"), "{}", ran.err);
    let doctor = stage.keylease(&["doctor"]).await.shown();
    assert!(doctor.contains("payments/Team names the group"), "{doctor}");
    let long = center.add_permission_set("Power", Some("PT8H"));
    let group = center.add_group("Team");
    let ran = apply(&stage, &long, &group).await;
    assert!(ran.err.contains("may go on for 28800 s after the end"), "{}", ran.err);
    assert!(!ran.err.contains("names the group"), "{}", ran.err);
}

#[tokio::test]
async fn a_role_that_closes_early_has_to_be_longer_than_its_sessions() {
    let stage = stage().await;
    let set = stage.aws.identity_center().add_permission_set("Power", Some("PT8H"));
    let role = |max_duration: &str| {
        json!({"kind": "permission_set", "permission_set_arn": set, "account_id": ACCOUNT,
            "max_duration": max_duration, "door_closes_early": true})
    };
    let apply = async |max_duration: &str| {
        let project = json!({"project": "payments", "owner_slack_id": "U0OWNER", "roles": {"Power": role(max_duration)}});
        apply_project(&stage, &project).await
    };
    let ran = apply("1h").await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(
        ran.err.contains("roles.Power.max_duration: 1h is too short with door_closes_early"),
        "{}",
        ran.err
    );
    let ran = apply("8h").await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(
        ran.err.contains("payments/Power closes early") && ran.err.contains("nothing was changed"),
        "{}",
        ran.err
    );
    assert!(stage.store().project_names().await.unwrap().is_empty());
    let ran = apply("9h").await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(!ran.err.contains("warning"), "no session outlives the end: {}", ran.err);
    stage.aws.identity_center().set_session_duration(&set, "PT9H");
    let doctor = stage.keylease(&["doctor"]).await.shown();
    assert!(doctor.contains("payments/Power closes early"), "{doctor}");
}

#[tokio::test]
async fn doctor_says_where_the_instance_is_not_there_or_has_another_store() {
    for (name, value, why) in [
        (
            "IDENTITY_STORE_ID",
            "d-9067000000",
            format!("the identity store of {INSTANCE_ARN} is {IDENTITY_STORE_ID}"),
        ),
        (
            "IDENTITY_CENTER_INSTANCE_ARN",
            "arn:aws:sso:::instance/ssoins-0000000000000000",
            "there is no instance arn:aws:sso:::instance/ssoins-0000000000000000".to_owned(),
        ),
    ] {
        let mut stage = stage().await;
        let center = stage.aws.identity_center();
        let (set, group) = (center.add_permission_set("Power", None), center.add_group("Team"));
        assert_eq!(apply(&stage, &set, &group).await.status, 0);
        let right = stage.keylease(&["doctor"]).await.shown();
        assert!(!right.contains(&why), "{right}");
        stage.variables.insert(name.into(), value.into());
        let doctor = stage.keylease(&["doctor"]).await;
        assert_eq!(doctor.status, 1, "{}", doctor.shown());
        assert!(doctor.shown().contains(&why), "{}", doctor.shown());
    }
}

#[tokio::test]
async fn without_an_identity_center_such_a_role_is_refused_and_nothing_changes() {
    let stage = Stage::new().await;
    let ran = apply(&stage, NO_SET, NO_GROUP).await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(ran.err.contains("is not set up; nothing was changed"), "{}", ran.err);
    assert!(ran.err.contains("IDENTITY_CENTER_INSTANCE_ARN"), "{}", ran.err);
    assert!(stage.store().project_names().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_malformed_is_named_by_its_line() {
    let stage = stage().await;
    let ran = apply(&stage, "arn:aws:iam::aws:policy/ReadOnlyAccess", "the-team").await;
    assert_eq!(ran.status, 1);
    assert!(
        ran.err.contains("roles.Power.permission_set_arn") && ran.err.contains("roles.Team.group_id"),
        "{}",
        ran.err
    );
}

#[tokio::test]
async fn a_request_is_shown_with_which_grants_hold_what_it_gave() {
    let mut stage = stage().await;
    stage.clock = Clock::reading(|| domain::UnixSeconds(NOW));
    let active = with(
        record("a-0", "ACTIVE", "U0DANA", NOW - 60),
        json!({ "principal": "u-1", "expires_at": NOW + 60, "grant": { "role": { "kind": "group", "group_id": NO_GROUP } } }),
    );
    stage.put_request(&active).await;
    stage
        .put_request(&json!({ "request_id": format!("holding:group/{NO_GROUP}:u-1"), "status": "HOLDING", "version": 1,
            "what": "group", "group_id": NO_GROUP, "user_id": "u-1", "holders": ["a-0", "b-1"], "before": false }))
        .await;
    let shown = stage.keylease(&["grants", "show", "a-0"]).await.shown();
    assert!(shown.contains("user u-1 of Identity Center") && shown.contains("held by a-0, b-1"), "{shown}");
    let listed = stage.keylease(&["grants", "list"]).await;
    assert_eq!(listed.status, 0, "what grants hold is no request: {}", listed.shown());
    assert!(listed.out.contains("a-0") && !listed.shown().contains("holding:"), "{}", listed.shown());
}
