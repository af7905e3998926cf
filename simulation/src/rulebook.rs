//! The roles of histories about rules, whom their rules name, and who decides on them: people, and user groups that change.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Request, RuleName, Status, UnixSeconds};
use serde_json::{Value, json};

use crate::people::{DANA, ERIN, OLIVIA, SAM};

/// Is asked where nobody decides.
pub(crate) const BOSS: &str = "U0BOSS";
/// The user group whose members decide besides the owner.
pub(crate) const LEADS: &str = "S0LEADS";
/// The user group whose members the rules name besides Dana.
pub(crate) const ONCALL: &str = "S0ONCALL";
/// The user group that is asked where nobody decides.
pub(crate) const BOSSES: &str = "S0BOSSES";
/// Who is in which group at first.
pub(crate) const AT_FIRST: [(&str, &str); 3] = [(LEADS, SAM), (ONCALL, ERIN), (BOSSES, BOSS)];

/// The members of a group are asked of Slack once in so many seconds: whoever left it may still count until then.
const MEMBERS_REMEMBERED_SECONDS: i64 = 30;
/// The rule that needs nobody grants so much at most, in seconds.
pub(crate) const BY_RULE_SECONDS: i64 = 3_600;
/// The rule for an emergency grants so much at most, in seconds.
pub(crate) const EMERGENCY_SECONDS: i64 = 1_800;
/// Others are asked after so long, in seconds.
pub(crate) const ESCALATES_AFTER_SECONDS: i64 = 9 * 3_600;

/// The role that a rule grants.
pub(crate) const BY_RULE: &str = "Oncall";
/// The role that can be had at once in an emergency.
pub(crate) const IN_EMERGENCY: &str = "Emergency";

/// The roles that people ask for, each with the durations that it is asked for.
pub(crate) const RULED: [(&str, &[&str]); 5] = [
    (BY_RULE, &["15m", "1h", "8h"]),
    (IN_EMERGENCY, &["15m", "2h"]),
    (IN_EMERGENCY, &["2h"]),
    ("Deploy", &["15m"]),
    ("Both", &["15m"]),
];

/// The roles that have a rule.
pub(crate) fn roles(max_extensions: u32) -> [(&'static str, Value); 2] {
    let user = |rule: RuleName, max_extensions: u32| {
        let limit = format!("{}s", limit_seconds(rule));
        json!({ "kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "8h",
            "max_extensions": max_extensions, (rule.as_str()): { "for": [DANA, ONCALL], "max_duration": limit } })
    };
    [RuleName::AutoApprove, RuleName::BreakGlass].map(|rule| {
        let max_extensions = if rule == RuleName::AutoApprove { max_extensions } else { 0 };
        (role_of(rule), user(rule, max_extensions))
    })
}

/// What the project says of who decides, and when people are reminded.
pub(crate) fn fields() -> [(&'static str, Value); 4] {
    [
        ("approver_slack_ids", json!([OLIVIA, LEADS])),
        ("remind_after", "5h".into()),
        ("escalate_after", format!("{ESCALATES_AFTER_SECONDS}s").into()),
        ("escalate_to", json!([BOSSES])),
    ]
}

/// The longest grant that a rule gives, in seconds.
pub(crate) fn limit_seconds(rule: RuleName) -> i64 {
    match rule {
        RuleName::AutoApprove => BY_RULE_SECONDS,
        RuleName::BreakGlass => EMERGENCY_SECONDS,
    }
}

/// The role that has this rule.
pub(crate) fn role_of(rule: RuleName) -> &'static str {
    match rule {
        RuleName::AutoApprove => BY_RULE,
        RuleName::BreakGlass => IN_EMERGENCY,
    }
}

/// Somebody in a group.
#[derive(Debug, Clone)]
pub(crate) struct Membership {
    pub(crate) group: &'static str,
    pub(crate) person: &'static str,
    pub(crate) left_at: Option<UnixSeconds>,
}

/// What a history about rules has seen. In any other there are no groups.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) members: Vec<Membership>,
    /// The keys of the requests that were asked for as in an emergency.
    pub(crate) emergencies: BTreeSet<String>,
    /// Those of whom Slack's event said that they left, and when they did.
    pub(crate) announced: Vec<(String, UnixSeconds)>,
    /// When a sweep last got Slack's answer about somebody.
    pub(crate) asked_about: BTreeMap<String, UnixSeconds>,
    /// Since which worker a request waits for nobody: those from this one on cannot have seen it wait.
    pub(crate) waits_no_more: BTreeMap<String, u32>,
}

impl Seen {
    /// Whether the history is about rules.
    pub(crate) fn is_played(&self) -> bool {
        !self.members.is_empty()
    }

    /// Whether a worker that began then may take somebody for a member of a group.
    pub(crate) fn is_member(&self, group: &str, person: &str, began_at: Option<UnixSeconds>) -> bool {
        let counts = |left: UnixSeconds| {
            began_at.is_none_or(|began| began < left.plus_seconds(MEMBERS_REMEMBERED_SECONDS))
        };
        let is_it = |one: &&Membership| one.group == group && one.person == person;
        self.members.iter().filter(is_it).any(|one| one.left_at.is_none_or(counts))
    }

    /// Whether the rules name somebody, for a worker that began then.
    pub(crate) fn is_named(&self, person: &str, began_at: Option<UnixSeconds>) -> bool {
        person == DANA || self.is_member(ONCALL, person, began_at)
    }

    /// Whether somebody may decide: the owner, whoever is in a user group, and in another one once nobody has decided for long.
    pub(crate) fn decides(&self, request: &Request, by: &str, began_at: Option<UnixSeconds>) -> bool {
        let is_member = |group: &str| self.is_member(group, by, began_at);
        by == OLIVIA || is_member(LEADS) || (request.is_escalated() && is_member(BOSSES))
    }
}

/// Whether a request waits for a decision or a review.
pub(crate) fn waits(request: &Request) -> bool {
    request.status == Status::Pending || request.unreviewed_since().is_some()
}
