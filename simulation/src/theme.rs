//! What a history is about besides users, sessions and roles of a grant's own. The theme of a random history follows from its
//! seed, and what people do of it is drawn from a generator of its own: all other histories stay what they are.

use serde_json::{Value, json};
use testkit::aws::{ACCOUNT, DEMO_SESSION_ROLE_ARN};

use crate::center::{GROUP_ID, PERMISSION_SET_ARN};
use crate::people::TWO_APPROVERS;
use crate::rulebook;

/// Of so many random histories …
const OF: u64 = 16;
/// … the one whose seed leaves this remainder is about machines and extensions.
const CLAIMS_REMAINDER: u64 = 5;
/// Others are too, so that they meet all that depends on other remainders: of so many …
const MORE_OF: u64 = 33;
/// … the one with this remainder.
const MORE_CLAIMS_REMAINDER: u64 = 10;
/// Those that are about rules: of so many …
const RULES_OF: u64 = 16;
/// … the one with this remainder, and besides, of so many …
const RULES_REMAINDER: u64 = 13;
/// … the one with this one.
const MORE_RULES_OF: u64 = 33;
const MORE_RULES_REMAINDER: u64 = 25;
/// Of the others, those that are about Identity Center: of so many …
const CENTER_OF: u64 = 17;
/// … the one with this remainder, and besides, of so many …
const CENTER_REMAINDER: u64 = 14;
/// … the one with this one.
const MORE_CENTER_OF: u64 = 33;
const MORE_CENTER_REMAINDER: u64 = 32;
/// Extensions of one grant that the catalogue allows.
pub(crate) const MAX_EXTENSIONS: u32 = 2;

/// What a history is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Theme {
    /// Credentials that are mailed, and roles of grants' own.
    #[default]
    Plain,
    /// Credentials that machines claim, and grants that are extended.
    Claims,
    /// What rules grant without anybody, reviews, reminders, user groups that change, and people who leave.
    Rules,
    /// Permission sets and groups of Identity Center.
    Center,
}

/// A role, with the durations that it is asked for.
pub(crate) type Asked = (&'static str, &'static [&'static str]);

/// The roles, each with the durations that it is asked for.
pub(crate) const ROLES: [Asked; 5] = [
    ("ReadOnly", &["15m", "1h", "8h"]),
    (TWO_APPROVERS, &["15m", "1h"]),
    ("Deploy", &["15m", "2h"]),
    ("PowerUser", &["15m", "1h"]),
    ("Own", &["15m", "1h"]),
];

/// The roles of a history about claims and extensions. Those of every history are among them.
const CLAIMED: [Asked; 5] = [
    ("Laptop", &["15m", "1h"]),
    ("LaptopSession", &["15m", "2h"]),
    ("Laptop", &["1h"]),
    ("ReadOnly", &["15m", "1h"]),
    ("Both", &["15m", "1h"]),
];

/// The roles of a history about Identity Center: several give the same.
const GIVEN: [Asked; 7] = [
    ("PowerSet", &["15m", "1h"]),
    ("SameSet", &["15m", "2h"]),
    ("EarlySet", &["2h"]),
    ("Deployers", &["15m", "1h"]),
    ("SameGroup", &["15m", "2h"]),
    ("Deployers", &["1h"]),
    ("Both", &["15m"]),
];

impl Theme {
    /// That of a random history. Where another program is at work too, it is the plain one.
    pub(crate) fn of(seed: u64, among_others: bool) -> Self {
        let about_claims = seed % OF == CLAIMS_REMAINDER || seed % MORE_OF == MORE_CLAIMS_REMAINDER;
        let about_rules = seed % RULES_OF == RULES_REMAINDER || seed % MORE_RULES_OF == MORE_RULES_REMAINDER;
        let about_center =
            seed % CENTER_OF == CENTER_REMAINDER || seed % MORE_CENTER_OF == MORE_CENTER_REMAINDER;
        match (about_claims, about_rules, about_center) {
            _ if among_others => Self::Plain,
            (true, _, _) => Self::Claims,
            (false, true, _) => Self::Rules,
            (false, false, true) => Self::Center,
            (false, false, false) => Self::Plain,
        }
    }

    /// The roles that people ask for.
    pub(crate) fn roles(self) -> &'static [Asked] {
        match self {
            Self::Plain => &ROLES,
            Self::Claims => &CLAIMED,
            Self::Rules => &rulebook::RULED,
            Self::Center => &GIVEN,
        }
    }

    /// Whether there are credentials that machines claim.
    pub(crate) fn has_claims(self) -> bool {
        match self {
            Self::Plain | Self::Rules | Self::Center => false,
            Self::Claims => true,
        }
    }

    /// Whether grants can be extended.
    pub(crate) fn has_extensions(self) -> bool {
        match self {
            Self::Plain => false,
            Self::Claims | Self::Rules | Self::Center => true,
        }
    }

    /// Whether there are rules that need nobody.
    pub(crate) fn has_rules(self) -> bool {
        match self {
            Self::Plain | Self::Claims | Self::Center => false,
            Self::Rules => true,
        }
    }

    /// Whether there is an Identity Center.
    pub(crate) fn has_center(self) -> bool {
        match self {
            Self::Plain | Self::Claims | Self::Rules => false,
            Self::Center => true,
        }
    }

    /// Puts the roles that it needs into the project of every history.
    pub(crate) fn furnish(self, project: &mut Value) {
        match self {
            Self::Plain => {}
            Self::Claims => {
                for role in ["ReadOnly", "Both"] {
                    put(project, role, "max_extensions", json!(MAX_EXTENSIONS));
                }
                let laptop = json!({ "kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
                    "max_duration": "8h", "max_extensions": MAX_EXTENSIONS, "delivery": "claim", "claim_within": "30m" });
                let session = json!({ "kind": "session", "role_arn": DEMO_SESSION_ROLE_ARN, "max_duration": "8h",
                    "delivery": "claim", "claim_within": "30m" });
                put_role(project, "Laptop", laptop);
                put_role(project, "LaptopSession", session);
            }
            Self::Rules => {
                for (field, value) in rulebook::fields() {
                    project.as_object_mut().map(|fields| fields.insert(field.to_owned(), value));
                }
                for (name, role) in rulebook::roles(MAX_EXTENSIONS) {
                    put_role(project, name, role);
                }
            }
            Self::Center => {
                let set = json!({ "kind": "permission_set", "permission_set_arn": PERMISSION_SET_ARN,
                    "account_id": ACCOUNT, "max_duration": "8h", "max_extensions": MAX_EXTENSIONS });
                let group = json!({ "kind": "group", "group_id": GROUP_ID, "max_duration": "8h",
                    "max_extensions": MAX_EXTENSIONS });
                for name in ["PowerSet", "SameSet", "EarlySet"] {
                    put_role(project, name, set.clone());
                }
                for name in ["Deployers", "SameGroup"] {
                    put_role(project, name, group.clone());
                }
                put(project, "EarlySet", "door_closes_early", json!(true));
            }
        }
    }
}

fn put(project: &mut Value, role: &str, field: &str, value: Value) {
    let role = project.pointer_mut(&format!("/roles/{role}")).and_then(Value::as_object_mut);
    role.map(|role| role.insert(field.to_owned(), value));
}

fn put_role(project: &mut Value, name: &str, role: Value) {
    let roles = project.pointer_mut("/roles").and_then(Value::as_object_mut);
    roles.map(|roles| roles.insert(name.to_owned(), role));
}
