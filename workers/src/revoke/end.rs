//! Somebody ends access early, by the button: the requester, or an approver.

use domain::ending::may_end;
use domain::job::Click;
use domain::lifecycle::Event;

use crate::context::Context;
use crate::failure::Failure;
use crate::record::{Applied, apply, load};
use crate::say::click::ClickRefused;
use crate::verdict::{catalogue, refuse, remember_message};

/// Handles the job `end`.
pub(super) async fn end(context: &Context, click: &Click) -> Result<(), Failure> {
    let mut request = load(context, &click.request_id).await?;
    remember_message(context, &mut request, click).await?;
    let project = catalogue(context, &request).await?;
    let project = project.as_ref();
    let Some(ends_as) = may_end(&request, project, &click.user_id) else {
        return refuse(context, click, &request, project, &ClickRefused::MayNotEnd).await;
    };
    let approvers = project.map(|project| project.approvers().to_vec()).unwrap_or_default();
    let at = click.counts_from(context.now());
    let event = Event::Revoke { by: click.user_id.clone().into(), at, ends_as, approvers };
    match apply(context, request, &event).await? {
        // The job that takes everything away follows by the queue, and is tried until it has.
        Applied::Changed(_) | Applied::Before(_) => Ok(()),
        Applied::Illegal(request, _) => {
            refuse(context, click, &request, project, &ClickRefused::NotLive).await
        }
    }
}
