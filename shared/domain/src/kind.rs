//! The kinds of grants: what each is in AWS, and what whoever looks at one has to know of it.
//!
//! A new kind is a variant here with its row of [`KindName`] and its description; how it is made and taken away is a file of
//! `workers/src/grants/kinds`.

mod door;
mod fault;
mod in_aws;
mod questions;

use serde::{Deserialize, Serialize};

use crate::duration::GrantDuration;
use crate::policy::{PolicyFault, check_role_inline, check_user_inline, guard, session_policy};
use crate::time::UnixSeconds;

pub use door::{Door, DoorName};
pub use fault::KindFault;
pub use in_aws::{InAws, Needed};

/// Guards of all moments are of one length.
const ANY_MOMENT: UnixSeconds = UnixSeconds(1_800_000_000);
/// Longest role session, in seconds: AWS allows one hour when a role's own credentials assume another role.
const SESSION_MAX_SECONDS: u32 = 3_600;

/// How a role's credential is made. Kept with each grant, so that ending it does not depend on the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum RoleKind {
    /// An IAM user of its own, with an access key.
    User {
        /// Managed policies that it gets.
        #[serde(default)]
        policy_arns: Vec<String>,
        /// A policy document that it gets besides, as JSON text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inline_policy: Option<String>,
    },
    /// A session of an existing role.
    Session {
        role_arn: String,
        /// A policy document that narrows the session, as JSON text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inline_policy: Option<String>,
    },
    /// An IAM role of its own, which people assume as who they are already: nobody is sent a secret.
    Role {
        /// Managed policies that it gets.
        #[serde(default)]
        policy_arns: Vec<String>,
        /// A policy document that it gets besides, as JSON text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inline_policy: Option<String>,
        /// How people get in.
        #[serde(flatten)]
        door: Door,
    },
    /// An assignment of an existing permission set of IAM Identity Center to the requester.
    PermissionSet {
        permission_set_arn: String,
        /// The account that it is assigned in, 12 digits.
        account_id: String,
        /// Whether it is taken away so long before the end that no session outlives the end.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        door_closes_early: bool,
    },
    /// Membership of an existing group of IAM Identity Center.
    Group {
        /// The group's id in the identity store.
        group_id: String,
    },
}

/// A kind by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KindName {
    /// An IAM user of its own.
    User,
    /// A session of an existing role.
    Session,
    /// An IAM role of its own.
    Role,
    /// An assignment of an existing permission set.
    PermissionSet,
    /// Membership of an existing group.
    Group,
}

/// What is the same for all grants of a kind.
struct Row {
    name: &'static str,
    needs_one_of: &'static [&'static str],
    also_needs: Option<&'static str>,
    max_seconds: Option<u32>,
    why_no_longer: &'static str,
    is_renewed_when_claimed: bool,
    can_be_extended: bool,
}

impl Row {
    /// A kind that AWS does not limit.
    const fn of(name: &'static str, needs_one_of: &'static [&'static str]) -> Self {
        Self {
            name,
            needs_one_of,
            also_needs: None,
            max_seconds: None,
            why_no_longer: "",
            is_renewed_when_claimed: false,
            can_be_extended: true,
        }
    }
}

impl KindName {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::User, Self::Session, Self::Role, Self::PermissionSet, Self::Group];

