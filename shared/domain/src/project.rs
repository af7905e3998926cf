//! The catalogue: projects, who approves for them, and the roles that can be asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};

use crate::delivery::Delivery;
use crate::duration::GrantDuration;
use crate::ids::{ChannelId, ProjectName, RoleName, SlackUserId};
use crate::kind::RoleKind;
use crate::rule::Rule;

/// Most approvers that a project of the catalogue may have.
pub const APPROVERS_MAX: usize = 500;

/// Most extensions of one grant that a role of the catalogue may allow: each is kept in the grant's record.
pub const EXTENSIONS_MAX: u32 = 20;

/// One project of the catalogue, as its table record has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its name, which people type.
    pub project: ProjectName,
    /// Who answers for it, and approves when no other list is given.
    #[serde(deserialize_with = "in_capitals")]
    pub owner_slack_id: SlackUserId,
    /// Who may approve: people and user groups; the owner alone when empty.
    #[serde(default, deserialize_with = "all_in_capitals")]
    pub approver_slack_ids: Vec<SlackUserId>,
    /// Who may ask: people and user groups; everybody when empty.
    #[serde(default, deserialize_with = "all_in_capitals", skip_serializing_if = "Vec::is_empty")]
    pub requester_slack_ids: Vec<SlackUserId>,
    /// Where approvers are asked; by direct message to each when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// Whether an approver may approve a request of their own.
    #[serde(default)]
    pub allow_self_approval: bool,
    /// How often those who have not decided are reminded; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_after: Option<GrantDuration>,
    /// How long nobody has to have decided before others are asked besides; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_after: Option<GrantDuration>,
    /// Who is asked besides then, and may decide: people and user groups.
    #[serde(default, deserialize_with = "all_in_capitals", skip_serializing_if = "Vec::is_empty")]
    pub escalate_to: Vec<SlackUserId>,
    /// A role in another account to act through, as an ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_role_arn: Option<String>,
    /// What can be asked for.
    #[serde(default)]
    pub roles: BTreeMap<RoleName, Role>,
}

/// A role of a project: what a grant of it may do, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "record::RoleRecord", into = "record::RoleRecord")]
pub struct Role {
    /// How the credential is made.
    pub kind: RoleKind,
    /// Longest grant that the catalogue allows.
    pub max_duration: GrantDuration,
    /// How many different approvers must agree; at least 1.
    pub approvals_required: u32,
    /// How often a grant of it may be extended.
    pub max_extensions: u32,
    /// Who may approve this role, instead of those of the project; they may when it is empty.
    pub approver_slack_ids: Vec<SlackUserId>,
    /// Who may ask for this role, instead of those of the project; they may when it is empty.
    pub requester_slack_ids: Vec<SlackUserId>,
    /// Who gets it without asking anybody.
    pub auto_approve: Option<Rule>,
    /// How the credential reaches its requester.
    pub delivery: Delivery,
    /// Who gets it at once in an emergency, which is reviewed afterwards.
    pub break_glass: Option<Rule>,
}

/// A record of the table of projects, readable or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueRecord {
    /// Its key.
    pub name: String,
    /// The project, or why it cannot be read.
    pub project: Result<Project, String>,
}

/// Why a person may not decide on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayNotDecide {
    /// Not on the project's list.
    NotAnApprover,
    /// It is their own request, and the project does not allow that.
    OwnRequest,
}

/// Slack finds nobody by an id in small letters.
fn in_capitals<'de, D: Deserializer<'de>>(from: D) -> Result<SlackUserId, D::Error> {
    SlackUserId::deserialize(from).map(|id| id.as_slack_writes_it())
}

fn all_in_capitals<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<SlackUserId>, D::Error> {
    let ids = Vec::<SlackUserId>::deserialize(from)?;
    Ok(ids.iter().map(SlackUserId::as_slack_writes_it).collect())
}

impl Project {
    /// Who may approve a role: its own list, or the project's, or the owner when there is neither.
    #[must_use]
    pub fn approvers(&self, role: &RoleName) -> &[SlackUserId] {
        let own = self.roles.get(role).map(|role| role.approver_slack_ids.as_slice());
        match own.filter(|own| !own.is_empty()) {
            Some(own) => own,
            None => self.default_approvers(),
        }
    }

    /// Who may approve a role without a list of its own: the project's list, or the owner when there is none.
    #[must_use]
    pub fn default_approvers(&self) -> &[SlackUserId] {
        if self.approver_slack_ids.is_empty() {
            std::slice::from_ref(&self.owner_slack_id)
        } else {
            &self.approver_slack_ids
        }
    }

    /// Who may ask for a role: its own list, or the project's. Everybody when it is empty.
    #[must_use]
    pub fn requesters(&self, role: &RoleName) -> &[SlackUserId] {
        let own = self.roles.get(role).map(|role| role.requester_slack_ids.as_slice());
        own.filter(|own| !own.is_empty()).unwrap_or(&self.requester_slack_ids)
    }

