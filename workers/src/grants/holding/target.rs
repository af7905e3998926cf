//! The calls on what is held: an assignment, which takes its time, or a membership, which is made at once.

use aws::identity_center::{Assignment, IdentityCenter, Joined, Progress, State};
use domain::holding::{Goal, Held, Holding};
use service::CallError;

/// How far a call has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Identity Center says that it is done; a membership that was made has an id.
    Done { membership_id: Option<String> },
    /// It goes on; what it can be asked for by.
    UnderWay { operation_id: Option<String> },
    /// It was there already.
    Already,
    /// It failed, for this reason.
    Failed { reason: String },
}

const DONE: Step = Step::Done { membership_id: None };

/// Whether it is there: of a membership that was made, that very one.
pub(super) async fn is_there(center: &IdentityCenter, holding: &Holding) -> Result<bool, CallError> {
    match &holding.held {
        Held::PermissionSet { account_id, permission_set_arn, user_id } => {
            center.is_assigned(&Assignment { account_id, permission_set_arn, user_id }).await
        }
        Held::Group { group_id, user_id } => {
            let found = center.membership(group_id, user_id).await?;
            Ok(match (&found, &holding.membership_id) {
                (Some(found), Some(own)) => found == own,
                (Some(_), None) => true,
                (None, _) => false,
            })
        }
    }
}

/// Starts making it.
pub(super) async fn create(center: &IdentityCenter, held: &Held) -> Result<Step, CallError> {
    match held {
        Held::PermissionSet { account_id, permission_set_arn, user_id } => {
            let wanted = Assignment { account_id, permission_set_arn, user_id };
            center.create_assignment(&wanted).await.map(step)
        }
        Held::Group { group_id, user_id } => Ok(match center.join_group(group_id, user_id).await? {
            Joined::New(id) => Step::Done { membership_id: Some(id) },
            Joined::Already => Step::Already,
        }),
    }
}

/// Starts taking it away.
pub(super) async fn remove(center: &IdentityCenter, holding: &Holding) -> Result<Step, CallError> {
    match &holding.held {
        Held::PermissionSet { account_id, permission_set_arn, user_id } => {
            let what = Assignment { account_id, permission_set_arn, user_id };
            center.delete_assignment(&what).await.map(step)
        }
        Held::Group { group_id, user_id } => {
            let id = match &holding.membership_id {
                Some(id) => Some(id.clone()),
                // The answer that had it was lost.
                None => center.membership(group_id, user_id).await?,
            };
            if let Some(id) = id {
                center.delete_membership(&id).await?;
            }
            Ok(DONE)
        }
    }
}

/// How far an operation has come. One that Identity Center does not know any more is over; the list says what came of it.
pub(super) async fn progress(
    center: &IdentityCenter,
    goal: Goal,
    operation_id: &str,
) -> Result<Step, CallError> {
    let state = match goal {
        Goal::There => center.creation(operation_id).await?,
        Goal::Gone => center.deletion(operation_id).await?,
    };
    let operation_id = Some(operation_id.to_owned());
    Ok(state.map_or(DONE, |state| step(Progress { state, operation_id })))
}

/// The membership by which somebody is in a group.
pub(super) async fn membership_id(center: &IdentityCenter, held: &Held) -> Result<Option<String>, CallError> {
    match held {
        Held::PermissionSet { .. } => Ok(None),
        Held::Group { group_id, user_id } => center.membership(group_id, user_id).await,
    }
}

fn step(Progress { state, operation_id }: Progress) -> Step {
    match state {
        State::InProgress => Step::UnderWay { operation_id },
        State::Succeeded => DONE,
        State::Failed(reason) => Step::Failed { reason },
    }
}