    /// The kind of this name, if this version knows it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    const fn row(self) -> Row {
        match self {
            Self::User => Row::of("user", &["policy_arns", "inline_policy"]),
            Self::Session => Row {
                max_seconds: Some(SESSION_MAX_SECONDS),
                why_no_longer: "AWS ends the sessions of chained roles then",
                is_renewed_when_claimed: true,
                // AWS fixes how long a session lasts when it begins.
                can_be_extended: false,
                ..Row::of("session", &["role_arn"])
            },
            Self::Role => Row::of("role", &["policy_arns", "inline_policy"]),
            Self::PermissionSet => {
                Row { also_needs: Some("account_id"), ..Row::of("permission_set", &["permission_set_arn"]) }
            }
            Self::Group => Row::of("group", &["group_id"]),
        }
    }

    /// Its name in the catalogue and in the record of a grant.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// The longest that AWS lets one last.
    #[must_use]
    pub fn longest(self) -> Option<GrantDuration> {
        self.row().max_seconds.and_then(|seconds| GrantDuration::from_seconds(seconds.into()).ok())
    }

    /// Whether the machine that claimed the credential renews it, so that a grant outlasts the kind's limit.
    #[must_use]
    pub const fn is_renewed_when_claimed(self) -> bool {
        self.row().is_renewed_when_claimed
    }

    /// Why no longer, after a colon.
    #[must_use]
    pub const fn why_no_longer(self) -> &'static str {
        self.row().why_no_longer
    }

    /// Whether a grant of it can be made to last longer while it lasts.
    #[must_use]
    pub const fn can_be_extended(self) -> bool {
        self.row().can_be_extended
    }

    /// The fields of which a role of this kind needs at least one.
    #[must_use]
    pub const fn needs_one_of(self) -> &'static [&'static str] {
        self.row().needs_one_of
    }

    /// Whether a policy that a role of this kind names fits beside the guard; if not, why, and what to do.
    pub fn check_policy(self, policy: &str) -> Result<(), String> {
        let fits = match self {
            Self::User => check_user_inline(&guard(ANY_MOMENT), policy),
            Self::Role => check_role_inline(&guard(ANY_MOMENT), policy),
            Self::Session => session_policy(ANY_MOMENT, Some(policy)).map(drop),
            // It has no policy of its own.
            Self::PermissionSet | Self::Group => Ok(()),
        };
        fits.map_err(|fault| match (self, fault) {
            (Self::Session, PolicyFault::TooLong { chars, limit }) => format!(
                "the policy has {chars} characters with the guard, and STS takes {limit}: narrow the role itself instead"
            ),
            (Self::User | Self::Session | Self::Role | Self::PermissionSet | Self::Group, fault) => {
                fault.to_string()
            }
        })
    }
}

impl RoleKind {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> KindName {
        match self {
            Self::User { .. } => KindName::User,
            Self::Session { .. } => KindName::Session,
            Self::Role { .. } => KindName::Role,
            Self::PermissionSet { .. } => KindName::PermissionSet,
            Self::Group { .. } => KindName::Group,
        }
    }

    /// What a grant of it is in AWS.
    #[must_use]
    pub fn in_aws(&self) -> InAws<'_> {
        match self {
            Self::User { .. } => InAws::User,
            Self::Session { role_arn, .. } => InAws::SessionOf(role_arn),
            Self::Role { .. } => InAws::Role,
            Self::PermissionSet { permission_set_arn, account_id, .. } => {
                InAws::AssignmentOf { permission_set_arn, account_id }
            }
            Self::Group { group_id } => InAws::MemberOf(group_id),
        }
    }

    /// The managed policies that it gets, and the policy document besides.
    #[must_use]
    pub fn policies(&self) -> (&[String], Option<&str>) {
        match self {
            Self::User { policy_arns, inline_policy } | Self::Role { policy_arns, inline_policy, .. } => {
                (policy_arns, inline_policy.as_deref())
            }
            Self::Session { inline_policy, .. } => (&[], inline_policy.as_deref()),
            Self::PermissionSet { .. } | Self::Group { .. } => (&[], None),
        }
    }

    /// How people get into a role of its own, where it is one.
    #[must_use]
    pub fn door(&self) -> Option<&Door> {
        match self {
            Self::Role { door, .. } => Some(door),
            Self::User { .. } | Self::Session { .. } | Self::PermissionSet { .. } | Self::Group { .. } => {
                None
            }
        }
    }

    /// What has to be there before it is made.
    #[must_use]
    pub fn needs(&self) -> Vec<Needed<'_>> {
        match self {
            Self::User { policy_arns, .. } => policies(policy_arns).collect(),
            Self::Role { policy_arns, door, .. } => {
                let access = (*door == Door::AccountAccess).then_some(Needed::AccountAccess);
                policies(policy_arns).chain(access).collect()
            }
            Self::Session { role_arn, .. } => vec![Needed::Role(role_arn)],
            Self::PermissionSet { permission_set_arn, .. } => vec![Needed::PermissionSet(permission_set_arn)],
            Self::Group { group_id } => vec![Needed::Group(group_id)],
        }
    }

    /// Whether it is taken away so long before the end that no session outlives the end.
    #[must_use]
    pub fn closes_early(&self) -> bool {
        match self {
            Self::PermissionSet { door_closes_early, .. } => *door_closes_early,
            Self::User { .. } | Self::Session { .. } | Self::Role { .. } | Self::Group { .. } => false,
        }
    }
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
                door: Door::from_fields(fields.door, fields.principals)?,
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
                let (door, principals) = door.into_fields();
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

fn policies(arns: &[String]) -> impl Iterator<Item = Needed<'_>> {
    arns.iter().map(|arn| Needed::Policy(arn))
}

#[cfg(test)]
mod tests;
