//! Taking a request in: is what was typed something that can be asked for?

use crate::audit::{Entry, inputs};
use crate::contact::ContactFault;
use crate::duration::{GrantDuration, InvalidDuration};
use crate::identity::IdentityFault;
use crate::ids::{self, DeploymentId, ProjectName, RequestId, RoleName, SlackUserId};
use crate::job::{AccessRequest, Job};
use crate::names;
use crate::project::{Project, Role};
use crate::reminders;
use crate::request::{Ask, Request};
use crate::rule::RulePassedOver;
use crate::status::Status;
use crate::time::UnixSeconds;

/// Longest justification that is kept, in characters: what one Slack text block shows.
pub const JUSTIFICATION_MAX_CHARS: usize = 2_900;

/// Longest reason of a denial that is kept, in characters.
pub const DENY_REASON_MAX_CHARS: usize = 1_000;

/// Longest note of a review that is kept, in characters.
pub const REVIEW_NOTE_MAX_CHARS: usize = 1_000;

/// How long after an ask the same again is that ask sent a second time, in seconds: longer than a workflow's step waits
/// before it tries again, and shorter than it takes a person to be refused and to ask anew on purpose.
pub const SAME_SUBMISSION_SECONDS: i64 = 10;

/// Names a submission by what makes it this one: who, and everything that was typed.
///
/// A workflow's step that timed out is sent again without a word of that, so two that are the same are one; see
/// [`is_same_submission`].
#[must_use]
pub fn submission_id(person: &SlackUserId, typed: &[&str]) -> String {
    ids::hash_of(std::iter::once(person.as_str()).chain(typed.iter().copied()))
}

/// Whether `ask` is what `request` was made from, delivered again by a queue or sent again by its sender.
///
/// Once that request's access is over, or nobody decided on it, whoever asks for the same wants it anew.
#[must_use]
pub fn is_same_submission(ask: &AccessRequest, request: &Request) -> bool {
    if ask.idempotency_key != request.ask.idempotency_key {
        return false;
    }
    if ask.received_at == request.ask.created_at {
        return true;
    }
    request.status.absorbs_repeats() && is_within_window(ask.received_at, request.ask.created_at)
}

/// Whether two submissions that say the same arrived so close together that the second may be the first one sent again.
#[must_use]
pub fn is_within_window(one: UnixSeconds, other: UnixSeconds) -> bool {
    one.0.saturating_sub(other.0).saturating_abs() <= SAME_SUBMISSION_SECONDS
}

/// An ask that fits the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validated {
    /// The role's name, as the catalogue spells it.
    pub role: RoleName,
    /// How long access lasts.
    pub duration: GrantDuration,
}

/// Why an ask cannot be taken in, with what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Refusal {
    /// There is no such project.
    UnknownProject {
        /// Those that exist.
        projects: Vec<ProjectName>,
    },
    /// The project's record cannot be read.
    BrokenProject { why: String },
    /// The project has no such role.
    UnknownRole { roles: Vec<RoleName> },
    /// It is there, and they are not among those who may ask for it.
    MayNotAsk,
    /// What was typed is no duration.
    NotADuration {
        why: InvalidDuration,
        /// The longest that the role allows.
        longest: GrantDuration,
    },
    /// Shorter than the shortest grant.
    TooShort { shortest: GrantDuration },
    /// Its credential would have to be claimed, and this installation has nowhere to claim it.
    CannotBeClaimed,
    /// Longer than the role allows.
    TooLong {
        longest: GrantDuration,
        /// Whether that is AWS's limit for role sessions and not the catalogue's.
        session_limit: bool,
    },
    /// Fewer people than the role needs may approve it, not counting the requester.
    TooFewApprovers {
        /// How many must agree.
        required: u32,
        /// How many may approve.
        others: u32,
    },
    /// Nothing could come of it, because of somebody's account or address in Slack.
    Contact(ContactFault),
    /// It is given to the requester's user of Identity Center, and that cannot be, or need not.
    Identity(IdentityFault),
    /// It is asked for as in an emergency, and does not say why.
    NoJustification,
    /// The justification is too long to show to approvers whole.
    JustificationTooLong {
        /// How long it is, in characters.
        chars: usize,
    },
    /// A command that names several projects and roles, each as well as the other.
    SeveralMeanings {
        /// What it may mean.
        readings: Vec<(ProjectName, RoleName)>,
    },
    /// The same person has an open request for the same role.
    AlreadyOpen {
        request_id: RequestId,
        /// How far it has come.
        status: Status,
    },
}

