//! The messages that a request keeps track of, so that each is updated when the request changes.

use domain::Request;
use domain::job::MessageRef;
use domain::request::{Audience, Posted, Shown};

use crate::context::Context;
use crate::failure::Failure;
use crate::unit_of_work::change::edit;

/// Messages that one request keeps track of, at most: each change updates them all.
const MESSAGES_MAX: usize = 50;
/// Of these, so many are kept for the requester's own, whose buttons have to go.
const REQUESTER_MESSAGES: usize = 4;

/// Whether one more message can be kept track of.
pub(crate) fn has_room(request: &Request, audience: &Audience) -> bool {
    let max = match audience {
        Audience::Requester => MESSAGES_MAX,
        Audience::Channel | Audience::Approver(_) => MESSAGES_MAX - REQUESTER_MESSAGES,
    };
    request.slack.messages.len() < max
}

/// Records what a message shows; `None` where that is not known. A message that is new is kept track of from now on,
/// unless there are too many.
pub(crate) async fn track(
    context: &Context,
    request: &mut Request,
    message: &MessageRef,
    audience: &Audience,
    shows: Option<Shown>,
) -> Result<(), Failure> {
    edit(context, request, |request| {
        let has_room = has_room(request, audience);
        match request.slack.messages.iter_mut().find(|posted| posted.message == *message) {
            Some(posted) => posted.shows = shows,
            None if has_room => {
                request.slack.messages.push(Posted {
                    message: message.clone(),
                    audience: audience.clone(),
                    shows,
                });
            }
            None => {}
        }
        Ok(())
    })
    .await
}
