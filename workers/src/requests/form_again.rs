//! Shows a form again that was refused, with what was filled in and what is wrong at its field: an empty answer has closed it.
//! The direct message says the same, for whoever has closed it again, or where Slack no longer opens it.

use domain::job::AccessRequest;
use domain::validation::Refusal;
use slack::messages::refusal;
use slack::modals::request_access::{Again, Filled};
use tracing::info;

use crate::context::Context;
use crate::requests::fill_form::{Wanted, access_form};
use crate::requests::form_about_again::can_be_opened;
use crate::requests::people::Lookups;

/// Shows it, where they asked by a form a moment ago. What fails here is left to the direct message.
pub(super) async fn show(
    context: &Context,
    lookups: &mut Lookups<'_>,
    ask: &AccessRequest,
    refused: &Refusal,
) {
    let Some(trigger_id) = &ask.trigger_id else { return };
    let is_over = || !can_be_opened(ask.received_at, context.now());
    if is_over() {
        return;
    }
    let filled = Filled {
        project: ask.project.clone(),
        role: ask.role.clone(),
        duration: ask.duration.clone(),
        justification: ask.justification.clone(),
        break_glass: ask.break_glass,
    };
    let again = Again { filled, at: refusal::at_field(refused), why: refusal::why(ask, refused) };
    let wanted = Wanted { project: Some(ask.project.clone()), role: Some(ask.role.clone()), duration: None };
    match access_form(context, lookups, &ask.user_id, (wanted, None), Some(&again)).await {
        Ok(view) if !is_over() => {
            if let Err(error) = context.slack.open_view(trigger_id, &view).await {
                info!(%error, "the form is not shown again");
            }
        }
        Ok(_) => info!("the form is not shown again: that took too long"),
        Err(failure) => info!(?failure, "the form is not shown again"),
    }
}
