//! Who could decide on a request, and why or why not: what a click would be judged by today.

use aws::dynamodb::Store;
use domain::project::MayNotDecide;
use domain::{Project, Request, SlackUserId};
use serde::Serialize;

use super::part::Part;

/// The people whom the catalogue names, and what stands in the way of all of them.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Approvers {
    /// Why nobody can approve it, whoever they are.
    obstacle: Option<String>,
    /// How many different people must agree.
    approvals_required: Option<u32>,
    people: Vec<Approver>,
}

/// One of them. A deactivated account may not either; that only Slack knows.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Approver {
    slack_id: SlackUserId,
    may_approve: bool,
    why: String,
}

/// Reads the catalogue, and judges by it.
pub(super) async fn look(store: &Store, request: Option<&Request>) -> Part<Approvers> {
    let Some(request) = request else {
        return Part::Unreadable("the request's record does not say which project it is for".to_owned());
    };
    Part::of(store.project(&request.ask.project).await.map(|project| judge(request, project.as_ref())))
}

fn judge(request: &Request, project: Option<&Project>) -> Approvers {
    let Some(project) = project else {
        let obstacle = format!("the catalogue has no project {} any more", request.ask.project);
        return Approvers { obstacle: Some(obstacle), approvals_required: None, people: Vec::new() };
    };
    let role = project.roles.get(&request.ask.role);
    let people = project.approvers().iter().map(|approver| {
        let verdict = project.may_approve(approver, &request.ask.requester_slack_id);
        let why = match verdict {
            Ok(()) if approver.is_in(&request.decision.approvals) => "agreed",
            Ok(()) if project.approver_slack_ids.is_empty() => {
                "the owner, since the project names no approvers"
            }
            Ok(()) => "on the project's list",
            Err(MayNotDecide::OwnRequest) => "it is their own request",
            Err(MayNotDecide::NotAnApprover) => "not on the project's list",
        };
        Approver { slack_id: approver.clone(), may_approve: verdict.is_ok(), why: why.to_owned() }
    });
    let obstacle = match role {
        None => Some(format!("the project no longer offers the role {}", request.ask.role)),
        Some(role) if request.duration() > role.longest() => {
            let longest = role.longest();
            Some(format!("it asks for {}, and the role's limit is now {longest}", request.duration()))
        }
        Some(_) => None,
    };
    Approvers {
        obstacle,
        approvals_required: role.map(|role| role.approvals_required),
        people: people.collect(),
    }
}

impl Approvers {
    pub(super) fn lines(&self) -> Vec<String> {
        let obstacle = self.obstacle.iter().map(|why| format!("nobody can approve it: {why}"));
        let several = self.approvals_required.filter(|count| *count > 1);
        let several = several.map(|count| format!("{count} different people must agree"));
        let people = self.people.iter().map(|person| {
            let verdict = if person.may_approve { "may" } else { "no" };
            format!("{}  {verdict}: {}", person.slack_id, person.why)
        });
        obstacle.chain(several).chain(people).collect()
    }
}
