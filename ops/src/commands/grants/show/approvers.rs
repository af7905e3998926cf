//! Who could decide on a request, and why or why not: what a click would be judged by today.

use aws::dynamodb::Store;
use domain::authorization::{NotOffered, People, deciders, offered};
use domain::project::MayNotDecide;
use domain::{Project, Request, SlackUserId};
use serde::Serialize;

use super::part::Part;
use super::people;
use crate::env::Env;

/// The people whom the catalogue names, and what stands in the way of all of them.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Approvers {
    /// Why nobody can approve it, whoever they are.
    obstacle: Option<String>,
    /// How many different people must agree.
    approvals_required: Option<u32>,
    /// Why Slack could not say which ids are one person's, and whose account is active.
    slack_not_asked: Option<String>,
    people: Vec<Approver>,
}

/// One of them.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Approver {
    slack_id: SlackUserId,
    may_approve: bool,
    why: String,
}

/// Reads the catalogue, asks Slack about the people, and judges as the workers do.
pub(super) async fn look(env: &Env, store: &Store, request: Option<&Request>) -> Part<Approvers> {
    let Some(request) = request else {
        return Part::Unreadable("the request's record does not say which project it is for".to_owned());
    };
    match store.project(&request.ask.project).await {
        Ok(project) => Part::Found(approvers(env, request, project.as_ref()).await),
        Err(error) => Part::Unreadable(error.to_string()),
    }
}

async fn approvers(env: &Env, request: &Request, project: Option<&Project>) -> Approvers {
    let obstacle = offered(request, project, request.ask.duration).err().map(|why| match why {
        NotOffered::NoProject => format!("the catalogue has no project {} any more", request.ask.project),
        NotOffered::NoRole => format!("the project no longer offers the role {}", request.ask.role),
        NotOffered::TooLong { longest } => {
            format!("it asks for {}, and the role's limit is now {longest}", request.ask.duration)
        }
    });
    let Some(project) = project else {
        return Approvers { obstacle, approvals_required: None, slack_not_asked: None, people: Vec::new() };
    };
    let role = project.roles.get(&request.ask.role);
    let everybody = [&request.ask.requester_slack_id].into_iter().chain(&request.decision.approvals);
    let all = deciders(request, project);
    let listed = all.iter().filter(|id| !id.is_user_group());
    let (known, slack_not_asked) = match people::look_up(env, everybody.chain(listed)).await {
        Ok(known) => (known, None),
        Err(why) => (People::default(), Some(why)),
    };
    let approvals_required = role.map(|role| role.approvals_required);
    Approvers { obstacle, approvals_required, slack_not_asked, people: judge(request, project, &known) }
}

fn judge(request: &Request, project: &Project, known: &People) -> Vec<Approver> {
    let all = deciders(request, project);
    let listed = all.as_slice();
    let people = listed.iter().enumerate().map(|(index, approver)| {
        let requester = &request.ask.requester_slack_id;
        // Under whichever id, they are one person.
        let asked_by = if known.same(approver, requester) { approver } else { requester };
        let verdict = project.may_approve(&request.ask.role, approver, asked_by);
        let is_active = known.is_active(approver) != Some(false);
        let why = match verdict {
            Ok(()) if approver.is_user_group() => "a user group: whoever is in it when they click",
            Ok(()) if !is_active => "Slack says that this account is deactivated, a bot's, or gone",
            Ok(()) if request.decision.approvals.iter().any(|agreed| known.same(agreed, approver)) => {
                "agreed"
            }
            Ok(()) if listed == std::slice::from_ref(&project.owner_slack_id) => {
                "the owner, since the project names no approvers"
            }
            Ok(()) => "on the project's list",
            Err(MayNotDecide::OwnRequest) => "it is their own request",
            Err(MayNotDecide::NotAnApprover) => "not on the project's list",
        };
        let earlier = listed.iter().take(index).find(|earlier| known.same(earlier, approver));
        let why = earlier.map_or_else(|| why.to_owned(), |one| format!("{why}; the same person as {one}"));
        Approver { slack_id: approver.clone(), may_approve: verdict.is_ok() && is_active, why }
    });
    people.collect()
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
        let not_asked = self.slack_not_asked.iter().map(|why| {
            format!("Slack was not asked which ids are one person's, and whose account is active: {why}")
        });
        obstacle.chain(several).chain(people).chain(not_asked).collect()
    }
}
