//! A kind as the table has it: its fields among those of its role, read leniently and checked once.

use serde::{Deserialize, Serialize};

use crate::kind::{Door, DoorName, KindName, RoleKind};

/// Why a role of the catalogue is of no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KindFault {
    /// None of the fields is there of which the kind needs one.
    #[error("a role of kind `{}` needs {}", .0.as_str(), .0.any_of())]
    Lacks(KindName),
    /// The policy document is none.
    #[error("`inline_policy` is not a JSON object")]
    PolicyNotJson,
    /// Nobody could get in.
    #[error("a role of kind `role` needs `door`")]
    LacksDoor,
    /// Nobody could get in.
    #[error("a role with `door: assume_role` needs `principals`")]
    LacksPrincipals,
}

/// A kind as the table has it, among the fields of its role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindFields {
    kind: KindName,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    policy_arns: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
    /// A JSON document, or the same as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inline_policy: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    door: Option<DoorName>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    principals: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    permission_set_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    door_closes_early: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group_id: Option<String>,
}

impl TryFrom<KindFields> for RoleKind {
    type Error = KindFault;

    fn try_from(fields: KindFields) -> Result<Self, KindFault> {
        let inline_policy = fields.inline_policy.map(policy_text).transpose()?;
        let lacks = KindFault::Lacks(fields.kind);
        let has_no_policy = fields.policy_arns.is_empty() && inline_policy.is_none();
        match fields.kind {
            KindName::User | KindName::Role if has_no_policy => Err(lacks),
            KindName::User => Ok(Self::User { policy_arns: fields.policy_arns, inline_policy }),
            KindName::Session => Ok(Self::Session { role_arn: fields.role_arn.ok_or(lacks)?, inline_policy }),
            KindName::Role => Ok(Self::Role {
                policy_arns: fields.policy_arns,
                inline_policy,
                door: door(fields.door, fields.principals)?,
            }),
            KindName::PermissionSet => Ok(Self::PermissionSet {
                permission_set_arn: fields.permission_set_arn.ok_or_else(|| lacks.clone())?,
                account_id: fields.account_id.ok_or(lacks)?,
                door_closes_early: fields.door_closes_early.unwrap_or(false),
            }),
            KindName::Group => Ok(Self::Group { group_id: fields.group_id.ok_or(lacks)? }),
        }
    }
}

fn door(name: Option<DoorName>, principals: Vec<String>) -> Result<Door, KindFault> {
    match name.ok_or(KindFault::LacksDoor)? {
        DoorName::AssumeRole if principals.is_empty() => Err(KindFault::LacksPrincipals),
        DoorName::AssumeRole => Ok(Door::AssumeRole { principals }),
        DoorName::AccountAccess => Ok(Door::AccountAccess),
        DoorName::Claim => Ok(Door::Claim),
    }
}

impl From<RoleKind> for KindFields {
    fn from(role: RoleKind) -> Self {
        let text = |policy: Option<String>| policy.map(serde_json::Value::String);
        let bare = Self {
            kind: role.name(),
            policy_arns: Vec::new(),
            role_arn: None,
            inline_policy: None,
            door: None,
            principals: Vec::new(),
            permission_set_arn: None,
            account_id: None,
            door_closes_early: None,
            group_id: None,
        };
        match role {
            RoleKind::User { policy_arns, inline_policy } => {
                Self { policy_arns, inline_policy: text(inline_policy), ..bare }
            }
            RoleKind::Session { role_arn, inline_policy } => {
                Self { role_arn: Some(role_arn), inline_policy: text(inline_policy), ..bare }
            }
            RoleKind::Role { policy_arns, inline_policy, door } => {
                let (door, principals) = match door {
                    Door::AssumeRole { principals } => (DoorName::AssumeRole, principals),
                    Door::AccountAccess => (DoorName::AccountAccess, Vec::new()),
                    Door::Claim => (DoorName::Claim, Vec::new()),
                };
                Self { policy_arns, inline_policy: text(inline_policy), door: Some(door), principals, ..bare }
            }
            RoleKind::PermissionSet { permission_set_arn, account_id, door_closes_early } => Self {
                permission_set_arn: Some(permission_set_arn),
                account_id: Some(account_id),
                door_closes_early: door_closes_early.then_some(true),
                ..bare
            },
            RoleKind::Group { group_id } => Self { group_id: Some(group_id), ..bare },
        }
    }
}

fn policy_text(value: serde_json::Value) -> Result<String, KindFault> {
    let document = match value {
        serde_json::Value::String(text) => {
            serde_json::from_str(&text).map_err(|_| KindFault::PolicyNotJson)?
        }
        other => other,
    };
    if document.is_object() { Ok(document.to_string()) } else { Err(KindFault::PolicyNotJson) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_role_without_what_its_kind_needs_is_refused() {
        for kind in KindName::ALL {
            let fields = serde_json::from_value::<KindFields>(serde_json::json!({ "kind": kind })).unwrap();
            let refused = RoleKind::try_from(fields).unwrap_err().to_string();
            assert!(kind.needs_one_of().iter().all(|field| refused.contains(field)), "{refused}");
        }
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
}
