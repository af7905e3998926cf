//! A kind reads back as it was written, and what is of no kind says why.

use serde_json::json;

use super::*;

#[test]
fn a_kind_has_one_name_wherever_it_stands() {
    for kind in KindName::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(KindName::parse(kind.as_str()), Some(kind));
    }
    let grants = [
        RoleKind::User { policy_arns: Vec::new(), inline_policy: None },
        RoleKind::Session { role_arn: "arn".into(), inline_policy: None },
        RoleKind::Role {
            policy_arns: Vec::new(),
            inline_policy: None,
            door: Door::AssumeRole { principals: vec!["arn".into()] },
        },
        RoleKind::PermissionSet {
            permission_set_arn: "arn".into(),
            account_id: "111122223333".into(),
            door_closes_early: true,
        },
        RoleKind::Group { group_id: "g".into() },
    ];
    assert_eq!(grants.len(), KindName::ALL.len(), "one of each");
    for grant in grants {
        let written = serde_json::to_value(&grant).unwrap();
        assert_eq!(written["kind"], grant.name().as_str());
        assert_eq!(serde_json::from_value::<RoleKind>(written).unwrap(), grant);
    }
    assert_eq!(KindName::parse("root"), None);
}

#[test]
fn a_role_without_what_its_kind_needs_is_refused() {
    for kind in KindName::ALL {
        let fields = serde_json::from_value::<KindFields>(json!({ "kind": kind })).unwrap();
        let refused = RoleKind::try_from(fields).unwrap_err().to_string();
        assert!(kind.needs_one_of().iter().all(|field| refused.contains(field)), "{refused}");
    }
    let both = "a role of kind `permission_set` needs `permission_set_arn` and `account_id`";
    assert_eq!(KindFault::Lacks(KindName::PermissionSet).to_string(), both);
}

#[test]
fn a_role_without_a_door_lets_nobody_in_and_is_refused() {
    let role = |more: serde_json::Value| {
        let mut fields = json!({"kind": "role", "policy_arns": ["arn"]});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value::<KindFields>(fields).map(RoleKind::try_from)
    };
    assert_eq!(role(json!({})).unwrap(), Err(KindFault::LacksDoor));
    assert_eq!(role(json!({"door": "assume_role"})).unwrap(), Err(KindFault::LacksPrincipals));
    assert!(role(json!({"door": "window"})).is_err());
    for (name, door) in [("account_access", Door::AccountAccess), ("claim", Door::Claim)] {
        let read = role(json!({ "door": name })).unwrap().unwrap();
        assert!(matches!(&read, RoleKind::Role { door: found, .. } if *found == door), "{read:?}");
        assert_eq!(RoleKind::try_from(KindFields::from(read.clone())).unwrap(), read);
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(written["door"], name);
        assert_eq!(serde_json::from_value::<RoleKind>(written).unwrap(), read);
    }
    let right = role(json!({"door": "assume_role", "principals": ["arn:aws:iam::111122223333:user/x"]}));
    let right = right.unwrap().unwrap();
    assert_eq!(RoleKind::try_from(KindFields::from(right.clone())).unwrap(), right);
}
