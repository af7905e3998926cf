//! Identity Center: people are found as Slack has them, assignments take their time, and memberships are taken away by their id.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws::identity_center::{Assignment, IdentityCenter, Joined, Lookup, MatchedBy, Progress, State};
use keylease_testkit::aws::identity_center::{IDENTITY_STORE_ID, INSTANCE_ARN};
use keylease_testkit::aws::{EmbeddedAws, Fault};
use service::Remedy;
use service::config::IdentityCenterSettings;

const ACCOUNT: &str = "111122223333";

async fn start() -> (Arc<EmbeddedAws>, IdentityCenter) {
    let aws = EmbeddedAws::start().await;
    let settings = IdentityCenterSettings {
        instance_arn: INSTANCE_ARN.into(),
        identity_store_id: IDENTITY_STORE_ID.into(),
        region: Some("eu-central-1".into()),
        portal_url: "https://example.awsapps.com/start".into(),
    };
    let center = IdentityCenter::new(&aws.sdk_config(), &settings);
    (aws, center)
}

#[tokio::test]
async fn somebody_is_found_by_their_address_as_it_is_in_small_letters_or_as_a_user_name() {
    let (aws, center) = start().await;
    let people = aws.identity_center();
    let dana = people.add_user("dana", "Dana@Example.com");
    let sam = people.add_user("sam", "sam@example.com");
    let kim = people.add_user("Kim@example.com", "kim@elsewhere.example.com");
    for (address, id, by) in [
        ("Dana@Example.com", &dana, MatchedBy::Email),
        ("Sam@Example.com", &sam, MatchedBy::LowerCaseEmail),
        ("Kim@example.com", &kim, MatchedBy::UserName),
    ] {
        match center.find_user(address).await.unwrap() {
            Lookup::Found(user) => assert_eq!((&user.id, user.matched_by), (id, by), "{address}"),
            other => panic!("{address}: {other:?}"),
        }
    }
    assert_eq!(center.find_user("nobody@example.com").await, Ok(Lookup::NotThere));
    people.disable(&sam);
    assert_eq!(center.find_user("sam@example.com").await, Ok(Lookup::Disabled));
}

#[tokio::test]
async fn whoever_is_found_has_to_have_that_address() {
    let (aws, center) = start().await;
    let other = aws.identity_center().add_user("other", "other@example.com");
    let body = format!(r#"{{"IdentityStoreId":"{IDENTITY_STORE_ID}","UserId":"{other}"}}"#);
    aws.inject(move |call| {
        (call.operation == "GetUserId").then(|| Fault::Reply { status: 200, body: body.clone() })
    });
    assert_eq!(center.find_user("dana@example.com").await, Ok(Lookup::NotThere));
}

/// Otherwise the requester would be told that nobody has their address, and what a grant gave would be taken for gone.
#[tokio::test]
async fn a_wrong_identity_store_or_instance_is_for_an_operator_and_nothing_is_taken_for_gone() {
    let (aws, right) = start().await;
    let user = aws.identity_center().add_user("dana", "dana@example.com");
    let group = aws.identity_center().add_group("Deployers");
    let set = aws.identity_center().add_permission_set("PowerUser", None);
    let other = |store: &str, instance: &str| {
        let settings = IdentityCenterSettings {
            identity_store_id: store.into(),
            instance_arn: instance.into(),
            ..right.settings().clone()
        };
        IdentityCenter::new(&aws.sdk_config(), &settings)
    };
    let center = other("d-0000000000", INSTANCE_ARN);
    let among = BTreeSet::from([group.clone()]);
    let errors = [
        center.find_user("dana@example.com").await.unwrap_err(),
        center.join_group(&group, &user).await.unwrap_err(),
        center.membership(&group, &user).await.unwrap_err(),
        center.delete_membership("m").await.unwrap_err(),
        center.group_name(&group).await.unwrap_err(),
        center.groups_of(&user, &among).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.remedy, Remedy::NeedsOperator, "{error}");
        assert!(error.to_string().contains("IDENTITY_STORE_ID"), "{error}");
    }
    let center = other(IDENTITY_STORE_ID, "arn:aws:sso:::instance/ssoins-0000000000000000");
    let what = Assignment { account_id: ACCOUNT, permission_set_arn: &set, user_id: &user };
    let errors = [
        center.permission_set(&set).await.unwrap_err(),
        center.create_assignment(&what).await.unwrap_err(),
        center.creation("o").await.unwrap_err(),
        center.delete_assignment(&what).await.unwrap_err(),
        center.deletion("o").await.unwrap_err(),
        center.assigned(ACCOUNT, &set).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.remedy, Remedy::NeedsOperator, "{error}");
        assert!(error.to_string().contains("IDENTITY_CENTER_INSTANCE_ARN"), "{error}");
    }
    // Where it cannot be asked for either, nothing is taken for gone.
    aws.inject(|call| (call.operation == "ListInstances").then_some(Fault::Deny));
    let gone = "arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-ffffffffffffffff";
    assert_eq!(right.assigned(ACCOUNT, gone).await.unwrap_err().remedy, Remedy::NeedsOperator);
    aws.clear_faults();
    assert_eq!(right.assigned(ACCOUNT, gone).await, Ok(aws::identity_center::Assigned::default()));
    assert_eq!(right.permission_set(gone).await, Ok(None));
}

