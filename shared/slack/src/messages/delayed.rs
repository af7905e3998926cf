//! To the requester, when a request cannot be looked at because something that Keylease depends on does not answer.

use crate::SlackMessageContent;
use crate::blocks::{message, section};
use domain::job::AccessRequest;

use crate::messages::name;

/// It takes long, and is tried again.
#[must_use]
pub fn still_trying(ask: &AccessRequest) -> SlackMessageContent {
    text_message(&format!(
        ":hourglass_flowing_sand: I have your request for {} on {}, and cannot look into it yet: something that I depend \
         on does not answer. I keep trying, and will tell you what becomes of it.",
        name(&ask.role),
        name(&ask.project)
    ))
}

/// It was tried for as long as a job is.
#[must_use]
pub fn gave_up(ask: &AccessRequest) -> SlackMessageContent {
    text_message(&format!(
        ":warning: I could not look into your request for {} on {}: something that I depend on did not answer. Nobody was \
         asked. Ask again later, or tell whoever runs Keylease.",
        name(&ask.role),
        name(&ask.project)
    ))
}

fn text_message(text: &str) -> SlackMessageContent {
    let blocks = vec![section(text)];
    message(text, blocks)
}
