//! A canary: a real grant of one minute that an operator makes, to see that everything works.
//!
//! It begins approved: the operator decides, in the name of the project's owner, to whom the credential is sent.

use crate::actor::Actor;
use crate::audit::{Entry, inputs};
use crate::duration::GrantDuration;
use crate::ids::{DeploymentId, InvalidId, OperatorName, RequestId, RoleName};
use crate::job::Job;
use crate::kind::InAws;
use crate::project::{Project, Role};
use crate::request::{Ask, Grant, Request};
use crate::status::Status;
use crate::time::UnixSeconds;

/// How long a canary lasts, at most.
pub const CANARY_LASTS: GrantDuration = GrantDuration::MINUTE;
/// The name of its first event.
const EVENT: &str = "canary";
/// What its record says where a person's would say why.
const WHY: &str = "a canary: made by an operator to see that everything works";

/// Why there can be no canary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the names say it")]
pub enum NoCanary {
    #[error("the project {project} has no role {role}; it has {has}")]
    NoSuchRole { project: String, role: String, has: String },
    /// The project has no role at all.
    #[error("the project {0} has no role")]
    NoRole(String),
    /// The time cannot be part of an id.
    #[error(transparent)]
    Id(#[from] InvalidId),
}

/// The role of a canary: the one named, or the first of an IAM user, which shows most; else the first.
pub fn canary_role<'a>(
    project: &'a Project,
    wanted: Option<&str>,
) -> Result<(&'a RoleName, &'a Role), NoCanary> {
    let name = || project.project.to_string();
    match wanted {
        Some(wanted) => {
            let found = project.roles.iter().find(|(role, _)| role.as_str() == wanted);
            let has: Vec<&str> = project.roles.keys().map(RoleName::as_str).collect();
            found.ok_or_else(|| NoCanary::NoSuchRole {
                project: name(),
                role: wanted.to_owned(),
                has: has.join(", "),
            })
        }
        None => {
            let user = project.roles.iter().find(|(_, role)| role.kind.in_aws() == InAws::User);
            user.or_else(|| project.roles.iter().next()).ok_or_else(|| NoCanary::NoRole(name()))
        }
    }
}

/// The record of a canary, with the job that makes its credential in its outbox.
pub fn canary(
    deployment: &DeploymentId,
    by: &OperatorName,
    project: &Project,
    (name, role): (&RoleName, &Role),
    now: UnixSeconds,
) -> Result<Request, NoCanary> {
    let request_id = RequestId::canary(deployment, now)?;
    let ask = Ask {
        project: project.project.clone(),
        role: name.clone(),
        duration: CANARY_LASTS.min(role.longest()),
        justification: Some(WHY.to_owned()),
        requester_slack_id: project.owner_slack_id.clone(),
        requester_name: EVENT.to_owned(),
        created_at: now,
        idempotency_key: EVENT.to_owned(),
    };
    let mut request = Request::new(request_id.clone(), ask);
    request.status = Status::Approved;
    request.decision.decided_at = Some(now);
    // Nobody has it, so nobody needs it for longer.
    request.decision.grant = Some(Grant { max_extensions: 0, ..Grant::of(project, role) });
    request.work.outbox.push(Job::Provision { request_id });
    request.access.expires_at = Some(now.after(request.ask.duration));
    request.record(Entry {
        at: now,
        event: EVENT,
        by: Some(Actor::Operator(by.clone())),
        from: None,
        note: Some(WHY.to_owned()),
        inputs: inputs::of_canary(&request),
    });
    Ok(request)
}

/// The operator whose canary this is; nobody where it is a person's own request.
#[must_use]
pub fn canary_by(request: &Request) -> Option<&OperatorName> {
    let first = request.audit.history.first().filter(|change| change.event == EVENT)?;
    match first.by.as_ref()? {
        Actor::Operator(name) => Some(name),
        Actor::Person(_) | Actor::Rule(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Verified, verify};

    const NOW: UnixSeconds = UnixSeconds(1_795_442_607);

    fn project() -> Project {
        serde_json::from_value(serde_json::json!({
            "project": "payments", "owner_slack_id": "U0OWNER",
            "roles": {
                "Power": {"kind": "session", "role_arn": "arn:aws:iam::111122223333:role/p", "max_duration": "1h"},
                "ReadOnly": {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/X"], "max_duration": "8h"},
                "Short": {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/X"], "max_duration": "30s"},
            }}))
        .unwrap()
    }

    #[test]
    fn a_canary_is_approved_for_a_minute_in_the_owners_name_and_says_whose_it_is() {
        let (project, alice) = (project(), OperatorName::parse("alice").unwrap());
        let canary =
            canary(&DeploymentId::default(), &alice, &project, canary_role(&project, None).unwrap(), NOW)
                .unwrap();
        assert_eq!(canary.ask.role.as_str(), "ReadOnly");
        assert_eq!(canary.ask.requester_slack_id, project.owner_slack_id);
        assert_eq!(canary.access.expires_at, Some(NOW.plus_seconds(60)));
        assert_eq!(canary_by(&canary), Some(&alice));
        assert_eq!(verify(&canary), Verified::default());
        assert_eq!(canary.audit.history[0].by, Some(Actor::Operator(alice)));
        assert_eq!(
            serde_json::from_value::<Request>(serde_json::to_value(&canary).unwrap()).unwrap(),
            canary
        );
    }

    #[test]
    fn its_role_is_the_projects() {
        let project = project();
        let alice = OperatorName::parse("alice").unwrap();
        let short = canary(
            &DeploymentId::default(),
            &alice,
            &project,
            canary_role(&project, Some("Short")).unwrap(),
            NOW,
        )
        .unwrap();
        assert_eq!(short.ask.duration.seconds(), 30);
        assert_eq!(
            canary_role(&project, Some("Admin")).unwrap_err().to_string(),
            "the project payments has no role Admin; it has Power, ReadOnly, Short"
        );
    }
}