/// By its answer alone it would be told that the user was in the group before.
#[tokio::test]
async fn a_membership_of_which_no_answer_came_is_not_made_again_by_the_sdk() {
    let (aws, center) = start().await;
    let user = aws.identity_center().add_user("dana", "dana@example.com");
    let group = aws.identity_center().add_group("Deployers");
    aws.inject(|call| (call.operation == "CreateGroupMembership").then_some(Fault::LoseAnswer));
    assert!(center.join_group(&group, &user).await.is_err(), "nobody knows what came of it");
    let calls = aws.calls().into_iter().filter(|call| call.operation == "CreateGroupMembership").count();
    assert_eq!((calls, aws.identity_center().members(&group).len()), (1, 1));
}

#[tokio::test]
async fn an_assignment_is_under_way_then_there_and_conflicts_meanwhile() {
    let (aws, center) = start().await;
    let people = aws.identity_center();
    let user_id = people.add_user("dana", "dana@example.com");
    let set = people.add_permission_set("PowerUser", Some("PT4H"));
    assert_eq!(center.permission_set(&set).await.unwrap().unwrap().session_seconds, 14_400);
    assert_eq!(center.permission_set("arn:aws:sso:::permissionSet/ssoins-1/ps-1").await, Ok(None));
    let assignment = Assignment { account_id: ACCOUNT, permission_set_arn: &set, user_id: &user_id };
    people.let_operations_take(10);
    let Progress { state, operation_id } = center.create_assignment(&assignment).await.unwrap();
    assert_eq!(state, State::InProgress);
    let id = operation_id.unwrap();
    assert!(center.delete_assignment(&assignment).await.unwrap_err().is("ConflictException"));
    assert!(!center.is_assigned(&assignment).await.unwrap());
    aws.shift_clock(10);
    assert_eq!(center.creation(&id).await, Ok(Some(State::Succeeded)));
    assert_eq!(center.creation("unknown").await, Ok(None));
    for number in 0..5 {
        people.assign(ACCOUNT, &set, "GROUP", &format!("g{number}"));
    }
    let assigned = center.assigned(ACCOUNT, &set).await.unwrap();
    assert_eq!((assigned.users.len(), assigned.groups.len()), (1, 5), "every page is read");
    people.let_operations_take(0);
    people.let_lists_lag(1);
    assert_eq!(center.delete_assignment(&assignment).await.unwrap().state, State::Succeeded);
    assert!(center.is_assigned(&assignment).await.unwrap(), "the list is behind");
    assert!(!center.is_assigned(&assignment).await.unwrap());
    let again = center.delete_assignment(&assignment).await.unwrap();
    assert_eq!(again, Progress { state: State::Succeeded, operation_id: None }, "it is gone already");
    people.fail_creations(Some("The role quota is used up."));
    let failed = center.create_assignment(&assignment).await.unwrap();
    assert_eq!(failed.state, State::Failed("The role quota is used up.".into()));
}

#[tokio::test]
async fn a_membership_is_taken_away_by_its_id_and_one_that_was_there_is_known() {
    let (aws, center) = start().await;
    let people = aws.identity_center();
    let user_id = people.add_user("dana", "dana@example.com");
    let (ours, other) = (people.add_group("Deployers"), people.add_group("Others"));
    assert_eq!(center.membership(&ours, &user_id).await, Ok(None));
    let Joined::New(id) = center.join_group(&ours, &user_id).await.unwrap() else { panic!("was in it") };
    assert_eq!(center.join_group(&ours, &user_id).await, Ok(Joined::Already));
    assert_eq!(center.membership(&ours, &user_id).await, Ok(Some(id.clone())));
    let among = BTreeSet::from([ours.clone(), other]);
    assert_eq!(center.groups_of(&user_id, &among).await, Ok(BTreeSet::from([ours.clone()])));
    assert_eq!(center.group_name(&ours).await, Ok(Some("Deployers".into())));
    for _ in 0..2 {
        assert_eq!(center.delete_membership(&id).await, Ok(()));
    }
    assert!(people.members(&ours).is_empty());
    assert!(center.join_group("nowhere", &user_id).await.unwrap_err().is_final());
    assert_eq!(center.store_of_instance().await, Ok(Some(IDENTITY_STORE_ID.into())));
}
