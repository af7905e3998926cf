//! Who could decide on a request, and why or why not: by what a click would go today.

use aws::dynamodb::Store;
use domain::authorization::{NotOffered, offered};
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

pub(super) async fn look(store: &Store, request: Option<&Request>) -> Part<Approvers> {
    let Some(request) = request else {
        return Part::Unreadable("the request's record does not say which project it is for".to_owned());
    };
    Part::of(store.project(&request.ask.project).await.map(|project| approvers(request, project.as_ref())))
}

fn approvers(request: &Request, project: Option<&Project>) -> Approvers {
    let offered = offered(request, project, request.duration());
    let obstacle = offered.err().map(|why| match why {
        NotOffered::NoProject => format!("the catalogue has no project {} any more", request.ask.project),
        NotOffered::NoRole => format!("the project no longer offers the role {}", request.ask.role),
        NotOffered::TooLong { longest } => {
            format!("it asks for {}, and the role's limit is now {longest}", request.duration())
        }
    });
    let role = project.and_then(|project| project.roles.get(&request.ask.role));
    let people = project.into_iter().flat_map(|project| {
        project.approvers().iter().map(|approver| Approver::of(approver, request, project))
    });
    Approvers {
        obstacle,
        approvals_required: role.map(|role| role.approvals_required),
        people: people.collect(),
    }
}

impl Approver {
    fn of(approver: &SlackUserId, request: &Request, project: &Project) -> Self {
        let may = project.may_approve(approver, &request.ask.requester_slack_id);
        let why = match may {
            Ok(()) if approver.is_in(&request.decision.approvals) => "agreed",
            Ok(()) if project.approver_slack_ids.is_empty() => {
                "the owner, since the project names no approvers"
            }
            Ok(()) => "on the project's list",
            Err(MayNotDecide::OwnRequest) => "it is their own request",
            Err(MayNotDecide::NotAnApprover) => "not on the project's list",
        };
        Self { slack_id: approver.clone(), may_approve: may.is_ok(), why: why.to_owned() }
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