    /// Everybody and every user group that it names, each once.
    #[must_use]
    pub fn named(&self) -> BTreeSet<&SlackUserId> {
        let of_roles = self.roles.values().flat_map(|role| {
            role.approver_slack_ids.iter().chain(&role.requester_slack_ids).chain(role.named())
        });
        let own =
            self.approver_slack_ids.iter().chain(&self.requester_slack_ids).chain([&self.owner_slack_id]);
        own.chain(&self.escalate_to).chain(of_roles).collect()
    }

    /// How long nobody has to have decided before others are asked; none where there is nobody else.
    #[must_use]
    pub fn escalates_after(&self) -> Option<GrantDuration> {
        self.escalate_after.filter(|_| !self.escalate_to.is_empty())
    }

    /// Its first role whose credentials are claimed.
    #[must_use]
    pub fn claimed_role(&self) -> Option<&RoleName> {
        let mut claimed = self.roles.iter().filter(|(_, role)| role.delivery.claim_within().is_some());
        claimed.next().map(|(name, _)| name)
    }

    /// Whether `person` may approve a request of `requester` for a role. Members of its user groups are not known here.
    pub fn may_approve(
        &self,
        role: &RoleName,
        person: &SlackUserId,
        requester: &SlackUserId,
    ) -> Result<(), MayNotDecide> {
        if !person.is_in(self.approvers(role)) {
            return Err(MayNotDecide::NotAnApprover);
        }
        if person.is_same(requester) && !self.allow_self_approval {
            return Err(MayNotDecide::OwnRequest);
        }
        Ok(())
    }
}

impl Role {
    /// Everybody and every user group that its rules name.
    fn named(&self) -> impl Iterator<Item = &SlackUserId> {
        self.auto_approve.iter().chain(&self.break_glass).flat_map(|rule| &rule.named)
    }

    /// The longest grant: the catalogue's limit, or AWS's for this kind where that is shorter and nothing renews it.
    #[must_use]
    pub fn longest(&self) -> GrantDuration {
        let kind = self.kind.name();
        let is_renewed = self.delivery.claim_within().is_some() && kind.is_renewed_when_claimed();
        let of_aws = kind.longest().filter(|_| !is_renewed);
        of_aws.map_or(self.max_duration, |of_aws| of_aws.min(self.max_duration))
    }

    /// How often a grant may be extended: never where its kind cannot be.
    #[must_use]
    pub fn extensions(&self) -> u32 {
        if self.kind.name().can_be_extended() { self.max_extensions } else { 0 }
    }
}

mod record {
    //! The role as the table has it: one flat map, read leniently and checked once.

    use serde::{Deserialize, Serialize};

    use super::{Delivery, GrantDuration, Role, RoleKind, Rule, SlackUserId};
    use crate::delivery::CLAIM_WITHIN_DEFAULT;
    use crate::kind::{KindFault, KindFields};