/// Checks `ask` against its project. `shortest` is the shortest grant that is made at all.
pub fn admit(ask: &AccessRequest, project: &Project, shortest: GrantDuration) -> Result<Validated, Refusal> {
    let (name, role) = find_role(project, &ask.role)
        .ok_or_else(|| Refusal::UnknownRole { roles: project.roles.keys().cloned().collect() })?;
    let longest = role.longest();
    let too_long = || Refusal::TooLong { longest, session_limit: longest < role.max_duration };
    let duration = GrantDuration::parse(&ask.duration).map_err(|why| match why {
        InvalidDuration::TooLong => too_long(),
        why => Refusal::NotADuration { why, longest },
    })?;
    if duration > longest {
        return Err(too_long());
    }
    if duration < shortest {
        return Err(Refusal::TooShort { shortest });
    }
    let chars = ask.justification.as_deref().map_or(0, |text| text.chars().count());
    if chars > JUSTIFICATION_MAX_CHARS {
        return Err(Refusal::JustificationTooLong { chars });
    }
    if ask.break_glass && ask.justification.as_deref().is_none_or(names::shows_nothing) {
        return Err(Refusal::NoJustification);
    }
    Ok(Validated { role: name.clone(), duration })
}

/// Whether enough people are listed to decide on what somebody asks for. What a rule grants needs nobody.
pub fn enough_are_listed(requester: &SlackUserId, project: &Project, name: &RoleName) -> Result<(), Refusal> {
    let required = project.roles.get(name).map_or(1, |role| role.approvals_required);
    let approvers = project.approvers(name);
    let possible = approvers.iter().filter(|a| project.may_approve(name, a, requester).is_ok()).count();
    // How many are in a user group only Slack knows; whoever looks people up counts them.
    let has_groups = approvers.iter().any(SlackUserId::is_user_group);
    if possible < required as usize && !has_groups {
        let others = u32::try_from(possible).unwrap_or(u32::MAX);
        return Err(Refusal::TooFewApprovers { required, others });
    }
    Ok(())
}

/// The record of an admitted ask, with its first event, and the job that asks the approvers in its outbox.
#[must_use]
pub fn open(
    deployment: &DeploymentId,
    ask: &AccessRequest,
    project: &Project,
    admitted: &Validated,
    ordinal: u32,
) -> Request {
    open_without_rule(deployment, ask, project, admitted, ordinal, None)
}

/// The same, where the role's rule did not grant it, though it names whoever asked, or may do so.
#[must_use]
pub fn open_without_rule(
    deployment: &DeploymentId,
    ask: &AccessRequest,
    project: &Project,
    admitted: &Validated,
    ordinal: u32,
    passed_over: Option<RulePassedOver>,
) -> Request {
    let request_id = RequestId::nth(deployment, &ask.user_id, &project.project, &admitted.role, ordinal);
    let typed = ask.justification.clone();
    let asked = Ask {
        project: project.project.clone(),
        role: admitted.role.clone(),
        duration: admitted.duration,
        justification: typed.filter(|text| !text.trim().is_empty()),
        requester_slack_id: ask.user_id.clone(),
        requester_name: ask.user_name.clone(),
        created_at: ask.received_at,
        idempotency_key: ask.idempotency_key.clone(),
    };
    let mut request = Request::new(request_id.clone(), asked);
    request.work.outbox.push(Job::SyncSlack { request_id });
    request.slack.remind_at = reminders::first(project, ask.received_at);
    request.record(Entry {
        at: ask.received_at,
        event: "ask",
        by: Some(ask.user_id.clone().into()),
        from: None,
        note: None,
        inputs: inputs::of_ask(ask, project, (&admitted.role, admitted.duration), passed_over),
    });
    request
}

