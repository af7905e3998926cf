//! The kinds of grants: what each is in AWS, and what whoever looks at one has to know of it.
//!
//! A new kind is a variant here with its row of [`KindName`] and its description; how it is made and taken away is a file of
//! `workers/src/grants/kinds`.

mod door;

use serde::{Deserialize, Serialize};

use crate::duration::GrantDuration;
use crate::policy::{PolicyFault, check_role_inline, check_user_inline, guard, session_policy};
use crate::principal::{Pattern, Placeholder, Requester, ValueFault};
use crate::time::UnixSeconds;

pub use door::{Door, DoorName};

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

/// What a grant is in AWS, for whoever looks there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum InAws<'a> {
    /// An IAM user named after the request, with everything that it has.
    User,
    /// An IAM role named after the request, with everything that it has.
    Role,
    /// A session of this role, which AWS does not list; once it was ended early, a denial on the role.
    SessionOf(&'a str),
    /// A user's assignment of this permission set in this account. Others may have made it, or hold it too.
    AssignmentOf { permission_set_arn: &'a str, account_id: &'a str },
    /// A user's membership of this group. Others may have made it, or hold it too.
    MemberOf(&'a str),
}

/// Something in AWS that has to be there before a grant is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needed<'a> {
    /// A policy, by its ARN.
    Policy(&'a str),
    /// A role, by its ARN, which the provision worker may assume.
    Role(&'a str),
    /// A permission set of Identity Center, by its ARN.
    PermissionSet(&'a str),
    /// A group of Identity Center, by its id.
    Group(&'a str),
    /// Account access manager, enabled for the instance of Identity Center.
    AccountAccess,
}

fn policies(arns: &[String]) -> impl Iterator<Item = Needed<'_>> {
    arns.iter().map(|arn| Needed::Policy(arn))
}

impl KindName {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::User, Self::Session, Self::Role, Self::PermissionSet, Self::Group];

    /// The kind of this name, if this version knows it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Its name in the catalogue and in the record of a grant.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Session => "session",
            Self::Role => "role",
            Self::PermissionSet => "permission_set",
            Self::Group => "group",
        }
    }

    /// The longest that AWS lets one last.
    #[must_use]
    pub fn longest(self) -> Option<GrantDuration> {
        match self {
            Self::User | Self::Role | Self::PermissionSet | Self::Group => None,
            Self::Session => GrantDuration::from_seconds(SESSION_MAX_SECONDS.into()).ok(),
        }
    }

    /// Whether the machine that claimed the credential renews it, so that a grant outlasts the kind's limit.
    #[must_use]
    pub const fn is_renewed_when_claimed(self) -> bool {
        match self {
            Self::User | Self::Role | Self::PermissionSet | Self::Group => false,
            Self::Session => true,
        }
    }

    /// Why no longer, after a colon.
    #[must_use]
    pub const fn why_no_longer(self) -> &'static str {
        match self {
            Self::User | Self::Role | Self::PermissionSet | Self::Group => "",
            Self::Session => "AWS ends the sessions of chained roles then",
        }
    }

    /// Whether a grant of it can be made to last longer while it lasts.
    #[must_use]
    pub const fn can_be_extended(self) -> bool {
        match self {
            Self::User | Self::Role | Self::PermissionSet | Self::Group => true,
            // AWS fixes how long a session lasts when it begins.
            Self::Session => false,
        }
    }

    /// The fields of which a role of this kind needs at least one.
    #[must_use]
    pub const fn needs_one_of(self) -> &'static [&'static str] {
        match self {
            Self::User | Self::Role => &["policy_arns", "inline_policy"],
            Self::Session => &["role_arn"],
            // And the account, which the schema says.
            Self::PermissionSet => &["permission_set_arn"],
            Self::Group => &["group_id"],
        }
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

    pub(crate) fn any_of(self) -> String {
        if self == Self::PermissionSet {
            return "`permission_set_arn` and `account_id`".to_owned();
        }
        let fields: Vec<String> = self.needs_one_of().iter().map(|field| format!("`{field}`")).collect();
        fields.join(" or ")
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

    /// The role of which it is a session, where it is one.
    #[must_use]
    pub fn session_role_arn(&self) -> Option<&str> {
        match self.in_aws() {
            InAws::SessionOf(role_arn) => Some(role_arn),
            InAws::User | InAws::Role | InAws::AssignmentOf { .. } | InAws::MemberOf(_) => None,
        }
    }

    /// Whether what is made is a secret, which has to be delivered.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        match self {
            Self::User { .. } | Self::Session { .. } | Self::Role { door: Door::Claim, .. } => true,
            Self::Role { door: Door::AssumeRole { .. } | Door::AccountAccess, .. }
            | Self::PermissionSet { .. }
            | Self::Group { .. } => false,
        }
    }

    /// Whether its secret can be claimed only, and is never emailed.
    #[must_use]
    pub fn is_claimed_only(&self) -> bool {
        self.door() == Some(&Door::Claim)
    }

    /// Whether it can be made for this requester alone, as it says.
    pub fn check_requester(&self, requester: &Requester<'_>) -> Result<(), ValueFault> {
        match self {
            Self::User { .. } | Self::Session { .. } | Self::PermissionSet { .. } | Self::Group { .. } => {
                Ok(())
            }
            Self::Role { door: Door::AssumeRole { principals }, .. } => {
                let mut patterns = principals.iter().filter_map(|text| Pattern::parse(text).ok());
                patterns.try_for_each(|pattern| pattern.admits(requester).map(drop))
            }
            // Their user is looked for in Identity Center; and what is claimed goes to a machine.
            Self::Role { door: Door::AccountAccess | Door::Claim, .. } => Ok(()),
        }
    }

    /// Whether it is opened to the requester by their address, or by what is found by that.
    #[must_use]
    pub fn is_opened_by_address(&self) -> bool {
        self.door().is_some_and(|door| Placeholder::ALL.into_iter().any(|one| door.asks_for(one)))
    }

    /// Whether it is given to the requester's user of Identity Center.
    #[must_use]
    pub fn is_of_identity_center(&self) -> bool {
        match self {
            Self::User { .. } | Self::Session { .. } | Self::Role { .. } => false,
            Self::PermissionSet { .. } | Self::Group { .. } => true,
        }
    }

    /// Whether the requester needs a user of Identity Center to have it.
    #[must_use]
    pub fn needs_identity_center(&self) -> bool {
        self.is_of_identity_center() || self.door() == Some(&Door::AccountAccess)
    }

    /// Whether it is taken away so long before the end that no session outlives the end.
    #[must_use]
    pub fn closes_early(&self) -> bool {
        match self {
            Self::PermissionSet { door_closes_early, .. } => *door_closes_early,
            Self::User { .. } | Self::Session { .. } | Self::Role { .. } | Self::Group { .. } => false,
        }
    }

    /// Whether the credential is a role session.
    #[must_use]
    pub fn is_session(&self) -> bool {
        self.session_role_arn().is_some()
    }
}

#[cfg(test)]
mod tests {
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
}