    /// How a credential is delivered, by its name in the catalogue.
    #[derive(Clone, Copy, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum DeliveryName {
        Email,
        Claim,
    }

    #[derive(Serialize, Deserialize)]
    pub(super) struct RoleRecord {
        #[serde(flatten)]
        kind: KindFields,
        max_duration: GrantDuration,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approvals_required: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_extensions: Option<u32>,
        #[serde(default, deserialize_with = "super::all_in_capitals", skip_serializing_if = "Vec::is_empty")]
        approver_slack_ids: Vec<SlackUserId>,
        #[serde(default, deserialize_with = "super::all_in_capitals", skip_serializing_if = "Vec::is_empty")]
        requester_slack_ids: Vec<SlackUserId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        auto_approve: Option<Rule>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delivery: Option<DeliveryName>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claim_within: Option<GrantDuration>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        break_glass: Option<Rule>,
    }

    impl TryFrom<RoleRecord> for Role {
        type Error = KindFault;

        fn try_from(record: RoleRecord) -> Result<Self, KindFault> {
            let approvals_required = record.approvals_required.unwrap_or(1).max(1);
            let kind = RoleKind::try_from(record.kind)?;
            Ok(Self {
                max_duration: record.max_duration,
                approvals_required,
                max_extensions: record.max_extensions.unwrap_or(0).min(super::EXTENSIONS_MAX),
                approver_slack_ids: record.approver_slack_ids,
                requester_slack_ids: record.requester_slack_ids,
                auto_approve: record.auto_approve,
                delivery: match record.delivery {
                    None | Some(_) if kind.is_claimed_only() => {
                        Delivery::Claim { within: record.claim_within.unwrap_or(CLAIM_WITHIN_DEFAULT) }
                    }
                    None | Some(DeliveryName::Email) => Delivery::Email,
                    Some(DeliveryName::Claim) => {
                        Delivery::Claim { within: record.claim_within.unwrap_or(CLAIM_WITHIN_DEFAULT) }
                    }
                },
                break_glass: record.break_glass,
                kind,
            })
        }
    }

    impl From<Role> for RoleRecord {
        fn from(role: Role) -> Self {
            Self {
                kind: role.kind.into(),
                max_duration: role.max_duration,
                approvals_required: Some(role.approvals_required),
                max_extensions: (role.max_extensions > 0).then_some(role.max_extensions),
                approver_slack_ids: role.approver_slack_ids,
                requester_slack_ids: role.requester_slack_ids,
                auto_approve: role.auto_approve,
                // The default is not written, so that a record stays as it was.
                delivery: role.delivery.claim_within().map(|_| DeliveryName::Claim),
                claim_within: role.delivery.claim_within().filter(|within| *within != CLAIM_WITHIN_DEFAULT),
                break_glass: role.break_glass,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYMENTS: &str = r#"{
        "project": "payments", "owner_slack_id": "U0OWNER",
        "approver_slack_ids": ["U0OWNER", "U0SECOND"], "channel": "C0APPROVALS",
        "roles": {
            "ReadOnly": {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "8h"},
            "PowerUser": {"kind": "session", "role_arn": "arn:aws:iam::111122223333:role/payments-power", "max_duration": "4h"}}}"#;

    fn person(id: &str) -> SlackUserId {
        SlackUserId::parse(id).unwrap()
    }

    #[test]
    fn a_record_reads_and_reads_back() {
        let project: Project = serde_json::from_str(PAYMENTS).unwrap();
        let again: Project = serde_json::from_str(&serde_json::to_string(&project).unwrap()).unwrap();
        assert_eq!(project, again);
        let roles: Vec<(&str, u32)> =
            project.roles.iter().map(|(name, role)| (name.as_str(), role.longest().seconds())).collect();
        assert_eq!(roles, [("PowerUser", 3_600), ("ReadOnly", 28_800)]);
    }

    #[test]
    fn who_may_decide() {
        let mut project: Project = serde_json::from_str(PAYMENTS).unwrap();
        let (owner, second, dana) = (person("U0OWNER"), person("U0SECOND"), person("U0DANA"));
        let role = RoleName::parse("ReadOnly").unwrap();
        assert_eq!(project.may_approve(&role, &second, &dana), Ok(()));
        assert_eq!(project.may_approve(&role, &dana, &owner), Err(MayNotDecide::NotAnApprover));
        assert_eq!(project.may_approve(&role, &owner, &owner), Err(MayNotDecide::OwnRequest));
        project.allow_self_approval = true;
        assert_eq!(project.may_approve(&role, &owner, &owner), Ok(()));
        project.approver_slack_ids.clear();
        assert_eq!(project.may_approve(&role, &second, &dana), Err(MayNotDecide::NotAnApprover));
        assert_eq!(project.may_approve(&role, &owner, &dana), Ok(()));
    }

    #[test]
    fn a_role_s_own_lists_are_instead_of_the_project_s() {
        let mut project: Project = serde_json::from_str(PAYMENTS).unwrap();
        let (read_only, power) =
            (RoleName::parse("ReadOnly").unwrap(), RoleName::parse("PowerUser").unwrap());
        project.requester_slack_ids = vec![person("S0ENGINEERS")];
        let role = project.roles.get_mut(&power).unwrap();
        role.approver_slack_ids = vec![person("U0SECURITY")];
        role.requester_slack_ids = vec![person("S0ONCALL")];
        let again: Project = serde_json::from_str(&serde_json::to_string(&project).unwrap()).unwrap();
        assert_eq!(project, again);
        assert_eq!(project.approvers(&power), [person("U0SECURITY")]);
        assert_eq!(project.approvers(&read_only), [person("U0OWNER"), person("U0SECOND")]);
        assert_eq!(project.requesters(&power), [person("S0ONCALL")]);
        assert_eq!(project.requesters(&read_only), [person("S0ENGINEERS")]);
        let gone = RoleName::parse("Gone").unwrap();
        assert_eq!(
            project.approvers(&gone),
            project.approvers(&read_only),
            "a role that is gone can still be denied"
        );
        assert_eq!(project.named().len(), 5);
    }

    #[test]
    fn people_are_found_whatever_the_case_of_their_id() {
        let project = PAYMENTS.replace("U0OWNER", "u0owner").replace("U0SECOND", "u0Second");
        let project: Project = serde_json::from_str(&project).unwrap();
        assert_eq!(project.owner_slack_id.as_str(), "U0OWNER", "as Slack finds them");
        let role = RoleName::parse("ReadOnly").unwrap();
        assert_eq!(project.may_approve(&role, &person("u0second"), &person("U0DANA")), Ok(()));
        assert_eq!(
            project.may_approve(&role, &person("U0OWNER"), &person("u0owner")),
            Err(MayNotDecide::OwnRequest)
        );
    }

    #[test]
    fn a_role_that_cannot_work_is_refused() {
        for (role, why) in [
            (r#"{"kind":"user","max_duration":"1h"}"#, "policy_arns"),
            (r#"{"kind":"session","max_duration":"1h"}"#, "role_arn"),
            (r#"{"kind":"user","policy_arns":["a"],"max_duration":"soon"}"#, "soon"),
            (r#"{"kind":"user","inline_policy":"nonsense","max_duration":"1h"}"#, "inline_policy"),
            (r#"{"kind":"root","policy_arns":["a"],"max_duration":"1h"}"#, "root"),
        ] {
            let error = serde_json::from_str::<Role>(role).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