/// By its exact name, or by the only one that people would read as the same.
fn find_role<'a>(project: &'a Project, typed: &str) -> Option<(&'a RoleName, &'a Role)> {
    let name = names::find(project.roles.keys(), typed)?;
    project.roles.get_key_value(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> Project {
        serde_json::from_str(
            r#"{"project": "payments", "owner_slack_id": "U0OWNER", "approver_slack_ids": ["U0OWNER", "U0SECOND"],
                "roles": {
                  "ReadOnly": {"kind": "user", "policy_arns": ["a"], "max_duration": "8h"},
                  "Four": {"kind": "user", "policy_arns": ["a"], "max_duration": "8h", "approvals_required": 2},
                  "Power": {"kind": "session", "role_arn": "r", "max_duration": "4h"}}}"#,
        )
        .unwrap()
    }

    fn ask(user: &str, role: &str, duration: &str) -> AccessRequest {
        AccessRequest {
            idempotency_key: "i".into(),
            received_at: UnixSeconds(1),
            user_id: SlackUserId::parse(user).unwrap(),
            user_name: "dana".into(),
            project: "payments".into(),
            role: role.into(),
            duration: duration.into(),
            justification: None,
            command: None,
            break_glass: false,
            trigger_id: None,
        }
    }

    fn admitted(user: &str, role: &str, duration: &str) -> Result<Validated, Refusal> {
        admit(&ask(user, role, duration), &project(), GrantDuration::parse("15m").unwrap())
    }

    #[test]
    fn what_fits_is_admitted_whatever_its_case() {
        assert_eq!(admitted("U0DANA", " readonly ", "8h").unwrap().role.as_str(), "ReadOnly");
        assert_eq!(admitted("U0DANA", "ReadOnly", "15m").unwrap().duration.seconds(), 900);
    }

    #[test]
    fn each_refusal_says_what_would_be_right() {
        let names = |roles: Vec<RoleName>| roles.iter().map(RoleName::as_str).collect::<Vec<_>>().join(" ");
        match admitted("U0DANA", "Root", "1h") {
            Err(Refusal::UnknownRole { roles }) => assert_eq!(names(roles), "Four Power ReadOnly"),
            other => panic!("{other:?}"),
        }
        let hour = GrantDuration::parse("1h").unwrap();
        assert_eq!(
            admitted("U0DANA", "Power", "2h"),
            Err(Refusal::TooLong { longest: hour, session_limit: true })
        );
        let eight = GrantDuration::parse("8h").unwrap();
        assert_eq!(
            admitted("U0DANA", "ReadOnly", "9h"),
            Err(Refusal::TooLong { longest: eight, session_limit: false })
        );
        assert!(matches!(admitted("U0DANA", "ReadOnly", "1m"), Err(Refusal::TooShort { .. })));
        assert!(matches!(admitted("U0DANA", "ReadOnly", "soon"), Err(Refusal::NotADuration { .. })));
        // Two must agree, and one of the two approvers is the requester.
        let too_few = Refusal::TooFewApprovers { required: 2, others: 1 };
        let four = RoleName::parse("Four").unwrap();
        let listed = |id| enough_are_listed(&SlackUserId::parse(id).unwrap(), &project(), &four);
        assert_eq!((listed("U0OWNER"), listed("U0DANA")), (Err(too_few), Ok(())));
        let mut long = ask("U0DANA", "ReadOnly", "1h");
        long.justification = Some("x".repeat(JUSTIFICATION_MAX_CHARS + 1));
        let refused = admit(&long, &project(), GrantDuration::SHORTEST);
        assert_eq!(refused, Err(Refusal::JustificationTooLong { chars: JUSTIFICATION_MAX_CHARS + 1 }));
    }

    #[test]
    fn what_is_over_may_be_asked_for_anew_at_once() {
        use Status::{Active, Approved, Denied, Expired, Failed, Lapsed, Pending, Ready, Revoked};

        let first = ask("U0DANA", "ReadOnly", "1h");
        let fits = admit(&first, &project(), GrantDuration::SHORTEST).unwrap();
        let stored = open(&DeploymentId::default(), &first, &project(), &fits, 0);
        let same_after = |status, seconds| {
            let request = Request { status, ..stored.clone() };
            let later = UnixSeconds(first.received_at.0 + seconds);
            is_same_submission(&AccessRequest { received_at: later, ..first.clone() }, &request)
        };
        for (status, is_same) in [
            (Pending, true),
            (Approved, true),
            (Ready, true),
            (Active, true),
            (Denied, true),
            (Lapsed, false),
            (Expired, false),
            (Revoked, false),
            (Failed, false),
        ] {
            assert!(same_after(status, 0), "{status}: the queue delivered it again");
            for seconds in [-SAME_SUBMISSION_SECONDS, -1, 1, SAME_SUBMISSION_SECONDS] {
                assert_eq!(same_after(status, seconds), is_same, "{status} after {seconds} s");
            }
            assert!(!same_after(status, SAME_SUBMISSION_SECONDS + 1), "{status}");
        }
        let other = AccessRequest { idempotency_key: "another".into(), ..first.clone() };
        assert!(!is_same_submission(&other, &stored));
    }

    #[test]
    fn a_new_record_has_its_first_job_in_its_outbox() {
        let ask = ask("U0DANA", "ReadOnly", "1h");
        let fits = admit(&ask, &project(), GrantDuration::SHORTEST).unwrap();
        let request = open(&DeploymentId::default(), &ask, &project(), &fits, 3);
        assert_eq!(request.work.outbox, [Job::SyncSlack { request_id: request.request_id.clone() }]);
        assert!(request.request_id.as_str().ends_with("-3"));
        assert_eq!(request.audit.history.len(), 1);
    }
}
