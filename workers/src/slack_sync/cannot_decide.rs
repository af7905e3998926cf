//! Who is listed as an approver and is known not to be able to decide, for the messages that mention the others.

use domain::authorization::deciders;
use domain::request::ExtensionOutcome;
use domain::{Project, Request, SlackUserId, Status};
use slack::messages::cannot_decide::CannotDecide;
use tracing::warn;

use crate::context::Context;

/// User groups that are looked at for one message, at most: Slack allows some twenty such calls a minute.
const GROUPS_MAX: usize = 10;

/// Those whom the messages about this request name without a mention. It costs no call, but for user groups that nobody was
/// asked about lately; where Slack does not say, nobody is taken for absent.
pub(crate) async fn cannot_decide(
    context: &Context,
    request: &Request,
    project: Option<&Project>,
) -> CannotDecide {
    let waits = request.status == Status::Pending
        || request.extensions.list.iter().any(|one| one.outcome == ExtensionOutcome::Open);
    let Some(project) = project.filter(|_| waits) else { return CannotDecide::default() };
    of_list(context, &deciders(request, project)).await
}

/// The same, of any list.
pub(crate) async fn of_list(context: &Context, listed: &[SlackUserId]) -> CannotDecide {
    let now = context.now();
    let mut empty_groups = Vec::new();
    for group in listed.iter().filter(|id| id.is_user_group()).take(GROUPS_MAX) {
        match context.user_groups.members(&context.slack, group, now).await {
            Ok(members) if members.is_empty() => empty_groups.push(group.clone()),
            Ok(_) => {}
            Err(failure) => warn!(%group, ?failure, "who is in the user group is not known now"),
        }
    }
    CannotDecide { inactive: context.inactive.among(listed, now), empty_groups }
}
