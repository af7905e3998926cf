//! The messages that a request keeps track of, so that each is updated when the request changes.

use domain::job::MessageRef;
use domain::request::{Audience, ExtensionMessage, Posted, Shown};
use domain::{Request, Status};

use crate::context::Context;
use crate::failure::Failure;
use crate::unit_of_work::change::edit;
use crate::unit_of_work::claim::Held;

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
        note(request, message, audience, shows);
        Ok(())
    })
    .await
}

/// Records that a message shows an extension as it was asked for.
pub(crate) async fn track_extension(
    context: &Context,
    request: &mut Request,
    number: u32,
    message: &MessageRef,
    audience: &Audience,
) -> Result<(), Failure> {
    let shows = request.extensions.get(number).map(|extension| request.extensions.shown(extension));
    edit(context, request, |request| {
        if !request.slack.extension_messages.iter().any(|posted| posted.message == *message) {
            request.slack.extension_messages.push(ExtensionMessage {
                number,
                message: message.clone(),
                audience: audience.clone(),
                shows,
            });
        }
        Ok(())
    })
    .await
}

fn note(request: &mut Request, message: &MessageRef, audience: &Audience, shows: Option<Shown>) {
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
}

/// What was done in Slack, and is not in the record yet.
///
/// An update that is not recorded is only made again, so several go into one write. A post is recorded before anything
/// else is done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// Messages that stand, with what each shows now.
    pub(crate) shown: Vec<(MessageRef, Audience, Shown)>,
    /// What the requester was told of.
    pub(crate) told: Option<Status>,
}

impl Done {
    /// Writes it into the record. Where nothing is left to be told then, the claim is given back in the same write.
    pub(crate) async fn record(
        self,
        context: &Context,
        held: &Held,
        request: &mut Request,
    ) -> Result<(), Failure> {
        if self.shown.is_empty() && self.told.is_none() {
            return Ok(());
        }
        edit(context, request, |request| {
            for (message, audience, shown) in &self.shown {
                note(request, message, audience, Some(*shown));
            }
            if let Some(status) = self.told.filter(|told| !request.slack.notified_statuses.contains(told)) {
                request.slack.notified_statuses.push(status);
            }
            if request.is_up_to_date() {
                held.give_back(request);
            }
            Ok(())
        })
        .await
    }
}
